"""Packets that are not honest, each made from an honest one by a change of a named class.

`mutants(count, seed)` gives them one after another, all classes in turn; `mutant(kind, seed)` gives one again.
What an outsider can repair is repaired (CRC, lists, counts, links) when the class is about a deeper layer, so that
nothing but that layer is left to catch it. No mutant changes only what nobody vouches for: `made_at`, the sheet for
people, the programs.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from tests.evidence import mutations_of_archives as archives
from tests.evidence import mutations_of_chains as chains
from tests.evidence import mutations_of_handovers as handovers
from tests.evidence import mutations_of_notes as notes
from tests.evidence import mutations_of_proofs as proofs
from tests.evidence.bagparts import zip_of
from tests.evidence.bags import Bag, Shape, make, with_lists

Members = dict[str, bytes]


@dataclass(frozen=True)
class Mutant:
    """What a reader is given: the packet, and what he trusts from outside."""

    kind: str
    seed: int
    packet: bytes
    policy: bytes | None
    policy_fingerprint: str | None
    tsa: tuple[str, ...]


Change = Callable[[random.Random, Bag, Members], Members | bytes | None]
RAW: Mapping[str, Change] = (
    archives.RAW
)  # answer with the bytes of an archive, or with members whose lists stay as they are
DEEP: Mapping[str, Change] = {
    **chains.DEEP,
    **notes.DEEP,
    **proofs.DEEP,
    **handovers.DEEP,
    **archives.DEEP,
}  # the lists are made anew
KINDS = (*RAW, *DEEP)


@lru_cache(maxsize=64)
def honest(number: int) -> Bag:
    """One of the packets that mutants are made of: rich in everything, every witness needed."""
    k = number % 4
    return make(
        Shape(
            seed=9000 + number,
            records=4 + number % 9,
            files=2 + number % 2,
            file_bytes=60 + 7 * number,
            cases=2 + number % 3,
            others=3 + number * 2,
            witnesses=(k, k),
            withheld=number % 3,
            erasures=number % 2,
            exports=number % 2,
            milestones=2 + number % 2,
            rotated=number % 5 == 0,
            sm3_rotated=number % 5 in (0, 3),
        )
    )


def mutant(kind: str, seed: int) -> Mutant:
    """The mutant of this class and seed, always the same."""
    for attempt in range(200):
        chance = random.Random(f"{kind} {seed} {attempt}")
        bag = honest(chance.randrange(24))
        members = dict(bag.members)
        try:
            changed = (RAW.get(kind) or DEEP[kind])(chance, bag, members)
        except (IndexError, KeyError, ValueError):  # nothing of that sort in this packet
            continue
        if changed is None:
            changed = members
        packet = (
            changed if isinstance(changed, bytes) else zip_of(changed if kind in RAW else with_lists(changed))
        )
        if packet != bag.packet:
            by_fingerprint = kind.startswith("policy")
            trusted = bag.world.old_policy(bag.shape.witnesses[0]) if kind in handovers.OLD else bag.policy
            return Mutant(
                kind,
                seed,
                packet,
                None if by_fingerprint else trusted,
                bag.policy_fingerprint if by_fingerprint else None,
                (bag.tsa,),
            )
    raise AssertionError(f"no packet for {kind} {seed}")


def mutants(count: int, seed: int = 0) -> Iterator[Mutant]:
    """So many mutants, all classes in turn."""
    for number in range(count):
        yield mutant(KINDS[number % len(KINDS)], seed + number)
