"""What the room tells its people: dialect words, no captions, a lost microphone, a full phone, where to call."""

from playwright.sync_api import expect

from tests.journeys import room
from tests.journeys.intake import first_three
from tests.journeys.room import BUSY_MS, CAPTIONS, speaks  # noqa: F401 - a fixture
from tests.journeys.samples import dialect_clip
from tests.journeys.test_device_full import fill_the_device

SAID_BEFORE = """
import uuid
from mediation.hearings.live.models import Caption, Stream
from mediation.hearings.models import Hearing
hearing = Hearing.objects.get(pk=%d)
stream = Stream.objects.create(
    id=uuid.uuid4(), hearing=hearing, person=hearing.case.claimant.person, dialect="sichuan", state="sealed"
)
Caption.objects.create(
    stream=stream, index=1, start_s=1, end_s=4, text="他不认账，我咋个办。", confidence=0.7, doubtful=False
)
"""
# What was said a while ago arrives now, as after a cut.
SAID_LATE = """
from mediation.hearings.live.captions import Line, Teller
from mediation.hearings.live.models import Stream
stream = Stream.objects.filter(hearing_id=%d).first()
for number, start, text in ((1, 100.0, "这句在后。"), (2, 62.0, "断网时先说了这句。")):
    teller = Teller()
    teller.tell(stream, Line(
        id=f"late-{number}", stream=str(stream.pk), speaker="citizen", name="杨小满", state="final", stable=text,
        text=text, start=start, end=start + 2, confidence=0.9, doubtful=False, rev=1,
    ))
    teller.stop()
"""
# The tracks and screen locks that the page asks for are remembered.
WATCHED = """(() => {
  window.tracks = [], window.awake = 0;
  const ask = MediaDevices.prototype.getUserMedia;
  MediaDevices.prototype.getUserMedia = async function (how) {
    const stream = await ask.call(this, how);
    window.tracks.push(...stream.getAudioTracks());
    return stream;
  };
  Object.defineProperty(navigator, "wakeLock", { value: { async request() {
    window.awake += 1;
    return { async release() { window.awake -= 1; } };
  } } });
})()"""


def test_nobody_in_the_room_is_left_to_guess(site, speaks) -> None:  # noqa: F811
    hearing, session, lender = room.seat_all(site)
    site.run(SAID_BEFORE % hearing)
    citizen, institution = speaks("citizen", dialect_clip()), speaks("institution", None)
    mediator = speaks("mediator", None)
    citizen.context.add_init_script(WATCHED)
    citizen.sign_in_with(session)
    institution.sign_in(lender)
    mediator.sign_in("mediator")
    room.come_in(mediator, "/desk", hearing, silent=True)
    room.come_in(institution, "/counter", hearing, silent=True)

    # before going in: the microphone hears, the phone has space
    citizen.open(f"/hearing/{hearing}/room/")
    citizen.page.locator("[data-space-said]").filter(has_text="空间够").wait_for()
    citizen.tap("[data-try-mic]")
    citizen.page.locator("[data-mic-said]").filter(has_text="听到您了").wait_for(timeout=BUSY_MS)
    room.go_in(citizen)
    citizen.page.locator(".room.recording").wait_for()
    assert citizen.page.evaluate("window.awake") == 1, "the screen of a phone stays on"

    # what dialect words mean stands under what was heard
    for person in (citizen, mediator):
        line = person.page.locator(CAPTIONS).filter(has_text="他不认账，我咋个办。")
        expect(line.locator("small")).to_have_text("大意 不认账：不承认 咋个：怎么", use_inner_text=True)
        person.picture(f"{person.name}-dialect-words")
    assert room.barriers(citizen) == []

    # a call takes the microphone: it is said, and another recording begins with what is there then
    ended = "() => window.tracks[window.tracks.length - 1].dispatchEvent(new Event(%r))"
    citizen.page.evaluate(ended % "mute")
    citizen.page.locator("[data-deaf]").filter(has_text="没人听到您").wait_for()
    citizen.page.evaluate(ended % "unmute")
    expect(citizen.page.locator("[data-deaf]")).to_be_hidden()
    held = len(citizen.page.evaluate("window.tracks.map((one) => one.readyState)"))
    citizen.page.evaluate("window.tracks.forEach((one) => one.stop())")
    citizen.page.evaluate(ended % "ended")
    for _attempt in range(30):
        if citizen.page.evaluate("window.tracks.length") > held:
            break
        citizen.page.wait_for_timeout(500)
    assert citizen.page.evaluate("window.tracks.length") == held + 1
    expect(citizen.page.locator("[data-deaf]")).to_be_hidden()
    citizen.page.locator(".room.recording").wait_for()
    before = room.recorded_s(site, hearing)["citizen"]
    citizen.page.wait_for_timeout(4000)
    assert room.recorded_s(site, hearing)["citizen"] >= before + 2

    # a line that comes late does not pass for an answer to what stands before it
    site.run(SAID_LATE % hearing)
    late = citizen.page.locator(CAPTIONS).filter(has_text="断网时先说了这句。")
    expect(late.locator("i")).to_have_text("（1:02 说的）", timeout=BUSY_MS)
    expect(citizen.page.locator(CAPTIONS).filter(has_text="这句在后。").locator("i")).to_have_count(0)

    # by telephone: the number, and the mediator has the other one
    citizen.tap("[data-way=phone]")
    citizen.page.locator("[data-elsewhere]").filter(has_text="调解员知道了").wait_for()
    assert citizen.page.locator("[data-call]").get_attribute("href").startswith("tel:")
    mediator.page.locator("[data-people] a[href^='tel:1380000']").wait_for()
    assert institution.page.locator("[data-people] a[href^='tel:']").count() == 0
    citizen.picture("citizen-by-telephone")
    assert room.barriers(citizen) == []
    citizen.tap("[data-way=online]")
    expect(citizen.page.locator("[data-elsewhere]")).to_be_hidden()

    # somebody wants no recording any more: nothing pretends that captions come
    institution.tap("[data-change]")
    for person in (citizen, institution, mediator):
        person.page.locator("[data-none]").filter(has_text="没有字幕").wait_for()
    citizen.picture("citizen-no-captions")
    assert room.barriers(mediator) == []


def test_who_goes_in_without_a_microphone_is_not_recorded_though_it_was_tried(site, speaks) -> None:  # noqa: F811
    hearing, session, _lender = room.seat_all(site)
    citizen = speaks("citizen", dialect_clip())
    citizen.context.add_init_script(WATCHED)
    citizen.sign_in_with(session)
    citizen.open(f"/hearing/{hearing}/room/")
    citizen.tap("[data-try-mic]")
    citizen.page.locator("[data-meter]").wait_for()
    room.go_in(citizen, silent=True)
    citizen.page.locator("[data-step=talk]").wait_for()
    assert citizen.page.evaluate("window.tracks.map((one) => one.readyState)") == ["ended"]
    citizen.page.wait_for_timeout(3000)
    assert room.recorded_s(site, hearing) == {}


def test_a_full_phone_is_told_before_anything_is_recorded(site, speaks) -> None:  # noqa: F811
    hearing, session, _lender = room.seat_all(site)
    citizen = speaks("citizen", dialect_clip())
    citizen.open("/")
    fill_the_device(
        citizen
    )  # as long as this page is open; what it had before, the browser remembers for a while
    citizen.page = citizen.context.new_page()
    first_three(citizen)
    citizen.page.locator("[data-recorder] [data-state]").filter(has_text="手机快满了").wait_for()
    citizen.picture("citizen-full-before-the-story")

    citizen.sign_in_with(session)
    citizen.open(f"/hearing/{hearing}/room/")
    citizen.page.locator("[data-space-said]").filter(has_text="手机快满了").wait_for()
    citizen.picture("citizen-full-before-the-room")
    assert room.barriers(citizen) == []
