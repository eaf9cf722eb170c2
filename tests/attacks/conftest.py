"""Cases at the court's door."""

from collections.abc import Callable

import pytest

from cases.models import Case
from mediation.court import services as court
from mediation.court.models import JointApplication
from tests.bench.conftest import signed_case  # noqa: F401 - the same case as at the court's door


@pytest.fixture
def application_of(citizen, lender) -> Callable[[Case], JointApplication]:
    """Sends the case to the court, signed by both sides."""

    def send(case: Case) -> JointApplication:
        court.apply_jointly(case_id=case.pk, person=citizen)
        return court.apply_jointly(case_id=case.pk, person=lender)

    return send
