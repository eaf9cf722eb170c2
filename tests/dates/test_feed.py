"""Due days for a calendar program: a secret address that can be ended, and a file that other software reads."""

from datetime import date

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from cases.models import CalendarFeed, Case
from cases.services import feeds
from mediation.dates.ics import Event, calendar_text
from mediation.hearings import services as hearings
from tests import factories
from tests.desk.conftest import signed_in

pytestmark = pytest.mark.django_db
SETTINGS = "/calendar/"


def made_by(client: Client) -> str:
    """The address as the page shows it, once."""
    client.post(SETTINGS)
    address = client.get(SETTINGS).context["address"]
    assert address not in client.get(SETTINGS).content.decode()
    return address


def read(address: str) -> Calendar:
    answer = Client().get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    return Calendar.from_ical(answer.content)


@time_machine.travel("2026-11-20T10:00:00+08:00", tick=False)
def test_a_feed_tells_the_days_and_no_names(case_in_mediation: Case, mediator, citizen) -> None:
    hearings.call_hearing(
        case_id=case_in_mediation.pk,
        mediator=mediator,
        starts_at=case_in_mediation.accepted_at.replace(year=2026, month=12, day=1),
    )
    address = made_by(signed_in(mediator))
    calendar = read(address)
    text = Client().get(address).content.decode()
    summaries = {str(event["SUMMARY"]): event for event in calendar.walk("VEVENT")}
    clock = case_in_mediation.clocks.get(limit="mediation")
    period = summaries[f"调解期限 {case_in_mediation.docket}"]

    assert period["DTSTART"].dt == clock.due_on
    assert str(period["STATUS"]) == ("TENTATIVE" if clock.provisional else "CONFIRMED")
    assert "第24条" in str(period["DESCRIPTION"])
    assert f"调解会 {case_in_mediation.docket}" in summaries
    for private in (str(citizen), str(mediator), case_in_mediation.respondent.name, citizen.phone):
        assert private not in text
    assert len({str(event["UID"]) for event in calendar.walk("VEVENT")}) == len(calendar.walk("VEVENT"))


def test_everybody_reads_their_own_cases_only(
    case_in_mediation: Case, citizen, lender, centre, institution
) -> None:
    other = factories.filed_case(
        centre=centre,
        institution=factories.InstitutionFactory.create(),
        citizen=factories.UserFactory.create(citizen=True),
    )
    for person in (citizen, lender):
        text = Client().get(made_by(signed_in(person))).content.decode()
        assert case_in_mediation.docket in text
        assert other.docket not in text


def test_a_new_address_ends_the_old_one_and_ending_ends_it(mediator) -> None:
    client = signed_in(mediator)
    first = made_by(client)
    second = made_by(client)
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200

    client.post(SETTINGS, {"end": "1"})
    assert Client().get(second).status_code == 404
    assert not CalendarFeed.objects.exists()


def test_the_secret_is_not_kept(mediator) -> None:
    token = feeds.make_address(person=mediator)
    assert token not in str(CalendarFeed.objects.values().get())
    assert feeds.person_behind(token) == mediator
    assert feeds.person_behind("x" * 32) is None
    mediator.is_active = False
    mediator.save()
    assert feeds.person_behind(token) is None


def test_an_address_is_made_only_by_whoever_signed_in(client: Client) -> None:
    assert client.get(SETTINGS).status_code == 302
    assert client.post(SETTINGS).status_code == 302
    assert not CalendarFeed.objects.exists()


@time_machine.travel("2026-11-20T10:00:00+08:00", tick=False)
def test_a_day_that_may_move_is_tentative(case_in_mediation: Case, mediator) -> None:
    case_in_mediation.clocks.filter(limit="mediation").update(provisional=True)
    calendar = read(made_by(signed_in(mediator)))
    assert "TENTATIVE" in {str(event["STATUS"]) for event in calendar.walk("VEVENT")}


def test_lines_are_folded_and_signs_escaped(filed_case: Case) -> None:
    odd = "期限；，\\,; 第二行\n" * 12
    text = calendar_text("我的；日历", [Event("a@b", date(2026, 11, 20), odd, odd)], now=filed_case.filed_at)

    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    event = Calendar.from_ical(text).walk("VEVENT")[0]
    assert str(event["SUMMARY"]) == odd
    assert str(event["DESCRIPTION"]) == odd


@time_machine.travel("2026-11-20T10:00:00+08:00", tick=False)
def test_the_office_sees_the_month_and_the_list(as_mediator, case_in_mediation: Case) -> None:
    clock = case_in_mediation.clocks.get(limit="mediation")
    month = reverse("desk:calendar") + f"?month={clock.due_on:%Y-%m}"
    for view in ("", "&view=list"):
        shown = as_mediator.get(month + view).content.decode()
        assert case_in_mediation.docket in shown
        assert "调解期限" in shown
    assert "元旦" in as_mediator.get(reverse("desk:calendar"), {"month": "2027-01"}).content.decode()
    for odd in ("soon", "0001-01", "9999-12", "2026-13"):
        assert as_mediator.get(reverse("desk:calendar"), {"month": odd}).status_code == 200


@pytest.fixture
def as_mediator(mediator) -> Client:
    return signed_in(mediator)


@time_machine.travel("2027-01-20T10:00:00+08:00", tick=False)
def test_what_is_late_stands_above_the_calendar(as_mediator, case_in_mediation: Case) -> None:
    case_in_mediation.clocks.filter(limit="mediation").update(due_on="2027-01-04", overdue_on="2027-01-04")
    shown = as_mediator.get(reverse("desk:calendar"))
    assert [one.case.docket for one in shown.context["late"]] == [case_in_mediation.docket]


def test_nobody_else_opens_the_office_calendar(citizen, lender, judge) -> None:
    for person in (citizen, lender, judge):
        assert signed_in(person).get(reverse("desk:calendar")).status_code == 404
