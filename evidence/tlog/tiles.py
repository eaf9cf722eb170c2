"""Tiles (tlog-tiles): the tree cut into pieces of 256 hashes, each with an address of its own.

A tile of level L holds roots of complete subtrees of 256**L leaves. Bundles hold the leaves themselves.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from evidence.tlog.treehash import LENGTH, TreeHash

WIDTH = 256
LARGEST_ENTRY = 0xFFFF  # bytes: a bundle writes the length of an entry in two
TOP_LEVEL = 63
ENTRIES: Literal["entries"] = "entries"

Level = int | Literal["entries"]
ReadTile = Callable[[int, int], bytes]
"""(level of the tile, its number) -> its hashes, as many as there are; raises KeyError where there is none."""

_PATH = re.compile(
    r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII
)


class TileAddress(NamedTuple):
    """Which tile or bundle, and how much of it (256 when it is full)."""

    level: Level
    n: int
    width: int = WIDTH


def tile_path(level: Level, n: int, width: int = WIDTH) -> str:
    """The path of a tile or (level "entries") of a bundle below the address of the log."""
    if n < 0 or not 1 <= width <= WIDTH or (level != ENTRIES and not 0 <= level <= TOP_LEVEL):
        raise ValueError("there is no such tile")
    rest, last = divmod(n, 1000)
    parts = [f"{last:03d}"]
    while rest:
        rest, part = divmod(rest, 1000)
        parts.append(f"x{part:03d}")
    path = f"tile/{level}/{'/'.join(reversed(parts))}"
    return path if width == WIDTH else f"{path}.p/{width}"


def parse_tile_path(path: str) -> TileAddress:
    """The tile that a path names. Raises ValueError for any other spelling than the one."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise ValueError("this is no path of a tile")
    level: Level = ENTRIES if match[1] == ENTRIES else int(match[1])
    address = TileAddress(level, int(match[2].replace("x", "").replace("/", "")), int(match[3] or WIDTH))
    if (match[3] and address.width == WIDTH) or tile_path(*address) != path:
        raise ValueError("the path of this tile is written in another way")
    return address


def width_at(level: Level, n: int, size: int) -> int:
    """How many hashes (or entries) tile `n` has in a tree of `size` leaves; 0 where there is no such tile."""
    count = size >> (0 if level == ENTRIES else 8 * level)
    return min(WIDTH, max(0, count - n * WIDTH))


def tiles_between(old: int, new: int) -> Iterator[TileAddress]:
    """Every tile of hashes that is new or wider once a tree of `old` leaves has grown to `new`."""
    level = 0
    while new >> 8 * level:
        first, end = old >> 8 * level, new >> 8 * level
        if first != end:
            for n in range(first // WIDTH, (end - 1) // WIDTH + 1):
                yield TileAddress(level, n, width_at(level, n, new))
        level += 1


class Tiles:
    """Roots of complete subtrees out of tiles; `tiles.subtree` is what the proofs in `merkle` ask for.

    What was read is kept, so make a new one when what was written may have changed.
    """

    def __init__(self, hash: TreeHash, read: ReadTile, keep: int = 256) -> None:  # noqa: A002
        self._hash = hash
        self._read = read
        self._keep = keep
        self._rows: OrderedDict[tuple[int, int], list[list[bytes]]] = OrderedDict()

    def subtree(self, level: int, index: int) -> bytes:
        """The root of the complete subtree of 2**level leaves. Raises KeyError where it is not there."""
        above, within = divmod(level, 8)
        n, offset = divmod(index, WIDTH >> within)
        rows = self._rows_of(above, n)
        if offset >= len(rows[within]):
            self._rows.pop((above, n), None)  # it may have grown since
            rows = self._rows_of(above, n)
        try:
            return rows[within][offset]
        except IndexError:
            raise KeyError((level, index)) from None

    def _rows_of(self, level: int, n: int) -> list[list[bytes]]:
        """The hashes of a tile and the eight rows that stand on them."""
        rows = self._rows.get((level, n))
        if rows is None:
            tile = bytes(self._read(level, n))
            rows = [[tile[i : i + LENGTH] for i in range(0, len(tile), LENGTH)]]
            for _ in range(8):
                rows.append(self._hash.nodes(rows[-1]))
            self._rows[level, n] = rows
            if len(self._rows) > self._keep:
                self._rows.popitem(last=False)
        else:
            self._rows.move_to_end((level, n))
        return rows


def pack(entries: Iterable[bytes]) -> bytes:
    """A bundle of entries."""
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > LARGEST_ENTRY:
            raise ValueError(f"an entry has at most {LARGEST_ENTRY} bytes")
        parts += (len(entry).to_bytes(2, "big"), entry)
    return b"".join(parts)


def unpack(bundle: bytes) -> Sequence[bytes]:
    """The entries of a bundle. Raises ValueError when it ends within one or holds more than 256."""
    entries: list[bytes] = []
    at = 0
    while at < len(bundle):
        start = at + 2
        at = start + int.from_bytes(bundle[at:start], "big")
        if start > len(bundle) or at > len(bundle) or len(entries) == WIDTH:
            raise ValueError("this is no whole bundle of entries")
        entries.append(bundle[start:at])
    return entries
