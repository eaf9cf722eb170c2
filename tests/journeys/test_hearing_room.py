"""The room of a hearing, by browsers that really speak: captions seen by both, the recording sealed, nothing lost."""

import re
import time

from tests.journeys import room, talks
from tests.journeys.prepared import cases_at
from tests.journeys.room import speaks  # noqa: F401 - a fixture
from tests.journeys.samples import dialect_clip
from tests.journeys.visitor import Visitor

TO_THE_TALKS = ("hearing", ["file", "accept", "answer", "assign", "talk"])
HEARD = (
    "() => Array.from(document.querySelectorAll('[data-sounds] audio'))"
    ".filter((one) => one.srcObject.getAudioTracks().some((track) => track.readyState === 'live' && !track.muted))"
    ".length"
)
CAPTIONS = "[data-captions] [data-list] li"


def people_in_the_room(site, speaks, *, lender_speaks: bool = True) -> tuple[int, Visitor, Visitor, Visitor]:  # noqa: F811
    docket, phone, lender = cases_at(site, {"room": TO_THE_TALKS})["room"]
    hearing = room.call(site, docket)
    citizen = speaks("citizen", dialect_clip())
    citizen.line = room.Line(citizen)
    institution = speaks("institution", room.mandarin_clip() if lender_speaks else None)
    mediator = speaks("mediator", None)
    citizen.sign_in_by_phone(phone)
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
    room.go_in(citizen)
    citizen.sees("等候")
    citizen.picture("citizen-waiting")
    room.go_in(institution, silent=not lender_speaks)
    room.admit(mediator, citizen, institution)
    return hearing, mediator, citizen, institution


def test_two_people_talk_and_both_see_what_is_said(site, speaks) -> None:  # noqa: F811
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
        assert person.page.evaluate(HEARD) >= 1, f"{person.name} hears the other side"

    mediator.page.locator("[data-key^=check-identity]").first.click()
    mediator.page.locator("[data-key^=check-identity]").first.click()
    mediator.open(f"/desk/hearing/{hearing}/")
    mediator.fill(result="双方同意继续商谈退费金额。")
    mediator.send("/end/")
    for person in (citizen, institution):
        person.page.locator("[data-ended]").wait_for()
    held = room.recorded_s(site, hearing)
    assert min(held.values()) > 5
    wait_for_the_text(mediator, hearing)
    talks.transcript(mediator, [citizen, institution])


def test_nothing_is_lost_by_a_cut_line_or_a_killed_tab(site, speaks) -> None:  # noqa: F811
    hearing, mediator, citizen, _lender = people_in_the_room(site, speaks, lender_speaks=False)
    citizen.page.locator(".room.recording").wait_for()
    citizen.page.wait_for_timeout(4000)

    # the line is gone for twenty seconds: it goes on being recorded, says so, and catches up
    citizen.line.cut()
    before = room.recorded_s(site, hearing)["citizen"]
    citizen.page.wait_for_timeout(20_000)
    unsent = citizen.page.locator("[data-unsent]").inner_text()
    assert int(re.search(r"\d+", unsent)[0]) >= 15, unsent
    citizen.picture("citizen-line-cut")
    citizen.line.mend()
    citizen.page.locator("[data-unsent]:empty").wait_for(state="attached")
    said = room.said_to_be_recorded_s(citizen)
    caught_up = room.recorded_s(site, hearing)["citizen"]
    assert caught_up >= said - 2
    assert caught_up >= before + 19

    # the line is cut again and the tab is killed: the next visit brings the rest
    citizen.line.cut()
    citizen.page.wait_for_timeout(9000)
    said = room.said_to_be_recorded_s(citizen)
    citizen.page.close()
    citizen.line.mend()
    citizen.page = citizen.context.new_page()
    citizen.open(f"/hearing/{hearing}/")
    notice = citizen.page.locator("[data-leftover]")
    notice.wait_for()
    citizen.picture("citizen-next-visit")
    notice.filter(has_text="已经传到了").wait_for()
    assert room.recorded_s(site, hearing)["citizen"] >= said - 0.5
    mediator.page.locator("[data-people] li").filter(has_text="页面关了").first.wait_for()


def test_a_private_talk_is_heard_and_read_by_nobody_else(site, speaks) -> None:  # noqa: F811
    hearing, mediator, citizen, institution = people_in_the_room(site, speaks)
    citizen.page.locator(CAPTIONS).first.wait_for()
    mediator.tap("[data-caucus=claimant]")
    institution.page.locator("[data-step=wait]").filter(has_text="单独谈话中").wait_for()
    for person in (mediator, citizen):
        person.page.locator("[data-private]").filter(has_text="单独谈话中").wait_for()
        person.page.locator(CAPTIONS).first.wait_for()  # of the private talk: the list began anew
        person.picture(f"{person.name}-in-private")
    institution.picture("institution-waits")
    assert institution.page.evaluate(HEARD) == 0
    assert institution.page.locator(".room.recording").count() == 0
    private = set(citizen.page.locator(CAPTIONS).all_inner_texts())
    assert not private & set(institution.page.locator(CAPTIONS).all_inner_texts())
    main = room.recorded_s(site, hearing)
    citizen.page.wait_for_timeout(5000)
    assert room.recorded_s(site, hearing) == main, "nothing of it is kept"

    mediator.tap("[data-end-caucus]")
    institution.page.locator("[data-step=wait]").wait_for(state="hidden")
    institution.page.locator(CAPTIONS).nth(1).wait_for()
    assert institution.page.evaluate(HEARD) == 1


def test_a_helper_comes_by_a_link_that_works_once(site, speaks) -> None:  # noqa: F811
    hearing, mediator, citizen, _institution = people_in_the_room(site, speaks, lender_speaks=False)
    mediator.unfold("[data-leads] details")
    mediator.page.select_option("[data-part]", "helper")
    mediator.page.select_option("[data-side]", "claimant")
    mediator.tap("[data-invite]")
    mediator.page.locator("[data-invited]").wait_for()
    link = mediator.page.locator("[data-link]").input_value()
    mediator.picture("mediator-invites")
    helper = speaks("citizen-helper", None)
    helper.open(link)
    helper.picture("helper-invited")
    helper.fill(name="工友阿强")
    helper.press("form[method=post]:has([name=name]) button[type=submit]")
    room.go_in(helper, silent=True)
    room.admit(mediator, helper)
    citizen.page.locator(".room:not(.recording)").wait_for()  # the helper has not said yes yet
    helper.tap("[data-agrees=yes]")
    citizen.page.locator(".room.recording").wait_for()
    helper.page.locator("[data-say] input").fill("他的意思是到账九千")
    helper.tap("[data-say] button")
    citizen.page.locator(CAPTIONS).filter(has_text="到账九千").wait_for()
    helper.picture("helper-in-the-room")
    other = speaks("citizen-late", None)
    other.open(link)
    other.sees("链接用过了")
    for path in (f"/hearing/{hearing}/", f"/hearing/{hearing}/transcript/", "/desk/"):
        assert helper.context.request.get(site.url + path).status in {403, 404}


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
