"""The court's own system, over JSON."""

import hashlib

import pytest
from django.urls import reverse

from evidence.log.policy import policy_path
from evidence.log.running import tend
from evidence.witness.keys import WitnessKey
from mediation.court import services as court
from mediation.court.models import Ruling
from tests import factories

pytestmark = pytest.mark.django_db


def at(name: str, application) -> str:
    return reverse(f"api:{name}", args=[application.pk])


def a_ruling() -> dict[str, object]:
    return {
        "kind": "confirm",
        "findings": "协议自愿。",
        "reasons": "符合法定条件。",
        "clerk": "唐书记员",
        "checks": list(court.CHECKS),
    }


def test_a_court_reads_what_lies_with_it(speak, application, judge) -> None:
    client = speak(judge)
    listed = client.get(reverse("api:applications")).json()["results"]
    assert [row["id"] for row in listed] == [application.pk]
    told = client.get(at("application", application)).json()
    assert told["docket"] == application.case.docket
    assert {clock["limit"] for clock in told["clocks"]} >= {"court_acceptance"}


def test_another_court_finds_nothing(speak, application) -> None:
    client = speak(factories.UserFactory.create(judge=True))
    assert client.get(reverse("api:applications")).json()["results"] == []
    for name in ("application", "packet", "check"):
        assert client.get(at(name, application)).status_code == 404
    for name in ("accept_application", "ask_for_papers", "ruling"):
        assert client.post(at(name, application), {}, format="json").status_code == 404


@pytest.mark.parametrize("role", ["citizen", "lender", "officer", "mediator"])
def test_nobody_else_comes_in_here(role, request, speak, application) -> None:
    client = speak(request.getfixturevalue(role))
    assert client.get(reverse("api:applications")).status_code == 403
    assert client.get(at("packet", application)).status_code == 403


def test_the_packet_comes_whole_and_its_check_holds(speak, application, judge) -> None:
    client = speak(judge)
    packet = client.get(at("packet", application))
    assert packet["Content-Type"] == "application/zip"
    assert hashlib.sha256(b"".join(packet.streaming_content)).hexdigest() == application.packet_sha256
    found = client.get(at("check", application)).json()
    assert found["verdict"] == "holds"
    assert found["files"] == found["files_that_match"] > 0


def test_from_taking_up_to_the_ruling(speak, application, judge) -> None:
    client, ruling = speak(judge), a_ruling()
    early = client.post(at("ruling", application), ruling, format="json")
    assert early.status_code == 409

    taken = client.post(at("accept_application", application), format="json")
    assert taken.json()["number"]
    assert client.post(at("ask_for_papers", application), {"what": ""}, format="json").status_code == 400

    half = client.post(at("ruling", application), {**ruling, "checks": ["identity"]}, format="json")
    assert half.status_code == 409
    assert not Ruling.objects.exists()
    answer = client.post(at("ruling", application), ruling, format="json")
    given = answer.json()
    assert (answer.status_code, given["state"], given["sealed"]) == (200, "confirmed", True)
    assert given["ruling"]["objection_until"]


def test_a_ruling_that_no_witness_has_seen_is_not_said_to_be_done(
    speak, application, judge, settings
) -> None:
    client = speak(judge)
    client.post(at("accept_application", application), format="json")
    before = policy_path().read_text()
    witness = WitnessKey.make(policy_path().parent / "away", "away.example").vkey
    policy_path().write_text(before.replace("quorum none", f"witness away {witness}\nquorum away"))
    settings.EVIDENCE_WAIT_S = 0.2

    answer = client.post(at("ruling", application), a_ruling(), format="json")

    assert (answer.status_code, answer.json()["sealed"]) == (202, False)
    assert client.get(at("application", application)).json()["sealed"] is False
    policy_path().write_text(before)
    tend()
    assert client.get(at("application", application)).json()["sealed"] is True


def test_asking_for_papers_is_told_back(speak, application, judge) -> None:
    told = (
        speak(judge).post(at("ask_for_papers", application), {"what": "请补交授权书"}, format="json").json()
    )
    assert (told["state"], told["asked_for"]) == ("supplement", "请补交授权书")
