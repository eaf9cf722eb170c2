"""Somebody who guesses: every phone number of one area, against what the open log says of an entry.

The guesser knows all but the number: what kind of act it was, who acted, how a body is written, and everything that
is published. `against_the_log` tries every guess with every salt that could be had from outside.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

BODY = b"mediation-evidence/1 body\n"
AREA = "1380013"  # the first seven digits tell the company and the town
EVENT, ROLE = "case.file", "citizen"


@dataclass(frozen=True)
class Published:
    """An envelope, and a hash as other systems publish it: of the number alone, without a salt."""

    envelope: bytes
    unsalted: bytes


def publish(envelope: bytes, number: str) -> Published:
    """What stands in the open of one act of this person, ours and the others'."""
    return Published(envelope, sha256(number.encode()).digest())


def numbers(count: int, *, seed: int = 0) -> Iterator[str]:
    """So many different numbers of eleven digits: all of the area first, then of those beside it."""
    for n in range(count):
        yield f"{int(AREA) + n // 10_000:07d}{(n * 7919 + seed) % 10_000:04d}"


def against_the_hash(told: Published, guesses: Iterator[str]) -> str | None:
    """The number whose plain hash was published, if it is among the guesses."""
    return next((guess for guess in guesses if sha256(guess.encode()).digest() == told.unsalted), None)


def against_the_log(
    told: Published, guesses: Iterator[str], write: Callable[[str], bytes], salts: Sequence[bytes] = ()
) -> str | None:
    """The number whose body would fit the envelope. `write(guess)` gives the body with the salt left out, as
    `…"salt":"` and then 64 digits and `"}`.
    """
    envelope = json.loads(told.envelope)
    wanted = bytes.fromhex(envelope["c256"])
    known = [bytes(32).hex(), envelope["case"] * 2, envelope["prev"], envelope["c256"], envelope["csm3"]]
    known += [sha256(told.envelope).hexdigest(), envelope["seen"]["root"], *(salt.hex() for salt in salts)]
    tails = [f'{salt}"}}'.encode() for salt in known]
    for guess in guesses:
        start = sha256(BODY + write(guess))
        for tail in tails:
            whole = start.copy()
            whole.update(tail)
            if whole.digest() == wanted:
                return guess
    return None
