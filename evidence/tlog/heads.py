"""The heads map: a prefix tree from each case to the number of its entries and the last of them.

A case has one place in it, so the end of a chain cannot be cut off and no case stands in it twice.
"""

import re
from collections.abc import Iterable, Sequence
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
    """The heads of all cases; knows its root, and the path to each case. Cheap to keep up to date.

    A place in the tree is a number: ~i for the i-th leaf, j for the j-th fork.
    """

    def __init__(self, heads: Iterable[tuple[str, int, bytes]] = ()) -> None:
        """Raise ValueError where a case is there twice."""
        rows = sorted([(key_of(case), count, head) for case, count, head in heads])
        self._keys = [key for key, _, _ in rows]
        self._counts = [count for _, count, _ in rows]
        self._heads = [head for _, _, head in rows]
        self._leaves = [leaf(*row) for row in rows]
        self._bits = bytearray()  # of each fork: where it parts, what hangs below it, and its hash if known
        self._sides: tuple[list[int], list[int]] = ([], [])
        self._known: list[bytes | None] = []
        self._top = self._grow() if rows else None

    def __len__(self) -> int:
        return len(self._keys)

    def root(self) -> bytes:
        """The root over all heads."""
        return EMPTY if self._top is None else self._hash(self._top)

    def put(self, case: str, count: int, head: bytes) -> None:
        """Set the head of a case, which may be new."""
        key = key_of(case)
        fresh = leaf(key, count, head)
        forks, end = self._way_to(key)
        if end is not None and self._keys[~end] == key:
            self._counts[~end], self._heads[~end], self._leaves[~end] = count, head, fresh
        else:
            self._keys.append(key)
            self._counts.append(count)
            self._heads.append(head)
            self._leaves.append(fresh)
            self._hang(key, ~(len(self._keys) - 1), forks, end)
        for fork in forks:
            self._known[fork] = None

    def get(self, case: str) -> Head | None:
        """The head of a case, if it has one here."""
        key = key_of(case)
        _, end = self._way_to(key)
        if end is None or self._keys[~end] != key:
            return None
        return Head(case, self._counts[~end], self._heads[~end])

    def path(self, case: str) -> list[tuple[int, bytes]]:
        """The way from a case to the root. Raises KeyError where the case is not here."""
        key = key_of(case)
        forks, end = self._way_to(key)
        if end is None or self._keys[~end] != key:
            raise KeyError(case)
        bits, sides = self._bits, self._sides
        return [(bits[fork], self._hash(sides[1 - _bit(key, bits[fork])][fork])) for fork in reversed(forks)]

    def _grow(self) -> int:
        """The tree over leaves in the order of their keys: each fork is hung below the last that parts earlier."""
        bits, (left, right), known = self._bits, self._sides, self._known
        edge: list[int] = []  # the forks at the right edge, from the top down
        for index, (before, after) in enumerate(pairwise(self._keys)):
            bit = _parting(before, after)
            if bit == BITS:
                raise ValueError("a case stands twice in the heads map")
            below = ~index
            while edge and bits[edge[-1]] > bit:
                below = edge.pop()
                self._hash(below)
            if edge:
                right[edge[-1]] = index
            edge.append(index)
            bits.append(bit)
            left.append(below)
            right.append(~(index + 1))
            known.append(None)
        return edge[0] if edge else ~0

    def _hash(self, place: int) -> bytes:
        if place < 0:
            return self._leaves[~place]
        known = self._known[place]
        if known is None:
            left, right = self._sides
            known = node(self._bits[place], self._hash(left[place]), self._hash(right[place]))
            self._known[place] = known
        return known

    def _way_to(self, key: bytes) -> tuple[list[int], int | None]:
        """The forks on the way down to where the key is or would be, and the leaf at its end."""
        forks, place = [], self._top
        while place is not None and place >= 0:
            forks.append(place)
            place = self._sides[_bit(key, self._bits[place])][place]
        return forks, place

    def _hang(self, key: bytes, fresh: int, forks: list[int], end: int | None) -> None:
        """Hang a new leaf where its key parts from the leaf that was found in its place."""
        if end is None:
            self._top = fresh
            return
        bit = _parting(self._keys[~end], key)
        side, above = _bit(key, bit), None
        beside = self._top
        for fork in forks:
            if self._bits[fork] < bit:
                above, beside = fork, self._sides[_bit(key, self._bits[fork])][fork]
        assert beside is not None  # noqa: S101 - a leaf was found
        place = len(self._known)
        self._bits.append(bit)
        self._sides[side].append(fresh)
        self._sides[1 - side].append(beside)
        self._known.append(None)
        if above is None:
            self._top = place
        else:
            self._sides[_bit(key, self._bits[above])][above] = place


def _parting(one: bytes, other: bytes) -> int:
    """The first bit in which two keys differ; BITS where they are equal."""
    return BITS - (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_length()


def _bit(key: bytes, bit: int) -> int:
    return key[bit >> 3] >> (7 - (bit & 7)) & 1
