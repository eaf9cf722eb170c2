"""诉讼时效 of the debt behind a case: does it look expired, and what would an act of the debtor do to that.

Warns, never decides: a court does not raise limitation by itself (民法典 Art 193), and neither does this site towards
the creditor. It tells the debtor alone, before an act that would cost a defence (民法典 Art 192; 诉讼时效规定
Arts 14, 19).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.errors import Refusal
from cases.models import Case, User
from cases.roles import STAFF_ROLES, Role
from cases.rules.limitation import Interruption, Limitation, limitation_of
from cases.services.steps import lock_case, remember

DATES = ("last_due", "last_paid", "last_asked")
STATED = "debt_dates"  # in the answers of the case: what was said after filing, by role
ONE_DAY = timedelta(days=1)


class Verdict(TextChoices):
    """How it looks, from what was said. Only the first two call for a warning."""

    LIKELY = "likely", gettext_lazy("The time looks over")
    MAYBE = "maybe", gettext_lazy("The time may be over")
    RUNNING = "running", gettext_lazy("The time runs")
    UNKNOWN = "unknown", gettext_lazy("Not known")


@dataclass(frozen=True, slots=True)
class DebtTime:
    """What is known of the time of the lender's claim.

    `ends_first_on` and `ends_last_on` are the earliest and the latest day on which it may have ended, as far as the
    dates were known; None where they are not, or where a proceeding holds it up. `reckoning` is the most lenient one.
    """

    verdict: Verdict
    ends_first_on: date | None = None
    ends_last_on: date | None = None
    reckoning: Limitation | None = None
    lacks: tuple[str, ...] = ()

    @property
    def is_to_be_told(self) -> bool:
        """Whether the debtor should know before promising anything."""
        return self.verdict in {Verdict.LIKELY, Verdict.MAYBE}

    @property
    def why(self) -> str:
        """How it was counted, line by line."""
        return "\n".join(str(line) for line in self.reckoning.lines) if self.reckoning else ""


@dataclass(frozen=True, slots=True)
class Span:
    """A day as far as it is known: 2024-05 is any day of May 2024."""

    first: date
    last: date


def time_of_debt(case: Case, *, on: date | None = None) -> DebtTime:
    """How the time of the lender's claim looks on a day (民法典 Arts 188, 189, 195), by everything that was said of it.

    Where several people said different things, or a day is known only by its month, every reading counts: it is
    LIKELY over only if it is over in all of them, and it is known when the lender last asked.
    """
    day = on or timezone.localdate()
    ends: list[Limitation] = []
    lacks: set[str] = set()
    for said in _statements(case):
        due = span_of(said.get("last_due")) or span_of(said.get("last_paid"))
        if due is None:
            continue
        lacks |= {name for name in DATES if not said.get(name)}
        ends += [_reckoned(said, due, last=last) for last in (False, True)]
    days = [one.expires_on for one in ends if one.expires_on]
    if not days:
        return DebtTime(Verdict.UNKNOWN, lacks=DATES)
    over = [one.has_expired(day) for one in ends]
    told = tuple(name for name in DATES if name in lacks)
    return DebtTime(
        _verdict(over, is_whole=not {"last_due", "last_asked"} & lacks),
        min(days),
        max(days),
        max(ends, key=lambda one: one.expires_on or date.max),
        told,
    )


def _verdict(over: list[bool], *, is_whole: bool) -> Verdict:
    if all(over):
        return Verdict.LIKELY if is_whole else Verdict.MAYBE
    return Verdict.MAYBE if any(over) else Verdict.RUNNING


def _statements(case: Case) -> Iterator[Mapping[str, str]]:
    """What each one said: the applicant's answers, later words of anybody, and the plan that the lender stated."""
    answers = case.answers
    stated = answers.get(STATED) or {}
    own = {name: str(answers.get(name) or "") for name in DATES}
    yield {**own, **stated.get(Role.CITIZEN, {})}
    yield from (said for role, said in stated.items() if role != Role.CITIZEN)
    if planned := last_planned_day(case):
        yield {**own, **stated.get(Role.CITIZEN, {}), "last_due": planned.isoformat()}


def last_planned_day(case: Case) -> date | None:
    """The day of the last payment by the lender's plan (民法典 Art 189), where contract day and plan are known."""
    loan = getattr(case, "loan", None)
    if loan is None or not loan.contract_on or not loan.schedule:
        return None
    months = max(int(row["month"]) for row in loan.schedule)
    year, month = divmod(loan.contract_on.year * 12 + loan.contract_on.month - 1 + months, 12)
    begun: date = loan.contract_on
    return min(date(year, month + 1, 1) + (begun.day - 1) * ONE_DAY, _last_of(year, month + 1))


def _reckoned(said: Mapping[str, str], due: Span, *, last: bool) -> Limitation:
    """One reading: every half-known day at its first, or at its last, possible day."""

    def day(span: Span) -> date:
        return span.last if last else span.first

    happened = []
    for name, act in (("last_paid", "promise"), ("last_asked", "request")):
        if span := span_of(said.get(name)):
            happened.append(Interruption(act, day(span)))
    return limitation_of(day(due), interruptions=happened)


def span_of(text: object) -> Span | None:
    """2024, 2024-05 or 2024-05-17 as the days that it may be; None for what is no day."""
    parts = str(text or "").split("-")
    try:
        numbers = [int(part) for part in parts]
        match numbers:
            case [year]:
                return Span(date(year, 1, 1), date(year, 12, 31))
            case [year, month]:
                return Span(date(year, month, 1), _last_of(year, month))
            case [year, month, one]:
                return Span(date(year, month, one), date(year, month, one))
    except ValueError:
        pass
    return None


def _last_of(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - ONE_DAY


@transaction.atomic
def state_debt_dates(*, case_id: UUID, person: User, dates: Mapping[str, str]) -> Case:
    """Write down when the last payment was due, when the borrower last paid, when the lender last asked.

    Days may be known by month or year, or not at all (""). Each person's words stand beside the others'. Raises
    Refusal for what is no day.
    """
    case = lock_case(case_id)
    if person.role not in STAFF_ROLES and case.party_of(person) is None:
        raise Refusal(_("This step is not yours to take."))
    said: dict[str, str] = {name: str(dates.get(name) or "") for name in DATES}
    if any(words and span_of(words) is None for words in said.values()):
        text = _(
            "We could not read this day. Write it like 2024-05-17, or 2024-05 if you do not know the day."
        )
        raise Refusal(text)
    role = str(Role.OFFICER if person.role in STAFF_ROLES else person.role)
    case.answers = {**case.answers, STATED: {**(case.answers.get(STATED) or {}), role: said}}
    case.save(update_fields=["answers"])
    facts: dict[str, Any] = said
    remember(case, "debt.dates", by=person, **facts)
    return case


@transaction.atomic
def note_warning_read(*, case_id: UUID, person: User, act: str, seen: DebtTime) -> None:
    """Remember that the debtor read the warning and went on all the same; sealed, and told to nobody."""
    case = lock_case(case_id)
    facts: dict[str, Any] = {
        "act": act,
        "verdict": str(seen.verdict),
        "ends_last_on": seen.ends_last_on.isoformat() if seen.ends_last_on else "",
    }
    remember(case, "limitation.warned", by=person, **facts)
