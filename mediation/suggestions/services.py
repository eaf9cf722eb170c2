"""Suggestions 方案建议: what like cases came to, for the mediator alone. The software suggests; a person decides."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Case, User
from cases.services.indexing import embedder, story_vector
from cases.services.precedents import party_mark
from cases.services.shelf import library
from cases.services.steps import lock_case, remember
from cases.similarity.search import Answer, Only, Query
from cases.similarity.suggest_changes import what_would_change
from cases.workflow import Stage
from mediation.suggestions.choices import reason_to_be_silent
from mediation.suggestions.content import Audit, audit_as_record, audit_of, evidence_level, licence_of
from mediation.suggestions.models import Suggestion
from mediation.suggestions.sources import details_of, sources_of
from mediation.suggestions.stock import ceiling_of, pleaded_of, shelf

SHOWN = 5
WORDS_ONLY = "words-and-facts/1"


def propose(*, case_id: UUID, mediator: User) -> Suggestion:
    """Look for like settled cases and keep what they point at, with sources and reasons. No party ever sees it.

    With too few comparable cases, or without an amount, no range is named: the sums stay empty, and why is kept. The
    slow part is done before the case is locked. Raises Refusal when the case is not this mediator's, the talks are
    over, or a party or the mediator does not want a machine's suggestion.
    """
    begun = timezone.now()
    case = Case.objects.for_desk().select_related("loan").get(pk=case_id)
    _own(case, mediator)
    audit = audit_of(case)
    query, engine = _query(case, audit)
    docs = library()
    nearest = docs.nearest(query, k=SHOWN)
    known, facts, most = shelf(), pleaded_of(case, audit), ceiling_of(case, audit)
    without = known.not_to_speak(case)
    said = known.stock.suggest(facts, without=without, most_fen=most)
    changes = what_would_change(known.stock, facts, without=without, most_fen=most)
    with transaction.atomic():
        case = lock_case(case_id)
        _own(case, mediator)
        if twin := case.suggestions.filter(at__gt=begun).last():
            return twin  # the same form, sent twice
        suggestion = Suggestion.objects.create(
            case=case,
            low_fen=None if said.silence else said.low_fen,
            middle_fen=None if said.silence else said.middle_fen,
            high_fen=None if said.silence else said.high_fen,
            comparable=len(said.likes),
            confidence="" if said.silence else said.confidence.value,
            sources=sources_of(said, nearest, query, docs),
            cost=audit_as_record(audit),
            details=details_of(said, changes, facts, most_fen=most, stock=known.version),
            engine=engine,
        )
        remember(case, "suggestion.offer", by=mediator, **_told(suggestion))
    return suggestion


def like_cases(*, case: Case, only: Only | None = None, k: int = SHOWN) -> Answer:
    """The settled cases nearest to this one, of those that `only` lets through. For reading; nothing is kept."""
    query, _engine = _query(case, audit_of(case))
    return library().nearest(replace(query, only=only), k)


def _own(case: Case, mediator: User) -> None:
    if case.mediator_id != mediator.pk:
        raise Refusal(_("This case is not assigned to you."))
    if case.stage not in {Stage.FACT_FINDING, Stage.MEDIATION}:
        raise Refusal(_("Suggestions are made only before an agreement is reached."))
    if why := reason_to_be_silent(case, mediator):
        raise Refusal(why)


def _query(case: Case, audit: Audit) -> tuple[Query, str]:
    loan = getattr(case, "loan", None)
    text = "\n".join([case.story, *{claim.words for claim in case.claims.all() if claim.words}]).strip()
    vector = story_vector(text) if text else None
    engine = WORDS_ONLY if vector is None else embedder().name
    rate = Decimal(str(round(audit.cost.simple_annual, 4))) if audit.cost else audit.nominal
    return (
        Query(
            cause=case.kind,
            product=loan.product if loan else "",
            licence=licence_of(case),
            claim_fen=case.amount_fen,
            principal_fen=loan.principal_fen if loan else None,
            annual_rate=rate,
            evidence_level=evidence_level(case),
            remedies=tuple(sorted({claim.remedy for claim in case.claims.all()})),
            text=text,
            vector=vector,
            until=timezone.localdate(),
            parties=frozenset(
                party_mark(party.name)
                for party in case.parties.all()
                if party.name and not party.institution_id
            ),
        ),
        engine,
    )


def _told(suggestion: Suggestion) -> dict[str, Any]:
    """For the sealed body of the chain: whole numbers and words only."""
    told: dict[str, Any] = {
        "suggestion": suggestion.pk,
        "comparable": suggestion.comparable,
        "engine": suggestion.engine,
        "cited": [source["key"] for source in suggestion.sources if source["cited"]],
        "neighbours": [source["key"] for source in suggestion.sources if source["comparable"]],
        "stock": suggestion.details["stock"],
        "facts": suggestion.details["facts"],
        "base": suggestion.details["base"],
    }
    if suggestion.middle_fen is not None:
        told |= {
            "low_fen": suggestion.low_fen,
            "middle_fen": suggestion.middle_fen,
            "high_fen": suggestion.high_fen,
            "confidence": suggestion.confidence,
        }
    return told


def _live(suggestion_id: int, mediator: User) -> tuple[Suggestion, Case]:
    suggestion = Suggestion.objects.get(pk=suggestion_id)
    case = lock_case(suggestion.case_id)
    suggestion.refresh_from_db()
    _own(case, mediator)
    if case.suggestions.first() != suggestion:
        raise Refusal(_("There is a newer suggestion. Please decide on that one."))
    if suggestion.state != Suggestion.State.OFFERED:
        raise Refusal(_("You have already decided on this suggestion."))
    return suggestion, case


@transaction.atomic
def adopt(*, suggestion_id: int, mediator: User, amount_fen: int, reason: str = "") -> Suggestion:
    """Make the middle of the range, or another sum with its reason, the mediator's own starting point.

    Nothing is offered to the sides by this. Raises Refusal for a sum below zero, a change without a reason, or a
    suggestion that names no range.
    """
    suggestion, case = _live(suggestion_id, mediator)
    if suggestion.middle_fen is None:
        raise Refusal(_("No range was named, so there is nothing to adopt."))
    if amount_fen < 0:
        raise Refusal(_("The amount cannot be below zero."))
    differs = amount_fen != suggestion.middle_fen
    if differs and not reason.strip():
        raise Refusal(_("Please write why you change the suggested sum."))
    _decide(suggestion, Suggestion.State.EDITED if differs else Suggestion.State.ADOPTED, mediator, reason)
    suggestion.decided_fen = amount_fen
    suggestion.save()
    remember(
        case,
        "suggestion.adopt",
        by=mediator,
        suggestion=suggestion.pk,
        middle_fen=suggestion.middle_fen,
        decided_fen=amount_fen,
        difference_fen=amount_fen - suggestion.middle_fen,
        reason=suggestion.reason,
    )
    return suggestion


@transaction.atomic
def dismiss(*, suggestion_id: int, mediator: User, reason: str) -> Suggestion:
    """Set the suggestion aside, with the reason: the machine learns nothing from it, but people can."""
    suggestion, case = _live(suggestion_id, mediator)
    if not reason.strip():
        raise Refusal(_("Please write why you set it aside."))
    _decide(suggestion, Suggestion.State.DISMISSED, mediator, reason)
    suggestion.save()
    remember(case, "suggestion.dismiss", by=mediator, suggestion=suggestion.pk, reason=suggestion.reason)
    return suggestion


def _decide(suggestion: Suggestion, state: Suggestion.State, mediator: User, reason: str) -> None:
    suggestion.state, suggestion.reason = state, reason.strip()
    suggestion.decided_by, suggestion.decided_at = mediator, timezone.now()
