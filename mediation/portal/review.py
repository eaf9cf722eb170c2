"""检查答案: every answer as the page before filing shows it, with the way back to its question."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.admissibility import gaps_in
from cases.analysis import mask_personal
from cases.claims import ClaimKind, Remedy
from cases.models import Case, Licence
from mediation.portal import drafts
from mediation.portal.intake_fields import plain_yuan
from mediation.portal.intake_forms import QUESTIONS, WhoForm

SHOWN_OF_STORY = 600
OLDER = {
    "last_due": _("Last payment due: %(said)s"),
    "last_paid": _("You last paid: %(said)s"),
    "last_asked": _("They last asked: %(said)s"),
    "complained_on": _("You complained: %(said)s"),
    "complaint_answer": _("They answered: %(said)s"),
}
AGENTS = {
    "none": _("Nobody acts for me"),
    "unpaid": _("Acts for me without pay: %(who)s"),
    "paid": _("Acts for me and is paid: %(who)s"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One question with its answer, a line each; `waits` where something written is not finished."""

    slug: str
    number: int
    title: str | Promise
    lines: list[str]
    waits: bool


def rows_of(case: Case) -> list[Row]:
    """All eight, in order."""
    raw = case.answers.get("raw", {})
    return [
        Row(
            form.slug, number, form.title, [line for line in LINES[form.slug](case) if line], form.slug in raw
        )
        for number, form in enumerate(QUESTIONS, start=1)
    ]


def gaps_of(case: Case) -> list[str | Promise]:
    """Everything that stands against filing, with what was written but not finished."""
    raw = case.answers.get("raw", {})
    unfinished = [
        _("Question %(number)d: you began to write something there. Please look at it once more.")
        % {"number": number}
        for number, form in enumerate(QUESTIONS, start=1)
        if form.slug in raw
    ]
    return [*gaps_in(case.answers), *unfinished]


def _who(case: Case) -> list[str]:
    answers = case.answers
    return [answers.get("respondent", ""), _label(Licence, answers.get("licence", ""), but=Licence.UNKNOWN)]


def _money(case: Case) -> list[str]:
    answers = case.answers
    amount = answers.get("amount_fen")
    unknown = _("I do not know how much") if answers.get("amount_unknown") else ""
    return [
        _yuan(_("In dispute: %(yuan)s yuan"), amount) or str(unknown),
        _yuan(_("Lent by the contract: %(yuan)s yuan"), answers.get("principal_fen")),
        _yuan(_("Really received: %(yuan)s yuan"), answers.get("received_fen")),
    ]


def _story(case: Case) -> list[str]:
    story = mask_personal(str(case.answers.get("story", "")))
    shown = story if len(story) <= SHOWN_OF_STORY else f"{story[:SHOWN_OF_STORY]}…"
    return [
        shown,
        *(str(_("Recording, number %(number)02d")) % {"number": e.number} for e in drafts.stories_of(case)),
    ]


def _when(case: Case) -> list[str]:
    answers = case.answers
    day = answers.get("contract_when") or answers.get("contract_on") or ""
    told = [(label, str(answers.get(key) or "")) for key, label in OLDER.items()]
    older = [str(label) % {"said": said} for label, said in told if said]
    return [day, *(str(answers.get(key) or "") for key in ("product", "contract_no", "place")), *older]


def _evidence(case: Case) -> list[str]:
    return [f"{e.number:02d} {e.get_kind_display()} {e.title}" for e in drafts.files_of(case)]


def _wish(case: Case) -> list[str]:
    answers = case.answers
    wishes = [_label(Remedy, remedy) for remedy in answers.get("remedies") or []]
    return [*wishes, answers.get("wanted", "")]


def _contact(case: Case) -> list[str]:
    answers = case.answers
    number = answers.get("id_number", "")
    helper = answers.get("helper", "")
    return [
        answers.get("name", ""),
        answers.get("phone", ""),
        f"{number[:3]}{'*' * 13}{number[-2:]}" if number else "",
        answers.get("address", ""),
        str(_("Papers by phone as well")) if answers.get("e_delivery") else "",
        str(_("Helped by: %(helper)s")) % {"helper": helper} if helper else "",
        _agent(answers),
    ]


def _agent(answers: Mapping[str, Any]) -> str:
    said = AGENTS.get(str(answers.get("agent") or ""))
    who = "，".join(filter(None, (answers.get("agent_name"), answers.get("agent_relation"))))
    return str(said) % {"who": who} if said else ""


LINES: Mapping[str, Any] = {
    WhoForm.slug: _who,
    "trouble": lambda case: [_label(ClaimKind, case.answers.get("kind", ""))],
    "money": _money,
    "story": _story,
    "when": _when,
    "evidence": _evidence,
    "wish": _wish,
    "contact": _contact,
}


def _label(choices: type[TextChoices], value: str, *, but: str = "") -> str:
    return str(choices(value).label) if value in choices.values and value != but else ""


def _yuan(text: str | Promise, fen: int | None) -> str:
    return str(text) % {"yuan": plain_yuan(fen)} if fen else ""
