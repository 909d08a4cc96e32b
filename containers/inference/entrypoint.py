"""The container's entry: one task, one exit code (`lipwire.render.exit_codes`).

python entrypoint.py render job_…     the whole output; as the child of an array, one part of it
python entrypoint.py prepare job_…    what all parts have in common
python entrypoint.py assemble job_…   the parts become the output
python entrypoint.py analyze ast_…
"""

import logging
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

from lipwire import engines
from lipwire.adapters.s3_files import S3Files
from lipwire.bootstrap import App
from lipwire.domain.assets import Problem
from lipwire.domain.errors import (
    LipwireError,
    MediaError,
    RenderFailedError,
    UnavailableError,
)
from lipwire.domain.ids import JobId
from lipwire.ports import JobStore
from lipwire.render.exit_codes import ExitCode
from lipwire.render.process_limits import limit_process
from lipwire.render.progress import StoppedError
from lipwire.render.runner import Runner
from lipwire.resources import Resource

# Read once by numpy, which is loaded later: frames are drawn side by side already, and the sums of one thread are the
# same on every machine.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
log = logging.getLogger("lipwire")


def main(task: str, task_id: str) -> ExitCode:
    """Run the task in a folder of its own."""
    try:
        app = App(os.environ)
        with tempfile.TemporaryDirectory(prefix="lipwire-") as folder:
            _FOLDERS.append(folder)
            return run(task, task_id, _runner(app, Path(folder)), app.jobs)
    except Exception:
        log.exception("could not begin")
        return ExitCode.BUG


def run(task: str, task_id: str, runner: Runner, jobs: JobStore) -> ExitCode:
    """How the task ended; what ends it for good is noted on the job, so that its other parts stop too."""
    problem: LipwireError
    try:
        _TASKS[task](runner, task_id)
    except MediaError as error:
        log.info("refused: %s", error.code)
        problem, code = error, ExitCode.BAD_INPUT
    except StoppedError as stopped:
        log.info("stopped: %s", stopped)
        return ExitCode.POLICY
    except (Boto3Error, BotoCoreError, ClientError, ConnectionError, UnavailableError):
        log.exception("a service failed")
        return ExitCode.TRANSIENT
    except Exception:
        log.exception("failed")
        problem, code = RenderFailedError(), ExitCode.BUG
    else:
        return ExitCode.DONE
    if task == "analyze":
        return code
    try:
        jobs.record_failure(JobId(task_id), Problem.of(problem))
    except (BotoCoreError, ClientError, UnavailableError):
        log.exception("the failure could not be noted")
        return code if code is ExitCode.BUG else ExitCode.TRANSIENT
    return code


def _runner(app: App, folder: Path) -> Runner:
    return Runner(
        files=S3Files(app.s3),
        reports=app.work,
        jobs=app.jobs,
        clock=app.clock,
        load_engine=engines.load,
        folder=folder,
        uploads=app.settings.name_of(Resource.UPLOADS_BUCKET),
        work=app.settings.name_of(Resource.WORK_BUCKET),
        outputs=app.settings.name_of(Resource.OUTPUTS_BUCKET),
    )


def _render(runner: Runner, job_id: str) -> None:
    index = os.environ.get("AWS_BATCH_JOB_ARRAY_INDEX")
    if index is None:
        runner.render(job_id)
    else:
        runner.render_shard(job_id, int(index))


_TASKS: Final[dict[str, Callable[[Runner, str], None]]] = {
    "render": _render,
    "prepare": lambda runner, job_id: runner.prepare(job_id),
    "assemble": lambda runner, job_id: runner.assemble(job_id),
    "analyze": lambda runner, asset_id: runner.analyze(asset_id),
}


#: What `_leave` has to remove: a process that is told to stop runs no `with` to its end.
_FOLDERS: list[str] = []


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    # A host that goes away, or a cancel: another attempt starts afresh, and a canceled job has none.
    log.info("told to stop")
    for folder in _FOLDERS:
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(ExitCode.TRANSIENT)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _leave)
    limit_process(engines.specs().values())
    sys.exit(main(*sys.argv[1:]))
