"""The open part of an entry: written in one way, and read strictly (section 2.1 of the format).

An envelope is so regular that one expression over its bytes decides whether it is canonical: there is one order of
keys, no value needs an escape, and each value has one spelling.
"""

import re
from datetime import datetime
from typing import NamedTuple

from evidence.canonical import LARGEST, NotCanonical

VERSION = "mediation-evidence/1"
ERASURE, EXPORT, RECORD = "erasure", "export", "record"
PACKET_EXPORT = "packet.export"  # the event by which a chain remembers that it was handed out
ORIGIN = r"[a-z0-9](?:[a-z0-9./-]{0,62}[a-z0-9])?"
_NUMBER = r"0|[1-9][0-9]{0,15}"
_ENVELOPE = re.compile(
    (
        r'\{"at":"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z)",'
        r'"c256":"([0-9a-f]{64})","case":"([0-9a-f]{32})","csm3":"([0-9a-f]{64})",'
        rf'"log":"({ORIGIN})","prev":"([0-9a-f]{{64}})",'
        rf'"seen":\{{"root":"([0-9a-f]{{64}})","size":({_NUMBER})\}},'
        r'"seq":([1-9][0-9]{0,15}),"typ":"(record|erasure|export)",'
        rf'"v":"{re.escape(VERSION)}"\}}'
    ).encode()
)
_match = _ENVELOPE.fullmatch
_date = datetime.fromisoformat


class Envelope(NamedTuple):
    """What an envelope says. Texts are as written: hex in lower case, `at` as RFC 3339."""

    at: str
    c256: str
    case: str
    csm3: str
    log: str
    prev: str
    seen_root: str
    seen_size: int
    seq: int
    typ: str


def typ_of(event: str) -> str:
    """What the envelope says of an entry with this event: nothing, unless it erases or hands out."""
    return {ERASURE: ERASURE, PACKET_EXPORT: EXPORT}.get(event, RECORD)


def write_envelope(
    *,
    at: str,
    c256: str,
    case: str,
    csm3: str,
    log: str,
    prev: str,
    seen_root: str,
    seen_size: int,
    seq: int,
    typ: str,
) -> bytes:
    """The canonical bytes. All values must have the form that `read_envelope` asks for; here nothing is checked."""
    return (
        f'{{"at":"{at}","c256":"{c256}","case":"{case}","csm3":"{csm3}","log":"{log}","prev":"{prev}",'
        f'"seen":{{"root":"{seen_root}","size":{seen_size}}},"seq":{seq},"typ":"{typ}","v":"{VERSION}"}}'
    ).encode()


def read_envelope(data: bytes) -> Envelope:
    """What these bytes say, if they are a canonical envelope. Raises NotCanonical."""
    found = _match(data)
    if found is None:
        raise NotCanonical("this is no envelope in its canonical form")
    at, c256, case, csm3, log, prev, root, size, seq, typ = found.groups()
    number, place = int(size), int(seq)
    if number > LARGEST or place > LARGEST:
        raise NotCanonical("a number needs to be below 2**53")
    text = at.decode()
    try:
        _date(text)
    except ValueError as error:
        raise NotCanonical(f"{text} is no instant") from error
    return Envelope(
        text,
        c256.decode(),
        case.decode(),
        csm3.decode(),
        log.decode(),
        prev.decode(),
        root.decode(),
        number,
        place,
        typ.decode(),
    )
