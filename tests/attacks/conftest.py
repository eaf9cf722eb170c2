"""Cases at the court's door."""

from collections.abc import Callable

import pytest

from cases.models import Case
from mediation.court.models import JointApplication
from tests.bench.conftest import signed_case  # noqa: F401 - the same case as at the court's door
from tests.test_whole_way import apply


@pytest.fixture
def application_of(citizen, lender) -> Callable[[Case], JointApplication]:
    """Sends the case to the court, signed by both sides and covered by the log."""
    return lambda case: apply(case, citizen, lender)
