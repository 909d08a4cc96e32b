"""The app over tables in memory behind a socket, for clients that are programs of their own."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from lipwire.adapters.dynamodb.table import entity_item
from lipwire.domain.jobs import JobStatus
from lipwire.resources import Resource
from tests.support.builders import a_report
from tests.support.memory_app import MemoryApp


@contextmanager
def served(app: MemoryApp) -> Iterator[str]:
    """The origin where it answers; every job that was made has succeeded by the time it is asked for."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            for job_id in re.findall(r"job_[0-9a-z]{26}", self.path):
                _finish(app, job_id)
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            with lock:
                found = app.ask(
                    self.command,
                    url.path,
                    query=dict(parse_qsl(url.query)),
                    # Its own key alone counts.
                    headers={"authorization": "", **headers},
                    body=body,
                )
            self.send_response(found.status)
            self.send_header("Content-Type", found.content_type)
            self.send_header("Content-Length", str(len(found.body.encode())))
            self.end_headers()
            self.wfile.write(found.body.encode())

        def log_message(self, *_what: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _finish(app: MemoryApp, job_id: str) -> None:
    job = app.jobs.get(job_id)
    assert job is not None
    now = app.clock.now()
    done = job.model_copy(
        update={
            "status": JobStatus.SUCCEEDED,
            "output": a_report().output,
            "updated_at": now,
            "finished_at": now,
        }
    )
    item = entity_item(done, pk=job_id)
    app.tables.put_item(TableName=Resource.JOBS_TABLE.value, Item=item)
