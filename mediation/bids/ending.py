"""The end of a round as a duty 到期事项: a row like all other due work, which moves with the limit of its round."""

from django.utils import timezone

from cases.models import Case, Duty
from cases.services.duties import strike_out
from mediation.bids.models import Round

ENDS = "bid_round_ends"


def plan_end(there: Round) -> None:
    """Write down that the round ends at `closes_at`, instead of what was planned for it before."""
    strike_out_end(there)
    day = timezone.localdate(there.closes_at)
    Duty.objects.create(
        case_id=there.case_id,
        step=ENDS,
        about=str(there.pk),
        for_due_on=day,
        for_overdue_on=day,
        due_at=there.closes_at,
    )


def strike_out_end(there: Round) -> None:
    """The round has ended, or ends at another moment."""
    strike_out(Duty.objects.open().filter(case_id=there.case_id, step=ENDS, about=str(there.pk)))


def round_of(case: Case, duty: Duty) -> Round | None:
    """The round that the duty is about, if it is still to be ended."""
    return case.bid_rounds.filter(pk=int(duty.about), ended_at=None).first()
