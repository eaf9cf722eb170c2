"""What goes wrong in the room: the line, the tab, the microphone. Nothing said is lost, and nothing private is told."""

import contextlib
import re

from playwright.sync_api import Error

from tests.journeys import room
from tests.journeys.room import BUSY_MS, CAPTIONS, LOUDNESS, speaks  # noqa: F401 - a fixture
from tests.journeys.samples import dialect_clip
from tests.journeys.visitor import Visitor

UNSENT = """least => {
  const found = /\\d+/.exec(document.querySelector("[data-unsent]").textContent);
  return found && Number(found[0]) >= least;
}"""


def test_nothing_is_lost_by_a_cut_line_or_a_killed_tab(site, speaks) -> None:  # noqa: F811
    hearing, citizen, line = room.citizen_over_a_line(site, speaks)

    # the line is dead for twenty seconds: it goes on being recorded, says so, and catches up
    line.fall_silent()
    citizen.page.wait_for_function(UNSENT, arg=20, timeout=BUSY_MS)
    citizen.page.locator("[data-net]").filter(has_text="网络断了").wait_for()
    citizen.picture("citizen-line-cut")
    said = room.said_to_be_recorded_s(citizen)
    assert room.recorded_s(site, hearing)["citizen"] < said - 15
    line.mend()
    citizen.page.locator("[data-unsent]:empty").wait_for(state="attached", timeout=BUSY_MS)
    citizen.page.locator("[data-net]").wait_for(state="hidden")
    assert room.recorded_s(site, hearing)["citizen"] >= said

    # the line is cut again and the tab is killed: the next visit brings the rest
    line.cut()
    citizen.page.wait_for_function(UNSENT, arg=5, timeout=BUSY_MS)
    said = room.said_to_be_recorded_s(citizen)
    kill_the_tab(citizen)
    assert room.recorded_s(site, hearing)["citizen"] < said
    line.mend()
    citizen.page = citizen.context.new_page()
    citizen.open(f"/hearing/{hearing}/")
    citizen.page.locator("[data-leftover]").filter(has_text="已经传到了").wait_for(timeout=BUSY_MS)
    citizen.picture("citizen-next-visit")
    assert room.recorded_s(site, hearing)["citizen"] >= said - 1
    forgive(citizen, "WebSocket connection", "ERR_")


def test_private_talk_stays_private_and_nobody_is_shut_out(site, speaks) -> None:  # noqa: F811
    hearing, session, lender = room.seat_all(site)
    citizen, institution = speaks("citizen", dialect_clip()), speaks("institution", None)
    mediator = speaks("mediator", room.mandarin_clip(), allows=False)
    citizen.sign_in_with(session)
    institution.sign_in(lender)
    mediator.sign_in("mediator")

    # no microphone, or one that is not allowed: said in plain words, and there is a way in all the same
    refused_in_words(mediator, "/desk", hearing, "麦克风没有开")
    refused_in_words(institution, "/counter", hearing, "没找到麦克风")
    room.come_in(citizen, "", hearing)
    institution.page.locator(CAPTIONS).first.wait_for(timeout=BUSY_MS)
    assert institution.page.evaluate(LOUDNESS) > 0.01, "the institution hears without speaking"
    institution.page.locator("[data-say] input").fill("我方没有麦克风，先写字。")
    institution.tap("[data-say] button")
    citizen.page.locator(CAPTIONS).filter(has_text="先写字").wait_for()

    # a helper comes by a link that works once
    a_helper_comes(site, speaks, mediator, citizen, hearing)

    # what is said to the mediator alone
    mediator.tap("[data-caucus=claimant]")
    institution.page.locator("[data-step=wait]").filter(has_text="单独谈话中").wait_for()
    citizen.page.locator("[data-private]").filter(has_text="单独谈话中").wait_for()
    before = set(institution.page.locator(CAPTIONS).all_inner_texts())
    citizen.page.locator("[data-say] input").fill("底线是八百元")
    citizen.tap("[data-say] button")
    for person in (mediator, citizen):
        person.page.locator(CAPTIONS).filter(has_text="底线是八百元").wait_for()
        person.page.locator(f"{CAPTIONS}:not(.written)").first.wait_for(timeout=BUSY_MS)  # and spoken words
        person.picture(f"{person.name}-in-private")
    citizen.page.locator("[data-recording]").filter(has_text="不留录音").wait_for()
    institution.picture("institution-waits")
    assert institution.page.evaluate(LOUDNESS) == 0
    assert set(institution.page.locator(CAPTIONS).all_inner_texts()) <= before
    kept = room.kept_of_private_talk(site, hearing)
    mediator.tap("[data-end-caucus]")
    institution.page.locator("[data-step=wait]").wait_for(state="hidden")
    assert institution.page.locator(CAPTIONS).filter(has_text="底线").count() == 0
    assert kept == {"captions": 0, "lines": 0, "recordings": 0}


def refused_in_words(person: Visitor, door: str, hearing: int, words: str) -> None:
    person.open(f"{door}/hearing/{hearing}/room/")
    person.tap("[data-enter]:enabled")
    person.page.locator("[data-mic-said]").filter(has_text=words).wait_for()
    person.picture(f"{person.name}-no-microphone")
    person.tap("[data-enter-silent]")
    person.page.locator("[data-step=talk]").wait_for()


def a_helper_comes(site, speaks, mediator: Visitor, citizen: Visitor, hearing: int) -> None:  # noqa: F811
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
    for path in (f"/hearing/{hearing}/", f"/hearing/{hearing}/transcript/", "/desk/"):
        assert helper.context.request.get(site.url + path).status in {403, 404}
    helper.context.clear_cookies()
    helper.open(link)
    helper.sees("链接用过了")
    helper.picture("helper-second-time")


def kill_the_tab(person: Visitor) -> None:
    """As the system does when a phone runs out of memory: the page gets no word to say."""
    with person.page.expect_event("crash"), contextlib.suppress(Error):
        person.page.goto("chrome://crash", timeout=10_000)
    person.page.close()


def forgive(person: Visitor, *marks: str) -> None:
    """What a browser writes down about a line that the test cut."""
    about = re.compile("|".join(map(re.escape, marks)))
    person.troubles[:] = [trouble for trouble in person.troubles if not about.search(trouble)]
