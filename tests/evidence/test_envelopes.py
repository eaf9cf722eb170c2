"""One expression decides what is an envelope. Here it meets the slow way: parse, look at every value, write again."""

import re
from datetime import datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from evidence.canonical import LARGEST, NotCanonical, canonical, parse
from evidence.envelopes import Envelope, read_envelope, typ_of, write_envelope

HEX = st.text("0123456789abcdef", min_size=64, max_size=64)
TAG = st.text("0123456789abcdef", min_size=32, max_size=32)
EDGE = "abcdefghijklmnopqrstuvwxyz0123456789"
ORIGIN = st.builds(
    lambda first, rest, last: first + rest + last,
    st.sampled_from(EDGE),
    st.text(EDGE + "./-", max_size=62),
    st.sampled_from(EDGE),
)
INSTANT = st.datetimes(min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 31)).map(
    lambda at: at.isoformat(timespec="milliseconds") + "Z"
)
HONEST = st.fixed_dictionaries(
    {
        "at": INSTANT,
        "c256": HEX,
        "case": TAG,
        "csm3": HEX,
        "log": ORIGIN,
        "prev": HEX,
        "seen": st.fixed_dictionaries({"root": HEX, "size": st.integers(0, LARGEST)}),
        "seq": st.integers(1, LARGEST),
        "typ": st.sampled_from(["record", "erasure", "export"]),
        "v": st.just("mediation-evidence/1"),
    }
)
STRAY = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=70), HEX, TAG, st.just("0" * 63), st.just("A" * 64),
    st.just("2025-02-29T00:00:00.000Z"), st.just("2025-01-01T24:00:00.000Z"), st.just("2025-01-01T00:00:00Z"),
    st.just("0000-01-01T00:00:00.000Z"), st.just("-log"), st.just("log."), st.just("a" * 65), st.just({}),
    st.just({"root": "0" * 64}), st.just({"root": "0" * 64, "size": 0, "x": 1}), st.just(2**53), st.just(-1),
)  # fmt: skip


def slowly(data: bytes) -> dict[str, Any]:
    """What section 2.1 of the format says, word by word. Raises NotCanonical."""
    told = parse(data)
    wanted = {
        "at": lambda x: (
            re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", x, re.ASCII) and is_instant(x)
        ),
        "c256": is_hash,
        "case": lambda x: re.fullmatch("[0-9a-f]{32}", x),
        "csm3": is_hash,
        "log": lambda x: 1 <= len(x) <= 64 and set(x) <= {*EDGE, *"./-"} and x[0] in EDGE and x[-1] in EDGE,
        "prev": is_hash,
        "seen": lambda x: set(x) == {"root", "size"} and is_hash(x["root"]) and is_number(x["size"], 0),
        "seq": lambda x: is_number(x, 1),
        "typ": lambda x: x in ("record", "erasure", "export"),
        "v": lambda x: x == "mediation-evidence/1",
    }
    try:
        if (
            set(told) == set(wanted)
            and all(holds(told[key]) for key, holds in wanted.items())
            and len(data) <= 1024
        ):
            return told
    except (TypeError, KeyError, IndexError):
        pass
    raise NotCanonical("no envelope")


def is_hash(value: Any) -> bool:
    return re.fullmatch("[0-9a-f]{64}", value) is not None


def is_number(value: Any, least: int) -> bool:
    return type(value) is int and least <= value <= LARGEST


def is_instant(text: str) -> bool:
    try:
        datetime(*map(int, re.findall(r"\d+", text)[:6]))
    except ValueError:
        return False
    return True


def outcomes(data: bytes) -> tuple[Any, Any]:
    """What the fast and the slow way say; None for no."""
    try:
        fast: Any = read_envelope(data)
    except NotCanonical:
        fast = None
    try:
        told = slowly(data)
    except NotCanonical:
        return fast, None
    seen = told.pop("seen")
    told.pop("v")
    return fast, Envelope(**told, seen_root=seen["root"], seen_size=seen["size"])


@given(HONEST)
def test_what_is_an_envelope_is_read_the_same_in_both_ways(told: dict[str, Any]) -> None:
    fast, slow = outcomes(canonical(told))

    assert fast == slow is not None


@given(HONEST, st.data())
def test_one_stray_value_is_judged_the_same_in_both_ways(told: dict[str, Any], data: st.DataObject) -> None:
    key = data.draw(st.sampled_from([*told, "x", "root"]))
    told[key] = data.draw(STRAY)

    try:
        written = canonical(told)
    except NotCanonical:
        return
    fast, slow = outcomes(written)
    assert fast == slow


@given(HONEST, st.data())
@example({"at": "2025-03-07T09:59:00.000Z", "c256": "0" * 64, "case": "0" * 32, "csm3": "0" * 64, "log": "a",
          "prev": "0" * 64, "seen": {"root": "0" * 64, "size": 0}, "seq": 1, "typ": "record",
          "v": "mediation-evidence/1"}, None)  # fmt: skip
def test_changed_bytes_are_judged_the_same_in_both_ways(told: dict[str, Any], data: Any) -> None:
    written = bytearray(canonical(told))
    if data is not None:
        for _ in range(data.draw(st.integers(1, 3))):
            place = data.draw(st.integers(0, len(written) - 1))
            change = data.draw(st.sampled_from(["turn", "drop", "add", "twice"]))
            byte = data.draw(st.one_of(st.integers(0, 255), st.sampled_from(list(b'0129af"\\{}:,. \n-e/u'))))
            match change:
                case "turn":
                    written[place] = byte
                case "drop":
                    del written[place]
                case "add":
                    written.insert(place, byte)
                case "twice":
                    written[place:place] = written[place : place + 8]
    fast, slow = outcomes(bytes(written))
    assert fast == slow


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"seq":1', '"seq":01'),
        ('"seq":1', '"seq":1.0'),
        ('"seq":1', '"seq":9007199254740992'),
        ('"size":0', '"size":-0'),
        ('"v"', '"\\u0076"'),
        ("{", "{ "),
        ("-", "\u2010"),
        ("0", "\u0660"),
        ('"typ":"record"', '"typ":"record","typ":"record"'),
    ],
)
def test_other_spellings_are_no_envelopes(old: str, new: str) -> None:
    zeros = "0" * 64
    text = write_envelope(
        at="2025-03-07T09:59:00.000Z", c256=zeros, case="0" * 32, csm3=zeros, log="log.example/1", prev=zeros,
        seen_root=zeros, seen_size=0, seq=1, typ="record",
    ).decode()  # fmt: skip
    assert outcomes(text.encode())[0] is not None

    assert outcomes(text.replace(old, new, 1).encode()) == (None, None)


def test_an_event_tells_its_type_only_where_it_must() -> None:
    assert [typ_of(event) for event in ("case.file", "erasure", "packet.export")] == [
        "record",
        "erasure",
        "export",
    ]
