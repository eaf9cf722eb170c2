"""What a judge finds on coming in."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from mediation.bench.clocks import clocks_of
from mediation.court import services as court
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_new_application_waits_with_its_clock(bench, application, citizen) -> None:
    page = bench.get(reverse("bench:inbox"))
    shown = page.content.decode()

    assert page.status_code == 200
    assert application.case.docket in shown
    assert "还有 3 天" in shown
    assert citizen.name in shown


def test_another_court_sees_nothing_of_it(client, application) -> None:
    client.force_login(factories.UserFactory.create(judge=True))
    assert application.case.docket not in client.get(reverse("bench:inbox")).content.decode()
    for name in ("application", "packet", "take_up", "ask", "rule", "check_again"):
        url = reverse(f"bench:{name}", args=[application.pk])
        answer = client.get(url) if name in {"application", "packet"} else client.post(url)
        assert answer.status_code == 404, name


@pytest.mark.parametrize("role", ["citizen", "lender", "officer", "mediator"])
def test_the_door_is_the_courts_alone(role, request, client, application) -> None:
    client.force_login(request.getfixturevalue(role))
    for url in (
        reverse("bench:inbox"),
        reverse("bench:verify"),
        reverse("bench:application", args=[application.pk]),
        reverse("bench:packet", args=[application.pk]),
    ):
        assert client.get(url).status_code == 404


def test_half_an_application_is_not_there_yet(bench, signed_case, citizen) -> None:
    half = court.apply_jointly(case_id=signed_case.pk, person=citizen)
    assert bench.get(reverse("bench:application", args=[half.pk])).status_code == 404


@pytest.mark.parametrize("wanted", ["docket", "name", "agreement"])
def test_search_finds_by_number_and_by_name(wanted, bench, application, citizen) -> None:
    words = {
        "docket": application.case.docket,
        "name": citizen.name,
        "agreement": application.agreement.number,
    }[wanted]
    assert application.case.docket in bench.get(reverse("bench:inbox"), {"q": words}).content.decode()
    nothing = bench.get(reverse("bench:inbox"), {"q": "查无此人"}).content.decode()
    assert reverse("bench:application", args=[application.pk]) not in nothing


def test_the_lists_part_what_is_new_from_what_is_decided(bench, application, judge) -> None:
    url = reverse("bench:application", args=[application.pk])
    assert url in bench.get(reverse("bench:inbox"), {"list": "new"}).content.decode()
    assert url not in bench.get(reverse("bench:inbox"), {"list": "decided"}).content.decode()
    court.accept_application(application_id=application.pk, judge=judge)
    assert url in bench.get(reverse("bench:inbox"), {"list": "review"}).content.decode()
    assert url not in bench.get(reverse("bench:inbox"), {"list": "new"}).content.decode()


def test_the_days_to_rule_count_from_the_day_it_is_taken_up(application, judge) -> None:
    assert [clock.key for clock in clocks_of(application)] == ["court_acceptance"]
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        court.accept_application(application_id=application.pk, judge=judge)
        application.refresh_from_db()
        today = timezone.localdate()
        ruling = clocks_of(application)[-1]

        assert (ruling.due_on - today).days >= 15
        assert ruling.overdue_on > ruling.due_on
        assert ruling.explained
        assert "第5条" in ruling.explained.limit.article


def test_a_day_past_the_last_one_is_overdue(bench, application) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        clock = clocks_of(application)[0]
        shown = bench.get(reverse("bench:inbox")).content.decode()
    assert clock.state == "late"
    assert "过期" in shown


def test_the_list_takes_few_queries(bench, application, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(14):
        bench.get(reverse("bench:inbox"))


def test_the_count_is_laid_open_as_everywhere(bench, application) -> None:
    shown = bench.get(reverse("bench:application", args=[application.pk])).content.decode()
    explained = clocks_of(application)[0].explained
    assert explained
    assert str(explained.sentence) in shown
    assert explained.months
    assert 'class="explained"' in shown


def test_a_message_leads_to_the_application(bench, application) -> None:
    answer = bench.get(reverse("open_case", args=[application.case_id]), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("bench:application", args=[application.pk])
