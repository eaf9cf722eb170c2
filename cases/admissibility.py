"""Can this dispute be taken on? Every objection at once, so that the citizen can mend them in one go."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.claims import Remedy
from cases.models import Case

SHORTEST_STORY = 10


def gaps_in(answers: Mapping[str, Any]) -> list[str | Promise]:
    """What a draft still lacks before it can be filed; empty when it is whole."""
    gaps: list[str | Promise] = []
    if not str(answers.get("respondent", "")).strip():
        gaps.append(_("Please say who the other side is (question 1)."))
    if not answers.get("kind"):
        gaps.append(_("Please choose what the trouble is (question 2)."))
    if len(str(answers.get("story", "")).strip()) < SHORTEST_STORY and not answers.get("story_recording"):
        gaps.append(_("Please tell us what happened, in at least ten characters, or by voice (question 4)."))
    if not answers.get("remedies"):
        gaps.append(_("Please choose what you want (question 7)."))
    if not str(answers.get("name", "")).strip():
        gaps.append(_("Please give your name (question 8)."))
    if not answers.get("phone"):
        gaps.append(_("Please give your phone number (question 8)."))
    if not answers.get("agreed"):
        gaps.append(_("Please read and accept the privacy notice (question 8)."))
    return gaps


def objections_to(case: Case, *, today: date | None = None) -> list[str | Promise]:
    """Everything that stands against accepting a filed case; empty when it can be accepted."""
    day = today or timezone.localdate()
    objections: list[str | Promise] = []
    claimant, respondent = case.claimant, case.respondent
    if claimant is None or not claimant.name or not claimant.phone:
        objections.append(_("The claimant's name or phone number is missing."))
    if respondent is None or respondent.institution_id is None:
        objections.append(_("The other side is not yet matched with an institution on our list."))
    if not case.story and not case.exhibits.filter(kind="story", withdrawn_at__isnull=True).exists():
        objections.append(_("There is no account of what happened."))
    claims = list(case.claims.all())
    if not claims:
        objections.append(_("Nothing is asked for."))
    if case.amount_fen is None and any(
        claim.remedy in {Remedy.REFUND, Remedy.COMPENSATE} for claim in claims
    ):
        objections.append(_("Money is asked for, but no amount is given."))
    loan = getattr(case, "loan", None)
    if loan and loan.contract_on and loan.contract_on > day:
        objections.append(_("The contract is dated in the future."))
    return objections
