"""Both hashes of a file, and its size, in one reading."""

import hashlib
from typing import BinaryIO

from evidence.tlog import sm3

READ_BYTES = 256 * 1024


class Fingerprint:
    """Grows with every piece: `sha256` and `sm3` in hex, `size` in bytes."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self._sm3 = sm3.new(b"")
        self.size = 0

    def update(self, piece: bytes) -> None:
        """Take in the next bytes."""
        self._sha256.update(piece)
        self._sm3.update(piece)
        self.size += len(piece)

    @property
    def sha256(self) -> str:
        """Of all that was taken in so far."""
        return self._sha256.hexdigest()

    @property
    def sm3(self) -> str:
        """Of all that was taken in so far."""
        return self._sm3.digest().hex()


def fingerprint_of(stream: BinaryIO) -> Fingerprint:
    """Of what the stream still holds."""
    found = Fingerprint()
    while piece := stream.read(READ_BYTES):
        found.update(piece)
    return found
