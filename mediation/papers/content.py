"""What stands on each paper that a fact calls for. Papers are Chinese documents, whoever reads the site how."""

from collections.abc import Callable
from typing import Any

from django.utils import translation

from cases.models import Case
from mediation.papers import beginning, ending
from mediation.papers.consent import privacy_consent
from mediation.papers.facts import ROLES, head_of, person_of
from mediation.papers.models import Paper

__all__ = ["BUILDERS", "MARKS", "ROLES", "content_of", "person_of"]

MARKS = {
    "application": "申",
    "register": "登",
    "acceptance_notice": "受",
    "rights_notice": "告",
    "delivery_address": "送",
    "invitation": "邀",
    "decline_notice": "不受",
    "disclosure": "披",
    "extension_consent": "延",
    "failure_notice": "终",
    "transfer_letter": "移",
    "privacy_consent": "信",
}
BUILDERS: dict[str, Callable[[Paper, Case], dict[str, Any]]] = {
    "application": beginning.application,
    "register": beginning.register,
    "acceptance_notice": beginning.acceptance_notice,
    "rights_notice": beginning.rights_notice,
    "delivery_address": beginning.delivery_address,
    "invitation": beginning.invitation,
    "decline_notice": beginning.decline_notice,
    "disclosure": beginning.disclosure,
    "extension_consent": ending.extension_consent,
    "failure_notice": ending.failure_notice,
    "transfer_letter": ending.transfer_letter,
    "privacy_consent": privacy_consent,
}


def content_of(paper: Paper, case: Case) -> dict[str, Any]:
    """Everything that the paper shows, by the keys of its kind. Raises KeyError for a kind that is not made here."""
    with translation.override("zh-hans"):
        number = f"{case.docket}-{MARKS[paper.kind]}{paper.seq}"
        return {**head_of(case, made_at=paper.asked_at, number=number), **BUILDERS[paper.kind](paper, case)}
