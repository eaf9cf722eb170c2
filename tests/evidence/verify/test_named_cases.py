"""Faults that other verifiers are known for, each as a packet of its own; ours must name the thing.

The names are of the projects in whose threads or advisories the fault was described.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from evidence.verify.verify import verify
from tests.evidence.bagparts import Key, Tree, canonical, checkpoint_text, note, sha256, zip_of
from tests.evidence.bags import Bag, Shape, make, with_lists
from tests.evidence.mutations_of_chains import edit, tail_cut
from tests.evidence.verify.asking import ask, state_of

Members = dict[str, bytes]
CHECKPOINT, CHAIN, PACKET = "data/proof/checkpoint", "data/chain.jsonl", "data/packet.json"


@pytest.fixture(scope="module")
def bag() -> Bag:
    return make(
        Shape(seed=77, records=9, files=2, file_bytes=300, witnesses=(2, 2), milestones=3, withheld=0)
    )


def asked(bag: Bag, members: Members) -> dict[str, Any]:
    return ask(bag, zip_of(with_lists(members)))


def lines_of(bag: Bag) -> tuple[str, list[str]]:
    text, _, rest = bag.members[CHECKPOINT].decode().partition("\n\n")
    lines = [line for line in rest.splitlines(keepends=True) if " stranger.example " not in line]
    return text + "\n", lines


def with_note(bag: Bag, text: str, lines: list[str]) -> dict[str, Any]:
    return asked(bag, {**bag.members, CHECKPOINT: note(text, lines)})


# --- roots and proofs


def test_sigstore_python_248_a_root_that_no_checkpoint_signed(bag: Bag) -> None:
    """The proof leads to a root of its own; packet.json states it; the signed one is another."""
    lines = bag.members[CHAIN].splitlines()
    forged = json.loads(lines[-1])
    forged["at"] = "2026-01-01T00:00:00.000Z"
    lines[-1] = canonical(forged)
    world, members = make(bag.shape).world, dict(bag.members)
    world.leaves[world.entries[bag.case][-1].index] = lines[-1]
    world.sha_tree.known.clear()
    size = world.checkpoints[-1][0]
    members[CHAIN] = b"".join(line + b"\n" for line in lines)
    indices = json.loads(members[PACKET])["indices"]
    members["data/proof/multiproof"] = world.sha_tree.multiproof([*indices, size - 2, size - 1], size)
    head = sha256(b"mediation-evidence/1 link\n" + lines[-1]).hex()
    edit(members, PACKET, head=head)
    assert asked(bag, members)["item"] == "data/proof/multiproof"

    edit(members, PACKET, checkpoint={"root": world.sha_tree.root(size).hex(), "size": size})
    assert asked(bag, members)["item"] == CHECKPOINT


def test_sigstore_java_654_a_proof_for_another_size_of_the_tree(bag: Bag) -> None:
    world, members = bag.world, dict(bag.members)
    indices = json.loads(members[PACKET])["indices"]
    size = world.checkpoints[-1][0]
    later = Tree(sha256, [*world.leaves, *[b"later"] * 9])
    wrong = later.multiproof([*indices, size - 2, size - 1], size + 9)
    assert asked(bag, {**members, "data/proof/multiproof": wrong})["item"] == "data/proof/multiproof"


def test_treeship_191_an_empty_proof_makes_no_leaf_a_root(bag: Bag) -> None:
    answer = asked(bag, {**bag.members, "data/proof/multiproof": b""})
    assert answer["item"] == "data/proof/multiproof"
    heads = asked(bag, {**bag.members, "data/proof/heads.json": canonical({"path": []})})
    assert heads["item"] == "data/proof/heads.json"


def test_wolverine_db_56_sides_come_from_the_index(bag: Bag) -> None:
    indices = json.loads(bag.members[PACKET])["indices"]
    for at in range(len(indices)):
        for step in (-1, 1):
            moved = [*indices]
            moved[at] += step
            members = dict(bag.members)
            edit(members, PACKET, indices=moved)
            assert asked(bag, members)["item"] == "data/proof/multiproof"


def test_immudb_ghsa_672p_every_entry_is_in_the_tree_not_only_the_ends(bag: Bag) -> None:
    """A linear chain beside a tree of which only the ends are looked at can tell two histories."""
    lines = bag.members[CHAIN].splitlines()
    members = dict(bag.members)
    fakes = [json.loads(line) for line in lines]
    fakes[4]["at"] = "2026-01-01T00:00:00.000Z"
    link = "0" * 64
    for at, fake in enumerate(fakes):
        fake["prev"] = link
        lines[at] = canonical(fake)
        link = sha256(b"mediation-evidence/1 link\n" + lines[at]).hex()
    members[CHAIN] = b"".join(line + b"\n" for line in lines)
    edit(members, PACKET, head=link)
    answer = asked(bag, members)
    assert (answer["verdict"], answer["item"]) == ("differs", "data/proof/multiproof")
    assert state_of(answer, "chain") == "holds"


def test_immudb_2063_a_file_edited_where_it_lies_is_hashed_again(bag: Bag) -> None:
    path = next(name for name in bag.members if name.startswith("data/files/"))
    answer = asked(bag, {**bag.members, path: bag.members[path][:-1] + b"?"})
    assert (answer["verdict"], answer["item"]) == ("differs", path)
    row = next(row for row in answer["files"] if row["path"] == path)
    assert row["sha256"] != row["now_sha256"]
    assert not row["holds"]
    assert sum(row["holds"] for row in answer["files"]) == len(answer["files"]) - 1


def test_immudb_78_the_index_of_the_altered_entry_is_named(bag: Bag) -> None:
    body = json.loads(bag.members["data/bodies/000004.json"])
    body["role"] = "nobody"
    answer = asked(bag, {**bag.members, "data/bodies/000004.json": canonical(body)})
    assert answer["item"] == "record 4"
    assert answer["first_bad_index"] == bag.world.entries[bag.case][3].index
    assert [row["seq"] for row in answer["records"] if not row["holds"]] == [4]


def test_the_tail_cut_off_with_everything_repaired_is_caught_by_the_heads(bag: Bag) -> None:
    import random

    for seed in range(10):
        members = dict(bag.members)
        tail_cut(random.Random(seed), bag, members)
        answer = asked(bag, members)
        assert answer["item"] == "data/proof/heads.json"
        assert state_of(answer, "inclusion") == "holds"


def test_entries_of_a_second_case_do_not_pass(bag: Bag) -> None:
    world, members = bag.world, dict(bag.members)
    other = next(chain for case, chain in world.entries.items() if case != bag.case)
    chain = sorted([*world.entries[bag.case], *other], key=lambda entry: entry.index)
    size, indices = world.checkpoints[-1][0], [entry.index for entry in chain]
    members[CHAIN] = b"".join(entry.envelope + b"\n" for entry in chain)
    members["data/proof/multiproof"] = world.sha_tree.multiproof([*indices, size - 2, size - 1], size)
    edit(members, PACKET, count=len(chain), indices=indices, head=chain[-1].link.hex())
    first = next(at for at, entry in enumerate(chain, start=1) if entry.case != bag.case)
    assert asked(bag, members)["item"] == f"record {first}"


# --- the table of the sigstore conformance suite: what must fail, in our words


def _resigned(bag: Bag, at: int, key: Key, text: str) -> list[str]:
    _, lines = lines_of(bag)
    lines[at] = key.line(text, 1_770_000_000)
    return lines


def bad_key_hint_fail(bag: Bag) -> tuple[str, list[str]]:
    text, lines = lines_of(bag)
    stranger = Key(bag.world.origin, b"\1", b"s" * 32)
    return text, [stranger.line(text), *lines[1:]]


def wrong_root_fail(bag: Bag) -> tuple[str, list[str]]:
    text, lines = lines_of(bag)
    origin, size, _ = text.splitlines()
    return checkpoint_text(origin, int(size), b"r" * 32), lines


def no_origin_fail(bag: Bag) -> tuple[str, list[str]]:
    text, lines = lines_of(bag)
    return text.split("\n", 1)[1], lines


def no_size_fail(bag: Bag) -> tuple[str, list[str]]:
    text, lines = lines_of(bag)
    origin, _, root = text.splitlines()
    return f"{origin}\n{root}\n", lines


def no_log_signature_fail(bag: Bag) -> tuple[str, list[str]]:
    text, lines = lines_of(bag)
    return text, lines[1:]


def cosignature_of_unknown_witness_fail(bag: Bag) -> tuple[str, list[str]]:
    text, _ = lines_of(bag)
    return text, _resigned(bag, 2, Key("witness9.example", b"\4", b"w" * 32), text)


def quorum_missed_fail(bag: Bag) -> tuple[str, list[str]]:
    text, lines = lines_of(bag)
    return text, lines[:2]


def one_witness_twice_fail(bag: Bag) -> tuple[str, list[str]]:
    text, lines = lines_of(bag)
    return text, [lines[0], lines[1], lines[1]]


def witness_key_as_log_key_fail(bag: Bag) -> tuple[str, list[str]]:
    text, lines = lines_of(bag)
    key = bag.world.witnesses[0]
    return text, [Key(bag.world.origin, b"\1", key.secret).line(text), *lines[1:]]


def log_key_as_witness_fail(bag: Bag) -> tuple[str, list[str]]:
    text, lines = lines_of(bag)
    name = bag.world.witnesses[0].name
    return text, [*lines[:2], Key(name, b"\4", bag.world.log_key.secret).line(text, 1)]


def cosignature_without_its_time_fail(bag: Bag) -> tuple[str, list[str]]:
    text, lines = lines_of(bag)
    key = next(w for w in bag.world.witnesses if f" {w.name} " in lines[1])
    plain = Key(key.name, b"\1", key.secret).sign(text)
    import base64

    return text, [lines[0], f"— {key.name} {base64.b64encode(key.key_id + plain).decode()}\n", lines[2]]


FAILS: list[Callable[[Bag], tuple[str, list[str]]]] = [
    bad_key_hint_fail,
    wrong_root_fail,
    no_origin_fail,
    no_size_fail,
    no_log_signature_fail,
    cosignature_of_unknown_witness_fail,
    quorum_missed_fail,
    one_witness_twice_fail,
    witness_key_as_log_key_fail,
    log_key_as_witness_fail,
    cosignature_without_its_time_fail,
]


@pytest.mark.parametrize("case", FAILS, ids=lambda case: case.__name__)
def test_a_checkpoint_that_must_fail(bag: Bag, case: Callable[[Bag], tuple[str, list[str]]]) -> None:
    answer = with_note(bag, *case(bag))
    assert (answer["verdict"], answer["item"]) == ("differs", CHECKPOINT)
    assert state_of(answer, "inclusion") == "not_checked"


def test_unknown_lines_alone_do_no_harm(bag: Bag) -> None:
    text, lines = lines_of(bag)
    more = [Key("x.example", b"\4", b"x" * 32).line(text, 1), Key("y.example", b"\1", b"y" * 32).line(text)]
    assert with_note(bag, text, [*more, *lines])["verdict"] == "holds"


def test_a_key_is_good_for_its_sizes_alone() -> None:
    bag = make(Shape(seed=3, rotated=True))
    size = bag.world.checkpoints[-1][0]
    assert ask(bag)["verdict"] == "holds"
    old = bag.world.log_keys[0]
    late = bag.policy.replace(f"sizes:{bag.world.rotated_at}-".encode(), f"sizes:{size + 1}-".encode())
    assert late != bag.policy
    assert verify(bag.packet, late)["item"] == CHECKPOINT
    text = bag.world.text()
    members = dict(bag.members)
    _, lines = lines_of(bag)
    members[CHECKPOINT] = note(text, [old.line(text), *lines[1:]])
    assert asked(bag, members)["item"] == CHECKPOINT


def test_a_time_for_another_text_fails(bag: Bag) -> None:
    name = "data/proof/times/002.tsr"
    members = {**bag.members, name: bag.world.authority.token(b"something else", bag.world.now)}
    assert asked(bag, members)["item"] == name


def test_one_token_moved_to_another_milestone_fails(bag: Bag) -> None:
    first, second = "data/proof/times/001.tsr", "data/proof/times/002.tsr"
    members = {**bag.members, first: bag.members[second], second: bag.members[first]}
    assert asked(bag, members)["item"] == first
