"""An application reaches the court through whatever gateway is set, and is never forgotten."""

import json

import pytest

from mediation import adapters
from mediation.court import services as court
from mediation.court.models import JointApplication
from mediation.court.tasks import deliver
from tests.test_whole_way import signed_case  # noqa: F401 — a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(signed_case, citizen, lender, settings, django_capture_on_commit_callbacks) -> JointApplication:  # noqa: F811
    settings.ADAPTERS = {**settings.ADAPTERS, "court": ("mediation.court.gateway.FailingCourtGateway", {})}
    adapters._built.cache_clear()
    with django_capture_on_commit_callbacks(execute=True):
        court.apply_jointly(case_id=signed_case.pk, person=citizen)
        application = court.apply_jointly(case_id=signed_case.pk, person=lender)
    application.refresh_from_db()
    return application


def test_a_court_that_does_not_answer_is_asked_again(sent, settings, tmp_path) -> None:
    assert sent.state == JointApplication.State.SENT
    assert sent.delivered_at is None
    assert "does not answer" in sent.delivery_problem

    gateway = ("mediation.court.gateway.FolderCourtGateway", {"folder": str(tmp_path / "court")})
    settings.ADAPTERS = {**settings.ADAPTERS, "court": gateway}
    adapters._built.cache_clear()
    assert deliver() == 1
    assert deliver() == 0

    sent.refresh_from_db()
    assert sent.delivered_at is not None
    told = json.loads(
        (tmp_path / "court" / sent.case.docket / "application.json").read_text(encoding="utf-8")
    )
    assert told["sha256"] == sent.packet_sha256
    assert (tmp_path / "court" / sent.case.docket / "packet.zip").stat().st_size == sent.packet_bytes
