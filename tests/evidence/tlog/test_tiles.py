"""Tiles and their addresses, as tlog-tiles writes them."""

from collections import Counter
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.tlog.merkle import SHA256, Frontier, root_at
from evidence.tlog.tiles import (
    ENTRIES,
    TileAddress,
    Tiles,
    pack,
    parse_tile_path,
    tile_path,
    tiles_between,
    unpack,
    width_at,
)
from tests.evidence.tlog import trees
from tests.evidence.tlog.trees import Grove, entries

levels = st.one_of(st.integers(0, 63), st.just(ENTRIES))


class Store:
    """Tiles in a dictionary, written as a tree grows."""

    def __init__(self) -> None:
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.reads = 0

    def write(self, tree: Frontier, leaf_hashes: list[bytes]) -> None:
        for level, first, roots in tree.extend(leaf_hashes):
            if level % 8 == 0:
                for index, root in enumerate(roots, start=first):
                    place = level // 8, index // 256
                    self.tiles[place] = self.tiles.get(place, b"") + root

    def read(self, level: int, n: int) -> bytes:
        self.reads += 1
        return self.tiles[level, n]


@given(levels, st.integers(0, 10**12), st.integers(1, 256))
def test_an_address_is_written_and_read(level: int, n: int, width: int) -> None:
    assert parse_tile_path(tile_path(level, n, width)) == TileAddress(level, n, width)


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ((0, 0), "tile/0/000"),
        ((0, 1234067), "tile/0/x001/x234/067"),
        ((1, 999, 17), "tile/1/999.p/17"),
        ((ENTRIES, 1000, 255), "tile/entries/x001/000.p/255"),
    ],
)
def test_addresses_look_as_in_the_text(address: tuple[int, int], path: str) -> None:
    assert tile_path(*address) == path


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/0", "tile/00/000", "tile/64/000", "tile/-1/000", "tile/0/x000/001", "tile/0/001/001", "tile/0/x001",
        "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/", "tile/0/000/", "/tile/0/000",
        "tile/data/000", "tile/0/٠٠٠", "tile/0/000\n", "tile/0/x1/000", "tile/entries/", "tile/0/../000", "",
    ],
)  # fmt: skip
def test_any_other_spelling_is_no_address(path: str) -> None:
    with pytest.raises(ValueError, match="tile"):
        parse_tile_path(path)


@pytest.mark.parametrize("address", [(-1, 0), (64, 0), (0, -1), (0, 0, 0), (0, 0, 257)])
def test_there_is_no_such_tile(address: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="tile"):
        tile_path(*address)


def test_a_tree_of_70000_has_the_tiles_of_the_text() -> None:
    tiles = Counter((tile.level, tile.width) for tile in tiles_between(0, 70_000))

    assert tiles == {(0, 256): 273, (0, 112): 1, (1, 256): 1, (1, 17): 1, (2, 1): 1}
    assert list(tiles_between(0, 256)) == [TileAddress(0, 0), TileAddress(1, 0, 1)]


@given(st.integers(0, 70_000), st.integers(0, 700))
def test_growing_changes_only_the_tiles_at_the_edge(old: int, more: int) -> None:
    changed = set(tiles_between(old, old + more))
    everything = set(tiles_between(0, old + more)) if old < 2000 else None

    assert all(width_at(tile.level, tile.n, old) < tile.width for tile in changed)
    assert all(width_at(tile.level, tile.n, old + more) == tile.width for tile in changed)
    if everything is not None:
        assert everything - changed <= set(tiles_between(0, old))


@pytest.mark.parametrize("size", [1, 255, 256, 257, 65_535, 65_536, 65_537, 66_000])
def test_proofs_come_out_of_tiles(size: int) -> None:
    data = entries(size)
    store, tree = Store(), Frontier(SHA256)
    store.write(tree, SHA256.leaves(data[: size // 3]))
    store.write(tree, SHA256.leaves(data[size // 3 :]))
    tiles, whole = Tiles(SHA256, store.read, keep=4), Grove(SHA256, data)

    assert set(store.tiles) == {(tile.level, tile.n) for tile in tiles_between(0, size)}
    for level, row in enumerate(whole.rows):
        for index in {0, len(row) // 2, len(row) - 1}:
            assert tiles.subtree(level, index) == row[index]
        with pytest.raises(KeyError):
            tiles.subtree(level, len(row))
    assert root_at(SHA256, tiles.subtree, size) == tree.root()


def test_a_tile_is_read_once_and_again_when_it_has_grown() -> None:
    store, tree = Store(), Frontier(SHA256)
    tiles = Tiles(SHA256, store.read)
    store.write(tree, SHA256.leaves(entries(3)))

    assert [tiles.subtree(0, index) for index in range(3)] == SHA256.leaves(entries(3))
    assert store.reads == 1
    store.write(tree, SHA256.leaves(entries(4)[3:]))
    assert tiles.subtree(2, 0) == trees.mth(SHA256, entries(4))
    assert store.reads == 2


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_a_bundle_gives_back_its_entries(data: list[bytes]) -> None:
    assert unpack(pack(data)) == data


@given(st.lists(st.binary(max_size=20), min_size=1, max_size=4), st.data())
def test_a_torn_bundle_is_refused_or_shorter(data: list[bytes], draw: st.DataObject) -> None:
    whole = pack(data)
    torn = whole[: draw.draw(st.integers(0, len(whole) - 1))]

    with suppress(ValueError):
        assert unpack(torn) == data[: len(unpack(torn))] != data


def test_a_bundle_has_bounds() -> None:
    assert unpack(pack([bytes(65_535)])) == [bytes(65_535)]
    with pytest.raises(ValueError, match="65535"):
        pack([bytes(65_536)])
    with pytest.raises(ValueError, match="bundle"):
        unpack(pack([b""] * 257))
    with pytest.raises(ValueError, match="bundle"):
        unpack(b"\x00")
