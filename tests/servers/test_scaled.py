"""The same site on PostgreSQL and Valkey, in several processes."""

import json

import psycopg
import pytest
from websockets.sync.client import connect

from tests.evidence.test_forks import append_from_eight_threads
from tests.servers.conftest import Site, outcome
from tests.servers.ports import wait_until

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


def docket_at(site: Site, stage: str) -> str:
    [(docket, *_rest), *_others] = site.ask(
        "SELECT docket FROM cases_case WHERE stage = %s AND docket IS NOT NULL ORDER BY docket", stage
    )
    return str(docket)


def recording(site: Site, pk: int) -> tuple[str, int]:
    [(state, lines)] = site.ask(
        "SELECT state, (SELECT count(*) FROM hearings_segment s WHERE s.recording_id = r.id)"
        " FROM hearings_recording r WHERE id = %s",
        pk,
    )
    return str(state), int(lines)


def test_an_officer_signs_in_and_sees_the_queue(site: Site) -> None:
    officer = site.visitor()

    status, _page = officer.sign_in("officer")
    assert status == 200

    status, page = officer.get("/desk/")
    assert status == 200
    assert docket_at(site, "acceptance") in page


def test_a_wrong_password_opens_nothing(site: Site) -> None:
    stranger = site.visitor()

    status, page = stranger.post("/sign-in/", username="officer", password="guessed")

    assert status == 422
    assert "mediation-demo" in page  # the sign-in page again
    assert stranger.get("/desk/")[1].count("<form") >= 1


def test_a_recording_is_written_down_by_a_worker_while_a_page_looks_on(site: Site) -> None:
    docket = docket_at(site, "fact_finding")
    mediator = site.visitor()
    mediator.sign_in("officer")
    pk = site.act("record", docket)["recording"]

    address = site.address.replace("http", "ws") + f"/ws/recordings/{pk}/"
    headers = {"Cookie": mediator.cookies}
    with connect(address, origin=site.address, additional_headers=headers) as socket:
        told = json.loads(socket.recv(timeout=30))
        while told["state"] != "done":
            told = json.loads(socket.recv(timeout=30))

    assert recording(site, pk) == ("done", 2)
    assert "transcribe" in site.log("heavy")


def test_a_recording_that_nobody_took_up_is_found_by_the_sweep(site: Site) -> None:
    """The demo leaves one behind on purpose: its row is all that is known of it."""
    [(pk,)] = site.ask("SELECT id FROM hearings_recording WHERE hearing_id IS NOT NULL")

    wait_until(lambda: recording(site, pk)[0] == "done", seconds=60, what=lambda: str(recording(site, pk)))


@pytest.fixture(scope="session")
def race(site: Site) -> tuple[str, list[dict[str, object]]]:
    """Two officers in two processes stand before one case; when the door opens, both go for it."""
    site.act("hire", "officer-two")
    docket = docket_at(site, "acceptance")
    with psycopg.connect(site.database) as door:
        door.execute("SELECT id FROM cases_case WHERE docket = %s FOR UPDATE", [docket])
        both = [site.begin("accept", docket, name) for name in ("officer", "officer-two")]
        wait_until(lambda: site.ask(WAITING) == [(2,)], seconds=60, what=lambda: str(site.ask(WAITING)))
    return docket, [outcome(process) for process in both]


def test_of_two_who_accept_at_once_one_wins_and_one_is_refused(
    site: Site, race: tuple[str, list[dict[str, object]]]
) -> None:
    docket, outcomes = race

    assert sorted(next(iter(came)) for came in outcomes) == ["accepted", "refused"]
    [(accepted, chained)] = site.ask(
        "SELECT (SELECT count(*) FROM cases_steptaken s WHERE s.case_id = c.id AND s.name = 'accept'),"
        " (SELECT count(*) FROM evidence_entry e WHERE e.chain = c.id::text AND e.event = 'case.accept')"
        " FROM cases_case c WHERE docket = %s",
        docket,
    )
    assert (accepted, chained) == (1, 1)


def test_the_papers_of_an_acceptance_are_printed_once_by_a_worker(
    site: Site, race: tuple[str, list[dict[str, object]]]
) -> None:
    docket, _outcomes = race

    def papers() -> list[tuple[object, ...]]:
        return site.ask(
            "SELECT p.kind, p.state, exhibit_id IS NOT NULL FROM papers_paper p JOIN cases_case c ON c.id = case_id"
            " WHERE docket = %s AND p.kind <> 'application' ORDER BY 1",
            docket,
        )

    kinds = ("acceptance_notice", "delivery_address", "invitation", "register", "rights_notice")
    wanted = [(kind, "done", True) for kind in kinds]
    wait_until(lambda: papers() == wanted, seconds=60, what=lambda: str(papers()))


def test_the_people_are_told_once_by_a_worker(site: Site, race: tuple[str, list[dict[str, object]]]) -> None:
    docket, _outcomes = race

    def told() -> list[tuple[object, ...]]:
        return site.ask(
            "SELECT n.channel, n.state, count(*) FROM notices_notice n JOIN cases_case c ON c.id = case_id"
            " WHERE docket = %s AND n.kind = 'case.accept' AND \"to_id\" IN"
            " (SELECT id FROM cases_user WHERE role = 'citizen') GROUP BY 1, 2 ORDER BY 1",
            docket,
        )

    wanted = [("inbox", "sent", 1), ("sms", "sent", 1)]
    wait_until(lambda: told() == wanted, seconds=60, what=lambda: str(told()))


def test_every_chain_of_the_demo_is_whole(site: Site) -> None:
    assert "0 do not hold" in site.manage("verify_chain")


def test_eight_writers_make_one_chain(database: str) -> None:
    report = append_from_eight_threads(FORKS_SQLITE="", DATABASE_URL=database)

    assert report == {"failures": [], "whole": True, "parents": 201, "break": "None", "vendor": "postgresql"}
