"""Honest packets hold, whatever they contain, and say plainly what they show."""

import hashlib
import json
from datetime import datetime

import pytest

from evidence.verify import verify as verifying
from evidence.verify.verify import verify
from tests.evidence.bags import Shape, make
from tests.evidence.verify.asking import ask, state_of


@pytest.mark.parametrize("block", range(10))
def test_every_honest_packet_holds(block: int) -> None:
    for seed in range(22 * block, 22 * block + 22):
        bag = make(Shape.by_chance(seed))
        answer = ask(bag)
        assert (answer["verdict"], answer["item"], answer["why"]) == ("holds", None, ""), seed
        assert all(check["state"] == "holds" and check["good"] == check["of"] for check in answer["checks"])
        assert answer["first_bad_index"] is None


ROWS = {
    "records": "at body event holds index not_after not_before role seq typ",
    "files": "holds now_sha256 now_size path seq sha256 size",
    "times": "at certificate size",
    "rotations": "index new old",
    "checks": "good name of state",
}


def test_the_answer_has_the_keys_of_the_page_and_no_others() -> None:
    answer = ask(make(Shape(seed=8, withheld=0, rotated=True)))

    assert " ".join(sorted(answer)) == (
        "case checkpoint checks count does_not_prove files fingerprint first_bad_index head item log made_at policy "
        "proves records rotations times verdict warnings why"
    )
    assert sorted(answer["checkpoint"]) == ["root", "size", "witnesses"]
    for key, names in ROWS.items():
        assert " ".join(sorted(answer[key][0])) == names
    json.dumps(answer)


def test_it_says_who_when_and_what() -> None:
    bag = make(Shape(seed=8, records=10, files=2, withheld=2, witnesses=(2, 3), milestones=3))
    answer = ask(bag)

    chain, size = bag.world.entries[bag.case], bag.world.checkpoints[-1][0]
    assert (answer["case"], answer["log"], answer["count"]) == (bag.case, bag.world.origin, 10)
    assert answer["head"] == chain[-1].link.hex()
    assert answer["checkpoint"]["size"] == size
    assert len(answer["checkpoint"]["witnesses"]) >= 2
    assert all(datetime.fromisoformat(w["at"]).year == 2026 for w in answer["checkpoint"]["witnesses"])
    assert [row["index"] for row in answer["records"]] == [entry.index for entry in chain]
    assert sum(row["body"] == "withheld" for row in answer["records"]) == 2
    tags = bag.members["tagmanifest-sha256.txt"]
    assert answer["fingerprint"] == hashlib.sha256(tags).hexdigest()
    assert {time["certificate"] for time in answer["times"]} == {bag.tsa}
    assert any("10 条记录" in sentence for sentence in answer["proves"])


def test_every_record_stands_between_times_that_its_own_clock_agrees_with() -> None:
    for seed in range(30):
        answer = ask(make(Shape(seed=seed, records=12, milestones=4)))
        for row in answer["records"]:
            assert row["not_before"] is None or row["not_before"] <= row["at"]
            assert row["not_after"] is None or row["at"] <= row["not_after"]
        assert any(row["not_after"] for row in answer["records"])
        assert not any("时间范围" in warning for warning in answer["warnings"])


def test_erased_and_withheld_bodies_are_told_apart() -> None:
    bag = make(Shape(seed=5, records=13, erasures=2, withheld=3))
    kinds = {row["body"] for row in ask(bag)["records"]}
    assert kinds == {"shown", "withheld", "erased"}


def test_without_a_policy_of_the_readers_own_nothing_is_decided() -> None:
    bag = make(Shape(seed=1))

    answer = verify(bag.packet)

    assert (answer["verdict"], answer["item"]) == ("unclear", "policy")
    assert state_of(answer, "policy") == "not_checked"
    assert state_of(answer, "inclusion") == "holds"
    assert answer["proves"] == []
    assert verify(bag.packet, policy_fingerprint=bag.policy_fingerprint)["verdict"] == "holds"
    assert verify(bag.packet, bag.policy)["verdict"] == "holds"


def test_the_wrong_policy_differs() -> None:
    bag, other = make(Shape(seed=1)), make(Shape(seed=2))
    for answer in (
        verify(bag.packet, other.policy),
        verify(bag.packet, policy_fingerprint="0" * 64),
        verify(bag.packet, b"quorum none\n"),
        verify(bag.packet, b"\xff\x00"),
        verify(bag.packet, bag.policy, other.policy_fingerprint),
    ):
        assert (answer["verdict"], answer["item"]) == ("differs", "policy")


def test_the_time_authority_is_held_to_the_readers_fingerprint() -> None:
    bag = make(Shape(seed=1))

    assert verify(bag.packet, bag.policy, None, ["0" * 64])["item"] == "data/proof/times/001.tsr"
    assert verify(bag.packet, bag.policy, None, ["0" * 64, bag.tsa])["verdict"] == "holds"
    assert any("时间戳" in warning for warning in verify(bag.packet, bag.policy)["warnings"])


def test_a_policy_without_witnesses_is_pointed_out() -> None:
    answer = ask(make(Shape(seed=1, witnesses=(0, 0))))
    assert answer["verdict"] == "holds"
    assert any("见证" in warning for warning in answer["warnings"])


def test_a_policy_without_an_sm2_key_vouches_for_no_sm3_tree() -> None:
    bag = make(Shape(seed=1))
    policy = b"".join(line for line in bag.policy.splitlines(keepends=True) if b"/sm3+" not in line)

    answer = verify(bag.packet, policy, None, [bag.tsa])

    assert (answer["verdict"], answer["item"]) == ("differs", "data/proof/sm3/checkpoint")


def test_words_never_say_more_than_was_seen() -> None:
    for answer in (ask(make(Shape(seed=1))), verify(b"")):
        said = json.dumps(answer, ensure_ascii=False)
        assert not any(word in said for word in ("真实", "伪造", "篡改"))


def test_a_python_without_sm3_says_what_it_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    bag = make(Shape(seed=8, records=6, files=2, file_bytes=900, withheld=0))
    monkeypatch.setattr(verifying, "FAST_SM3", False)
    answer = ask(bag)
    assert answer["verdict"] == "holds"
    assert not any("SM3" in sentence for sentence in answer["does_not_prove"])

    monkeypatch.setattr(verifying, "SLOW_SM3_BYTES", 500)
    answer = ask(bag)
    assert answer["verdict"] == "holds"
    assert any("个大文件只核对了 SHA-256" in sentence for sentence in answer["does_not_prove"])


def test_a_packet_cannot_write_on_the_readers_screen() -> None:
    """A role that holds a line feed, an escape and a right-to-left mark stays within its line."""
    bag = make(Shape(seed=1))
    answer = ask(bag)
    answer["records"][0]["role"] = "\n结论：一致\x1b[2J\u202e"
    said = verifying.tell(answer, "x\x1b.zip", everything=True)
    assert said.count("\n结论") == 1
    assert not {"\x1b", "\u202e"} & set(said)
