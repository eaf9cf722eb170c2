"""The site and the shipped verifier were written apart, from one page: they accept and refuse the same."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as properties
from hypothesis import strategies as st

from evidence.tlog import ed25519, sm2
from evidence.tlog.checkpoints import Checkpoint
from evidence.tlog.heads import HeadsTree, root_from_path
from evidence.tlog.merkle import (
    SHA256,
    ProofRefused,
    check_consistency,
    consistency_path,
    inclusion_path,
    multiproof,
    root_from_inclusion,
    root_from_multiproof,
)
from evidence.tlog.notes import NoteRefused, SignedNote
from evidence.tlog.policies import Policy, PolicyRefused
from evidence.verify import verify as shipped
from tests.evidence.tlog import test_notes, test_policies, test_sm2, trees
from tests.evidence.tlog.test_policies import OLD_LOG, ORIGIN, SM3_LOG, WITNESSES, signed
from tests.evidence.tlog.trees import Grove, entries
from tests.evidence.tlog.vectors import load

POLICY = (
    WITNESSES
    + f"log {OLD_LOG} sizes:0-3\nlog {SM3_LOG} sizes:-7\n# more\ngroup g 2 court union auditor\nquorum g\n"
)
NO_POLICIES = next(
    mark.args[1] for mark in test_policies.test_what_is_no_policy_is_refused_for_its_reason.pytestmark
)
NO_NOTES = next(mark.args[1] for mark in test_notes.test_any_other_spelling_is_no_note.pytestmark)


def asked(question: Callable[..., Any], *arguments: Any) -> Any:
    """The answer, or None for a refusal."""
    try:
        return question(*arguments)
    except (NoteRefused, PolicyRefused, ProofRefused, shipped.Wrong):
        return None


def changed(whole: bytes, at: int, by: int) -> bytes:
    """The same bytes with one changed, dropped or doubled."""
    at %= len(whole)
    return (
        whole[:at] + (b"", whole[at : at + 1] * 2, bytes([whole[at] ^ 1 << by % 8]))[by % 3] + whole[at + 1 :]
    )


changes = st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 23)), max_size=2)


def read_here(data: bytes) -> Any:
    policy = Policy.parse(data)
    logs = [(str(log.key), log.start, log.end or 1 << 64) for log in policy.logs]
    groups = {group.name: (group.threshold, [*group.members]) for group in policy.groups.values()}
    return logs, {name: str(one.key) for name, one in policy.witnesses.items()}, groups, policy.quorum


def read_there(data: bytes) -> Any:
    policy = shipped.Policy(data)

    def vkey(key: shipped.Key) -> str:
        return f"{key.name}+{key.key_id.hex()}+{shipped.base64(key.kind + key.public)}"

    logs = [(vkey(key), key.low, key.high) for key in policy.logs]
    return logs, {name: vkey(key) for name, key in policy.witnesses.items()}, policy.groups, policy.quorum


@pytest.mark.parametrize("rows", [POLICY, "quorum none\n", *(rows for rows, _ in NO_POLICIES)])
def test_they_read_the_same_policies(rows: str) -> None:
    data = rows.encode("utf-8", "surrogateescape")

    assert asked(read_here, data) == asked(read_there, data)


@properties(max_examples=400)
@given(changes)
def test_they_read_the_same_in_changed_policies(where: list[tuple[int, int]]) -> None:
    data = POLICY.encode()
    for at, by in where:
        data = changed(data, at, by)

    assert asked(read_here, data) == asked(read_there, data)


@pytest.mark.parametrize("note", NO_NOTES)
def test_they_refuse_the_same_notes(note: str) -> None:
    data = note.encode("utf-8", "surrogatepass")

    assert asked(SignedNote.parse, data) is None
    assert asked(shipped.parse_note, data) is None


@properties(max_examples=400)
@given(
    changes,
    st.sampled_from([(2, 3), (2, 3, 4), (2, 2, 3), (2, 5), (5, 4, 3)]),
    st.sampled_from([(5, 1), (2, 9), (5, 9)]),
)
def test_they_accept_the_same_checkpoints(
    where: list[tuple[int, int]], seen: tuple[int, ...], by: tuple[int, int]
) -> None:
    data = signed(by[0], by=by[1], witnesses=seen).serialise().encode()
    for at, how in where:
        data = changed(data, at, how)

    def here() -> Any:
        accepted = Policy.parse(POLICY.encode()).accept(SignedNote.parse(data), ORIGIN)
        return accepted.checkpoint.size, accepted.checkpoint.root, len(accepted.witnesses)

    def there() -> Any:
        size, root, witnesses = shipped.Policy(POLICY.encode()).accept(data, ORIGIN)
        return size, root, len(witnesses)

    found = asked(here)
    assert found == asked(there)
    if not where:
        assert (found is not None) == (seen != (2, 5) and by != (5, 9))


def test_they_know_the_same_signatures() -> None:
    for case in load("cctv/ed25519vectors.json"):
        key, signature, message = bytes.fromhex(case["key"]), bytes.fromhex(case["sig"]), case["msg"].encode()
        assert ed25519.verify(key, message, signature) == bool(
            shipped.ed25519_holds(key, signature, message)
        ), case


@properties(max_examples=60)
@given(changes)
def test_they_know_the_same_sm2_signatures(where: list[tuple[int, int]]) -> None:
    signature = test_sm2.SIGNATURE
    for at, by in where:
        signature = changed(signature, at, by)

    here = sm2.verify(test_sm2.PUBLIC, test_sm2.MESSAGE, signature)
    assert here == bool(shipped.sm2_holds(test_sm2.PUBLIC, signature, test_sm2.MESSAGE))
    assert here == (signature == test_sm2.SIGNATURE)


@given(st.integers(1, 40), st.data())
def test_they_follow_the_same_paths(size: int, draw: st.DataObject) -> None:
    data = entries(size)
    subtree, leaves = Grove(SHA256, data).subtree, SHA256.leaves(data)
    index, old = draw.draw(st.integers(0, size - 1)), draw.draw(st.integers(1, size))
    other = draw.draw(st.integers(0, size))
    path = inclusion_path(SHA256, subtree, index, size)
    assert asked(root_from_inclusion, SHA256, leaves[index], other, size, path) == asked(
        shipped.inclusion_root, leaves[index], other, size, path
    )

    path = consistency_path(SHA256, subtree, old, size)
    roots = trees.mth(SHA256, data[:old]), trees.mth(SHA256, data)
    for wanted in (old, other):
        try:
            check_consistency(SHA256, wanted, size, path, *roots)
        except ProofRefused:
            with pytest.raises(shipped.Wrong):
                shipped.check_consistency(wanted, size, *roots, path)
        else:
            shipped.check_consistency(wanted, size, *roots, path)

    indices = draw.draw(st.sets(st.integers(0, size - 1), min_size=1))
    proof = multiproof(SHA256, subtree, indices, size)
    for one in (proof, proof[:-1], proof + bytes(32)):
        assert asked(root_from_multiproof, SHA256, {at: leaves[at] for at in indices}, size, one) == asked(
            shipped.multiproof_root, shipped.sha256, {at: data[at] for at in indices}, size, one
        )


@given(st.integers(1, 30), st.data())
def test_they_climb_the_same_heads_map(count: int, draw: st.DataObject) -> None:
    rows = [(f"{number:032x}", number + 1, bytes([number]) * 32) for number in range(count)]
    tree = HeadsTree(rows)
    case, number, head = draw.draw(st.sampled_from(rows))
    path = [(bit, sibling.hex()) for bit, sibling in tree.path(case)]

    assert shipped.heads_root(case, number, head, path) == tree.root()
    assert root_from_path(case, number, head, tree.path(case)) == tree.root()


@pytest.mark.parametrize("size", ["0", str(2**53 - 1), str(2**53), "01", "-1", "", "1\nmore"])
def test_they_read_the_same_checkpoints(size: str) -> None:
    text = f"{ORIGIN}\n{size}\n{'A' * 43}=\n"
    here = asked(Checkpoint.parse, text)

    assert asked(shipped.parse_checkpoint, text, ORIGIN) == (here and (here.size, here.root))
