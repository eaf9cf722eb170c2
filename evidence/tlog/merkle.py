"""Merkle trees of RFC 6962: growing them, proving from them, and checking proofs strictly.

A tree of `size` leaves is known by its root. Whoever keeps the roots of its complete subtrees (see
`tiles.Tiles`) can prove that a leaf is in it, and that an older tree is its beginning.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from evidence.tlog.treehash import LENGTH, SHA256, SM3, TreeHash

__all__ = [
    "LARGEST", "LENGTH", "SHA256", "SM3", "Frontier", "Grown", "ProofRefused", "Subtree", "TreeHash",
    "check_consistency", "check_inclusion", "consistency_path", "inclusion_path", "multiproof",
    "root_at", "root_from_inclusion", "root_from_multiproof", "root_of", "root_of_data",
]  # fmt: skip

LARGEST = 2**63 - 1  # leaves of a tree

Subtree = Callable[[int, int], bytes]
"""(level, index) -> the root of the complete subtree over the leaves index * 2**level and on; may raise KeyError."""


class ProofRefused(ValueError):
    """A proof that does not show what it should; the message says what is wrong with it."""


class Grown(NamedTuple):
    """Roots of complete subtrees of 2**level leaves that came into being, from the index `first` on."""

    level: int
    first: int
    hashes: list[bytes]


class Frontier:
    """The right edge of a growing tree: all that is needed to add leaves and to know the root.

    `edge` holds the roots of the complete subtrees that make up the tree, largest first.
    """

    def __init__(self, hash: TreeHash, size: int = 0, edge: Sequence[bytes] = ()) -> None:  # noqa: A002
        if size < 0 or len(edge) != size.bit_count() or any(len(root) != LENGTH for root in edge):
            raise ValueError(f"a tree of {size} leaves does not have this edge")
        self.hash = hash
        self.size = size
        self.edge = list(edge)

    def push(self, leaf_hash: bytes) -> None:
        """Add one leaf by its hash."""
        edge, size, node = self.edge, self.size, self.hash.node
        while size & 1:
            leaf_hash = node(edge.pop(), leaf_hash)
            size >>= 1
        edge.append(leaf_hash)
        self.size += 1

    def extend(self, hashes: Sequence[bytes], level: int = 0) -> list[Grown]:
        """Add many leaves by their hashes; returns every complete subtree that came into being, by level.

        These are all the hashes that tiles need. With a `level`, `hashes` are roots of complete subtrees of
        2**level leaves, and the tree must have a multiple of so many.
        """
        if self.size & (1 << level) - 1:
            raise ValueError(f"subtrees of {1 << level} leaves do not fit after {self.size}")
        grown = []
        left, edge, fresh = list(self.edge), list[bytes](), list(hashes)
        first, end = self.size >> level, (self.size >> level) + len(hashes)
        self.size = end << level
        while first < end:
            grown.append(Grown(level, first, fresh))
            if end & 1:
                edge.append(fresh[-1])
            fresh = self.hash.nodes([left.pop(), *fresh] if first & 1 else fresh)
            first, end, level = first >> 1, end >> 1, level + 1
        self.edge = left + edge[::-1]
        return grown

    def root(self) -> bytes:
        """The root of the tree as it is now."""
        return _fold(self.hash, self.edge)


def root_of(hash: TreeHash, leaf_hashes: Sequence[bytes]) -> bytes:  # noqa: A002
    """The root over leaves by their hashes."""
    edge, row = list[bytes](), leaf_hashes
    while row:
        if len(row) & 1:
            edge.append(row[-1])
        row = hash.nodes(row)
    return _fold(hash, edge[::-1])


def root_of_data(hash: TreeHash, data: Sequence[bytes]) -> bytes:  # noqa: A002
    """The root over leaves themselves; the fastest way to a root when nothing else is wanted."""
    tree = Frontier(hash)
    tree.extend(hash.eights(data), level=3)
    tree.extend(hash.leaves(data[len(data) & ~7 :]))
    return tree.root()


def inclusion_path(hash: TreeHash, subtree: Subtree, index: int, size: int) -> list[bytes]:  # noqa: A002
    """The hashes that lead from the leaf at `index` to the root of the tree of `size` leaves."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    path = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_root(hash, subtree, middle, end))
            end = middle
        else:
            path.append(_range_root(hash, subtree, start, middle))
            start = middle
    path.reverse()
    return path


def consistency_path(hash: TreeHash, subtree: Subtree, old: int, new: int) -> list[bytes]:  # noqa: A002
    """The hashes that show that the tree of `old` leaves is the beginning of the tree of `new` leaves."""
    if not 0 < old <= new:
        raise ValueError(f"no tree of {old} leaves can be shown to begin one of {new}")
    path = []
    start, end = 0, new
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_range_root(hash, subtree, middle, end))
            end = middle
        else:
            path.append(_range_root(hash, subtree, start, middle))
            start = middle
    if start:
        path.append(_range_root(hash, subtree, start, end))
    path.reverse()
    return path


def root_at(hash: TreeHash, subtree: Subtree, size: int) -> bytes:  # noqa: A002
    """The root that the tree had when it had `size` leaves."""
    return _range_root(hash, subtree, 0, size) if size else hash.empty


def multiproof(hash: TreeHash, subtree: Subtree, indices: Iterable[int], size: int) -> bytes:  # noqa: A002
    """One proof for many leaves of the tree of `size` leaves (section 6 of the format)."""
    wanted = sorted(set(indices))
    if not wanted or not 0 <= wanted[0] <= wanted[-1] < size:
        raise ValueError(f"these are no leaves of a tree of {size}")
    proof: list[bytes] = []

    def walk(start: int, end: int, low: int, high: int) -> None:
        if low == high:
            proof.append(_range_root(hash, subtree, start, end))
        elif end - start > 1:
            middle = start + _split(end - start)
            cut = bisect_left(wanted, middle, low, high)
            walk(start, middle, low, cut)
            walk(middle, end, cut, high)

    walk(0, size, 0, len(wanted))
    return b"".join(proof)


def root_from_inclusion(
    hash: TreeHash,  # noqa: A002
    leaf_hash: bytes,
    index: int,
    size: int,
    path: Sequence[bytes],
) -> bytes:
    """The root to which `path` leads from the leaf at `index`. Raises ProofRefused."""
    if not 0 <= index < size <= LARGEST:
        raise ProofRefused(f"a tree of {size} leaves has no leaf {index}")
    _need_hashes([leaf_hash, *path])
    inner, border = _lengths(index, size)
    if len(path) != inner + border:
        raise ProofRefused(f"the path has {len(path)} hashes, not {inner + border}")
    root = leaf_hash
    for level, sibling in enumerate(path):
        # above the level where index and last leaf part, every hash of the path stands to the left
        right = level >= inner or index >> level & 1
        root = hash.node(sibling, root) if right else hash.node(root, sibling)
    return root


def check_inclusion(
    hash: TreeHash,  # noqa: A002
    leaf_hash: bytes,
    index: int,
    size: int,
    path: Sequence[bytes],
    root: bytes,
) -> None:
    """Raise ProofRefused unless `path` shows the leaf at `index` of the tree with this size and root."""
    if root_from_inclusion(hash, leaf_hash, index, size, path) != root:
        raise ProofRefused("the path leads to another root")


def check_consistency(
    hash: TreeHash,  # noqa: A002
    old: int,
    new: int,
    path: Sequence[bytes],
    old_root: bytes,
    new_root: bytes,
) -> None:
    """Raise ProofRefused unless `path` shows that the old tree is the beginning of the new one.

    An old tree without leaves begins every tree, so there is nothing to show: that is refused too.
    """
    if not 0 < old <= new <= LARGEST:
        raise ProofRefused(f"no tree of {old} leaves can be shown to begin one of {new}")
    if old == new:
        if path or not old_root or old_root != new_root:
            raise ProofRefused("two trees of one size have different roots, or a path between them")
        return
    _need_hashes([old_root, new_root, *path])
    if _roots_from_consistency(hash, old, new, path, old_root) != (old_root, new_root):
        raise ProofRefused("the path does not lead from the old root to the new one")


def _roots_from_consistency(
    hash: TreeHash,  # noqa: A002
    old: int,
    new: int,
    path: Sequence[bytes],
    old_root: bytes,
) -> tuple[bytes, bytes]:
    """The roots of the old and of the new tree to which `path` leads, where old < new."""
    shift = (old & -old).bit_length() - 1  # the level of the smallest complete subtree at the old edge
    inner, border = _lengths(old - 1, new)
    inner -= shift
    start = [old_root] if old.bit_count() == 1 else []  # then the old root stands at the old edge by itself
    if len(start) + len(path) != 1 + inner + border:
        raise ProofRefused(f"the path has {len(path)} hashes, not {1 + inner + border - len(start)}")
    first, *siblings = [*start, *path]
    before = after = first
    for level, sibling in enumerate(siblings):
        if level >= inner or (old - 1) >> (shift + level) & 1:
            before, after = hash.node(sibling, before), hash.node(sibling, after)
        else:
            after = hash.node(after, sibling)
    return before, after


def root_from_multiproof(hash: TreeHash, leaves: Mapping[int, bytes], size: int, proof: bytes) -> bytes:  # noqa: A002
    """The root to which `proof` leads from leaf hashes by index (section 6). Raises ProofRefused."""
    wanted = sorted(leaves)
    if not wanted or not 0 <= wanted[0] <= wanted[-1] < size <= LARGEST:
        raise ProofRefused(f"these are no leaves of a tree of {size}")
    if len(proof) % LENGTH:
        raise ProofRefused("the proof ends within a hash")
    _need_hashes(leaves.values())
    at = 0

    def walk(start: int, end: int, low: int, high: int) -> bytes:
        nonlocal at
        if low == high:
            at += LENGTH
            if at > len(proof):
                raise ProofRefused("the proof ends too early")
            return proof[at - LENGTH : at]
        if end - start == 1:
            return leaves[start]
        middle = start + _split(end - start)
        cut = bisect_left(wanted, middle, low, high)
        left = walk(start, middle, low, cut)
        return hash.node(left, walk(middle, end, cut, high))

    root = walk(0, size, 0, len(wanted))
    if at != len(proof):
        raise ProofRefused("the proof has hashes that nothing asks for")
    return root


def _split(count: int) -> int:
    """The largest power of two below `count`, where RFC 6962 parts a tree."""
    return 1 << (count - 1).bit_length() - 1


def _lengths(index: int, size: int) -> tuple[int, int]:
    """How many hashes of a path stand below and above the level where `index` parts from the last leaf."""
    inner = (index ^ (size - 1)).bit_length()
    return inner, (index >> inner).bit_count()


def _range_root(hash: TreeHash, subtree: Subtree, start: int, end: int) -> bytes:  # noqa: A002
    """The root over the leaves start … end − 1, where `start` is a multiple of a power of two ≥ end − start."""
    roots = []
    while start < end:
        level = (end - start).bit_length() - 1
        roots.append(subtree(level, start >> level))
        start += 1 << level
    return _fold(hash, roots)


def _fold(hash: TreeHash, roots: Sequence[bytes]) -> bytes:  # noqa: A002
    """One root over complete subtrees that stand beside one another, largest first."""
    if not roots:
        return hash.empty
    root = roots[-1]
    for left in reversed(roots[:-1]):
        root = hash.node(left, root)
    return root


def _need_hashes(hashes: Iterable[bytes]) -> None:
    if any(len(one) != LENGTH for one in hashes):
        raise ProofRefused(f"a hash has {LENGTH} bytes")
