"""An application reaches the court through whatever gateway is set: not before the log covers it, never forgotten."""

import json

import pytest
from django.urls import reverse

from cases.errors import Refusal
from evidence.log.coverage import is_covered
from evidence.models import Entry
from mediation import adapters
from mediation.court import sending
from mediation.court import services as court
from mediation.court.checking import check_application
from mediation.court.models import JointApplication
from mediation.court.packet import read_packet
from mediation.court.tasks import deliver
from tests.test_whole_way import signed_case  # noqa: F401 — a fixture

pytestmark = pytest.mark.django_db


def stand_behind(settings, port: str, path: str, **options: object) -> None:
    settings.ADAPTERS = {**settings.ADAPTERS, port: (path, options)}
    adapters._built.cache_clear()


@pytest.fixture(autouse=True)
def _adapters_are_built_anew():
    yield
    adapters._built.cache_clear()


@pytest.fixture
def sent(signed_case, citizen, lender, django_capture_on_commit_callbacks) -> JointApplication:  # noqa: F811
    """Both sides have signed; the worker has looked once, and the log has not done its work yet."""
    with django_capture_on_commit_callbacks(execute=True):
        court.apply_jointly(case_id=signed_case.pk, person=citizen)
        application = court.apply_jointly(case_id=signed_case.pk, person=lender)
    application.refresh_from_db()
    return application


def test_nothing_goes_out_before_the_log_covers_it(sent, settings, judge, citizen, client) -> None:
    assert sent.state == JointApplication.State.SENT
    assert (sent.delivered_at, sent.packet_stored) == (None, "")
    assert "covered" in sent.delivery_problem
    assert sent.is_being_sealed
    with pytest.raises(Refusal, match=r"固化|sealed"):
        court.accept_application(application_id=sent.pk, judge=judge)
    client.force_login(judge)
    page = client.get(reverse("bench:application", args=[sent.pk]))
    assert "正在固化" in page.content.decode()
    assert page.context["found"] is None
    assert not page.context["may_take_up"]
    client.force_login(citizen)
    assert "正在固化" in client.get(reverse("open_case", args=[sent.case_id]), follow=True).content.decode()

    settings.EVIDENCE_WAIT_S = 5
    assert deliver() == 1
    sent.refresh_from_db()
    assert not sent.is_being_sealed
    assert sent.delivery_problem == ""
    assert check_application(sent).holds
    entries = Entry.objects.of(sent.case.chain)
    assert is_covered(entries.get(event="packet.export"))
    assert is_covered(entries.get(event="court.send"))
    assert court.accept_application(application_id=sent.pk, judge=judge).number


def test_a_court_that_does_not_answer_is_asked_again(sent, settings, tmp_path) -> None:
    settings.EVIDENCE_WAIT_S = 5
    stand_behind(settings, "court", "mediation.court.gateway.FailingCourtGateway")
    assert deliver() == 0
    sent.refresh_from_db()
    assert "does not answer" in sent.delivery_problem
    first = sent.packet_sha256
    assert first

    stand_behind(
        settings, "court", "mediation.court.gateway.FolderCourtGateway", folder=str(tmp_path / "court")
    )
    assert deliver() == 1
    assert deliver() == 0

    sent.refresh_from_db()
    assert sent.delivered_at is not None
    assert sent.packet_sha256 == first  # one packet, however often it is tried
    told = json.loads(
        (tmp_path / "court" / sent.case.docket / "application.json").read_text(encoding="utf-8")
    )
    assert told["sha256"] == sent.packet_sha256
    assert told["fingerprint"] == sent.packet_fingerprint
    assert (tmp_path / "court" / sent.case.docket / "packet.zip").stat().st_size == sent.packet_bytes


def test_without_a_time_stamp_there_is_no_sealed_sheet_and_nothing_goes_out(sent, settings) -> None:
    settings.EVIDENCE_WAIT_S = 5
    before = settings.ADAPTERS
    stand_behind(settings, "timestamps", "evidence.time.timestamps.FailingTimestampAuthority")
    assert deliver() == 0
    sent.refresh_from_db()
    assert (sent.delivered_at, sent.packet_stored) == (None, "")
    assert not Entry.objects.of(sent.case.chain).filter(event="packet.export").exists()

    settings.ADAPTERS = before
    assert deliver() == 1


def test_a_packet_that_does_not_hold_goes_to_nobody(sent, settings, monkeypatch) -> None:
    settings.EVIDENCE_WAIT_S = 5
    monkeypatch.setattr("evidence.packet.proofs.multiproof", lambda *_: b"\0" * 32)
    assert deliver() == 0
    sent.refresh_from_db()
    assert "does not hold" in sent.delivery_problem
    assert not sent.packet_stored


def test_two_workers_at_once_give_one_packet(sent, settings) -> None:
    settings.EVIDENCE_WAIT_S = 5
    slow, fast = sending.keep(sent.case), sending.keep(sent.case)
    sending._hand_in(sent.pk, fast)
    sending._hand_in(sent.pk, slow)
    sent.refresh_from_db()
    assert sent.packet_sha256 == fast.sha256
    assert Entry.objects.of(sent.case.chain).filter(event="packet.export").count() == 1
    assert b"".join(read_packet(sent))[:4] == b"PK\x03\x04"
