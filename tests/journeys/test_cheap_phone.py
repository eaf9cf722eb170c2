"""A cheap phone: a small screen, a slow processor, slow 3G. Room, waiting room and spoken story stay usable."""

import pytest
from playwright.sync_api import expect

from tests.journeys import room
from tests.journeys.intake import first_three
from tests.journeys.room import BUSY_MS, CAPTIONS, speaks  # noqa: F401 - a fixture
from tests.journeys.samples import dialect_clip
from tests.journeys.visitor import Visitor

SMALL = {"width": 320, "height": 568}
SLOWER = 6
SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
SMALLEST_PX = 44
CRAMPED = """() => Array.from(document.querySelectorAll("main :is(button, .btn, select, input)")).filter((el) => {
  const frame = el.getBoundingClientRect();
  const isTarget = frame.width && el.type !== "checkbox" && !el.hasAttribute("aria-hidden");
  return isTarget && (frame.width < %d || frame.height < %d);
}).map((el) => [el.outerHTML.slice(0, 90), el.getBoundingClientRect().width, el.getBoundingClientRect().height])"""
BAR = """() => {
  const frame = document.querySelector(".bar[data-step]").getBoundingClientRect();
  return [frame.height / innerHeight, Math.round(frame.bottom) <= innerHeight];
}"""


@pytest.fixture
def phone(speaks) -> Visitor:  # noqa: F811
    """A citizen with such a phone, who speaks."""
    citizen = speaks("citizen", dialect_clip())
    citizen.page.set_viewport_size(SMALL)
    session = citizen.context.new_cdp_session(citizen.page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW_3G)
    return citizen


def is_usable(phone: Visitor) -> None:
    """Nothing is cut off, and every target is big enough for a thumb."""
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= SMALL["width"]
    assert phone.page.evaluate(CRAMPED % (SMALLEST_PX, SMALLEST_PX)) == []


def test_the_room_on_a_cheap_phone(site, phone) -> None:
    hearing, session, _lender = room.seat_all(site)
    phone.sign_in_with(session)
    phone.open(f"/hearing/{hearing}/")
    phone.page.select_option("#speaking select", "sichuan")
    phone.page.locator("#speaking [data-warning]").wait_for()
    phone.picture("hearing")
    is_usable(phone)

    phone.open(f"/hearing/{hearing}/room/")
    phone.page.locator("[data-net-said]").filter(has_text="毫秒").wait_for()
    phone.picture("check")
    is_usable(phone)

    room.go_in(phone)
    phone.page.locator(".room.recording").wait_for()
    phone.page.locator(CAPTIONS).first.wait_for(timeout=BUSY_MS)
    phone.page.screenshot(path=phone.album / "room-as-seen.png")
    phone.picture("room")
    is_usable(phone)
    phone.page.evaluate("window.scrollTo(0, 0)")
    share, is_seen = phone.page.evaluate(BAR)
    assert is_seen, "whether it is recorded, and the microphone's button, are on the screen"
    assert share <= 0.2, "and leave room for what is said"
    said = room.said_to_be_recorded_s(phone)
    phone.page.wait_for_timeout(5000)
    expect(phone.page.locator("[data-unsent]")).to_be_empty()
    assert room.recorded_s(site, hearing)["citizen"] >= said + 3, "sound keeps up with speech"


def test_the_waiting_room_on_a_cheap_phone(site, phone) -> None:
    hearing, session, _lender = room.seat_all(site)
    site.run(
        "from mediation.hearings.models import Attendance;"
        f" Attendance.objects.filter(hearing={hearing}).update(admitted_at=None)"
    )
    phone.sign_in_with(session)
    phone.open(f"/hearing/{hearing}/room/")
    room.go_in(phone)
    phone.page.locator("[data-wait-words]").filter(has_text="调解员").wait_for()
    phone.page.screenshot(path=phone.album / "waiting-as-seen.png")
    phone.picture("waiting")
    is_usable(phone)


def test_a_story_told_to_a_cheap_phone(phone) -> None:
    first_three(phone)
    phone.tap("[data-start]")
    phone.page.locator("[data-clock]").filter(has_text="0:04").wait_for()
    phone.page.screenshot(path=phone.album / "story-as-seen.png")
    phone.tap("[data-stop]")
    phone.page.locator("[data-send]").wait_for()
    phone.picture("story-recorded")
    is_usable(phone)
    with phone.page.expect_navigation(url="**/listening/**", wait_until="load"):
        phone.tap("[data-send]")
    phone.picture("listening")
    is_usable(phone)
