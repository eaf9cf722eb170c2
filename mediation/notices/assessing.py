"""Whether a notice counts as delivered, since when, by which rule. It only reads; silence is never a reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from cases.roles import Role, Side
from cases.rules.delivery import Basis, DeliveryRules, Matter, Phase, delivery_rules
from evidence.models import Entry
from mediation.notices.consents import standing_of
from mediation.notices.models import Ladder, Notice, Rung

ROLE_OF = {Side.CLAIMANT: Role.CITIZEN, Side.RESPONDENT: Role.INSTITUTION}


@dataclass(frozen=True, slots=True)
class Finding:
    """Delivered at this moment, by this row of the table."""

    at: datetime
    basis: str


def rules_for(ladder: Ladder) -> DeliveryRules:
    """The rules of the day on which it was written."""
    return delivery_rules(timezone.localdate(ladder.written_at))


def matter_of(ladder: Ladder) -> Matter | None:
    """The row of the table that it belongs to."""
    return rules_for(ladder).matters.get(ladder.matter)


def basis_of(ladder: Ladder) -> Basis | None:
    """The rule by which it counts as delivered; None while it does not."""
    return rules_for(ladder).bases.get(ladder.basis) if ladder.basis else None


def assess(ladder: Ladder) -> Finding | None:
    """The earliest moment at which it counts as delivered (在线诉讼规则 Arts 29–31); None while none does.

    Express consent for this stage: on arrival at a confirmed address, or when it was read. Without an answer: only when
    the receiver replied or did what it calls for. After a no: not electronically at all. By post: when signed for.
    """
    known = rules_for(ladder).bases
    found = [one for one in _moments(ladder) if one.basis in known]
    return min(found, key=lambda one: one.at, default=None)


def _moments(ladder: Ladder) -> Iterator[Finding]:
    matter = matter_of(ladder)
    phase = matter.phase if matter else Phase.MEDIATION
    rungs = list(ladder.rungs.all())
    notices = [one for rung in rungs for one in rung.notices.all()]
    for notice in notices:
        yield from _by_arrival(ladder, notice, phase)
    sent = [one.sent_at for one in notices if one.sent_at]
    if sent:
        yield from _by_conduct(ladder, rungs, matter, phase, min(sent))
    for rung in rungs:
        if rung.outcome == Rung.Outcome.SIGNED and rung.ended_at:
            yield Finding(rung.ended_at, "post")


def _by_arrival(ladder: Ladder, notice: Notice, phase: str) -> Iterator[Finding]:
    consent = standing_of(ladder.party, phase, notice.written_at)
    if not consent.agreed:
        return
    if notice.read_at:
        yield Finding(notice.read_at, "read")
    if notice.channel not in consent.ways:
        return
    if notice.arrived_at:
        yield Finding(notice.arrived_at, "arrived")
    elif notice.channel == Notice.Channel.EMAIL and notice.sent_at:
        yield Finding(notice.sent_at, "sent")


def _by_conduct(
    ladder: Ladder, rungs: list[Rung], matter: Matter | None, phase: str, first_sent_at: datetime
) -> Iterator[Finding]:
    """What the receiver said or did after a message had gone out, unless it had said no by then."""
    moments = [("replied", ladder.confirmed_at), ("acted", _first_act(ladder, matter))]
    moments += [("replied", rung.happened_at) for rung in rungs if rung.outcome == Rung.Outcome.CONFIRMED]
    for basis, at in moments:
        if at and at >= first_sent_at and standing_of(ladder.party, phase, at).agreed is not False:
            yield Finding(at, basis)


def _first_act(ladder: Ladder, matter: Matter | None) -> datetime | None:
    if matter is None or not matter.acts:
        return None
    theirs = Entry.objects.filter(
        chain=ladder.case.chain,
        event__in=matter.acts,
        role=ROLE_OF[Side(ladder.party.side)],
        seq__gt=ladder.seq,
    )
    return theirs.order_by("seq").values_list("at", flat=True).first()


def opened_at(ladder: Ladder) -> datetime | None:
    """When anybody of this side first opened a message of it, or said that it was received."""
    moments = [one.read_at for rung in ladder.rungs.all() for one in rung.notices.all() if one.read_at]
    return min([*moments, *filter(None, [ladder.confirmed_at])], default=None)


def look_again(ladder_id: int) -> Ladder:
    """Write down what holds now. Call it inside a transaction that has locked the case."""
    ladder = (
        Ladder.objects.select_related("case", "party")
        .prefetch_related("rungs__notices", "party__delivery_consents")
        .get(pk=ladder_id)
    )
    found = assess(ladder)
    ladder.delivered_at, ladder.basis = (found.at, found.basis) if found else (None, "")
    ladder.opened_at = opened_at(ladder)
    ladder.save(update_fields=["delivered_at", "basis", "opened_at"])
    return ladder
