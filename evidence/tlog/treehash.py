"""Hash functions as the trees of RFC 6962 use them: a leaf can never be taken for a node."""

from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Protocol

from evidence.tlog import sm3

LENGTH = 32  # of every hash, in bytes
_LEAF, _NODE = b"\x00", b"\x01"


class Digest(Protocol):
    """What a hash function of `hashlib` returns."""

    def digest(self) -> bytes: ...


class TreeHash:
    """A hash function as trees use it, with leaves and nodes that can never be taken for each other."""

    def __init__(self, name: str, new: Callable[[bytes], Digest]) -> None:
        self.name = name
        self.new = new
        self.empty = new(b"").digest()

    def leaf(self, data: bytes) -> bytes:
        """The hash of one leaf."""
        return self.new(_LEAF + data).digest()

    def node(self, left: bytes, right: bytes) -> bytes:
        """The hash above two others."""
        return self.new(_NODE + left + right).digest()

    def leaves(self, data: Iterable[bytes]) -> list[bytes]:
        """The hashes of many leaves, faster than one by one."""
        new = self.new
        return [new(b"\x00" + one).digest() for one in data]

    def nodes(self, level: Iterable[bytes]) -> list[bytes]:
        """The hashes above the pairs of one level; an odd last one is left out."""
        new, each = self.new, iter(level)
        return [new(b"\x01" + left + right).digest() for left, right in zip(each, each, strict=False)]

    def eights(self, data: Iterable[bytes]) -> list[bytes]:
        """The roots over each eight leaves, the fastest way up to there; fewer than eight at the end are left out."""
        new, each = self.new, iter(data)
        roots: list[bytes] = []
        put = roots.append
        for a, b, c, d, e, f, g, h in zip(*[each] * 8, strict=False):
            ab = new(b"\x01" + new(b"\x00" + a).digest() + new(b"\x00" + b).digest()).digest()
            cd = new(b"\x01" + new(b"\x00" + c).digest() + new(b"\x00" + d).digest()).digest()
            ef = new(b"\x01" + new(b"\x00" + e).digest() + new(b"\x00" + f).digest()).digest()
            gh = new(b"\x01" + new(b"\x00" + g).digest() + new(b"\x00" + h).digest()).digest()
            abcd, efgh = new(b"\x01" + ab + cd).digest(), new(b"\x01" + ef + gh).digest()
            put(new(b"\x01" + abcd + efgh).digest())
        return roots

    def __repr__(self) -> str:
        return f"TreeHash({self.name})"


SHA256 = TreeHash("sha256", sha256)
SM3 = TreeHash("sm3", sm3.new)
