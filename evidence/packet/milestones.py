"""Which states of the log, stamped by a time authority, a packet brings along (docs/evidence-format.md §7).

For each entry two: the first stamped state that holds it, which says when it existed at the latest, and the state that
was known when it was written (`seen`). There is room for MOST of them, so what the court reads comes first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from evidence.envelopes import Envelope
from evidence.models import CheckpointRow, Token

MOST = 64


@dataclass(frozen=True, slots=True)
class Need:
    """What one entry needs: its place in the log, the size it had seen, and whether it is to be served first."""

    index: int
    seen: int
    first: bool


def choose(needs: Sequence[Need], *, size: int) -> list[Token]:
    """The tokens to bring along, sizes rising: at most MOST, all over published states up to `size`."""
    uppers = _uppers([need.index for need in needs], size)
    wanted: dict[int, None] = {}
    if needs and (last := uppers[needs[-1].index]):
        wanted[last] = None  # it holds every entry
    for need in sorted(needs, key=lambda one: not one.first):
        for one in (uppers[need.index], need.seen):
            if one:
                wanted[one] = None
    tokens = _tokens(list(wanted))
    chosen: list[Token] = []
    for state in wanted:
        chosen += tokens.get(state, [])
    return sorted(chosen[:MOST], key=lambda token: (token.checkpoint_id, token.pk))


def bracket(
    index: int, envelopes: Iterable[Envelope], tokens: Sequence[Token]
) -> tuple[datetime | None, datetime | None]:
    """Not before, not after: what the tokens say of the entry at `index`, whose envelope is the last of `envelopes`
    (those of its case up to it).
    """
    at = {token.checkpoint_id: token.at for token in reversed(tokens)}
    seen = [at[envelope.seen_size] for envelope in envelopes if envelope.seen_size in at]
    held = [token.at for token in tokens if token.checkpoint_id > index]
    return max(seen, default=None), min(held, default=None)


def _uppers(indices: Sequence[int], size: int) -> dict[int, int]:
    """For each index, in rising order, the first stamped and published size above it; 0 where there is none."""
    stamped = CheckpointRow.objects.filter(published_at__isnull=False, size__lte=size, tokens__isnull=False)
    found, upper = {}, 0
    for index in indices:
        if upper <= index:
            upper = (
                stamped.filter(size__gt=index).order_by("size").values_list("size", flat=True).first() or 0
            )
        found[index] = upper
        if not upper:
            found |= dict.fromkeys(indices[len(found) :], 0)
            break
    return found


def _tokens(sizes: Sequence[int]) -> dict[int, list[Token]]:
    """The tokens over published states of these sizes."""
    rows = Token.objects.filter(checkpoint__in=sizes, checkpoint__published_at__isnull=False)
    found: dict[int, list[Token]] = {}
    for token in rows.select_related("checkpoint").order_by("checkpoint", "pk"):
        found.setdefault(token.checkpoint_id, []).append(token)
    return found
