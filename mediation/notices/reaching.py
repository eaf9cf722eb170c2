"""What people do on a ladder: call, post, say that it was received. Each is written down, with who and when."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Case, User
from cases.roles import STAFF_ROLES
from cases.rules.calendar import is_working_day
from cases.rules.counting import ONE_DAY
from cases.services.steps import lock_case, remember
from mediation.notices.assessing import look_again, rules_for
from mediation.notices.models import Ladder, Rung

CALL, POST = "call", "post"
OF_A_CALL = (Rung.Outcome.CONFIRMED, Rung.Outcome.SPOKEN, Rung.Outcome.NO_ANSWER, Rung.Outcome.WRONG)
OF_A_LETTER = (Rung.Outcome.SIGNED, Rung.Outcome.RETURNED)


@transaction.atomic
def record_call(
    *, ladder_id: int, staff: User, outcome: str, note: str, called_at: datetime | None = None
) -> Rung:
    """Write down a call about a notice: who called, when, what came of it. Unanswered, the next one is owed.

    Only “reached; says it was received” delivers, and only after a message went out (在线诉讼规则 Art 31(2)(1)).
    """
    case, ladder = _of_staff(ladder_id, staff)
    if outcome not in OF_A_CALL:
        raise Refusal(_("Please choose what came of the call."))
    if not note.strip():
        raise Refusal(_("Please write what was said, or that nobody answered."))
    at = _moment(called_at, ladder)
    rung = _next_open(ladder, CALL)
    rung.outcome, rung.by, rung.note = outcome, staff, note.strip()
    rung.happened_at, rung.done_at = at, timezone.now()
    rung.save()
    told: dict[str, Any] = {
        "matter": ladder.matter,
        "side": str(ladder.party.side),
        "called_at": at.isoformat(),
    }
    remember(case, "delivery.call", by=staff, outcome=outcome, note=note.strip(), **told)
    if outcome != Rung.Outcome.CONFIRMED:
        _owe_next_call(ladder, rung)
    look_again(ladder.pk)
    return rung


def _owe_next_call(ladder: Ladder, rung: Rung) -> None:
    step = rules_for(ladder).steps.get(CALL)
    if step is None or rung.round >= step.times or ladder.rungs.open().filter(step=CALL).exists():
        return
    day = timezone.localdate(rung.happened_at) + ONE_DAY
    while not is_working_day(day):
        day += ONE_DAY
    ladder.rungs.create(
        step=CALL,
        channel=CALL,
        round=rung.round + 1,
        due_at=timezone.make_aware(datetime.combine(day, step.at)),
    )


@transaction.atomic
def record_posting(*, ladder_id: int, staff: User, number: str, posted_at: datetime | None = None) -> Rung:
    """Write down that the paper was handed in at the post office, under which number."""
    case, ladder = _of_staff(ladder_id, staff)
    if not number.strip():
        raise Refusal(_("Please write the number of the letter, as it stands on the slip."))
    at = _moment(posted_at, ladder)
    rung = _next_open(ladder, POST)
    rung.outcome, rung.by, rung.number = Rung.Outcome.HANDED_IN, staff, number.strip()[:40]
    rung.happened_at, rung.done_at = at, timezone.now()
    rung.save()
    told: dict[str, Any] = {
        "matter": ladder.matter,
        "side": str(ladder.party.side),
        "posted_at": at.isoformat(),
    }
    remember(case, "delivery.post", by=staff, number=rung.number, **told)
    return rung


@transaction.atomic
def record_return_slip(
    *, rung_id: int, staff: User, outcome: str, ended_at: datetime | None = None, note: str = ""
) -> Rung:
    """Write down what the return slip says: signed for, or came back (民事诉讼法 Art 91)."""
    found = Rung.objects.select_related("ladder").get(pk=rung_id)
    case, ladder = _of_staff(found.ladder_id, staff)
    rung = Rung.objects.select_for_update().get(pk=rung_id)
    if rung.step != POST or rung.outcome != Rung.Outcome.HANDED_IN:
        raise Refusal(_("There is no letter under way here."))
    if outcome not in OF_A_LETTER:
        raise Refusal(_("Please choose what the return slip says."))
    at = _moment(ended_at, ladder)
    if rung.happened_at and at < rung.happened_at:
        raise Refusal(_("The letter cannot arrive before it was handed in."))
    rung.outcome, rung.ended_at, rung.note = outcome, at, note.strip()
    rung.save()
    told: dict[str, Any] = {
        "matter": ladder.matter,
        "side": str(ladder.party.side),
        "ended_at": at.isoformat(),
    }
    remember(case, "delivery.slip", by=staff, outcome=outcome, number=rung.number, note=note.strip(), **told)
    look_again(ladder.pk)
    return rung


@transaction.atomic
def confirm_received(*, ladder_id: int, person: User) -> Ladder:
    """The receiver says on the site that the notice was received (回复收悉). It agrees to nothing else."""
    found = Ladder.objects.select_related("party").get(pk=ladder_id)
    case = lock_case(found.case_id)
    party = case.party_of(person)
    if party is None or party.pk != found.party_id:
        raise Refusal(_("This step is not yours to take."))
    if found.confirmed_at is None:
        Ladder.objects.filter(pk=ladder_id).update(confirmed_at=timezone.now())
        remember(case, "delivery.confirm", by=person, matter=found.matter, side=party.side)
    return look_again(ladder_id)


def _of_staff(ladder_id: int, staff: User) -> tuple[Case, Ladder]:
    case_id: UUID = Ladder.objects.values_list("case_id", flat=True).get(pk=ladder_id)
    case = lock_case(case_id)
    if staff.role not in STAFF_ROLES or not Case.objects.visible_to(staff).filter(pk=case_id).exists():
        raise Refusal(_("This step is not yours to take."))
    return case, Ladder.objects.select_related("party").get(pk=ladder_id)


def _moment(at: datetime | None, ladder: Ladder) -> datetime:
    now = timezone.now()
    if at is None:
        return now
    if at > now + timedelta(minutes=1):
        raise Refusal(_("This moment lies in the future. Please check day and time."))
    if at < ladder.written_at.replace(second=0, microsecond=0):
        raise Refusal(_("The notice was not written yet at that moment. Please check day and time."))
    return at


def _next_open(ladder: Ladder, step: str) -> Rung:
    """The step that is owed next; a further one where the table owes none."""
    rung = ladder.rungs.select_for_update().open().filter(step=step).order_by("round").first()
    if rung:
        return rung
    last = ladder.rungs.filter(step=step).order_by("-round").first()
    return Rung(
        ladder=ladder, step=step, channel=step, round=last.round + 1 if last else 1, due_at=timezone.now()
    )
