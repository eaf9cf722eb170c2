"""Files sealed for storage: a stream of AES-256-GCM chunks that opens at any place, for a player that
seeks.

Form: `ME1S`, 32 bytes of salt, then chunks of CHUNK plain bytes, each with its 16-byte tag. The key of a
file comes from the key of its chain and the salt. The nonce of a chunk is its number and whether it is the
last, so chunks cannot be moved, dropped or added without notice.
"""

import hashlib
import io
import os
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from evidence.errors import CannotUnseal
from evidence.sealing import derive_key

MAGIC = b"ME1S"
SALT_BYTES = 32
HEADER_BYTES = len(MAGIC) + SALT_BYTES
CHUNK = 256 * 1024
TAG_BYTES = 16


def seal_stream(source: BinaryIO, target: BinaryIO, *, key: bytes) -> str:
    """Seal all of `source` into `target`; return the hex SHA-256 of the sealed bytes."""
    salt = os.urandom(SALT_BYTES)
    cipher = AESGCM(_file_key(key, salt))
    digest = hashlib.sha256()

    def put(data: bytes) -> None:
        digest.update(data)
        target.write(data)

    put(MAGIC + salt)
    index, chunk = 0, source.read(CHUNK)
    while True:
        following = source.read(CHUNK)
        put(cipher.encrypt(_nonce(index, last=not following), chunk, None))
        if not following:
            return digest.hexdigest()
        index, chunk = index + 1, following


class SealedReader(io.RawIOBase):
    """The plain bytes of a sealed file, readable and seekable. Raises CannotUnseal where the bytes do not
    hold.
    """

    def __init__(self, source: BinaryIO, *, key: bytes) -> None:
        super().__init__()
        self._source = source
        header = source.read(HEADER_BYTES)
        if header[: len(MAGIC)] != MAGIC or len(header) != HEADER_BYTES:
            raise CannotUnseal("this is no sealed file")
        self._cipher = AESGCM(_file_key(key, header[len(MAGIC) :]))
        sealed = source.seek(0, os.SEEK_END) - HEADER_BYTES
        self._chunks = -(-sealed // (CHUNK + TAG_BYTES))
        self._size = sealed - self._chunks * TAG_BYTES
        last = sealed - (self._chunks - 1) * (CHUNK + TAG_BYTES)
        if self._chunks < 1 or last < TAG_BYTES:
            raise CannotUnseal("this sealed file is cut short")
        self._position = 0
        self._open_index = -1
        self._open_chunk = b""

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """The place in the plain bytes."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place in the plain bytes."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer with plain bytes from here on, at most to the end of the chunk."""
        if self._position >= self._size:
            return 0
        index, start = divmod(self._position, CHUNK)
        piece = self._chunk(index)[start : start + len(buffer)]
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def close(self) -> None:
        """Close the stored file too."""
        if not self.closed:
            self._source.close()
        super().close()

    def _chunk(self, index: int) -> bytes:
        if index != self._open_index:
            self._source.seek(HEADER_BYTES + index * (CHUNK + TAG_BYTES))
            sealed = self._source.read(CHUNK + TAG_BYTES)
            try:
                nonce = _nonce(index, last=index == self._chunks - 1)
                self._open_chunk = self._cipher.decrypt(nonce, sealed, None)
            except (InvalidTag, ValueError) as error:
                raise CannotUnseal(f"chunk {index} of a sealed file does not open") from error
            self._open_index = index
        return self._open_chunk


def _file_key(key: bytes, salt: bytes) -> bytes:
    return derive_key("deposit", secret=key, salt=salt)


def _nonce(index: int, *, last: bool) -> bytes:
    return index.to_bytes(11, "big") + bytes([last])
