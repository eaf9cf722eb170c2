"""Which entries are covered: stand in the log below a checkpoint that the policy accepted. The others are 待固化."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.db import connection
from django.db.models import Max, Q, QuerySet

from evidence.errors import TryLater
from evidence.log import integrator, publishing
from evidence.log.policy import current_policy
from evidence.log.state import ask_for_checkpoint, begin_log, is_held
from evidence.models import CheckpointRow, Entry, Leaf, LogState, Token
from evidence.tlog import cosignatures
from evidence.tlog.notes import NoteRefused, SignedNote

LOOKS_EACH_S = 0.05


class NotCovered(TryLater):
    """The entry is not covered yet: there is no proof of it so far."""


def is_covered(entry: Entry) -> bool:
    """Whether a published checkpoint covers the entry."""
    return Leaf.objects.filter(entry=entry, index__lt=_published_size()).exists()


def covering_checkpoint(entry: Entry) -> CheckpointRow | None:
    """The first published checkpoint that covers the entry, or None while it is 待固化."""
    index = Leaf.objects.filter(entry=entry).values_list("index", flat=True).first()
    if index is None:
        return None
    published = CheckpointRow.objects.filter(published_at__isnull=False, size__gt=index)
    return published.order_by("size").first()


def uncovered(chain: str) -> "QuerySet[Entry]":
    """The entries of the chain that are 待固化, in their order."""
    waits = Q(leaf=None) | Q(leaf__index__gte=_published_size())
    return Entry.objects.of(chain).filter(waits).order_by("seq")


def wait_until_covered(entry: Entry, within_s: float | None = None) -> bool:
    """Wait until the entry is covered, at most `within_s` seconds (settings.EVIDENCE_WAIT_S); whether it is.

    Call it after the transaction of the entry. When nobody does the work of the log, one pass is done here. With 0
    it only looks, and neither waits nor works.
    """
    until = time.monotonic() + (within_s := settings.EVIDENCE_WAIT_S if within_s is None else within_s)
    if is_covered(entry) or within_s <= 0:
        return is_covered(entry)
    ask_for_checkpoint()
    while True:
        if not is_held(begin_log()):
            _work()
        if is_covered(entry):
            return True
        left = until - time.monotonic()
        if left <= 0 or connection.in_atomic_block:  # inside a transaction, waiting would show nothing new
            return False
        time.sleep(min(LOOKS_EACH_S, left))


def _work() -> None:
    integrator.integrate()
    publishing.publish()


def _published_size() -> int:
    return LogState.objects.values_list("published_size", flat=True).first() or 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of one chain is covered, and by what."""

    up_to: int  # entries 1 … up_to are covered; 0: none
    waiting: int  # so many after it are 待固化
    checkpoint: CheckpointRow | None  # the newest published one
    witnesses: dict[str, datetime]  # who cosigned it, and when by their own clock
    stamps: list[Token]  # what time authorities said of it, or of the newest one that has a stamp


def coverage_of(chain: str) -> Coverage:
    """What stands for this chain now."""
    row = CheckpointRow.objects.filter(published_at__isnull=False).order_by("-size").first()
    entries = Entry.objects.of(chain)
    up_to = entries.filter(leaf__index__lt=row.size).aggregate(last=Max("seq"))["last"] if row else None
    waiting = entries.filter(seq__gt=up_to or 0).count()
    stamped = Token.objects.order_by("-checkpoint_id").values_list("checkpoint_id", flat=True)[:1]
    stamps = list(Token.objects.filter(checkpoint__in=list(stamped)))
    return Coverage(up_to or 0, waiting, row, cosigners(row) if row else {}, stamps)


def cosigners(row: CheckpointRow) -> dict[str, datetime]:
    """Who of the policy's witnesses cosigned a published checkpoint, and when by their own clock."""
    note = SignedNote.parse(row.cosigned)
    found = {}
    for name, witness in current_policy().witnesses.items():
        try:
            at_s = cosignatures.verify(note, witness.key)
        except NoteRefused:
            continue
        if at_s is not None:
            found[name] = datetime.fromtimestamp(at_s, UTC)
    return found
