"""Files that are read by ranges, and an S3 object as one: never the whole object (D19)."""

import io
from typing import Any, Final

_BLOCK: Final = 1 << 20


class RangedFile(io.RawIOBase):
    """A readable, seekable file of known size; what it reads from is its subclass's `readinto`."""

    def __init__(self, size_bytes: int) -> None:
        super().__init__()
        self.size_bytes = size_bytes
        self._position = 0

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True."""
        return True

    def tell(self) -> int:
        """Where the next read starts."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move the next read; past the end there is nothing to read, before the start is the start."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size_bytes}[whence]
        self._position = max(0, base + offset)
        return self._position


class RangedObject(RangedFile):
    """Reads in blocks of 1 MiB; keeps the last few, since demuxers jump between index and data."""

    def __init__(
        self, client: Any, *, bucket: str, key: str, version_id: str | None, size_bytes: int
    ) -> None:
        super().__init__(size_bytes)
        self._client = client
        self._target = {"Bucket": bucket, "Key": key}
        if version_id:
            self._target["VersionId"] = version_id
        self._blocks: dict[int, bytes] = {}

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes from here."""
        end = self.size_bytes if size is None or size < 0 else self._position + size
        end = min(end, self.size_bytes)
        parts = []
        while self._position < end:
            index, offset = divmod(self._position, _BLOCK)
            part = self._block(index)[offset : offset + end - self._position]
            if not part:
                break
            parts.append(part)
            self._position += len(part)
        return b"".join(parts)

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` as far as bytes are left."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def _block(self, index: int) -> bytes:
        if index not in self._blocks:
            if len(self._blocks) >= 16:
                self._blocks.pop(next(iter(self._blocks)))
            first = index * _BLOCK
            last = min(first + _BLOCK, self.size_bytes) - 1
            answer = self._client.get_object(**self._target, Range=f"bytes={first}-{last}")
            data = answer["Body"].read()
            # A server may answer a range with the whole (RFC 9110, 14.2); the emulator does, for a pinned version.
            self._blocks[index] = data if len(data) <= _BLOCK else data[first : last + 1]
        return self._blocks[index]
