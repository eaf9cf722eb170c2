"""我们听懂了这些: what we read out of the story, as guesses that its teller keeps, corrects or leaves out."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.analysis import Finding, Findings, Kind, Role, analyse, mask_personal
from cases.analysis.telling import UNSURE
from cases.claims import ClaimKind
from cases.models import Case
from cases.services.intake import institution_named
from cases.services.lessons import has_lesson
from mediation.dates.days import DayField
from mediation.portal.intake_fields import AmountField, plain_yuan
from mediation.portal.question_form import words_field

AROUND = 14  # characters shown before and behind the words a guess comes from
HIGHEST_RATE = Decimal(50)  # five thousand per cent a year


class RateField(forms.CharField):
    """A yearly rate in per cent; its value is the plain fraction as text: 36 → 0.3600."""

    def clean(self, value: Any) -> str:
        """The fraction. The message says what to write instead."""
        text = super().clean(value).rstrip("%％ ")
        if not text:
            return ""
        try:
            fraction = Decimal(text) / 100
        except InvalidOperation as error:
            raise ValidationError(_("Please write the yearly rate in per cent, such as 36.")) from error
        if not 0 < fraction <= HIGHEST_RATE:
            raise ValidationError(_("Please write the yearly rate in per cent, such as 36."))
        return f"{fraction.quantize(Decimal('0.0001')):f}"


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing that a story may tell: its key in the answers, its name for people, how it is found and written."""

    key: str
    label: str | Promise
    find: Callable[[Findings], Finding | None]
    field: Callable[[str | Promise], forms.Field]
    write: Callable[[Any], str] = str


def _sum(role: Role) -> Callable[[Findings], Finding | None]:
    def find(findings: Findings) -> Finding | None:
        sums = [finding for finding in findings.of(Kind.AMOUNT) if finding.role == role]
        return max(sums, key=lambda finding: finding.confidence, default=None)

    return find


def _first(kind: Kind) -> Callable[[Findings], Finding | None]:
    return lambda findings: findings.first(kind)


def _amount(label: str | Promise) -> forms.Field:
    return AmountField(label=label)


def _words(label: str | Promise) -> forms.Field:
    return words_field(100, label=label)


def _per_cent(fraction: Any) -> str:
    return f"{(Decimal(str(fraction)) * 100).normalize():f}"


SLOTS = (
    Slot(
        "kind",
        _("The trouble"),
        _first(Kind.CAUSE),
        lambda label: forms.ChoiceField(label=str(label), choices=ClaimKind.choices, required=False),
    ),
    Slot("respondent", _("The other side"), _first(Kind.LENDER), _words),
    Slot(
        "contract_when",
        _("When you borrowed"),
        _first(Kind.DATE),
        lambda label: DayField(label=label),
    ),
    Slot("product", _("The loan"), _first(Kind.PRODUCT), lambda label: words_field(60, label=label)),
    Slot("principal_fen", _("Lent by the contract (yuan)"), _sum(Role.PRINCIPAL), _amount, plain_yuan),
    Slot("received_fen", _("Really received (yuan)"), _sum(Role.RECEIVED), _amount, plain_yuan),
    Slot("fee_fen", _("Fees (yuan)"), _sum(Role.FEE), _amount, plain_yuan),
    Slot("monthly_fen", _("Paid each month (yuan)"), _sum(Role.MONTHLY), _amount, plain_yuan),
    Slot(
        "months",
        _("How many payments"),
        _first(Kind.MONTHS),
        lambda label: forms.IntegerField(label=str(label), required=False, min_value=1, max_value=600),
    ),
    Slot("repaid_fen", _("Paid back so far (yuan)"), _sum(Role.TOTAL_REPAID), _amount, plain_yuan),
    Slot(
        "rate",
        _("Rate of a year (per cent)"),
        _first(Kind.RATE),
        lambda label: RateField(label=str(label), required=False),
        _per_cent,
    ),
    Slot("owed_fen", _("Still owed (yuan)"), _sum(Role.OUTSTANDING), _amount, plain_yuan),
    Slot("amount_fen", _("You ask for (yuan)"), _sum(Role.CLAIMED), _amount, plain_yuan),
)


@dataclass(frozen=True, slots=True)
class Guess:
    """A finding with its slot, the words around it, and what the person answered before, if it differs."""

    slot: Slot
    finding: Finding
    before: str
    words: str
    behind: str
    said: str = ""

    @property
    def is_doubtful(self) -> bool:
        """Whether the machine itself is not sure: the person should look twice."""
        return self.finding.confidence < UNSURE

    @property
    def sureness(self) -> str:
        """How sure the machine is, in words."""
        if self.is_doubtful:
            return str(_("We are not sure. Please check."))
        if self.finding.about:
            return str(_("You said it roughly. Do you know it exactly?"))
        return str(_("We read this quite clearly."))

    @property
    def shown(self) -> str:
        """The guess as people write it."""
        value = self.finding.value
        return str(ClaimKind(str(value)).label) if self.slot.key == "kind" else self.slot.write(value)


def guesses_for(case: Case) -> list[Guess]:
    """What the story says and the person has not said in an answer already. Numbers of persons are covered."""
    answers = case.answers
    story = str(answers.get("story", ""))
    findings = analyse(story, today=timezone.localdate())
    covered = mask_personal(story)
    guesses = []
    for slot in SLOTS:
        finding, given = slot.find(findings), answers.get(slot.key)
        if finding is None or _same(slot, finding, given):
            continue
        start, end = finding.start, finding.end
        guesses.append(
            Guess(
                slot,
                finding,
                before=covered[max(0, start - AROUND) : start],
                words=covered[start:end],
                behind=covered[end : end + AROUND],
                said=_given(slot, given),
            )
        )
    return guesses


def _same(slot: Slot, finding: Finding, given: Any) -> bool:
    if slot.key == "respondent" and given:
        return str(finding.value) in str(given) or str(given) in str(finding.value)
    return bool(given) and str(given) == str(finding.value)


def _given(slot: Slot, given: Any) -> str:
    if not given:
        return ""
    return str(ClaimKind(given).label) if slot.key == "kind" else slot.write(given)


class UnderstoodForm(forms.Form):
    """A field for each guess, and beside it a tick to leave it out. An earlier answer is kept unless changed."""

    use_required_attribute = False

    def __init__(self, *args: Any, case: Case, guesses: list[Guess], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.guesses = guesses
        for guess in guesses:
            slot = guess.slot
            field = slot.field(slot.label)
            given = case.answers.get(slot.key)
            field.initial = slot.write(given or guess.finding.value)
            self.fields[slot.key] = field
            self.fields[f"{slot.key}_out"] = forms.BooleanField(
                required=False, label=_("Not right, leave it out")
            )
        self.fields["may_learn"] = forms.BooleanField(
            required=False,
            initial=has_lesson(case),
            label=_("You may learn from my corrections"),
            help_text=_(
                "Only if you like. Names and numbers are covered. It changes nothing in your case. "
                "You can take it back at any time."
            ),
        )

    def answers(self) -> dict[str, Any]:
        """What was kept or corrected; what was left out is emptied only where it is a guess of ours."""
        kept: dict[str, Any] = {}
        for guess in self.guesses:
            key = guess.slot.key
            if not self.cleaned_data.get(f"{key}_out"):
                kept[key] = self.cleaned_data.get(key)
        return {**kept, **_followed_by(kept)}

    def lesson(self) -> list[dict[str, Any]]:
        """What the person says of each guess: right, corrected, or wrong."""
        told = []
        for guess in self.guesses:
            key, finding = guess.slot.key, guess.finding
            said = "" if self.cleaned_data.get(f"{key}_out") else str(self.cleaned_data.get(key) or "")
            same = said == str(finding.value)
            told.append(
                {
                    "key": key,
                    "guessed": str(finding.value),
                    "start": finding.start,
                    "end": finding.end,
                    "said": said,
                    "verdict": "right" if same else "corrected" if said else "wrong",
                }
            )
        return told


def _followed_by(kept: dict[str, Any]) -> dict[str, Any]:
    """Answers that hang on others: the institution on a name, the whole day on a date, “unknown” on an amount."""
    also: dict[str, Any] = {}
    if name := kept.get("respondent"):
        known = institution_named(name)
        also["institution"] = known.pk if known and name in {known.name, known.short_name} else None
    if "contract_when" in kept:
        when = kept["contract_when"]
        also["contract_on"] = when if len(when) == 10 else ""
    if kept.get("amount_fen"):
        also["amount_unknown"] = False
    return also
