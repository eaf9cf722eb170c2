"""Where the sound of a running stream lies: one file that only grows, encrypted, true to the byte after a crash."""

import fcntl
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from django.conf import settings

from evidence.sealing import derive_key

SAMPLE_BYTES = 2
BLOCK = 16
SPARE_BYTES = 64 * 1024 * 1024  # left free for the database, which must be able to say what happened


class DiskFull(OSError):
    """There is no room for more sound now; what was kept stays."""


class SoundFile:
    """PCM16LE mono 16 kHz of one stream. Several programs may hold it open; appending is safe among them."""

    def __init__(self, stream_id: uuid.UUID) -> None:
        self.path = Path(settings.VAR_DIR) / "live" / f"{stream_id.hex}.sound"
        self._key = derive_key(f"live sound {stream_id.hex}")
        self._file = -1

    def open(self, *, make: bool = False) -> None:
        """Open it; it stays readable until `close`, even once deleted. Raises FileNotFoundError unless `make`."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(self.path, os.O_RDWR | (os.O_CREAT if make else 0), 0o600)

    def close(self) -> None:
        """Close it. Closing twice is harmless."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def append(self, offset: int, pcm: bytes) -> int:
        """Keep the samples that begin at sample `offset`; return how many the stream has then.

        What is there already is left out; behind a gap nothing is kept. Raises DiskFull, and keeps whole samples only.
        """
        with self._locked():
            have = os.fstat(self._file).st_size // SAMPLE_BYTES
            fresh = pcm[(have - offset) * SAMPLE_BYTES :] if offset <= have else b""
            fresh = fresh[: len(fresh) // SAMPLE_BYTES * SAMPLE_BYTES]
            if fresh:
                self._write(fresh, have * SAMPLE_BYTES)
            return have + len(fresh) // SAMPLE_BYTES

    def sync(self) -> int:
        """Bring it to the disk; return how many samples are safe there now."""
        have = self.samples()
        try:
            os.fdatasync(self._file)
        except OSError as error:
            raise DiskFull(*error.args) from error
        return have

    def samples(self) -> int:
        """How many samples it holds; 0 where there is none."""
        try:
            return (os.fstat(self._file) if self._file >= 0 else self.path.stat()).st_size // SAMPLE_BYTES
        except FileNotFoundError:
            return 0

    def read(self, start: int, end: int) -> bytes:
        """The samples from `start` to `end`, or to its end, as PCM16LE; it must be open."""
        file, place = self._file, start * SAMPLE_BYTES
        if file < 0:
            raise ValueError("open the sound before reading it")
        sealed = os.pread(file, (end - start) * SAMPLE_BYTES, place)
        return self._turned(sealed[: len(sealed) // SAMPLE_BYTES * SAMPLE_BYTES], place)

    def delete(self) -> None:
        """Remove the sound."""
        self.close()
        self.path.unlink(missing_ok=True)

    def _write(self, plain: bytes, place: int) -> None:
        if _free_bytes(self.path.parent) < SPARE_BYTES + len(plain):
            raise DiskFull("the disk is nearly full")
        data, written = self._turned(plain, place), 0
        try:
            while written < len(data):
                written += os.pwrite(self._file, data[written:], place + written)
        except OSError as error:
            os.ftruncate(self._file, place)
            raise DiskFull(*error.args) from error

    def _turned(self, data: bytes, place: int) -> bytes:
        """Encrypt or decrypt the bytes that lie at `place` (AES-CTR: any place opens by itself)."""
        skip = place % BLOCK
        counter = (place // BLOCK).to_bytes(BLOCK, "big")
        cipher = Cipher(AES(self._key), CTR(counter)).encryptor()
        return cipher.update(bytes(skip) + data)[skip:]

    @contextmanager
    def _locked(self) -> Iterator[None]:
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            size = os.fstat(self._file).st_size
            if size % SAMPLE_BYTES:  # a torn write before a crash
                os.ftruncate(self._file, size - size % SAMPLE_BYTES)
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)


def _free_bytes(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize
