"""The room of a hearing, by browsers that really speak: captions seen by both, the recording sealed, nothing lost."""

import hashlib
import json
import time

from playwright.sync_api import expect

from tests.journeys import packet, room, samples, talks
from tests.journeys.prepared import cases_at
from tests.journeys.room import CAPTIONS, LOUDNESS, speaks  # noqa: F401 - a fixture
from tests.journeys.samples import dialect_clip
from tests.journeys.visitor import Visitor

TO_THE_TALKS = ("hearing", ["file", "accept", "answer", "assign", "talk"])


def people_in_the_room(site, speaks, *, lender_speaks: bool = True) -> tuple[int, Visitor, Visitor, Visitor]:  # noqa: F811
    docket, _phone, lender = cases_at(site, {"room": TO_THE_TALKS})["room"]
    hearing, session = room.call(site, docket)
    citizen = speaks("citizen", dialect_clip())
    institution = speaks("institution", room.mandarin_clip() if lender_speaks else None)
    mediator = speaks("mediator", None)
    citizen.sign_in_with(session)
    institution.sign_in(lender)
    mediator.sign_in("mediator")
    room.sit_down(mediator, "/desk", hearing)
    room.sit_down(citizen, "", hearing)
    citizen.picture("citizen-before-the-room")
    room.sit_down(institution, "/counter", hearing)
    room.go_in(mediator, silent=True)
    citizen.page.select_option("[data-dialect]", "sichuan")
    citizen.page.locator("[data-dialect-warning]").wait_for()
    citizen.picture("citizen-trying-sound")
    citizen.tap("[data-ask-interpreter]")
    citizen.page.locator("[data-asked]").wait_for()
    mediator.page.locator("[data-people] .tag", has_text="想要翻译").wait_for()
    room.go_in(citizen)
    citizen.sees("等候")
    citizen.picture("citizen-waiting")
    room.go_in(institution, silent=not lender_speaks)
    room.admit(mediator, citizen, institution)
    return hearing, mediator, citizen, institution


def test_two_people_talk_and_both_see_what_is_said(site, speaks, tmp_path) -> None:  # noqa: F811
    hearing, mediator, citizen, institution = people_in_the_room(site, speaks)
    for person in (citizen, institution):
        person.page.locator(".room.recording").wait_for()
    for person in (citizen, institution, mediator):
        person.page.locator(CAPTIONS).nth(1).wait_for()
        person.picture(f"{person.name}-captions")
    first = citizen.page.locator(CAPTIONS).first.inner_text()
    citizen.page.wait_for_timeout(4000)
    assert citizen.page.locator(CAPTIONS).first.inner_text() == first, "a final is never rewritten"
    assert room.barriers(citizen) == []
    assert room.barriers(mediator) == []
    for person in (citizen, institution):
        assert person.page.evaluate(LOUDNESS) > 0.01, f"{person.name} hears the other side"

    for left in (1, 0):
        mediator.page.locator("[data-key^=check-identity]").first.click()
        expect(mediator.page.locator("[data-key^=check-identity]")).to_have_count(left)
    mediator.open(f"/desk/hearing/{hearing}/")
    mediator.fill(result="双方同意继续商谈退费金额。")
    mediator.send("/end/")
    for person in (citizen, institution):
        person.page.locator("[data-ended]").wait_for()
    held = room.recorded_s(site, hearing)
    assert min(held.values()) > 5
    wait_for_the_text(mediator, hearing)
    talks.transcript(mediator, [citizen, institution], aloud={"citizen"})

    # both let the court read it: every layer stands in the packet, and the hash of the sound
    for person in (citizen, institution):
        talks.show_to_court(person)
        assert room.barriers(person) == []
    docket = room.docket_of(site, hearing)
    archive = packet.saved_by(mediator, docket, tmp_path)
    bodies = [json.loads(archive.read(name)) for name in archive.namelist() if "/bodies/" in name]
    told = {body["event"]: body["record"] for body in bodies}
    paper = next(archive.read(name) for name in archive.namelist() if "笔录" in name)
    assert told["transcript.issue"]["sha256"] == hashlib.sha256(paper).hexdigest()
    assert told["recording.seal"]["samples_sha256"]
    assert {"transcript.heard", "transcript.correct", "transcript.confirm"} <= told.keys()
    assert any(body["record"].get("voice_sha256") for body in bodies), "the spoken yes"
    assert "口述确认" in samples.pdf_text(paper)


def wait_for_the_text(mediator: Visitor, hearing: int, within_s: float = 300) -> None:
    """Until every recording of the hearing was written down."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        mediator.open(f"/desk/hearing/{hearing}/")
        rows = mediator.page.locator("#recordings .recording")
        if rows.count() >= 2 and not mediator.page.locator("#recordings [data-progress]").count():
            break
        mediator.page.wait_for_timeout(3000)
    mediator.picture("mediator-recordings")
    mediator.open(f"/desk/hearing/{hearing}/transcript/")
