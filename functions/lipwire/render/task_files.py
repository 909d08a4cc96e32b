"""The files of one task, in its own folder: what its plan names comes in, what was made goes out."""

import hashlib
from pathlib import Path

from pydantic import TypeAdapter

from lipwire.domain.jobs import RenderPlan
from lipwire.domain.options import JobOptions, PhonemeTime
from lipwire.render.progress import StoppedError
from lipwire.render.stores import Files


class TaskFiles:
    """Inputs are fetched in the versions that were validated; one that is gone was deleted, and the task is over."""

    def __init__(self, files: Files, folder: Path, *, uploads: str) -> None:
        self._files = files
        self._folder = folder
        self._uploads = uploads

    def source(self, plan: RenderPlan) -> Path:
        """The video or picture."""
        return self._fetch(plan.source_key, "source", plan.source_version)

    def speeches(self, plan: RenderPlan) -> tuple[Path, ...]:
        """The voices, the left one first; of a plan with segments the one that they make."""
        if plan.speech_key is None:
            raise ValueError("not the plan of a job")
        speeches = [self._fetch(plan.speech_key, "speech", plan.speech_version)]
        if plan.second_speech_key is not None:
            speeches.append(
                self._fetch(plan.second_speech_key, "speech2", plan.second_speech_version)
            )
        if plan.options.segments:
            from lipwire.render.media.segments import lay_out

            lay_out(speeches, plan.options.segments, self._folder / "speech.wav")
            return (self._folder / "speech.wav",)
        return tuple(speeches)

    def mask(self, plan: RenderPlan) -> Path | None:
        """Which pixels may change, where a mask was given."""
        if plan.mask_key is None:
            return None
        return self._fetch(plan.mask_key, "mask", plan.mask_version)

    def options(self, plan: RenderPlan) -> JobOptions:
        """The plan's options, with the times of the voice's sounds where whoever spoke it gave them."""
        path, key = self._folder / "phonemes.json", plan.phonemes_key
        if plan.options.segments or key is None or not self._files.fetch(self._uploads, key, path):
            return plan.options_as_heard
        phonemes = TypeAdapter(tuple[PhonemeTime, ...]).validate_json(path.read_bytes())
        return plan.options.model_copy(update={"phonemes": phonemes})

    def need(self, bucket: str, key: str, path: Path) -> None:
        """An object of our own lies at `path`; it is gone only where the job was deleted meanwhile."""
        if not self._files.fetch(bucket, key, path):
            raise StoppedError(f"{key} is not there any more")

    def _fetch(self, key: str, name: str, version_id: str | None) -> Path:
        path = self._folder / name
        if not self._files.fetch(self._uploads, key, path, version_id=version_id):
            raise StoppedError("a file of this task was deleted")
        return path


def sha256_of(path: Path) -> str:
    """Of the file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
