"""What a packet will hold and prove, settled before a byte of it is written.

A packet stands on one checkpoint: the newest that the policy accepts. Every entry of the chain must be under it; where
one is not, there is no packet yet.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from evidence import ledger
from evidence.envelopes import Envelope, read_envelope
from evidence.errors import PacketRefused
from evidence.log.coverage import NotCovered, wait_until_covered
from evidence.log.policy import policy_bytes
from evidence.log.stamping import stamp_newest
from evidence.models import ERASURE, CheckpointRow, Entry, Token
from evidence.packet import milestones

Chosen = Callable[[Entry], bool]


@dataclass(frozen=True, slots=True)
class Planned:
    """One entry: its place in the log, its body where it may be read, and the time that is proven for it."""

    entry: Entry
    envelope: Envelope
    index: int
    body: bytes | None
    not_before: datetime | None
    not_after: datetime | None


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is settled. `case` is the tag that the open envelopes bear, `policy` the bytes of the policy."""

    chain: str
    case: str
    log: str
    checkpoint: CheckpointRow
    entries: Sequence[Planned]
    tokens: Sequence[Token]
    policy: bytes
    made_at: datetime

    @property
    def head(self) -> str:
        """The link hash of the last entry."""
        return self.entries[-1].entry.hash

    @property
    def indices(self) -> list[int]:
        """Where the entries stand in the log."""
        return [planned.index for planned in self.entries]

    @property
    def bodies(self) -> dict[int, bytes]:
        """The bodies that may be read, by seq."""
        return {planned.entry.seq: planned.body for planned in self.entries if planned.body is not None}

    @property
    def withheld(self) -> tuple[int, ...]:
        """The entries whose body is not in the packet."""
        return tuple(planned.entry.seq for planned in self.entries if planned.body is None)


def settle(chain: str, *, may_be_read: Chosen, within_s: float | None = None) -> Plan:
    """Settle the packet of one chain as it stands now.

    Waits until the log covers its last entry, at most `within_s` seconds (None: settings.EVIDENCE_WAIT_S). Raises
    NotCovered, which is a TryLater, when it does not, and PacketRefused for a chain without entries.
    """
    last = Entry.objects.of(chain).order_by("-seq").first()
    if last is None:
        raise PacketRefused(_("There is nothing in this record yet, so there is no packet to make."))
    if not wait_until_covered(last, within_s):
        raise NotCovered(f"entry {last.seq} of {chain} is not covered yet")
    stamp_newest()
    checkpoint = CheckpointRow.objects.filter(published_at__isnull=False).latest("size")
    rows = list(
        Entry.objects.of(chain).filter(leaf__index__lt=checkpoint.size).order_by("seq").select_related("leaf")
    )
    if len(rows) != rows[-1].seq or rows[-1].seq < last.seq:
        raise NotCovered(f"checkpoint {checkpoint.size} does not hold all entries of {chain}")
    envelopes = [read_envelope(row.envelope.encode()) for row in rows]
    bodies = [_body(row, may_be_read) for row in rows]
    needs = [
        milestones.Need(row.leaf.index, envelope.seen_size, body is not None)
        for row, envelope, body in zip(rows, envelopes, bodies, strict=True)
    ]
    tokens = milestones.choose(needs, size=checkpoint.size)
    return Plan(
        chain=chain,
        case=envelopes[0].case,
        log=envelopes[0].log,
        checkpoint=checkpoint,
        entries=[
            Planned(
                row,
                envelope,
                row.leaf.index,
                body,
                *milestones.bracket(row.leaf.index, envelopes[: row.seq], tokens),
            )
            for row, envelope, body in zip(rows, envelopes, bodies, strict=True)
        ],
        tokens=tokens,
        policy=policy_bytes(),
        made_at=timezone.now(),
    )


def _body(entry: Entry, may_be_read: Chosen) -> bytes | None:
    """The body, if it may be read: that of an erasure always, since it names nobody and says what is gone."""
    return ledger.read_body(entry) if entry.event == ERASURE or may_be_read(entry) else None
