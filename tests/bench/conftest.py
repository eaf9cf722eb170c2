"""A case whose joint application has reached the court."""

import pytest

from cases.models import Case
from mediation.court import services as court
from mediation.court.models import JointApplication
from mediation.court.tasks import deliver
from tests.test_whole_way import agree, make_effective


@pytest.fixture
def signed_case(case_in_mediation, mediator, citizen, lender) -> Case:
    agreement = agree(case_in_mediation, mediator, citizen, lender)
    make_effective(agreement, citizen, lender, mediator)
    return Case.objects.get(pk=case_in_mediation.pk)


@pytest.fixture
def application(signed_case, citizen, lender, settings) -> JointApplication:
    settings.EVIDENCE_WAIT_S = 5
    court.apply_jointly(case_id=signed_case.pk, person=citizen)
    sent = court.apply_jointly(case_id=signed_case.pk, person=lender)
    deliver()
    sent.refresh_from_db()
    assert sent.delivered_at, sent.delivery_problem
    return sent


@pytest.fixture
def bench(client, judge):
    """A browser in which the judge of this court is signed in."""
    client.force_login(judge)
    return client
