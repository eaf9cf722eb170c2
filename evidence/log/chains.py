"""Following the chains of all cases through the leaves of the log, fast: a million entries in some seconds.

Every envelope has the same shape, so `case` and `prev` stand at the same place in all envelopes of one log. `follow`
looks there; whether the shape is right, `read_strictly` says.
"""

from binascii import hexlify
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from evidence.canonical import LINK, NotCanonical
from evidence.envelopes import Envelope, read_envelope
from evidence.models import GENESIS
from evidence.tlog.merkle import SHA256, root_of_data

FIRST = GENESIS.encode()
ENVELOPE = b'{"at":"'  # how an envelope begins, and no record of the log's own
_CASE = slice(115, 147)
_PREV_AFTER_LOG = 240  # where `prev` would begin if the name of the log were empty


class Chains:
    """The last link of every case so far."""

    def __init__(self, origin: str) -> None:
        self.ends: dict[bytes, bytes] = {}  # case -> hex of its last link hash
        start = _PREV_AFTER_LOG + len(origin.encode())
        self._prev = slice(start, start + len(FIRST))

    def follow(self, leaves: Sequence[bytes]) -> list[int]:
        """Go on through these leaves. Returns the places of those that do not follow the last one of their case.

        After such a one the chain goes on from it, so that each break is told once. Own records of the log are
        passed over.
        """
        ends, prev, case_at, first, link, hashed = self.ends, self._prev, _CASE, FIRST, LINK, sha256
        broken = []
        get = ends.get
        for place, data in enumerate(leaves):
            case = data[case_at]
            if get(case, first) != data[prev]:
                if not data.startswith(ENVELOPE):
                    continue
                broken.append(place)
            ends[case] = hexlify(hashed(link + data).digest())
        return broken


def read_strictly(leaves: Iterable[bytes]) -> list[Envelope | None]:
    """What the leaves say as envelopes; None for what is no canonical envelope."""
    found: list[Envelope | None] = []
    add = found.append
    for data in leaves:
        try:
            add(read_envelope(data))
        except NotCanonical:
            add(None)
    return found


@dataclass(frozen=True, slots=True, order=True)
class Flaw:
    """Something that does not hold, at which index of the log."""

    index: int
    reason: str

    def __str__(self) -> str:
        return f"log #{self.index}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Audited:
    """The root over the leaves, and what is wrong with them, by index."""

    root: bytes
    flaws: list[Flaw]


def audit_leaves(origin: str, leaves: Sequence[bytes], *, strictly: bool = False) -> Audited:
    """Follow the chains of all cases through a whole log and compute its root; `strictly` also reads every entry and
    holds it to its canonical form, its log and its number. Own records of the log are not looked into.
    """
    chains = Chains(origin)
    flaws = [Flaw(place, "it does not follow the last entry of its case") for place in chains.follow(leaves)]
    if strictly:
        flaws += flaws_of_form(origin, leaves, counts={})
        flaws.sort()
    return Audited(root_of_data(SHA256, leaves), flaws)


def flaws_of_form(
    origin: str, leaves: Sequence[bytes], *, counts: dict[str, int], first: int = 0
) -> list[Flaw]:
    """What is wrong with the form of the entries among these leaves, which begin at index `first`. `counts` holds the
    number of entries of each case before, and is brought up to date.
    """
    flaws = []
    for index, (data, envelope) in enumerate(zip(leaves, read_strictly(leaves), strict=True), start=first):
        if envelope is None:
            if data.startswith(ENVELOPE):
                flaws.append(Flaw(index, "it is no canonical envelope"))
            continue
        if reason := _flaw_of_place(origin, envelope, counts.get(envelope.case, 0)):
            flaws.append(Flaw(index, reason))
        counts[envelope.case] = envelope.seq
    return flaws


def _flaw_of_place(origin: str, envelope: Envelope, count: int) -> str:
    if envelope.log != origin:
        return "it belongs to another log"
    if envelope.seq != count + 1:
        return f"it says that it is entry {envelope.seq} of its case, and it is {count + 1}"
    return ""
