"""A receipt is held to its envelope, its path, its checkpoint and the policy."""

import random

import pytest

from evidence.verify.verify import verify
from tests.evidence.bags import Bag, Shape, make, receipt_of
from tests.evidence.mutations_of_archives import flip


@pytest.fixture(scope="module")
def bag() -> Bag:
    return make(Shape(seed=9, records=7, witnesses=(2, 2)))


def test_every_entry_has_a_receipt_that_holds(bag: Bag) -> None:
    for chain in bag.world.entries.values():
        for entry in chain:
            answer = verify(receipt_of(bag, entry), bag.policy)
            assert answer["verdict"] == "holds"
            assert answer["case"] == entry.case
            assert verify(receipt_of(bag, entry))["verdict"] == "unclear"


def test_a_turned_bit_is_seen(bag: Bag) -> None:
    chance = random.Random(1)
    receipt = receipt_of(bag, bag.world.entries[bag.case][1])
    text, _, rest = receipt.partition("— stranger.example".encode())
    for _ in range(400):
        changed = flip(chance, text) + ("— stranger.example".encode() + rest if rest else b"")
        assert verify(changed, bag.policy)["verdict"] == "differs"


def test_another_place_another_path_another_policy(bag: Bag) -> None:
    one, two = (receipt_of(bag, entry).decode() for entry in bag.world.entries[bag.case][1:3])
    lines = one.split("\n")
    other = [line for line in two.split("\n") if line.startswith("index")]
    for changed in (
        "\n".join([*lines[:2], *other, *lines[3:]]),
        "\n".join([*lines[:3], *lines[4:]]),
        "\n".join([*lines[:4], lines[3], *lines[4:]]),
        "\n".join([lines[0], *lines[2:]]),
        one.replace("index ", "index 0"),
        one + "x",
        one.replace("\n\n", "\n", 1),
        one.replace("\n", "\r\n"),
        one.replace("extra ", "extra  "),
        one + "#" * 3000,
    ):
        assert verify(changed.encode(), bag.policy)["verdict"] == "differs"
    assert verify(one.encode(), make(Shape(seed=10)).policy)["item"] == "policy"
