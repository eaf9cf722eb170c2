"""The time of an old debt: from half-known days, from several mouths, never decided; not knowing is an answer."""

from datetime import date

import pytest

from cases.errors import Refusal
from cases.models import Case, Loan
from cases.services.limitation import Span, Verdict, span_of, state_debt_dates, time_of_debt
from evidence import ledger
from evidence.models import Entry

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


def case_with(filed: Case, **said: str) -> Case:
    filed.answers = {**filed.answers, **said}
    Loan.objects.filter(case=filed).update(schedule=[])
    return Case.objects.get(pk=filed.pk) if not said else _saved(filed)


def _saved(case: Case) -> Case:
    case.save(update_fields=["answers"])
    return Case.objects.get(pk=case.pk)


def verdict(case: Case, **said: str) -> Verdict:
    return time_of_debt(case_with(case, **said), on=TODAY).verdict


def test_nothing_known_is_said_to_be_unknown(filed_case: Case) -> None:
    assert verdict(filed_case) == Verdict.UNKNOWN
    assert not time_of_debt(filed_case, on=TODAY).is_to_be_told


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"last_due": "2022-03-01", "last_asked": "2022-06-01"}, Verdict.LIKELY),
        ({"last_due": "2022-03-01"}, Verdict.MAYBE),  # nobody knows whether the lender asked in time
        ({"last_due": "2022-03-01", "last_asked": "2024-12-01"}, Verdict.RUNNING),
        ({"last_due": "2022-03-01", "last_asked": "2025-12-01"}, Verdict.LIKELY),  # asked too late
        ({"last_due": "2022-03-01", "last_paid": "2024-05-01", "last_asked": "2024-05-02"}, Verdict.RUNNING),
        ({"last_due": "2022-03-01", "last_paid": "2025-05-01", "last_asked": "2022-04-01"}, Verdict.RUNNING),  # revived
        ({"last_due": "2028-03-01"}, Verdict.RUNNING),
        ({"last_due": "2027"}, Verdict.RUNNING),
        ({"last_due": "2023-11", "last_asked": "2023-11"}, Verdict.MAYBE),  # some day of that November
        ({"last_due": "2023", "last_asked": "2023"}, Verdict.MAYBE),
        ({"last_paid": "2021-05"}, Verdict.MAYBE),
        ({"last_asked": "2021-05"}, Verdict.UNKNOWN),
    ],
)  # fmt: skip
def test_how_it_looks(filed_case: Case, said: dict[str, str], expected: Verdict) -> None:
    assert verdict(filed_case, **said) == expected


def test_it_says_when_it_ended_why_and_what_is_not_known(filed_case: Case) -> None:
    time = time_of_debt(case_with(filed_case, last_due="2022-03-01", last_asked="2022-06-01"), on=TODAY)
    assert time.ends_last_on == date(2025, 6, 3)  # 1 June is a Sunday, the 2nd a holiday
    assert "195" in time.why
    assert time.lacks == ("last_paid",)


def test_the_lenders_plan_counts_too_and_two_stories_make_a_maybe(filed_case: Case) -> None:
    case = case_with(filed_case, last_due="2022-03-01", last_asked="2022-06-01")
    assert time_of_debt(case, on=TODAY).verdict == Verdict.LIKELY
    Loan.objects.filter(case=case).update(
        contract_on=date(2024, 1, 31), schedule=[{"month": month, "fen": 1} for month in range(1, 14)]
    )
    time = time_of_debt(Case.objects.get(pk=case.pk), on=TODAY)
    assert time.verdict == Verdict.MAYBE
    assert time.ends_last_on == date(2028, 2, 28)


def test_dates_may_be_stated_later_each_in_its_own_name(filed_case, citizen, officer, lender) -> None:
    state_debt_dates(
        case_id=filed_case.pk, person=citizen, dates={"last_due": "2022-03", "last_asked": "2022-04"}
    )
    case = Case.objects.get(pk=filed_case.pk)
    assert time_of_debt(case, on=TODAY).verdict == Verdict.LIKELY
    state_debt_dates(case_id=case.pk, person=officer, dates={"last_due": "2022-03", "last_asked": "2025-01"})
    assert time_of_debt(Case.objects.get(pk=case.pk), on=TODAY).verdict == Verdict.MAYBE
    assert Entry.objects.filter(chain=case.chain, event="debt.dates").count() == 2
    assert ledger.first_break(case.chain) is None
    with pytest.raises(Refusal):
        state_debt_dates(case_id=case.pk, person=citizen, dates={"last_due": "gestern"})


def test_days_as_far_as_they_are_known() -> None:
    assert span_of("2024") == Span(date(2024, 1, 1), date(2024, 12, 31))
    assert span_of("2024-02") == Span(date(2024, 2, 1), date(2024, 2, 29))
    assert span_of("2024-12") == Span(date(2024, 12, 1), date(2024, 12, 31))
    assert span_of("2024-05-17") == Span(date(2024, 5, 17), date(2024, 5, 17))
    for nothing in ("", None, "2024-13", "2024-02-30", "soon", "1-2-3-4"):
        assert span_of(nothing) is None
