"""SM3 (GB/T 32905): the hash function that Chinese rules ask for beside SHA-256.

OpenSSL computes it where the Python at hand was built with one that can; else the code below does,
some six hundred times more slowly.
"""

import hashlib
from typing import Protocol, Self

BLOCK = 64  # bytes, as HMAC needs to know
_MASK = 0xFFFFFFFF
_START = (
    0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E,
)  # fmt: skip


class Hasher(Protocol):
    """A running hash, as `hashlib` has them."""

    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...
    def hexdigest(self) -> str: ...
    def copy(self) -> Self: ...


class Start(Protocol):
    """What starts a running hash."""

    def __call__(self, data: bytes = b"", /) -> Hasher: ...


def _rotated(word: int, by: int) -> int:
    by &= 31
    return (word << by | word >> (32 - by)) & _MASK


_ROUND = tuple(_rotated(0x79CC4519 if j < 16 else 0x7A879D8A, j) for j in range(64))


def _compress(state: tuple[int, ...], block: bytes) -> tuple[int, ...]:
    words = [int.from_bytes(block[i : i + 4], "big") for i in range(0, BLOCK, 4)]
    for j in range(16, 68):
        x = words[j - 16] ^ words[j - 9] ^ _rotated(words[j - 3], 15)
        x ^= _rotated(x, 15) ^ _rotated(x, 23)
        words.append(x ^ _rotated(words[j - 13], 7) ^ words[j - 6])
    a, b, c, d, e, f, g, h = state
    for j in range(64):
        twelve = _rotated(a, 12)
        ss1 = _rotated((twelve + e + _ROUND[j]) & _MASK, 7)
        if j < 16:
            ff, gg = a ^ b ^ c, e ^ f ^ g
        else:
            ff, gg = a & b | a & c | b & c, e & f | ~e & g
        tt1 = (ff + d + (ss1 ^ twelve) + (words[j] ^ words[j + 4])) & _MASK
        tt2 = (gg + h + ss1 + words[j]) & _MASK
        d, c, b, a = c, _rotated(b, 9), a, tt1
        h, g, f, e = g, _rotated(f, 19), e, tt2 ^ _rotated(tt2, 9) ^ _rotated(tt2, 17)
    return tuple(old ^ new for old, new in zip(state, (a, b, c, d, e, f, g, h), strict=True))


class PurePython:
    """SM3 in Python alone."""

    def __init__(self, data: bytes = b"", /) -> None:
        self.state: tuple[int, ...] = _START
        self.rest = b""
        self.length = 0
        self.update(data)

    def update(self, data: bytes, /) -> None:
        """Take in more bytes."""
        self.length += len(data)
        data = self.rest + bytes(data)
        whole = len(data) - len(data) % BLOCK
        for i in range(0, whole, BLOCK):
            self.state = _compress(self.state, data[i : i + BLOCK])
        self.rest = data[whole:]

    def digest(self) -> bytes:
        """The 32 bytes for all that was taken in so far."""
        end = self.copy()
        zeros = (55 - self.length) % BLOCK
        end.update(b"\x80" + bytes(zeros) + (8 * self.length).to_bytes(8, "big"))
        return b"".join(word.to_bytes(4, "big") for word in end.state)

    def hexdigest(self) -> str:
        """The same in hex."""
        return self.digest().hex()

    def copy(self) -> Self:
        """Another running hash that has taken in the same."""
        twin = type(self)()
        twin.state, twin.rest, twin.length = self.state, self.rest, self.length
        return twin


def choose(*, openssl: bool = True) -> Start:
    """The way to start a hash here: OpenSSL's where there is one (and `openssl`), else ours."""
    if not openssl or "sm3" not in hashlib.algorithms_available:
        return PurePython
    try:
        blank = hashlib.new("sm3").copy
    except ValueError:  # listed, but switched off
        return PurePython

    def started(data: bytes = b"", /) -> Hasher:
        fresh = blank()  # a copy is nearly twice as fast as looking the name up again
        fresh.update(data)
        return fresh

    return started


new = choose()


def digest(data: bytes) -> bytes:
    """The 32 bytes of SM3."""
    return new(data).digest()
