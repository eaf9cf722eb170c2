import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.canonical import LARGEST, NotCanonical, canonical, commit, link_hash, normalised, parse

VECTORS = (
    Path(os.environ.get("SHARED_VECTORS", Path(__file__).parents[3] / "shared/vectors")) / "jcs/testdata"
)
needs_vectors = pytest.mark.skipif(
    not VECTORS.is_dir(), reason=f"no public vectors at {VECTORS} (SHARED_VECTORS)"
)


def nested(levels: int) -> list[Any]:
    """A list in a list in a list …"""
    inner: list[Any] = []
    for _ in range(levels - 1):
        inner = [inner]
    return inner


def wrapped(name: str, folder: str) -> tuple[dict[str, Any], bytes]:
    """Records are objects, so a vector that is an array goes into one."""
    text = (VECTORS / folder / f"{name}.json").read_text(encoding="utf-8")
    return {"a": json.loads(text)}, b'{"a":' + text.encode() + b"}"


@needs_vectors
def test_the_public_vector_within_the_profile_gives_its_bytes() -> None:
    record, _ = wrapped("arrays", "input")

    assert canonical(record) == wrapped("arrays", "output")[1]


@needs_vectors
@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("french", "ASCII"),
        ("structures", "float"),
        ("unicode", "normal form"),
        ("values", "float"),
        ("weird", "ASCII"),
    ],
)
def test_the_public_vectors_outside_the_profile_are_refused_for_their_reason(name: str, why: str) -> None:
    with pytest.raises(NotCanonical, match=why):
        canonical(wrapped(name, "input")[0])


@needs_vectors
def test_strings_and_literals_are_written_as_in_the_public_vector() -> None:
    record, _ = wrapped("values", "input")
    expected = json.loads((VECTORS / "output/values.json").read_text(encoding="utf-8"))
    del record["a"]["numbers"], expected["numbers"]

    written = (VECTORS / "output/values.json").read_bytes()
    assert canonical(record["a"])[1:-1].split(b',"string"')[0] in written
    assert canonical(record["a"])[1:-1].split(b'"string":')[1] in written


@pytest.mark.parametrize(
    "value",
    [1.0, LARGEST + 1, -LARGEST - 1, "e\u0301", "\ud800", b"x", {"é": 1}, {1: 1}, {"d": [2.5]}, nested(64)],
)
def test_what_could_be_written_in_two_ways_is_refused(value: object) -> None:
    with pytest.raises(NotCanonical, match=r"record\.a"):
        canonical({"a": value})


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}',
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b'{"a":1.0}',
        b'{"a":"\\u0041"}',
        b"[]",
        b"{",
        b'{"a":-0}',
        b"\xff",
    ],
)
def test_another_spelling_of_a_record_is_refused(data: bytes) -> None:
    with pytest.raises(NotCanonical):
        parse(data)


values = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(max_codepoint=127), max_size=6), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the first draw loads Unicode
@given(st.dictionaries(st.text(st.characters(max_codepoint=127), max_size=6), values, max_size=4))
def test_bytes_and_record_say_the_same(record: dict[str, Any]) -> None:
    record = normalised(record)

    assert parse(canonical(record)) == record
    assert canonical(dict(reversed(record.items()))) == canonical(record)


def test_a_record_may_be_as_deep_as_the_format_says() -> None:
    assert parse(canonical({"a": nested(63)})) == {"a": nested(63)}


def test_a_link_and_a_body_of_the_same_bytes_have_different_digests() -> None:
    assert link_hash(b"{}") != commit(b"{}")
    assert len(link_hash(b"{}")) == 64
