"""The heads map: a prefix tree from each case to the number of its entries and the last of them.

A case has one place in it, so the end of a chain cannot be cut off and no case stands in it twice.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise

from evidence.tlog.merkle import LENGTH, ProofRefused

BITS = 256
LARGEST_COUNT = 2**64 - 1
EMPTY = sha256(b"mediation-evidence/1 heads empty\n").digest()
_CASE, _LEAF, _NODE = (
    b"mediation-evidence/1 case\n",
    b"mediation-evidence/1 heads leaf\n",
    b"mediation-evidence/1 heads node\n",
)
_is_case = re.compile("[0-9a-f]{32}", re.ASCII).fullmatch

Path = Sequence[tuple[int, bytes]]
"""(the bit at which two sides part, the root of the other side), from the leaf up."""


@dataclass(frozen=True, slots=True)
class Head:
    """How far a case has got: its tag (32 hex digits), its number of entries, its last link hash (32 bytes)."""

    case: str
    count: int
    head: bytes


def key_of(case: str) -> bytes:
    """The 256 bits at which the case stands. Raises ValueError where `case` is no tag."""
    if not _is_case(case):
        raise ValueError("the tag of a case has 32 hex digits")
    return sha256(_CASE + case.encode()).digest()


def leaf(key: bytes, count: int, head: bytes) -> bytes:
    """The hash that stands for one case."""
    if not 1 <= count <= LARGEST_COUNT or len(head) != LENGTH:
        raise ValueError("a case in the heads map has an entry, and its link hash")
    return sha256(_LEAF + key + count.to_bytes(8, "big") + head).digest()


def node(bit: int, left: bytes, right: bytes) -> bytes:
    """The hash above two sides that part at `bit`."""
    return sha256(_NODE + bytes((bit,)) + left + right).digest()


def root_from_path(case: str, count: int, head: bytes, path: Path) -> bytes:
    """The root to which `path` leads from the head of a case. Raises ProofRefused."""
    try:
        key = key_of(case)
        root = leaf(key, count, head)
    except ValueError as error:
        raise ProofRefused(str(error)) from error
    above = BITS
    for bit, sibling in path:
        if not 0 <= bit < above or len(sibling) != LENGTH:
            raise ProofRefused("the bits of a path in the heads map fall strictly, beside hashes")
        root = node(bit, sibling, root) if _bit(key, bit) else node(bit, root, sibling)
        above = bit
    return root


class HeadsTree:
    """The heads of all cases; knows its root, and the path to each case. Cheap to keep up to date."""

    def __init__(self, heads: Iterable[tuple[str, int, bytes]] = ()) -> None:
        """Raise ValueError where a case is there twice."""
        leaves = sorted((_Leaf(case, count, head) for case, count, head in heads), key=lambda one: one.key)
        self._count = len(leaves)
        self._top: _Leaf | _Fork | None = _grown(leaves)

    def __len__(self) -> int:
        return self._count

    def root(self) -> bytes:
        """The root over all heads."""
        return EMPTY if self._top is None else self._top.hash()

    def put(self, case: str, count: int, head: bytes) -> None:
        """Set the head of a case, which may be new."""
        fresh = _Leaf(case, count, head)
        forks, found = self._way_to(fresh.key)
        for fork in forks:
            fork.known = None
        if found is not None and found.key != fresh.key:
            bit = _parting(found.key, fresh.key)
            inside = [fork for fork in forks if fork.bit < bit]
            beside = inside[-1].side(fresh.key) if inside else self._top
            assert beside is not None  # noqa: S101 - a leaf was found
            sides = (beside, fresh) if _bit(fresh.key, bit) else (fresh, beside)
            self._hang(inside, fresh.key, _Fork(bit, *sides))
        else:
            self._hang(forks, fresh.key, fresh)
        self._count += found is None or found.key != fresh.key

    def get(self, case: str) -> Head | None:
        """The head of a case, if it has one here."""
        key = key_of(case)
        _, found = self._way_to(key)
        return Head(case, found.count, found.head) if found is not None and found.key == key else None

    def path(self, case: str) -> list[tuple[int, bytes]]:
        """The way from a case to the root. Raises KeyError where the case is not here."""
        key = key_of(case)
        forks, found = self._way_to(key)
        if found is None or found.key != key:
            raise KeyError(case)
        return [(fork.bit, fork.other_side(key).hash()) for fork in reversed(forks)]

    def _way_to(self, key: bytes) -> "tuple[list[_Fork], _Leaf | None]":
        """The forks on the way down to where the key is or would be, and the leaf at its end."""
        forks, place = [], self._top
        while isinstance(place, _Fork):
            forks.append(place)
            place = place.side(key)
        return forks, place

    def _hang(self, forks: "list[_Fork]", key: bytes, what: "_Leaf | _Fork") -> None:
        if not forks:
            self._top = what
        elif _bit(key, forks[-1].bit):
            forks[-1].right = what
        else:
            forks[-1].left = what


class _Leaf:
    __slots__ = ("count", "head", "key", "known")

    def __init__(self, case: str, count: int, head: bytes) -> None:
        self.key = key_of(case)
        self.count = count
        self.head = head
        self.known = leaf(self.key, count, head)

    def hash(self) -> bytes:
        return self.known


class _Fork:
    __slots__ = ("bit", "known", "left", "right")

    def __init__(self, bit: int, left: "_Leaf | _Fork", right: "_Leaf | _Fork") -> None:
        self.bit = bit
        self.left = left
        self.right = right
        self.known: bytes | None = None

    def side(self, key: bytes) -> "_Leaf | _Fork":
        return self.right if _bit(key, self.bit) else self.left

    def other_side(self, key: bytes) -> "_Leaf | _Fork":
        return self.left if _bit(key, self.bit) else self.right

    def hash(self) -> bytes:
        if self.known is None:
            self.known = node(self.bit, self.left.hash(), self.right.hash())
        return self.known


def _grown(leaves: list[_Leaf]) -> _Leaf | _Fork | None:
    """The tree over leaves in the order of their keys: each fork is hung below the last that parts earlier."""
    if not leaves:
        return None
    edge: list[_Fork] = []  # the right edge, from the top down
    for bit, before, fresh in _partings(leaves):
        below: _Leaf | _Fork = before
        while edge and edge[-1].bit > bit:
            below = edge.pop()
        fork = _Fork(bit, below, fresh)
        if edge:
            edge[-1].right = fork
        edge.append(fork)
    return edge[0] if edge else leaves[0]


def _partings(leaves: list[_Leaf]) -> Iterator[tuple[int, _Leaf, _Leaf]]:
    for before, after in pairwise(leaves):
        if before.key == after.key:
            raise ValueError("a case stands twice in the heads map")
        yield _parting(before.key, after.key), before, after


def _parting(one: bytes, other: bytes) -> int:
    """The first bit in which two keys differ."""
    return BITS - (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_length()


def _bit(key: bytes, bit: int) -> int:
    return key[bit >> 3] >> (7 - (bit & 7)) & 1
