"""The two trees over the leaves of the log, as tiles in the database."""

from collections.abc import Callable, Sequence

from django.db import connection

from evidence.models import Tile
from evidence.tlog.merkle import LENGTH, SHA256, SM3, Frontier, Subtree, TreeHash
from evidence.tlog.tiles import WIDTH, Tiles

TREES: dict[str, TreeHash] = {Tile.Tree.SHA256.value: SHA256, Tile.Tree.SM3.value: SM3}
LEVELS = 8  # of a tree in one level of tiles


def read_tile(tree: str) -> Callable[[int, int], bytes]:
    """Reads tiles of one tree: (level, n) -> hashes; raises KeyError where there is none."""

    def read(level: int, n: int) -> bytes:
        row = Tile.objects.filter(tree=tree, level=level, n=n).values_list("hashes", flat=True).first()
        if row is None:
            raise KeyError((level, n))
        return bytes(row)

    return read


def subtree(tree: str) -> Subtree:
    """The roots of the complete subtrees of "sha256" or "sm3", for the proofs of `tlog.merkle`.

    Good for every size that the log ever had. What is read is kept as long as the returned function.
    """
    return Tiles(TREES[tree], read_tile(tree)).subtree


class GrowingTree:
    """The right edge of one tree, and the tiles that a batch of new leaves adds to."""

    def __init__(self, tree: str, size: int) -> None:
        """Take up the tree where the database has it."""
        self.tree = tree
        self._read = read_tile(tree)
        self._partial: dict[int, bytes] = {}  # level -> the last tile, while it is not full
        self._known: set[tuple[int, int]] = set()  # which of them have a row
        self._touched: dict[tuple[int, int], bytes] = {}
        self.frontier = Frontier(TREES[tree], size, _edge(subtree(tree), size) if size else ())
        level = 0
        while size >> (LEVELS * level):
            n, width = divmod(size >> (LEVELS * level), WIDTH)
            if width:
                self._partial[level] = self._read(level, n)[: width * LENGTH]
                self._known.add((level, n))
            level += 1

    @property
    def size(self) -> int:
        """How many leaves it has."""
        return self.frontier.size

    def extend(self, leaf_hashes: Sequence[bytes]) -> None:
        """Add leaves."""
        for level, first, hashes in self.frontier.extend(leaf_hashes):
            if level % LEVELS == 0 and hashes:
                self._put(level // LEVELS, first, hashes)

    def root(self) -> bytes:
        """The root as it is now."""
        return self.frontier.root()

    def save(self) -> None:
        """Write the tiles that changed."""
        fresh, longer = [], []
        for (level, n), hashes in self._touched.items():
            if (level, n) in self._known:
                longer.append((hashes, self.tree, level, n))
            else:
                fresh.append(Tile(tree=self.tree, level=level, n=n, hashes=hashes))
                self._known.add((level, n))
            if len(hashes) == WIDTH * LENGTH:
                self._known.discard((level, n))
        Tile.objects.bulk_create(fresh)
        with connection.cursor() as cursor:
            for row in longer:
                cursor.execute(
                    "UPDATE evidence_tile SET hashes = %s WHERE tree = %s AND level = %s AND n = %s", row
                )
        self._touched.clear()

    def _put(self, level: int, first: int, hashes: Sequence[bytes]) -> None:
        at, data = first, b"".join(hashes)
        while data:
            n, width = divmod(at, WIDTH)
            room = (WIDTH - width) * LENGTH
            tile = self._partial.pop(level, b"") + data[:room]
            if len(tile) < WIDTH * LENGTH:
                self._partial[level] = tile
            self._touched[level, n] = tile
            at, data = (n + 1) * WIDTH, data[room:]


def _edge(roots: Subtree, size: int) -> list[bytes]:
    """The roots of the complete subtrees that make up a tree of this size, largest first."""
    edge, start = [], 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            edge.append(roots(level, start >> level))
            start += 1 << level
    return edge
