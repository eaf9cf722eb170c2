"""A phone without any space left: its browser refuses to keep sound. The page says so, and nothing spoken is lost."""

from playwright.sync_api import expect

from tests.journeys import room
from tests.journeys.intake import first_three
from tests.journeys.room import BUSY_MS, speaks  # noqa: F401 - a fixture
from tests.journeys.samples import dialect_clip
from tests.journeys.test_hearing_faults import UNSENT, forgive
from tests.journeys.visitor import Visitor

ARRIVED = """
from evidence.deposits import open_deposit
from mediation.hearings import audio
from mediation.hearings.handed_in import as_file
from mediation.hearings.models import Recording
with open_deposit(Recording.objects.filter(hearing=None).latest("pk").exhibit.deposit) as sound, as_file(sound) as path:
    print("LENGTH", audio.decode(path).size / 16_000)
"""


def fill_the_device(person: Visitor, *, space: int | None = 1) -> None:
    """The browser has this many bytes for the site, for real; None gives it back what it had."""
    wanted = {"origin": person.site.url, **({} if space is None else {"quotaSize": space})}
    person.context.new_cdp_session(person.page).send("Storage.overrideQuotaForOrigin", wanted)


def test_a_full_phone_in_the_room_loses_no_word(site, speaks) -> None:  # noqa: F811
    hearing, citizen, line = room.citizen_over_a_line(site, speaks)
    full = citizen.page.locator("[data-full]")
    expect(full).to_be_hidden()

    # some words wait on the phone; then it is full; what is said now waits behind them
    line.cut()
    citizen.page.wait_for_function(UNSENT, arg=5, timeout=BUSY_MS)
    fill_the_device(citizen)
    full.filter(has_text="存不下").wait_for(timeout=BUSY_MS)
    citizen.page.wait_for_function(UNSENT, arg=12, timeout=BUSY_MS)
    citizen.picture("citizen-phone-full")
    said = room.said_to_be_recorded_s(citizen)
    assert room.recorded_s(site, hearing)["citizen"] < said - 10
    line.mend()
    citizen.page.locator("[data-unsent]:empty").wait_for(state="attached", timeout=BUSY_MS)
    assert room.recorded_s(site, hearing)["citizen"] >= said

    # the phone is still full: the sound goes on arriving as it is spoken
    expect(full).to_be_visible()
    said = room.said_to_be_recorded_s(citizen)
    citizen.page.wait_for_timeout(5000)
    assert room.recorded_s(site, hearing)["citizen"] >= said + 4

    # there is space again: the page has nothing more to say
    fill_the_device(citizen, space=None)
    expect(full).to_be_hidden()
    forgive(citizen, "WebSocket connection", "ERR_")


def test_a_phone_that_was_full_before_the_hearing_records_all_the_same(site, speaks) -> None:  # noqa: F811
    hearing, session, _lender = room.seat_all(site)
    citizen = speaks("citizen", dialect_clip())
    citizen.sign_in_with(session)
    citizen.open(f"/hearing/{hearing}/room/")
    fill_the_device(citizen)
    room.go_in(citizen)
    citizen.page.locator(".room.recording").wait_for()
    citizen.page.locator("[data-full]").filter(has_text="存不下").wait_for()
    said = room.said_to_be_recorded_s(citizen)
    citizen.page.wait_for_timeout(6000)
    assert room.recorded_s(site, hearing)["citizen"] >= said + 5


def test_what_is_said_after_the_phones_store_was_cleared_arrives(site, speaks) -> None:  # noqa: F811
    hearing, citizen, line = room.citizen_over_a_line(site, speaks)
    line.cut()
    citizen.page.wait_for_function(UNSENT, arg=4, timeout=BUSY_MS)
    lost = room.said_to_be_recorded_s(citizen)
    wanted = {"origin": citizen.site.url, "storageTypes": "indexeddb"}
    citizen.context.new_cdp_session(citizen.page).send("Storage.clearDataForOrigin", wanted)
    citizen.page.wait_for_function(UNSENT, arg=12, timeout=BUSY_MS)
    before = room.recorded_s(site, hearing)["citizen"]
    assert before < lost
    said = room.said_to_be_recorded_s(citizen)
    line.mend()
    for _look in range(BUSY_MS // 1000):
        if room.recorded_s(site, hearing)["citizen"] >= before + said - lost - 1:
            break
        citizen.page.wait_for_timeout(1000)
    else:
        raise AssertionError("what was said after it was cleared never came")
    citizen.page.locator(".room.recording").wait_for()
    forgive(citizen, "WebSocket connection", "ERR_")


def test_a_story_spoken_into_a_full_phone_arrives_whole(site, speaks) -> None:  # noqa: F811
    citizen = speaks("citizen", dialect_clip())
    first_three(citizen)
    state = citizen.page.locator("[data-recorder] [data-state]")
    citizen.tap("[data-start]")
    citizen.page.locator("[data-clock]").filter(has_text="0:03").wait_for()
    fill_the_device(citizen)
    state.filter(has_text="存不下了，录音没停").wait_for()
    citizen.picture("citizen-story-phone-full")
    citizen.page.wait_for_timeout(4000)
    minutes, seconds = citizen.page.locator("[data-clock]").inner_text().split(" /")[0].split(":")
    citizen.tap("[data-stop]")
    state.filter(has_text="请现在就发送").wait_for()
    citizen.picture("citizen-story-to-be-sent")
    with citizen.page.expect_navigation(url="**/listening/**", wait_until="load"):
        citizen.tap("[data-send]")
    assert float(site.run(ARRIVED).rsplit("LENGTH", 1)[1]) >= 60 * int(minutes) + int(seconds) - 1
