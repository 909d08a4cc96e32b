"""Files of voices, fetched once from where the deployment put them, and checked against what it knows of them."""

import contextlib
import fcntl
import hashlib
import tempfile
from pathlib import Path
from typing import IO, Any, Final, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from lipwire.adapters.speech.networks.catalogue import VoiceFile
from lipwire.domain.errors import BusyError, SpeechFailedError
from lipwire.observability import logger

_CHUNK: Final = 1 << 20
#: What is not whole yet begins with it; a hash never does.
_HALF: Final = "half-"
_GONE: Final = frozenset({"NoSuchKey", "404", "AccessDenied", "403"})


class VoiceFiles(Protocol):
    """Where a voice's files lie."""

    def path(self, file: VoiceFile) -> Path:
        """The file, here.

        Raises:
            SpeechFailedError: it is gone, or is another one.
            BusyError: it can't be fetched just now.
        """


class BucketVoiceFiles:
    """`VoiceFiles` of a bucket, kept in a folder as long as the machine lives."""

    def __init__(self, client: Any, *, bucket: str, folder: Path) -> None:
        self._client = client
        self._bucket = bucket
        self._folder = folder

    def path(self, file: VoiceFile) -> Path:
        """The file, fetched at the first call; its name is its hash.

        Raises:
            SpeechFailedError: it is gone, or is another one: the log says `voice_file_missing` or `voice_file_changed`.
            BusyError: S3 can't be reached just now.
        """
        here = self._folder / file.sha256
        if here.exists() and here.stat().st_size == file.size_bytes:
            return here
        self._folder.mkdir(parents=True, exist_ok=True)
        self._sweep()
        try:
            # Of its own name: on the local stage others fetch the same file into the same folder.
            with tempfile.NamedTemporaryFile(dir=self._folder, prefix=_HALF, delete=False) as out:
                self._fetch(file, out, here)
        except ClientError as exc:
            if exc.response["Error"]["Code"] in _GONE:
                logger.error("voice_file_missing", key=file.key)
                raise SpeechFailedError from exc
            raise BusyError from exc
        except (BotoCoreError, OSError) as exc:
            raise BusyError from exc
        return here

    def _fetch(self, file: VoiceFile, out: IO[bytes], here: Path) -> None:
        """`out` becomes `here`, whole and the file that was deployed; else it is gone."""
        half, digest = Path(out.name), hashlib.sha256()
        try:
            # Held as long as it is written: nobody's sweep takes it.
            fcntl.flock(out, fcntl.LOCK_EX)
            body = self._client.get_object(Bucket=self._bucket, Key=file.key)["Body"]
            for chunk in body.iter_chunks(_CHUNK):
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            if digest.hexdigest() != file.sha256:
                logger.error("voice_file_changed", key=file.key)
                raise SpeechFailedError
            half.rename(here)
        finally:
            half.unlink(missing_ok=True)

    def _sweep(self) -> None:
        """What a call left that was ended while it fetched: the disk has room for all voices once."""
        for half in self._folder.glob(f"{_HALF}*"):
            with contextlib.suppress(OSError), half.open("rb") as stray:
                fcntl.flock(stray, fcntl.LOCK_EX | fcntl.LOCK_NB)
                half.unlink()
