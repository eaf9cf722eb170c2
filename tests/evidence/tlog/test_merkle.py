"""Trees, old and new: the fast ways give what RFC 6962 says, and nothing else is believed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.tlog.merkle import (
    LARGEST,
    SHA256,
    SM3,
    Frontier,
    ProofRefused,
    TreeHash,
    check_consistency,
    check_inclusion,
    consistency_path,
    inclusion_path,
    multiproof,
    root_at,
    root_from_inclusion,
    root_from_multiproof,
    root_of,
    root_of_data,
)
from tests.evidence.tlog import trees
from tests.evidence.tlog.trees import Grove, entries

EDGES = sorted({0, 1, *(2**k + d for k in range(1, 8) for d in (-1, 0, 1))})
HUGE = sorted({2**k + d for k in (8, 31, 32, 40, 53, 62) for d in (-1, 0, 1)} | {LARGEST})
hashes = st.sampled_from([SHA256, SM3])
sizes = st.integers(1, 80)


class AlikeLeaves:
    """A tree as large as one likes, whose leaves are all the same: one hash for each level."""

    def __init__(self, hash: TreeHash) -> None:  # noqa: A002
        self.levels = [hash.leaf(b"alike")]
        for _ in range(64):
            self.levels.append(hash.node(self.levels[-1], self.levels[-1]))

    def subtree(self, level: int, index: int) -> bytes:
        return self.levels[level]


def test_roots_of_the_eight_public_entries() -> None:
    data = [bytes.fromhex(one) for one in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                                          "606162636465666768696a6b6c6d6e6f")]  # fmt: skip

    root = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert root_of_data(SHA256, data).hex() == root
    assert SHA256.empty.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("tree_hash", [SHA256, SM3], ids=repr)
@pytest.mark.parametrize("size", EDGES)
def test_every_way_to_a_root_is_the_same(size: int, tree_hash: TreeHash) -> None:
    data = entries(size)
    leaf_hashes = tree_hash.leaves(data)
    root = trees.mth(tree_hash, data)
    one_by_one = Frontier(tree_hash)
    for leaf_hash in leaf_hashes:
        one_by_one.push(leaf_hash)

    assert one_by_one.root() == root
    assert root_of(tree_hash, leaf_hashes) == root
    assert root_of_data(tree_hash, data) == root
    assert root_at(tree_hash, Grove(tree_hash, data).subtree, size) == root


@given(st.lists(st.integers(0, 40), max_size=6), hashes)
def test_a_tree_that_grows_in_steps_gains_each_subtree_once(steps: list[int], tree_hash: TreeHash) -> None:
    data = entries(sum(steps))
    tree, found = Frontier(tree_hash), dict[tuple[int, int], bytes]()
    for step in steps:
        fresh = tree_hash.leaves(data[tree.size : tree.size + step])
        for level, first, roots in tree.extend(fresh):
            for index, root in enumerate(roots, start=first):
                assert (level, index) not in found
                found[level, index] = root

    whole = Grove(tree_hash, data)
    assert tree.root() == trees.mth(tree_hash, data)
    assert found == {(level, i): root for level, row in enumerate(whole.rows) for i, root in enumerate(row)}
    assert Frontier(tree_hash, tree.size, tree.edge).root() == tree.root()


@given(st.integers(0, 9), st.integers(0, 5), st.integers(0, 3))
def test_a_tree_takes_whole_subtrees_too(before: int, count: int, level: int) -> None:
    data = entries(before + (count << level))
    tree = Frontier(SHA256)
    tree.extend(SHA256.leaves(data[:before]))
    subtrees = [
        trees.mth(SHA256, data[at : at + (1 << level)]) for at in range(before, len(data), 1 << level)
    ]

    if before % (1 << level):
        with pytest.raises(ValueError, match="do not fit"):
            tree.extend(subtrees, level)
    else:
        tree.extend(subtrees, level)
        assert (tree.size, tree.root()) == (len(data), trees.mth(SHA256, data))


@pytest.mark.parametrize(
    ("size", "edge"), [(1, []), (0, [bytes(32)]), (3, [bytes(32)]), (1, [bytes(31)]), (-1, [])]
)
def test_an_edge_that_no_tree_has_is_refused(size: int, edge: list[bytes]) -> None:
    with pytest.raises(ValueError, match="edge"):
        Frontier(SHA256, size, edge)


@given(sizes, st.data(), hashes)
def test_a_leaf_is_proved_as_the_rfc_says(size: int, draw: st.DataObject, tree_hash: TreeHash) -> None:
    data = entries(size)
    index = draw.draw(st.integers(0, size - 1))
    path = inclusion_path(tree_hash, Grove(tree_hash, data).subtree, index, size)

    assert path == trees.path(tree_hash, index, data)
    check_inclusion(tree_hash, tree_hash.leaf(data[index]), index, size, path, trees.mth(tree_hash, data))


@given(sizes, st.data(), hashes)
def test_a_beginning_is_proved_as_the_rfc_says(size: int, draw: st.DataObject, tree_hash: TreeHash) -> None:
    data = entries(size)
    old = draw.draw(st.integers(1, size))
    path = consistency_path(tree_hash, Grove(tree_hash, data).subtree, old, size)

    assert path == trees.proof(tree_hash, old, data)
    roots = trees.mth(tree_hash, data[:old]), trees.mth(tree_hash, data)
    check_consistency(tree_hash, old, size, path, *roots)


@given(st.integers(2, 40), st.data())
def test_a_changed_path_proves_no_leaf(size: int, draw: st.DataObject) -> None:
    data = entries(size)
    index = draw.draw(st.integers(0, size - 1))
    path = inclusion_path(SHA256, Grove(SHA256, data).subtree, index, size)
    root = trees.mth(SHA256, data)
    changed = draw.draw(changed_paths(path))
    elsewhere = draw.draw(st.integers(-1, size).filter(lambda other: other != index))

    with pytest.raises(ProofRefused):
        check_inclusion(SHA256, SHA256.leaf(data[index]), index, size, changed, root)
    with pytest.raises(ProofRefused):
        check_inclusion(SHA256, SHA256.leaf(data[index]), elsewhere, size, path, root)
    with pytest.raises(ProofRefused):
        check_inclusion(SHA256, SHA256.leaf(b"another"), index, size, path, root)


@given(st.integers(2, 40), st.data())
def test_a_changed_path_proves_no_beginning(size: int, draw: st.DataObject) -> None:
    data = entries(size)
    old = draw.draw(st.integers(1, size - 1))
    path = consistency_path(SHA256, Grove(SHA256, data).subtree, old, size)
    roots = trees.mth(SHA256, data[:old]), trees.mth(SHA256, data)

    with pytest.raises(ProofRefused):
        check_consistency(SHA256, old, size, draw.draw(changed_paths(path)), *roots)
    with pytest.raises(ProofRefused):
        check_consistency(SHA256, old, size, path, *reversed(roots))
    with pytest.raises(ProofRefused):
        check_consistency(SHA256, old, size, path, roots[0], roots[0])
    with pytest.raises(ProofRefused):
        check_consistency(SHA256, size, old, path, *roots)


@st.composite
def changed_paths(draw: st.DrawFn, path: list[bytes]) -> list[bytes]:
    """A path with one thing wrong."""
    at = draw(st.integers(0, len(path) - 1))
    one = bytearray(path[at])
    one[draw(st.integers(0, 31))] ^= 1 << draw(st.integers(0, 7))
    before, after = path[:at], path[at + 1 :]
    instead = draw(
        st.sampled_from(
            [[], [b""], [path[at][:31]], [bytes(one)], [path[at], bytes(32)], [bytes(32), path[at]]]
        )
    )
    return [*before, *instead, *after]


@pytest.mark.parametrize("size", HUGE)
def test_proofs_hold_at_the_edges_of_numbers(size: int) -> None:
    tree = AlikeLeaves(SHA256)
    root = root_at(SHA256, tree.subtree, size)
    for index in {0, 1, size // 2, size - 2, size - 1}:
        path = inclusion_path(SHA256, tree.subtree, index, size)
        assert len(path) <= (size - 1).bit_length()
        check_inclusion(SHA256, tree.levels[0], index, size, path, root)
        assert root_from_multiproof(
            SHA256, {index: tree.levels[0]}, size, multiproof(SHA256, tree.subtree, [index], size)
        ) == root  # fmt: skip
    for old in {1, 2, size // 2, size - 1, size}:
        path = consistency_path(SHA256, tree.subtree, old, size)
        check_consistency(SHA256, old, size, path, root_at(SHA256, tree.subtree, old), root)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (-1, 1), (1, 1), (5, 4), (0, -1), (0, LARGEST + 1)])
def test_what_is_no_leaf_of_the_tree_is_refused(index: int, size: int) -> None:
    leaf_hash = SHA256.leaf(b"")

    with pytest.raises(ProofRefused):
        root_from_inclusion(SHA256, leaf_hash, index, size, [])
    with pytest.raises(ProofRefused):
        root_from_multiproof(SHA256, {index: leaf_hash}, size, b"")


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 1), (2, 1), (-1, 1), (1, LARGEST + 1)])
def test_what_is_no_older_tree_is_refused(old: int, new: int) -> None:
    with pytest.raises(ProofRefused):
        check_consistency(SHA256, old, new, [], SHA256.empty, SHA256.empty)


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 1), (2, 1), (-1, 1)])
def test_nothing_is_made_to_prove_them(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="begin"):
        consistency_path(SHA256, AlikeLeaves(SHA256).subtree, old, new)
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_path(SHA256, AlikeLeaves(SHA256).subtree, max(old, new), new)


def walked(data: list[bytes], indices: set[int], start: int, end: int) -> bytes:
    """The multiproof by the words of the page."""
    if not any(start <= index < end for index in indices):
        return trees.mth(SHA256, data[start:end])
    if end - start == 1:
        return b""
    middle = start + trees.split(end - start)
    return walked(data, indices, start, middle) + walked(data, indices, middle, end)


@given(sizes, st.data())
def test_many_leaves_are_proved_at_once(size: int, draw: st.DataObject) -> None:
    data = entries(size)
    indices = draw.draw(st.sets(st.integers(0, size - 1), min_size=1))
    proof = multiproof(SHA256, Grove(SHA256, data).subtree, indices, size)
    leaves = {index: SHA256.leaf(data[index]) for index in indices}
    root = trees.mth(SHA256, data)

    assert proof == walked(data, indices, 0, size)
    assert root_from_multiproof(SHA256, leaves, size, proof) == root

    changed = {**leaves, min(indices): SHA256.leaf(b"another")}
    assert root_from_multiproof(SHA256, changed, size, proof) != root
    for wrong in (
        proof + bytes(32),
        proof + b"\0",
        proof[:-1] if proof else b"\0",
        proof[32:] if proof else bytes(32),
    ):
        with pytest.raises(ProofRefused):
            root_from_multiproof(SHA256, leaves, size, wrong)


def test_a_proof_of_no_leaves_or_of_half_a_hash_is_refused() -> None:
    with pytest.raises(ProofRefused):
        root_from_multiproof(SHA256, {}, 4, bytes(32))
    with pytest.raises(ProofRefused):
        root_from_multiproof(SHA256, {0: bytes(31)}, 1, b"")
    with pytest.raises(ValueError, match="no leaves"):
        multiproof(SHA256, AlikeLeaves(SHA256).subtree, [], 4)


@pytest.mark.parametrize("size", [1 << 20, (1 << 20) - 1, 1_000_000])
def test_a_proof_in_a_log_of_a_million_has_at_most_twenty_hashes(size: int) -> None:
    path = inclusion_path(SHA256, AlikeLeaves(SHA256).subtree, 123_456, size)

    assert sum(map(len, path)) == 640
