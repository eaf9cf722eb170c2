"""Lists stay quick, however long they grow."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mediation.court.models import JointApplication
from tests import factories

pytestmark = pytest.mark.django_db


def queries(person, name: str) -> int:
    client = Client()
    client.force_login(person)
    client.get(reverse(name))
    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse(name)).status_code == 200
    return len(asked)


def test_the_inbox_of_a_court_asks_as_often_for_ten_as_for_one(signed_case, judge, application_of) -> None:
    one = application_of(signed_case)
    before = queries(judge, "bench:inbox")
    for number in range(9):
        JointApplication.objects.create(
            case=one.case, agreement=one.agreement, court=one.court, state="sent", number=f"例{number}",
            sent_at=one.sent_at,
        )  # fmt: skip
    assert queries(judge, "bench:inbox") == before


def test_a_case_more_costs_the_counter_few_questions(
    accepted_case, centre, officer, institution, lender
) -> None:
    before = queries(lender, "counter:inbox")
    for _number in range(10):
        citizen = factories.UserFactory.create(citizen=True)
        factories.accept(
            factories.filed_case(centre=centre, institution=institution, citizen=citizen), officer
        )
    assert queries(lender, "counter:inbox") - before <= 15
