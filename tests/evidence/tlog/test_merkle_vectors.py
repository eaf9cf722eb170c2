"""The public vectors of RFC 6962 proofs: what must hold holds, all the rest is refused."""

from typing import Any

import pytest

from evidence.tlog.merkle import SHA256, ProofRefused, check_consistency, check_inclusion
from tests.evidence.tlog.vectors import from_base64, load, names


def outcome(vector: dict[str, Any], check: Any, *arguments: Any) -> None:
    if vector["wantErr"]:
        with pytest.raises(ProofRefused):
            check(SHA256, *arguments)
    else:
        check(SHA256, *arguments)


def path_of(vector: dict[str, Any]) -> list[bytes]:
    return [from_base64(one) for one in vector["proof"] or []]


@pytest.mark.parametrize("name", names("merkle/testdata/inclusion"))
def test_inclusion(name: str) -> None:
    vector = load(name)
    leaf_hash, root = from_base64(vector["leafHash"]), from_base64(vector["root"])

    outcome(vector, check_inclusion, leaf_hash, vector["leafIdx"], vector["treeSize"], path_of(vector), root)


@pytest.mark.parametrize("name", names("merkle/testdata/consistency"))
def test_consistency(name: str) -> None:
    vector = load(name)
    roots = from_base64(vector["root1"]), from_base64(vector["root2"])

    outcome(vector, check_consistency, vector["size1"], vector["size2"], path_of(vector), *roots)


@pytest.mark.parametrize("name", names("merkle/testdata/subtreeinclusion"))
def test_a_leaf_of_a_subtree_is_a_leaf_of_a_tree_of_its_own(name: str) -> None:
    vector = load(name)
    start, end, index = vector["start"], vector["end"], vector["leafIdx"]
    width = 1 << max(0, (end - start - 1).bit_length())
    if start % width and start < end:  # no place where a tree has a subtree; we never ask for one
        assert vector["wantErr"]
        return
    leaf_hash, root = from_base64(vector["leafHash"]), from_base64(vector["root"])

    outcome(vector, check_inclusion, leaf_hash, index - start, end - start, path_of(vector), root)


@pytest.mark.parametrize("name", names("merkle/testdata/subtreeconsistency"))
def test_a_subtree_at_the_beginning_is_an_older_tree(name: str) -> None:
    vector = load(name)
    start, end = vector["start"], vector["end"]
    if start:  # all that these hold to be good are subtrees without leaves, which we never take for anything
        assert vector["wantErr"] or start == end
        return
    roots = from_base64(vector["root1"]), from_base64(vector["root2"])
    if end == 0:
        vector["wantErr"] = True  # stricter than the vectors: no tree begins with nothing

    outcome(vector, check_consistency, end, vector["size"], path_of(vector), *roots)
