"""One way from a record to bytes to a digest. Python only.

The bytes are JSON as RFC 8785 (JCS) writes it, within a profile that leaves nothing to choose: ASCII keys,
no fractions, whole numbers below 2**53, strings in Unicode normal form C, no key twice.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from evidence.tlog import sm3

LARGEST = 2**53 - 1
DEEPEST = 64  # objects and arrays inside one another
LINK = b"mediation-evidence/1 link\n"
BODY = b"mediation-evidence/1 body\n"
EMPTY_ROOT = hashlib.sha256(b"").hexdigest()  # of a log without leaves
_SURROGATE = re.compile("[\ud800-\udfff]")


class NotCanonical(ValueError):
    """A record or bytes outside the profile; the message names the place."""


def canonical(record: Mapping[str, Any]) -> bytes:
    """The one sequence of bytes for `record`. Raises NotCanonical when the profile has no place for a
    value.
    """
    _check(record, "record")
    text = json.dumps(record, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8")


def parse(data: bytes) -> dict[str, Any]:
    """The record that these canonical bytes stand for. Raises NotCanonical for any other spelling of it."""
    try:
        record = json.loads(
            data.decode("utf-8"), object_pairs_hook=_unique, parse_float=_refused, parse_constant=_refused
        )
    except (ValueError, RecursionError) as error:
        raise NotCanonical(str(error)) from error
    if not isinstance(record, dict):
        raise NotCanonical("record: an object is needed")
    if canonical(record) != data:
        raise NotCanonical("record: written in another way than the canonical one")
    return record


def normalised(value: Any) -> Any:
    """A copy of `value` with every string in normal form C, as phones and computers differ in what they
    send.

    A half of a surrogate pair, which no bytes can carry, becomes U+FFFD. Tuples become lists. Keys stay as
    they are.
    """
    match value:
        case str():
            return unicodedata.normalize("NFC", _SURROGATE.sub("\ufffd", str(value)))
        case Mapping():
            return {key: normalised(item) for key, item in value.items()}
        case list() | tuple():
            return [normalised(item) for item in value]
        case _:
            return value


def link_hash(envelope: bytes) -> str:
    """The hex digest that the next entry names as its `prev`."""
    return hashlib.sha256(LINK + envelope).hexdigest()


def commit(body: bytes) -> str:
    """The hex digest by which an envelope commits to a body without showing it."""
    return hashlib.sha256(BODY + body).hexdigest()


def commit_sm3(body: bytes) -> str:
    """The same under SM3."""
    return sm3.new(BODY + body).hexdigest()


def _check(value: Any, place: str, left: int = DEEPEST) -> None:
    match value:
        case None | bool():
            return
        case int() if abs(value) <= LARGEST:
            return
        case int():
            raise NotCanonical(f"{place}: the number needs to be below 2**53; write it as text")
        case str():
            _check_text(value, place)
        case Mapping() | list() | tuple() if not left:
            raise NotCanonical(f"{place}: nothing may stand inside more than {DEEPEST} others")
        case Mapping():
            _check_keys(value, place, left - 1)
        case list() | tuple():
            _check_items(value, place, left - 1)
        case _:
            raise NotCanonical(f"{place}: {type(value).__name__} has no place in a record; write it as text")


def _check_items(value: Sequence[Any], place: str, left: int) -> None:
    for index, item in enumerate(value):
        _check(item, f"{place}[{index}]", left)


def _check_keys(value: Mapping[Any, Any], place: str, left: int) -> None:
    for key, item in value.items():
        if not isinstance(key, str) or not key.isascii():
            raise NotCanonical(f"{place}: the key {key!r} needs to be ASCII text")
        _check(item, f"{place}.{key}", left)


def _check_text(value: str, place: str) -> None:
    if not unicodedata.is_normalized("NFC", value):
        raise NotCanonical(f"{place}: the text needs to be in normal form C")
    if _SURROGATE.search(value):
        raise NotCanonical(f"{place}: the text holds half of a surrogate pair")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        raise NotCanonical("a key stands twice in one object")
    return record


def _refused(text: str) -> Any:
    raise NotCanonical(f"{text} is no whole number")
