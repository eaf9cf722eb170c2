"""The heads map: one place for each case, one path to each place, and no other way to the root."""

import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.tlog import heads
from evidence.tlog.heads import EMPTY, Head, HeadsTree, key_of, root_from_path
from evidence.tlog.merkle import ProofRefused

cases = st.binary(min_size=16, max_size=16).map(bytes.hex)
heads_of_cases = st.dictionaries(
    cases, st.tuples(st.integers(1, 2**64 - 1), st.binary(min_size=32, max_size=32)), max_size=30
).map(lambda found: [(case, count, head) for case, (count, head) in found.items()])


def by_the_page(rows: list[tuple[bytes, int, bytes]], bit: int = 0) -> bytes:
    """The root as the page defines it."""

    def side(key: bytes) -> bool:
        return bool(int.from_bytes(key, "big") >> (255 - bit) & 1)

    if not rows:
        return hashlib.sha256(b"mediation-evidence/1 heads empty\n").digest()
    if len(rows) == 1:
        key, count, head = rows[0]
        return hashlib.sha256(
            b"mediation-evidence/1 heads leaf\n" + key + count.to_bytes(8, "big") + head
        ).digest()
    while len({side(key) for key, _, _ in rows}) == 1:
        bit += 1
    left, right = ([row for row in rows if side(row[0]) is wanted] for wanted in (False, True))
    below = by_the_page(left, bit + 1) + by_the_page(right, bit + 1)
    return hashlib.sha256(b"mediation-evidence/1 heads node\n" + bytes([bit]) + below).digest()


@given(heads_of_cases)
def test_the_root_is_the_one_of_the_page(rows: list[tuple[str, int, bytes]]) -> None:
    keyed = [
        (hashlib.sha256(b"mediation-evidence/1 case\n" + case.encode()).digest(), n, head)
        for case, n, head in rows
    ]

    assert HeadsTree(rows).root() == by_the_page(keyed)


@given(heads_of_cases, st.randoms())
def test_the_order_does_not_matter_nor_the_way_there(rows: list[tuple[str, int, bytes]], random) -> None:
    root = HeadsTree(rows).root()
    mixed = random.sample(rows, len(rows))
    grown = HeadsTree(mixed[: len(mixed) // 2])
    for case, count, _ in mixed:
        grown.put(case, max(1, count - 1), bytes(32))
        if count % 3 == 0:
            grown.root()  # asking changes nothing
    for row in rows:
        grown.put(*row)

    assert HeadsTree(mixed).root() == grown.root() == root
    assert len(grown) == len(rows)
    assert [grown.get(case) for case, _, _ in rows] == [Head(*row) for row in rows]


@given(heads_of_cases.filter(bool), st.data())
def test_each_case_has_its_path(rows: list[tuple[str, int, bytes]], draw: st.DataObject) -> None:
    tree = HeadsTree(rows)
    case, count, head = draw.draw(st.sampled_from(rows))
    path = tree.path(case)

    assert root_from_path(case, count, head, path) == tree.root()
    assert all(above < below for (below, _), (above, _) in pairwise(path))


@given(heads_of_cases.filter(lambda rows: len(rows) > 1), st.data())
def test_any_other_head_or_path_leads_elsewhere(
    rows: list[tuple[str, int, bytes]], draw: st.DataObject
) -> None:
    tree = HeadsTree(rows)
    case, count, head = draw.draw(st.sampled_from(rows))
    path = tree.path(case)

    def leads_there(case: str, count: int, head: bytes, path: list[tuple[int, bytes]]) -> bool:
        try:
            return root_from_path(case, count, head, path) == tree.root()
        except ProofRefused:
            return False

    at = draw.draw(st.integers(0, len(path) - 1))
    bit, sibling = path[at]
    bits = draw.draw(st.integers(-1, 257).filter(lambda other: other != bit))
    others = draw.draw(st.binary(max_size=33).filter(lambda other: other != sibling))
    assert leads_there(case, count, head, path)
    assert not leads_there(draw.draw(cases.filter(lambda other: other != case)), count, head, path)
    assert not leads_there(case, count - 1 or 2, head, path)
    assert not leads_there(case, count, bytes(32) if head != bytes(32) else b"1" * 32, path)
    for changed in (
        [*path[:at], (bits, sibling), *path[at + 1 :]],
        [*path[:at], (bit, others), *path[at + 1 :]],
        path[:at] + path[at + 1 :],
        [*path[:at], path[at], *path[at:]],
        [*path, (0, bytes(32))],
        [(255, bytes(32)), *path],
    ):
        assert changed == path or not leads_there(case, count, head, changed)


def test_no_case_stands_in_it_twice() -> None:
    row = ("0" * 32, 1, bytes(32))

    with pytest.raises(ValueError, match="twice"):
        HeadsTree([row, ("1" * 32, 1, bytes(32)), row])
    with pytest.raises(ValueError, match="twice"):
        HeadsTree([row, (row[0], 2, bytes(32))])


def test_an_empty_map_has_a_root_and_a_lone_case_no_path() -> None:
    tree = HeadsTree()
    assert tree.root() == EMPTY
    assert tree.get("0" * 32) is None

    tree.put("0" * 32, 3, b"h" * 32)
    assert tree.root() == heads.leaf(key_of("0" * 32), 3, b"h" * 32)
    assert tree.path("0" * 32) == []
    assert root_from_path("0" * 32, 3, b"h" * 32, []) == tree.root()


def test_a_case_that_is_not_there_has_no_path() -> None:
    tree = HeadsTree([("0" * 32, 1, bytes(32)), ("1" * 32, 1, bytes(32))])

    assert tree.get("2" * 32) is None
    for absent in (tree, HeadsTree()):
        with pytest.raises(KeyError):
            absent.path("2" * 32)


@pytest.mark.parametrize("case", ["", "0" * 31, "0" * 33, "G" * 32, "A" * 32, "0" * 32 + "\n", "٠" * 32])
def test_a_case_is_named_by_its_tag(case: str) -> None:
    with pytest.raises(ValueError, match="32 hex digits"):
        key_of(case)
    with pytest.raises(ProofRefused):
        root_from_path(case, 1, bytes(32), [])


@pytest.mark.parametrize(
    ("count", "head"), [(0, bytes(32)), (-1, bytes(32)), (2**64, bytes(32)), (1, b""), (1, bytes(33))]
)
def test_a_head_has_an_entry_and_its_hash(count: int, head: bytes) -> None:
    with pytest.raises(ValueError, match="has an entry"):
        HeadsTree([("0" * 32, count, head)])
    with pytest.raises(ValueError, match="has an entry"):
        HeadsTree().put("0" * 32, count, head)
    with pytest.raises(ProofRefused):
        root_from_path("0" * 32, count, head, [])


@pytest.mark.parametrize("bits", [[3, 3], [3, 4], [256], [-1], [0, -1], list(range(256, -1, -1))])
def test_the_bits_of_a_path_fall_strictly_within_a_key(bits: list[int]) -> None:
    with pytest.raises(ProofRefused):
        root_from_path("0" * 32, 1, bytes(32), [(bit, bytes(32)) for bit in bits])


def test_a_path_may_be_as_long_as_a_key() -> None:
    assert root_from_path("0" * 32, 1, bytes(32), [(bit, bytes(32)) for bit in range(255, -1, -1)])
