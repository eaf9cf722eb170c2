"""A log that changed its keys, before readers who know the new ones, who know the old ones, and who know neither."""

import json
from typing import Any

import pytest

from evidence.verify.verify import verify
from tests.evidence.bagparts import Key, canonical, note, sha256, zip_of
from tests.evidence.bags import Bag, Shape, make, with_lists
from tests.evidence.verify.asking import ask
from tests.evidence.worlds import key_record

KEYS, CHECKPOINT = "data/proof/keys.json", "data/proof/checkpoint"
SHAPES = [(True, False), (False, True), (True, True)]
CHANGED = "换过密钥"


def rotated(log: bool, sm3: bool, **more: Any) -> Bag:
    return make(Shape(seed=61, records=6, witnesses=(2, 2), rotated=log, sm3_rotated=sm3, **more))


def asked(bag: Bag, members: dict[str, bytes], policy: bytes) -> dict[str, Any]:
    return verify(zip_of(with_lists(members)), policy, None, [bag.tsa])


@pytest.mark.parametrize("which", SHAPES)
def test_who_has_the_new_policy_sees_the_change_and_needs_no_warning(which: tuple[bool, bool]) -> None:
    bag = rotated(*which)
    answer = ask(bag)

    assert answer["verdict"] == "holds"
    assert [row["index"] for row in answer["rotations"]] == bag.world.handovers
    assert not any(CHANGED in warning for warning in answer["warnings"])


@pytest.mark.parametrize("which", SHAPES)
def test_who_has_the_policy_of_before_is_led_to_the_new_key_and_told_so(which: tuple[bool, bool]) -> None:
    bag = rotated(*which)
    old = bag.world.old_policy(2)
    answer = verify(bag.packet, old, None, [bag.tsa])

    assert (answer["verdict"], answer["item"], answer["why"]) == ("holds", None, "")
    assert sum(CHANGED in warning for warning in answer["warnings"]) == sum(which)


@pytest.mark.parametrize(
    ("which", "item"), [((True, False), CHECKPOINT), ((False, True), "data/proof/sm3/checkpoint")]
)
def test_without_the_record_the_policy_of_before_knows_no_key(which: tuple[bool, bool], item: str) -> None:
    bag = rotated(*which)
    world, size = bag.world, bag.world.checkpoints[-1][0]
    members = {name: data for name, data in bag.members.items() if name != KEYS}
    indices = json.loads(members["data/packet.json"])["indices"]
    members["data/proof/multiproof"] = world.sha_tree.multiproof([*indices, size - 2, size - 1], size)
    members["data/proof/sm3/multiproof"] = world.sm3_tree.multiproof(indices, size - 2)

    assert asked(bag, members, bag.policy)["verdict"] == "holds"
    answer = asked(bag, members, world.old_policy(2))
    assert (answer["verdict"], answer["item"]) == ("differs", item)


def test_an_end_that_the_policy_sets_to_a_key_binds_its_heir_too() -> None:
    bag = rotated(True, False)
    size, old = bag.world.checkpoints[-1][0], bag.world.log_keys[0]
    ended = bag.world.old_policy(2).replace(
        f"{old.vkey}  https://{bag.world.origin}".encode(), f"{old.vkey} sizes:-{size}".encode()
    )
    assert ended != bag.world.old_policy(2)

    assert verify(bag.packet, ended)["item"] == CHECKPOINT
    assert (
        verify(bag.packet, ended.replace(f"-{size}".encode(), f"-{size + 1}".encode()))["verdict"] == "holds"
    )


def test_a_policy_that_names_the_new_key_for_other_sizes_has_the_last_word() -> None:
    bag = rotated(True, False)
    size = bag.world.checkpoints[-1][0]
    late = bag.policy.replace(f"sizes:{bag.world.rotated_at}-".encode(), f"sizes:{size + 1}-".encode())
    assert verify(bag.packet, late)["item"] == CHECKPOINT


def test_a_key_with_the_id_of_a_trusted_one_is_not_that_one() -> None:
    """Four bytes can be met by trying; the whole key counts."""
    bag = rotated(True, False)
    mine = Key(bag.world.origin, b"\1", b"t" * 32)
    data = mine.kind + mine.public
    old = bag.world.old_policy(2).replace(bag.world.log_keys[0].vkey.encode(), mine.vkey.encode())
    assert sha256(mine.name.encode() + b"\n" + data)[:4] == mine.key_id
    assert verify(bag.packet, old)["item"] == CHECKPOINT


def test_the_key_of_before_may_sign_no_longer_even_where_the_policy_would_let_it() -> None:
    bag = rotated(True, False)
    text, second = bag.world.text(), int(bag.world.now.timestamp())
    lines = [bag.world.log_keys[0].line(text), *(w.line(text, second) for w in bag.world.witnesses)]
    answer = asked(bag, {**bag.members, CHECKPOINT: note(text, lines)}, bag.world.old_policy(2))
    assert (answer["verdict"], answer["item"]) == ("differs", CHECKPOINT)


def test_a_record_that_is_not_in_the_log_leads_nowhere() -> None:
    """Signed by the right key, but never logged; and said to stand beyond the end, or in the place of another leaf."""
    bag = rotated(True, False)
    world = bag.world
    thief = Key(world.origin, b"\1", b"t" * 32)
    record = json.loads(key_record(world.origin, world.log_keys[1], thief))
    text, second = world.text(), int(world.now.timestamp())
    lines = [thief.line(text), *(w.line(text, second) for w in world.witnesses)]
    size, mine = world.checkpoints[-1][0], json.loads(bag.members["data/packet.json"])["indices"]
    free = next(at for at in range(world.handovers[-1] + 1, size - 2) if at not in mine)
    for place, item in (
        (size, CHECKPOINT),
        (size - 1, KEYS),
        (mine[-1], KEYS),
        (free, "data/proof/multiproof"),
    ):
        rows = [*json.loads(bag.members[KEYS])["keys"], {"index": place, "record": record}]
        members = {**bag.members, KEYS: canonical({"keys": rows}), CHECKPOINT: note(text, lines)}
        answer = asked(bag, members, world.old_policy(2))
        assert (answer["verdict"], answer["item"]) == ("differs", item), place


def test_a_thousand_changes_are_the_most() -> None:
    bag = rotated(True, False)
    row = json.loads(bag.members[KEYS])["keys"][0]
    many = canonical({"keys": [{**row, "index": at} for at in range(1001)]})
    answer = asked(bag, {**bag.members, KEYS: many}, bag.policy)
    assert (answer["verdict"], answer["item"]) == ("differs", KEYS)
