"""Each of the eleven checks, failed on purpose: it is named, and nothing before it complains."""

import json
from collections.abc import Callable

import pytest

from evidence.verify.verify import LABELS
from tests.evidence.bagparts import canonical, zip_of
from tests.evidence.bags import Bag, Shape, make, with_lists
from tests.evidence.mutations_of_chains import edit
from tests.evidence.verify.asking import ask, state_of

Members = dict[str, bytes]


@pytest.fixture(scope="module")
def bag() -> Bag:
    return make(Shape(seed=41, records=7, files=2, erasures=1, witnesses=(1, 1), withheld=0, milestones=2))


def archive(m: Members) -> bytes:
    return zip_of(m).replace(b"\x21\x00", b"\x22\x00", 1)


def lists(m: Members) -> bytes:
    return zip_of({**m, "data/environment.json": b"{}"})


def policy(m: Members) -> None:
    edit(m, "data/packet.json", log="another.example/log")


def checkpoint(m: Members) -> None:
    m["data/proof/checkpoint"] = m["data/proof/checkpoint"].replace(b"\n\n", b"\nmore\n\n")


def chain(m: Members) -> None:
    m["data/chain.jsonl"] = m["data/chain.jsonl"].replace(b'"seq":3', b'"seq":8')


def inclusion(m: Members) -> None:
    m["data/proof/multiproof"] += bytes(32)


def ending(m: Members) -> None:
    path = json.loads(m["data/proof/heads.json"])["path"]
    path[0][1] = "00" * 32
    m["data/proof/heads.json"] = canonical({"path": path})


def bodies(m: Members) -> None:
    del m[next(n for n in m if n.startswith("data/bodies/") and b'"case.erase"' in m[n])]


def files(m: Members) -> None:
    listed = json.loads(m["data/files.json"])["files"]
    listed[0]["media_type"] = "image/png"
    m["data/files.json"] = canonical({"files": listed})


def sm3(m: Members) -> None:
    m["data/proof/sm3/multiproof"] = m["data/proof/sm3/multiproof"][:-32]


def times(m: Members) -> None:
    m["data/proof/times/001.tsr"] = m["data/proof/times/002.tsr"]


SPOILERS: list[Callable[[Members], bytes | None]] = [
    *(archive, lists, policy, checkpoint, chain, inclusion, ending, bodies, files, sm3, times)
]


@pytest.mark.parametrize("spoil", SPOILERS, ids=lambda spoil: spoil.__name__)
def test_the_check_that_fails_is_the_one_that_was_spoilt(
    bag: Bag, spoil: Callable[[Members], bytes | None]
) -> None:
    members = dict(bag.members)
    packet = spoil(members) or zip_of(with_lists(members))

    answer = ask(bag, packet)

    assert answer["verdict"] == "differs"
    assert answer["why"]
    names = list(LABELS)
    before = names[: names.index(spoil.__name__)]
    assert state_of(answer, spoil.__name__) == "differs"
    assert {state_of(answer, name) for name in before} <= {"holds", "not_checked"}


def test_after_the_first_bad_record_the_others_are_still_looked_at(bag: Bag) -> None:
    members = dict(bag.members)
    shown = [int(n[12:18]) for n in members if n.startswith("data/bodies/") and b"take_in" not in members[n]]
    for seq in shown[:2]:
        members[f"data/bodies/{seq:06d}.json"] += b" "
    answer = ask(bag, zip_of(members))
    assert answer["item"] == "data/bodies/" + f"{shown[0]:06d}.json"
    assert [row["seq"] for row in answer["records"] if not row["holds"]] == shown[:2]
    assert len(answer["records"]) == 7
    assert all(row["holds"] for row in answer["files"])


def test_a_file_left_out_is_no_contradiction_but_is_pointed_out(bag: Bag) -> None:
    members = dict(bag.members)
    listed = json.loads(members["data/files.json"])["files"]
    row = listed.pop()
    members["data/files.json"] = canonical({"files": listed})
    del members[row["path"]]
    answer = ask(bag, zip_of(with_lists(members)))
    assert answer["verdict"] == "holds"
    assert any(f"第 {row['seq']} 条登记的文件不在包里" in warning for warning in answer["warnings"])


def test_a_file_under_a_misleading_name_is_pointed_out(bag: Bag) -> None:
    members = dict(bag.members)
    listed = json.loads(members["data/files.json"])["files"]
    old = listed[0]["path"]
    listed[0]["path"] = "data/files/我不欠钱.jpg"
    members["data/files.json"] = canonical({"files": listed})
    members["data/files/我不欠钱.jpg"] = members.pop(old)
    answer = ask(bag, zip_of(with_lists(members)))
    assert any("data/files/我不欠钱.jpg 在登记它的记录里叫" in warning for warning in answer["warnings"])
