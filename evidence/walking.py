"""Walking a chain from its first entry to its head, and naming the first thing that does not hold."""

import json
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from evidence.bodies import read, read_body
from evidence.canonical import NotCanonical, commit, commit_sm3, link_hash
from evidence.envelopes import Envelope, read_envelope, typ_of
from evidence.errors import CannotUnseal
from evidence.instants import rfc3339
from evidence.models import ERASURE, GENESIS, ChainHead, Entry, Leaf, LogState, Outbox


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where a chain does not hold together."""

    chain: str
    index: int  # seq of the entry; one past the last one where entries are missing at the end
    reason: str | Promise

    def __str__(self) -> str:
        return f"{self.chain} #{self.index}: {self.reason}"


def first_break(chain: str) -> Break | None:
    """Walk the whole chain and return the first place where it does not hold, or None.

    Checked: canonical bytes, the columns beside them, order, links, bodies against both commitments, missing bodies
    against erasures, the head, and that every entry stands in the log or waits for it. Not checked here: the trees of
    the log and the stored files (`fsck_evidence`).
    """
    head = ChainHead.objects.filter(chain=chain).first() or ChainHead(chain=chain, tag="")
    state = LogState.objects.first()
    walk = _Walk(chain, head.tag, state.origin if state else "")
    logged = Exists(Leaf.objects.filter(entry=OuterRef("pk")))
    waits = Exists(Outbox.objects.filter(entry=OuterRef("pk")))
    entries = Entry.objects.of(chain).filter(seq__lte=head.seq).order_by("seq")
    for entry in entries.annotate(is_logged=logged, waits=waits).iterator(chunk_size=500):
        if found := walk.step(entry):
            return found
    if found := walk.unexplained():
        return found
    if (head.seq, head.hash) != (walk.seq, walk.prev) or _goes_on(head):
        return Break(chain, walk.seq + 1, _("The end of the chain is not where its head says."))
    return None


def _goes_on(head: ChainHead) -> bool:
    """Whether there are entries beyond the head, other than those of somebody who appends just now."""
    beyond = Entry.objects.of(head.chain).filter(seq__gt=head.seq).exists()
    return beyond and not ChainHead.objects.filter(chain=head.chain, seq__gt=head.seq).exists()


class _Walk:
    """Where a walk stands."""

    def __init__(self, chain: str, tag: str, origin: str) -> None:
        self.chain = chain
        self.tag = tag
        self.origin = origin
        self.seq = 0
        self.prev = GENESIS
        self.erased_up_to = 0
        self.emptied: list[int] = []
        self.has_waited = False

    def step(self, entry: Entry) -> Break | None:
        """Look at the next entry."""
        self.seq += 1
        if entry.seq != self.seq:
            return Break(self.chain, self.seq, _("This entry is missing."))
        if reason := self._flaw(entry) or self._flaw_of_place(entry):
            return Break(self.chain, self.seq, reason)
        if entry.body is None:
            self.emptied.append(self.seq)
        elif entry.event == ERASURE:
            self.erased_up_to = int((read(entry) or {}).get("up_to", 0))
        self.prev = entry.hash
        return None

    def unexplained(self) -> Break | None:
        """A body that is gone although no erasure says so."""
        for index in self.emptied:
            if index > self.erased_up_to:
                return Break(self.chain, index, _("The body is gone, and no erasure says so."))
        return None

    def _flaw(self, entry: Entry) -> str | Promise | None:
        """What is wrong with this entry, seen for itself and against the one before it."""
        data = entry.envelope.encode("utf-8", "surrogatepass")
        try:
            envelope = read_envelope(data)
        except NotCanonical:
            return _("The envelope is not in its canonical form.")
        if envelope.prev != self.prev:
            return _("The link to the entry before does not match.")
        if link_hash(data) != entry.hash:
            return _("The hash of the envelope does not match.")
        columns = (entry.seq, entry.prev, rfc3339(entry.at), self.tag, self.origin)
        if columns != (envelope.seq, envelope.prev, envelope.at, envelope.case, envelope.log):
            return _("The columns do not say what the envelope says.")
        return _flaw_of_body(entry, envelope)

    def _flaw_of_place(self, entry: Entry) -> str | Promise | None:
        """Whether it is in the log, or waits for it; once one waits, so do all that follow."""
        logged, waits = entry.is_logged, entry.waits  # type: ignore[attr-defined]
        if logged == waits or (logged and self.has_waited):
            return _("It is neither in the log nor in line for it, or not in its turn.")
        self.has_waited = waits
        return None


def _flaw_of_body(entry: Entry, envelope: Envelope) -> str | Promise | None:
    if (entry.event == ERASURE) != (envelope.typ == ERASURE):
        return _("The columns do not say what the envelope says.")
    try:
        body = read_body(entry)
    except CannotUnseal:
        return _("The body does not open.")
    if body is None:
        return None
    if (commit(body), commit_sm3(body)) != (envelope.c256, envelope.csm3):
        return _("The body does not match its commitment.")
    told = json.loads(body)
    if (told["event"], told["role"], typ_of(told["event"])) != (entry.event, entry.role, envelope.typ):
        return _("The columns do not say what the body says.")
    return None
