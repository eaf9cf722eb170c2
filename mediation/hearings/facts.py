"""无争议事实: written by the mediator, confirmed by both, issued as the one paper of the talks a court may use."""

from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Case, Exhibit, Party, User
from cases.roles import Role
from cases.services.steps import lock_case, remember
from cases.workflow import Stage
from mediation.documents.kinds import KINDS
from mediation.hearings import content, marks
from mediation.hearings.models import FactConfirmation, FactSheet, Segment
from mediation.papers.services import file_paper

TALKS = {Stage.FACT_FINDING, Stage.MEDIATION, Stage.SIGNING}
BOTH = 2
QUOTED = 8  # characters in a row, marks and spaces left out: from here on it is a quotation


def _own_case(case_id: UUID, mediator: User) -> Case:
    case = lock_case(case_id)
    if case.mediator_id != mediator.pk:
        raise Refusal(_("This case is not assigned to you."))
    if case.stage not in TALKS:
        raise Refusal(_("The talks in this case are over."))
    return case


def unread_in(case: Case, fact: str) -> list[Segment]:
    """Lines of the case's hearings that the fact quotes and that still need an ear: no such words become facts."""
    heard = Segment.objects.filter(recording__hearing__case=case).select_related("recording__hearing")
    lines = heard.prefetch_related("corrections")
    return [line for line in lines if _quotes(fact, line.text) and marks.is_unchecked(line)]


def _quotes(fact: str, words: str) -> bool:
    fact, words = ("".join(filter(str.isalnum, text)) for text in (fact, words))
    if len(words) < QUOTED:
        return len(words) > QUOTED // 2 and words in fact
    return any(words[at : at + QUOTED] in fact for at in range(len(words) - QUOTED + 1))


@transaction.atomic
def offer_facts(*, case_id: UUID, mediator: User, facts: str) -> FactSheet:
    """Write down the facts that nobody disputes; both sides are asked to confirm this version (Art 22)."""
    case = _own_case(case_id, mediator)
    lines = [line.strip() for line in facts.splitlines() if line.strip()]
    if not lines:
        raise Refusal(_("Please write the facts, one a line."))
    newest = case.fact_sheets.last()
    if newest and newest.facts == "\n".join(lines):
        return newest
    if unread := next((heard for line in lines for heard in unread_in(case, line)), None):
        said = _(
            "“%(words)s” was written down by the machine and nobody has listened to it yet (hearing no. %(number)d)."
        )
        way = _("Please listen to it in the transcript and confirm or correct it first.")
        number = unread.recording.hearing.number if unread.recording and unread.recording.hearing else 0
        raise Refusal(said % {"words": unread.text[:40], "number": number} + " " + way)
    last = case.fact_sheets.aggregate(n=Max("version"))["n"] or 0
    sheet = FactSheet.objects.create(case=case, version=last + 1, facts="\n".join(lines), by=mediator)
    remember(case, "facts.offer", by=mediator, version=sheet.version, facts=sheet.facts)
    return sheet


@transaction.atomic
def confirm_facts(*, sheet_id: int, person: User) -> FactConfirmation:
    """One side confirms the latest version of the undisputed facts."""
    sheet = FactSheet.objects.select_related("case").get(pk=sheet_id)
    case = lock_case(sheet.case_id)
    party: Party | None = case.party_of(person)
    if party is None:
        raise Refusal(_("Only the two sides confirm the facts."))
    if case.fact_sheets.last() != sheet:
        raise Refusal(_("There is a newer version of the facts. Please read that one."))
    confirmation, made = FactConfirmation.objects.get_or_create(
        sheet=sheet, party=party, defaults={"person": person}
    )
    if made:
        remember(case, "facts.confirm", by=person, version=sheet.version)
    return confirmation


def facts_confirmed(case: Case) -> FactSheet | None:
    """The latest fact sheet, where both sides confirmed it; else None."""
    sheet = case.fact_sheets.last()
    return sheet if sheet and sheet.confirmations.count() == BOTH else None


@transaction.atomic
def issue_facts(*, case_id: UUID, mediator: User) -> Exhibit:
    """Make the paper of the undisputed facts 无争议事实确认书, once both sides have confirmed the latest version.

    Issuing twice gives the same paper.
    """
    case = _own_case(case_id, mediator)
    sheet = facts_confirmed(case)
    if sheet is None:
        raise Refusal(_("Both sides must first confirm the latest version of the facts."))
    if sheet.paper is not None:
        return sheet.paper
    kind = KINDS["undisputed_facts"]
    exhibit = file_paper(
        case=case,
        kind=kind.code,
        content=content.undisputed_facts(sheet),
        title=kind.title,
        by=mediator,
        role=Role.MEDIATOR,
    )
    sheet.paper = exhibit
    sheet.save(update_fields=["paper"])
    remember(
        case,
        "facts.issue",
        by=mediator,
        version=sheet.version,
        exhibit=exhibit.number,
        sha256=exhibit.deposit.sha256,
    )
    return exhibit
