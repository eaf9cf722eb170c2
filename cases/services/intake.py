"""Intake 申请: a draft may be incomplete; a filed case must be whole."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.admissibility import gaps_in
from cases.claims import ClaimKind, Remedy
from cases.errors import NotAdmissible, Refusal
from cases.models import Case, Centre, Institution, Loan, User
from cases.roles import Side
from cases.services.people import citizen_with
from cases.services.steps import lock_case, take
from cases.workflow import FILE, Stage
from evidence.sealing import blind_index

MONEY_REMEDIES = {Remedy.REFUND, Remedy.REDUCE, Remedy.COMPENSATE, Remedy.RESCHEDULE}


def draft_case() -> Case:
    """Begin a draft. It is kept 90 days; nobody needs an account or a name for it."""
    return Case.objects.create(centre=Centre.objects.order_by("pk").first())


@transaction.atomic
def save_answers(*, case_id: UUID, **answers: Any) -> Case:
    """Keep what was said so far; an answer that is not named stays as it was. Values are JSON. Raises Refusal."""
    case = lock_case(case_id)
    if case.stage not in {Stage.INTAKE, Stage.SUPPLEMENT}:
        raise Refusal(_("This dispute has been filed. You can follow it under “My cases”."))
    case.answers = {**case.answers, **answers}
    if phone := answers.get("phone"):
        case.contact_index = blind_index(str(phone), purpose="phone")
    case.saved_at = timezone.now()
    case.save(update_fields=["answers", "contact_index", "saved_at"])
    return case


def drafts_of(phone: str) -> list[Case]:
    """The drafts that were saved under this phone number, newest first."""
    index = blind_index(phone, purpose="phone")
    return list(Case.objects.filter(contact_index=index, stage=Stage.INTAKE).order_by("-saved_at"))


@transaction.atomic
def file_case(*, case_id: UUID) -> Case:
    """File the draft: give it a docket number, its parties, claims and loan, and start the acceptance clock.

    Raises NotAdmissible with every gap at once. Filing a case again returns it as it is.
    """
    case = lock_case(case_id)
    if case.stage != Stage.INTAKE:
        return case
    answers = case.answers
    if gaps := gaps_in(answers):
        raise NotAdmissible(*gaps)
    citizen = citizen_with(phone=answers["phone"], name=answers["name"])
    first = Centre.objects.select_for_update().order_by("pk")[
        0
    ]  # one lock for all centres: the docket is shared
    case.centre = Centre.objects.get(pk=case.centre_id) if case.centre_id else first
    case.docket = _next_docket(timezone.localdate())
    case.kind = answers.get("kind") or ClaimKind.OTHER
    case.amount_fen = answers.get("amount_fen")
    case.story = answers.get("story", "")
    case.filed_at = timezone.now()
    case.contact_index = ""
    _write_parties(case, citizen)
    _write_claims(case)
    _write_loan(case)
    take(FILE, case, by=citizen, kind=case.kind, amount_fen=case.amount_fen or 0, story=case.story)
    return case


def _next_docket(today: date) -> str:
    """Year and running number. The caller holds the lock of all filings, so two cannot get the same."""
    prefix = f"{today:%Y}-"
    last = (
        Case.objects.filter(docket__startswith=prefix)
        .order_by(Length("docket").desc(), "-docket")  # 10000 comes after 9999
        .values_list("docket", flat=True)
        .first()
    )
    return f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:04d}"


def _write_parties(case: Case, citizen: User) -> None:
    answers = case.answers
    case.parties.create(
        side=Side.CLAIMANT,
        person=citizen,
        name=answers["name"],
        phone=answers["phone"],
        id_number=answers.get("id_number", ""),
        address=answers.get("address", ""),
        helper=answers.get("helper", ""),
        e_delivery_at=timezone.now() if answers.get("e_delivery") else None,
    )
    institution = Institution.objects.filter(pk=answers.get("institution") or 0).first() or institution_named(
        answers["respondent"]
    )
    case.parties.create(
        side=Side.RESPONDENT,
        institution=institution,
        name=institution.name if institution else answers["respondent"],
        phone=institution.phone if institution else "",
        address=institution.address if institution else "",
    )


def institution_named(name: str) -> Institution | None:
    """The institution on our list that goes by this name, or by one that contains its short name."""
    wanted = name.strip()
    for institution in Institution.objects.all():
        if wanted and (
            wanted == institution.name
            or (institution.short_name and institution.short_name in wanted)
            or (len(wanted) >= 4 and wanted in institution.name)
        ):
            return institution
    return None


def _write_claims(case: Case) -> None:
    answers = case.answers
    for number, remedy in enumerate(answers.get("remedies") or [Remedy.REFUND], start=1):
        case.claims.create(
            number=number,
            kind=case.kind,
            remedy=remedy,
            amount_fen=case.amount_fen if number == 1 and remedy in MONEY_REMEDIES else None,
            words=answers.get("wanted", ""),
        )


def _write_loan(case: Case) -> None:
    answers = case.answers
    Loan.objects.update_or_create(
        case=case,
        defaults={
            "contract_no": str(answers.get("contract_no", ""))[:60],
            "product": str(answers.get("product", ""))[:60],
            "contract_on": date.fromisoformat(answers["contract_on"]) if answers.get("contract_on") else None,
            "principal_fen": answers.get("principal_fen"),
            "received_fen": answers.get("received_fen") or answers.get("principal_fen"),
        },
    )
