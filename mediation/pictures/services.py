"""Reading pictures: asked for by staff, done by the worker, believed only where a person confirms it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.analysis import Findings, Provenance, analyse
from cases.analysis.rows import read_rows
from cases.errors import Refusal
from cases.models import Exhibit, Loan, User
from cases.roles import STAFF_ROLES, Role
from cases.services.answering import state_loan
from cases.workflow import Stage
from evidence.deposits import open_deposit
from evidence.errors import CannotUnseal, Erased
from mediation.adapters import adapter
from mediation.pictures import tasks
from mediation.pictures.models import Reading
from mediation.pictures.ocr import NeverWill, TryLater, open_picture

LOST_AFTER = timedelta(minutes=5)  # a picture takes seconds: whoever had it is gone
AT_ONCE = 50
DOUBTFUL = 0.8  # below it a person should look at what was read
MOST_ROWS = 360


def is_picture(exhibit: Exhibit) -> bool:
    """Whether this exhibit is a picture by its first bytes."""
    return str(exhibit.deposit.media_type).startswith("image/")


def can_read() -> bool:
    """Whether pictures can be read here at all: the reader is optional."""
    return not adapter("ocr").problems()


@transaction.atomic
def ask_for_own_reading(*, exhibit_id: int, case_id: UUID) -> Reading:
    """Have a picture of an application read that is not filed yet, because its citizen asks for it.

    Nothing is done with the words by this. Raises Refusal for what is no picture of this draft, or no longer a draft.
    """
    exhibit = Exhibit.objects.select_for_update().select_related("deposit", "case").get(pk=exhibit_id)
    own = exhibit.case_id == case_id and exhibit.by_role == Role.CITIZEN and exhibit.withdrawn_at is None
    if not own or exhibit.case.stage != Stage.INTAKE:
        raise Refusal(_("This file is not on the list any more."))
    return _ask(exhibit)


@transaction.atomic
def ask_for_reading(*, exhibit_id: int, person: User) -> Reading:
    """Have the picture read, or read once more after it failed. Raises Refusal for what is no picture."""
    exhibit = Exhibit.objects.select_for_update().select_related("deposit").get(pk=exhibit_id)
    if person.role not in STAFF_ROLES:
        raise Refusal(_("This step is not yours to take."))
    return _ask(exhibit)


def _ask(exhibit: Exhibit) -> Reading:
    if not is_picture(exhibit):
        raise Refusal(_("This file is not a picture. Please open it as it is."))
    reading, made = Reading.objects.get_or_create(exhibit=exhibit)
    if not made and reading.state == Reading.State.FAILED:
        reading.state, reading.problem, reading.share = Reading.State.PENDING, "", 0.0
        reading.asked_at = timezone.now()
        reading.save(update_fields=["state", "problem", "share", "asked_at"])
    tasks.read_after_commit()
    return reading


def read_due() -> int:
    """Read every picture that waits, also those whose reader was lost. Returns how many were read."""
    lost = timezone.now() - LOST_AFTER
    running = Reading.objects.filter(state=Reading.State.RUNNING, started_at__lt=lost)
    waiting = Reading.objects.filter(state=Reading.State.PENDING)
    keys = [*waiting.values_list("pk", flat=True)[:AT_ONCE], *running.values_list("pk", flat=True)[:AT_ONCE]]
    return sum(_read(key) for key in keys)


def _read(reading_id: int) -> int:
    """Read one picture, unless somebody else has just taken it."""
    lost = timezone.now() - LOST_AFTER
    mine = (
        Reading.objects.filter(pk=reading_id)
        .exclude(state=Reading.State.RUNNING, started_at__gte=lost)
        .exclude(state__in=[Reading.State.DONE, Reading.State.FAILED])
        .update(state=Reading.State.RUNNING, started_at=timezone.now())
    )
    if not mine:
        return 0
    reading = Reading.objects.select_related("exhibit__deposit").get(pk=reading_id)
    try:
        _fill(reading)
    except TryLater as problem:
        _end(reading, Reading.State.FAILED, str(problem))
    except NeverWill as problem:
        _end(reading, Reading.State.FAILED, str(problem))
    except (Erased, FileNotFoundError, CannotUnseal):
        _end(reading, Reading.State.FAILED, str(_("The file is not here any more.")))
    else:
        _end(reading, Reading.State.DONE, "")
    return 1


def _fill(reading: Reading) -> None:
    reader = adapter("ocr")
    with open_deposit(reading.exhibit.deposit) as file:
        picture = open_picture(file)

    def note(share: float) -> None:
        Reading.objects.filter(pk=reading.pk).update(share=share)

    note(0.1)  # the file is open and upright
    lines = reader.read(picture, on_progress=note)
    reading.width, reading.height = picture.size
    reading.reader = f"{reader.name} {reader.version}"[:60]
    reading.lines = [
        {"text": line.text, "box": [list(corner) for corner in line.box], "confidence": line.confidence}
        for line in lines
    ]
    reading.rows = [asdict(row) for row in read_rows(lines)][:MOST_ROWS]


def _end(reading: Reading, state: str, problem: str) -> None:
    reading.state, reading.problem, reading.share = state, problem[:200], 1.0
    reading.save()


def findings_of(reading: Reading) -> Findings:
    """What the words on the picture say, marked as read by a machine."""
    return analyse(reading.text, today=timezone.localdate(), provenance=Provenance.OCR)


@transaction.atomic
def confirm_rows(
    *, reading_id: int, person: User, rows: Sequence[Mapping[str, Any]], use_for_loan: bool = False
) -> Reading:
    """Keep the rows as this person checked them. Money in fen.

    `use_for_loan`: their amounts become the payments of the loan, which is noted in the chain as any statement of it.
    Raises Refusal, with nothing kept.
    """
    reading = (
        Reading.objects.select_for_update(of=("self",)).select_related("exhibit__case").get(pk=reading_id)
    )
    if person.role not in STAFF_ROLES:
        raise Refusal(_("This step is not yours to take."))
    if reading.state != Reading.State.DONE:
        raise Refusal(_("The picture has not been read yet."))
    if len(rows) > MOST_ROWS:
        raise Refusal(_("These are too many rows."))
    reading.confirmed = [dict(row) for row in rows]
    reading.confirmed_by, reading.confirmed_at = person, timezone.now()
    reading.save(update_fields=["confirmed", "confirmed_by", "confirmed_at"])
    if use_for_loan:
        _state_loan(reading.exhibit.case_id, person, rows)
    return reading


def _state_loan(case_id: UUID, person: User, rows: Sequence[Mapping[str, Any]]) -> None:
    payments = [(month, int(row["amount"])) for month, row in enumerate(rows, 1) if row.get("amount")]
    loan = Loan.objects.filter(case_id=case_id).first()
    if loan is None or not loan.principal_fen or not loan.received_fen:
        raise Refusal(_("Please write down first what was lent and what was received."))
    state_loan(
        case_id=case_id,
        person=person,
        principal_fen=loan.principal_fen,
        received_fen=loan.received_fen,
        payments=payments,
    )
