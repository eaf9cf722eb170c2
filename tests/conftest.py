"""People and cases that every test may ask for."""

import math
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from hypothesis import settings as properties

from cases.models import Case, Centre, Institution, User
from cases.rules import additions, tables
from cases.services import rulebook
from tests import factories
from tests.flush import guards_lifted_while_flushing  # noqa: F401 - a fixture for every test

properties.register_profile("house", deadline=None)  # machines differ; speed is measured in benchmarks
properties.load_profile("house")

SHARED = Path(os.environ.get("SHARED_DIR", Path(__file__).resolve().parents[2] / "shared"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of data that is not shipped with the project."""
    if not SHARED.is_dir():
        pytest.skip(f"no shared data at {SHARED} (set SHARED_DIR)")
    return SHARED


@pytest.fixture(autouse=True)
def _own_storage(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path / "deposits"
    settings.EVIDENCE_POLICY = tmp_path / "policy.txt"
    cache.clear()  # what one test counts is no other's business


@pytest.fixture(autouse=True)
def _rules_as_shipped(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test counts by rules that another one added, and none asks the database for them unless it wants to."""
    monkeypatch.setattr(rulebook._Loaded, "looked_at", math.inf)
    yield
    if tables.added.years or tables.added.limits:
        additions.install()
    rulebook._Loaded.newest = None


@pytest.fixture
def centre(db) -> Centre:
    return factories.CentreFactory.create()


@pytest.fixture
def institution(db) -> Institution:
    return factories.InstitutionFactory.create()


@pytest.fixture
def citizen(db) -> User:
    return factories.UserFactory.create(citizen=True)


@pytest.fixture
def officer(centre) -> User:
    return factories.UserFactory.create(officer=True, centre=centre)


@pytest.fixture
def mediator(centre) -> User:
    return factories.UserFactory.create(mediator=True, centre=centre)


@pytest.fixture
def lender(institution) -> User:
    return factories.UserFactory.create(lender=True, institution=institution)


@pytest.fixture
def judge(centre) -> User:
    return factories.UserFactory.create(judge=True, court=centre.court)


@pytest.fixture
def filed_case(centre, institution, citizen) -> Case:
    return factories.filed_case(centre=centre, institution=institution, citizen=citizen)


@pytest.fixture
def accepted_case(filed_case, officer) -> Case:
    return factories.accept(filed_case, officer)


@pytest.fixture
def case_in_mediation(accepted_case, officer, mediator, lender) -> Case:
    return factories.bring_to_mediation(accepted_case, officer=officer, mediator=mediator, lender=lender)
