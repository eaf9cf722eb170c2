"""Whatever bytes it is given, verify.py answers; it never falls over and never takes long."""

import json
import random
import struct
import time
import zlib
from pathlib import Path

import pytest

from evidence.verify.verify import Wrong, parse, verify
from tests.evidence.bagparts import canonical, zip_of
from tests.evidence.bags import Bag, Shape, make, with_lists
from tests.evidence.mutations_of_chains import edit
from tests.evidence.verify.asking import answered, ask, run


@pytest.fixture(scope="module")
def bag() -> Bag:
    return make(Shape(seed=12, records=6))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK",
        b"PK\5\6" + bytes(18),
        "你好".encode(),
        b"\0" * 1000,
        b"c2sp.org/tlog-proof@v1",
        b"c2sp.org/tlog-proof@v1\n\n\n",
        b"%PDF-1.7\n" * 40,
        b"PK\5\6" + struct.pack("<4H2IH", 0, 0, 65535, 65535, 0, 0, 0),
        b"PK\5\6" + struct.pack("<4H2IH", 0, 0, 1, 1, 2**32 - 1, 0, 0),
        b"PK\1\2"
        + b"\xff" * 24
        + b"\1\0"
        + bytes(16)
        + b"a"
        + b"PK\5\6"
        + struct.pack("<4H2IH", 0, 0, 1, 1, 47, 0, 0),
        (b"PK\1\2" + b"\xff" * 24 + b"\1\0" + bytes(16) + b"a") * 3
        + b"PK\5\6"
        + struct.pack("<4H2IH", 0, 0, 3, 3, 141, 0, 0),
        bytes(50) + b"PK\5\6" + struct.pack("<4H2IH", 0, 0, 1, 1, 50, 0, 0),
    ],
)
def test_what_is_no_packet_differs(data: bytes) -> None:
    answer = verify(data, b"quorum none\n")
    assert (answer["verdict"], answer["item"]) == ("differs", "archive")


def test_a_packet_cut_off_anywhere_differs(bag: Bag) -> None:
    for end in range(0, len(bag.packet), 100):
        assert ask(bag, bag.packet[:end])["verdict"] == "differs", end


def test_an_archive_made_of_noise_in_every_header_differs(bag: Bag) -> None:
    chance = random.Random(5)
    for _ in range(150):
        noisy = bytearray(bag.packet)
        for _ in range(chance.randrange(1, 40)):
            noisy[chance.randrange(len(noisy))] = chance.randrange(256)
        if bytes(noisy) != bag.packet:
            assert ask(bag, bytes(noisy))["verdict"] == "differs"


def test_a_compressed_bomb_is_not_opened() -> None:
    packed = zlib.compress(bytes(50_000_000), 9)
    head = struct.pack("<HHHHHIIIH", 20, 0, 8, 0, 0x21, 0, len(packed), 50_000_000, 1)
    local = b"PK\3\4" + head + b"\0\0a" + packed
    central = b"PK\1\2\x14\3" + head + struct.pack("<8xII", 0, 0) + b"a"
    end = b"PK\5\6" + struct.pack("<4H2IH", 0, 0, 1, 1, len(central), len(local), 0)
    started = time.process_time()
    assert verify(local + central + end)["verdict"] == "differs"
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "changes",
    [
        {"count": 2**53 - 1},
        {"indices": list(range(100_000))},
        {"checkpoint": {"root": "0" * 64, "size": 2**53 - 1}},
        {"indices": [2**53 - 1]},
        {"count": 10**30},
        {"indices": [10**4000]},
    ],
)
def test_huge_numbers_cost_nothing(bag: Bag, changes: dict[str, object]) -> None:
    members = dict(bag.members)
    edit(members, "data/packet.json", **changes)
    started = time.process_time()
    assert ask(bag, zip_of(with_lists(members)))["verdict"] == "differs"
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "name",
    [
        *("data/packet.json", "data/chain.jsonl", "data/files.json", "data/bodies/000001.json"),
        *("data/proof/heads.json", "data/proof/milestones.json", "data/proof/closing.jsonl", "policy.txt"),
        *("data/proof/checkpoint", "data/proof/sm3/checkpoint", "data/proof/times/001.tsr"),
        *("manifest-sha256.txt", "bag-info.txt"),
    ],
)
def test_any_member_may_hold_anything(bag: Bag, name: str) -> None:
    chance = random.Random(name)
    pieces = [
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b"null",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b"0" * 5000,
        b"\n" * 5000,
        b"-0",
    ]
    pieces += [chance.randbytes(n) for n in (1, 32, 64, 3000)]
    pieces += [
        b"\x30\x84\xff\xff\xff\xff",
        b"\x30\x80" * 300,
        b"\xa0\x82\x10\x00" * 50,
        b'"\\ud800"',
        b"1e999",
        b"NaN",
    ]
    for piece in pieces:
        members = {**bag.members, name: piece}
        packet = zip_of(
            with_lists(members) if name not in ("manifest-sha256.txt", "bag-info.txt") else members
        )
        answer = verify(packet, None if name == "policy.txt" else bag.policy)
        assert answer["verdict"] == "differs", piece[:20]
        json.dumps(answer)


OTHERS: list[object] = [None, True, -7, "x", [], {}, [[]], {"a": 1}]


def places(value: object, path: tuple = ()) -> list[tuple]:
    """The ways to every value of a JSON document (of a list: to its first two)."""
    found = [path]
    if isinstance(value, dict):
        found += [p for key in value for p in places(value[key], (*path, key))]
    elif isinstance(value, list):
        found += [p for at in range(min(len(value), 2)) for p in places(value[at], (*path, at))]
    return found


def put(value: object, path: tuple, new: object) -> object:
    if not path:
        return new
    copy = list(value) if isinstance(value, list) else dict(value)
    copy[path[0]] = put(copy[path[0]], path[1:], new)
    return copy


@pytest.mark.parametrize("name", ["packet.json", "files.json", "proof/heads.json", "proof/milestones.json"])
def test_another_type_in_any_place_of_the_json_is_refused_in_words(bag: Bag, name: str) -> None:
    member = f"data/{name}"
    value = json.loads(bag.members[member])
    empty = (canonical({"files": []}), canonical({"milestones": []}))
    for path in places(value):
        for new in OTHERS:
            changed = canonical(put(value, path, new))
            if changed not in (bag.members[member], *empty):
                answer = ask(bag, zip_of(with_lists({**bag.members, member: changed})))
                assert answer["verdict"] == "differs", (path, new)


def test_what_cannot_be_read_is_unclear(tmp_path: Path, bag: Bag) -> None:
    (tmp_path / "p.zip").write_bytes(bag.packet)
    for words in ([tmp_path], [tmp_path / "none.zip"], [tmp_path / "p.zip", "--policy", tmp_path / "none"]):
        done = run(*words, "--json")
        assert done.returncode == 2
        assert answered(done)["verdict"] == "unclear"


def test_a_fingerprint_that_is_none_is_refused_at_once(tmp_path: Path) -> None:
    done = run(tmp_path, "--policy-fingerprint", "abc")
    assert done.returncode == 2
    assert "64" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("depth", [64, 65, 400, 990, 1_010, 100_000])
def test_what_stands_deeper_than_anybody_needs_is_refused_and_not_fallen_over(bag: Bag, depth: int) -> None:
    """Each language nests as deep as its stack goes; so that all agree, the format says how deep."""
    name = next(n for n in bag.members if n.startswith("data/bodies/"))
    levels = depth - 2  # in the record, in the body
    record = b'{"n":' + b"[" * levels + b"]" * levels + b"}"
    body = b'{"event":"case.note","record":' + record + b',"role":"","salt":"' + b"0" * 64 + b'"}'

    if depth == 64:
        assert canonical(parse(body)) == body
    else:
        with pytest.raises(Wrong):
            parse(body)
        assert ask(bag, zip_of(with_lists({**bag.members, name: body})))["verdict"] == "differs"
