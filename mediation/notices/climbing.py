"""Working off the steps that are due: each once, in the order of its moment, however long nobody looked.

Two schedulers at once do no harm: the case is locked first, and a step that is done by then is left alone. A step that
fails keeps its row with the reason, is tried again later, and holds up nobody else's.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cases.models import Case
from cases.roles import Role
from cases.rules.delivery import Action, LadderStep, Until
from cases.services.steps import lock_case, remember
from mediation.notices.addresses import confirmed_addresses
from mediation.notices.assessing import look_again, matter_of, rules_for
from mediation.notices.models import Ladder, Notice, Rung
from mediation.notices.outbox import outside_messages
from mediation.notices.receivers import members_of
from mediation.notices.tasks import deliver_after_commit

log = logging.getLogger(__name__)
RETRY_AFTER = timedelta(minutes=30)
LONGEST_PROBLEM = 300


def climb_due() -> int:
    """Take every step that is due by now. Returns how many were taken or found needless."""
    now = timezone.now()
    waiting = Rung.objects.open().filter(
        Q(next_try_at__isnull=True) | Q(next_try_at__lte=now), due_at__lte=now, asked_at__isnull=True
    )
    climbed = 0
    for pk, case_id in list(waiting.order_by("due_at", "pk").values_list("pk", "ladder__case_id")):
        try:
            with transaction.atomic():
                climbed += _climb(pk, case_id)
        except Exception as error:  # one broken case must not stop the notices of all the others
            log.exception("step %s of a ladder could not be taken", pk)
            _keep_for_later(pk, f"{type(error).__name__}: {error}")
    return climbed


def _climb(pk: int, case_id: UUID) -> int:
    case = lock_case(case_id)
    rung = Rung.objects.select_for_update(of=("self",)).select_related("ladder").get(pk=pk)
    if rung.done_at or rung.asked_at:
        return 0
    ladder = look_again(rung.ladder_id)
    step = rules_for(ladder).steps.get(rung.step)
    if step is None or is_needless(ladder, case, step):
        rung.done_at, rung.outcome = timezone.now(), Rung.Outcome.VOID
    else:
        ACTS[step.does](case, ladder, rung)
    rung.problem = ""
    rung.save()
    return 1


def is_needless(ladder: Ladder, case: Case, step: LadderStep) -> bool:
    """Whether nothing more is owed by this step: it was opened or delivered, or the case is over."""
    matter = matter_of(ladder)
    if case.is_closed and not (matter and matter.after_closing):
        return True
    if step.until == Until.OPENED:
        return ladder.opened_at is not None
    return ladder.delivered_at is not None


def _remind(case: Case, ladder: Ladder, rung: Rung) -> None:
    """Say once more, by every way outside the site, that there is something to read."""
    receivers = list(members_of(ladder.party))
    with translation.override(settings.LANGUAGE_CODE):
        told = {
            "case": case,
            "kind": ladder.event,
            "subject": ladder.subject,
            "body": _("Case %(docket)s: “%(subject)s” is waiting for you. Please sign in and read it.")
            % {"docket": case.docket, "subject": ladder.subject},
            "link": reverse("open_case", args=[case.pk]),
            "rung": rung,
        }
        emails = confirmed_addresses(one.person for one in receivers if one.person)
        rows = [row for receiver in receivers for row in outside_messages(receiver, emails, **told)]
    Notice.objects.bulk_create(rows)
    rung.done_at = timezone.now()
    rung.outcome = Rung.Outcome.SENT if rows else Rung.Outcome.NO_ADDRESS
    if rows:
        deliver_after_commit()


def _ask(case: Case, ladder: Ladder, rung: Rung) -> None:
    """The office is to do this; the row stays open until somebody has."""
    rung.asked_at = timezone.now()
    _tell_office(case, ladder, "delivery.ask", step=rung.step)


def _tell(case: Case, ladder: Ladder, rung: Rung) -> None:
    """Nobody was reached: people decide what follows. Nothing is taken for consent, nothing ends by itself."""
    now = timezone.now()
    Ladder.objects.filter(pk=ladder.pk).update(unreached_at=now)
    rung.done_at, rung.outcome = now, Rung.Outcome.TOLD
    _tell_office(case, ladder, "delivery.unreached")


def _tell_office(case: Case, ladder: Ladder, event: str, **facts: str) -> None:
    told = {"matter": ladder.matter, "side": str(ladder.party.side), **facts}
    remember(case, event, by=None, role=Role.SYSTEM, duty="mediator", **told)


ACTS: dict[Action, Callable[[Case, Ladder, Rung], None]] = {
    Action.SEND: _remind,
    Action.ASK: _ask,
    Action.TELL: _tell,
}


def _keep_for_later(pk: int, problem: str) -> None:
    with transaction.atomic():
        rung = Rung.objects.select_for_update().get(pk=pk)
        rung.tries += 1
        rung.problem, rung.next_try_at = problem[:LONGEST_PROBLEM], timezone.now() + RETRY_AFTER
        rung.save(update_fields=["tries", "problem", "next_try_at"])
