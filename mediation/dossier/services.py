"""Asking for a case file and putting it together in the worker, with its progress to be seen."""

import io
import logging
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Case, User
from cases.roles import STAFF_ROLES, Role
from cases.services.steps import lock_case, remember
from evidence import deposits
from evidence.origin.provenance import Provenance, Way
from mediation.dossier.building import build
from mediation.dossier.models import Dossier
from mediation.dossier.places import file_of
from mediation.dossier.tasks import build_after_commit

log = logging.getLogger(__name__)
MOST_TRIES = 4
WAIT = timedelta(minutes=2)  # for one try; a worker that is silent longer is taken for lost
State = Dossier.State


@transaction.atomic
def ask_dossier(*, case_id: UUID, staff: User) -> Dossier:
    """Put the file of a case together once more; one that is under way already is returned as it is."""
    case = lock_case(case_id)
    if staff.role not in STAFF_ROLES or case.filed_at is None:
        raise Refusal(_("This step is not yours to take."))
    under_way = case.dossiers.filter(state__in=[State.PENDING, State.RUNNING]).first()
    if under_way:
        return under_way
    file = file_of(case)
    dossier = case.dossiers.create(
        asked_by=staff, total=file.count, missing=[one.place.key for one in file.missing]
    )
    remember(case, "dossier.ask", by=staff, papers=file.count, missing="、".join(dossier.missing))
    build_after_commit()
    return dossier


def build_due(*, most: int = 5) -> int:
    """Put together every file that is asked for; return how many were finished."""
    made = 0
    for _round in range(most):
        dossier = _claim()
        if dossier is None:
            break
        made += _build(dossier)
    return made


@transaction.atomic
def _claim() -> Dossier | None:
    now = timezone.now()
    free = Dossier.objects.select_for_update(
        skip_locked=connection.features.has_select_for_update_skip_locked
    )
    due = Q(state__in=[State.PENDING, State.RUNNING], next_try_at__lte=now)
    dossier = free.filter(due).order_by("next_try_at", "pk").first()
    if dossier is None:
        return None
    dossier.state, dossier.tries, dossier.next_try_at = State.RUNNING, dossier.tries + 1, now + WAIT
    dossier.save(update_fields=["state", "tries", "next_try_at"])
    return dossier


def _build(dossier: Dossier) -> bool:
    mine = Dossier.objects.filter(pk=dossier.pk, state=State.RUNNING, tries=dossier.tries)

    def went_on(done: int) -> None:
        mine.update(done=done, next_try_at=timezone.now() + WAIT)

    try:
        case = Case.objects.for_desk().get(pk=dossier.case_id)
        file = file_of(case)
        dossier.case = case
        mine.update(total=file.count, missing=[one.place.key for one in file.missing])
        pdf, pages = build(dossier, file, went_on=went_on)
        return _keep(dossier, pdf, pages)
    except Refusal as refusal:
        _fail(dossier, str(refusal), for_good=True)
    except Exception as error:
        log.exception("the file of case %s could not be put together", dossier.case_id)
        _fail(dossier, f"{type(error).__name__}: {error}", for_good=dossier.tries >= MOST_TRIES)
    return False


@transaction.atomic
def _keep(dossier: Dossier, pdf: bytes, pages: int) -> bool:
    """Take the PDF into safe keeping. It belongs to the office: it is no exhibit, and neither side sees it."""
    locked = Dossier.objects.select_for_update().get(pk=dossier.pk)
    if locked.state != State.RUNNING or locked.tries != dossier.tries:
        return False
    case = lock_case(dossier.case_id)
    locked.deposit = deposits.take_in(
        chain=case.chain,
        file=io.BytesIO(pdf),
        name=f"卷宗 {case.docket}.pdf",
        captured=Provenance(how=Way.PRINTED, where="system", made_with="mediation.dossier"),
        media_type="application/pdf",
        role=str(Role.SYSTEM),
    )
    locked.state, locked.made_at, locked.pages, locked.problem = State.DONE, timezone.now(), pages, ""
    locked.done = locked.total
    locked.save()
    remember(case, "dossier.make", by=None, pages=pages, sha256=locked.deposit.sha256)
    return True


def _fail(dossier: Dossier, problem: str, *, for_good: bool) -> None:
    state = State.FAILED if for_good else State.PENDING
    mine = Dossier.objects.filter(pk=dossier.pk, tries=dossier.tries, state=State.RUNNING)
    mine.update(state=state, problem=problem[:300], next_try_at=timezone.now() + WAIT)
