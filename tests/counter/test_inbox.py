"""The inbox of an institution: every open case under what it waits for, overdue first."""

from datetime import timedelta
from http import HTTPStatus

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.services import closing
from mediation.counter.rows import LATE, grouped, open_cases, row_of
from mediation.counter.views import COUNTER
from tests import factories
from tests.test_whole_way import agree, confirm, make_effective, offer

pytestmark = pytest.mark.django_db


def group_of(case, lender) -> str:
    (row,) = [row_of(one, lender, COUNTER) for one in open_cases(lender) if one.pk == case.pk]
    return row.group


def test_a_case_moves_from_group_to_group_on_its_way(
    accepted_case, officer, mediator, lender, citizen, judge
) -> None:
    assert group_of(accepted_case, lender) == "answer"
    factories.bring_to_mediation(accepted_case, officer=officer, mediator=mediator, lender=lender)
    assert group_of(accepted_case, lender) == "others"
    offer(accepted_case, mediator)
    assert group_of(accepted_case, lender) == "decide"
    agreement = agree(accepted_case, mediator, citizen, lender)
    assert group_of(accepted_case, lender) == "sign"
    make_effective(agreement, citizen, lender, mediator)
    assert group_of(accepted_case, lender) == "court"
    confirm(accepted_case, judge, citizen, lender)
    assert group_of(accepted_case, lender) == "others"
    with time_machine.travel(timezone.now() + timedelta(days=19)):
        assert group_of(accepted_case, lender) == "pay"
    with time_machine.travel(timezone.now() + timedelta(days=21)):
        assert group_of(accepted_case, lender) == LATE


def test_overdue_comes_first_and_says_so(client, accepted_case, lender) -> None:
    client.force_login(lender)
    with time_machine.travel(timezone.now() + timedelta(days=20)):
        rows = [row_of(one, lender, COUNTER) for one in open_cases(lender)]
        assert grouped(rows)[0].key == LATE
        client.force_login(lender)
        seen = client.get(reverse("counter:inbox")).content.decode()
    assert "已过期" in seen
    assert accepted_case.docket in seen


@pytest.mark.parametrize(
    ("words", "found"), [("杨小", True), ("JF-2025", True), ("0001", True), ("王", False)]
)
def test_search_opens_sealed_names(client, accepted_case, lender, words, found) -> None:
    client.force_login(lender)
    seen = client.get(reverse("counter:inbox"), {"q": words}).content.decode()
    assert (reverse("counter:case", args=[accepted_case.docket]) in seen) is found


def test_closed_cases_have_a_page_of_their_own(client, accepted_case, lender) -> None:
    closing.refuse_mediation(case_id=accepted_case.pk, person=lender, reason="不同意")
    client.force_login(lender)
    url = reverse("counter:case", args=[accepted_case.docket])
    assert url not in client.get(reverse("counter:inbox")).content.decode()
    assert url in client.get(reverse("counter:inbox"), {"show": "closed"}).content.decode()


def test_a_case_is_not_shown_before_it_is_accepted(client, filed_case, lender) -> None:
    client.force_login(lender)
    assert filed_case.docket not in client.get(reverse("counter:inbox")).content.decode()
    assert client.get(reverse("counter:case", args=[filed_case.docket])).status_code == HTTPStatus.NOT_FOUND


def test_another_institution_sees_nothing(client, accepted_case) -> None:
    client.force_login(factories.UserFactory.create(lender=True))
    seen = client.get(reverse("counter:inbox")).content.decode()
    assert accepted_case.docket not in seen


def test_an_institution_reads_its_messages(client, lender, accepted_case) -> None:
    client.force_login(lender)
    seen = client.get(reverse("counter:messages")).content.decode()
    assert accepted_case.docket in seen
    client.post(reverse("counter:read_all"))
    assert not lender.notices.filter(channel="inbox", read_at__isnull=True).exists()


def test_fifty_rows_cost_a_bounded_number_of_queries(client, centre, institution, lender, officer) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            client.get(reverse("counter:inbox"))
        return len(seen)

    client.force_login(lender)
    citizen = factories.UserFactory.create(citizen=True)
    for _case in range(2):
        factories.accept(
            factories.filed_case(centre=centre, institution=institution, citizen=citizen), officer
        )
    two = cost()
    for _case in range(3):
        factories.accept(
            factories.filed_case(centre=centre, institution=institution, citizen=citizen), officer
        )
    assert (cost() - two) / 3 <= 8
