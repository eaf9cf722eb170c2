"""Browsers that speak: each plays a sound file as its microphone."""

import json
import re
import wave
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import av
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.conftest import CHROMIUM, DESK, FLAGS, PHONE, PICTURES
from tests.journeys.line import Line
from tests.journeys.running import Site
from tests.journeys.samples import SPEECH, dialect_clip
from tests.journeys.test_pages import RULES
from tests.journeys.visitor import Visitor

RATE_HZ = 16_000
FAKE = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
SESSION = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

def session_of(person):
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session.update({SESSION_KEY: str(person.pk), HASH_SESSION_KEY: person.get_session_auth_hash()})
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session.save()
    return session.session_key
"""
CALLED = (
    SESSION
    + """
from django.utils import timezone
from cases.models import Case
from mediation.hearings import services
case = Case.objects.get(docket=%(docket)r)
pk = services.call_hearing(case_id=case.pk, mediator=case.mediator, starts_at=timezone.now()).pk
print("HEARING", pk, session_of(case.claimant.person))
"""
)
# opened() is the number of a hearing to which all have come, and answered whether it may be recorded.
OPENED = (
    SESSION
    + """
from django.utils import timezone
from cases.models import Centre
from mediation.demo.cases import Stage
from mediation.hearings import services
stage = Stage("hearing", Centre.objects.get(code="JZ01"))
for way in ("file", "accept", "answer", "assign", "talk"):
    getattr(stage, way)()
mediator, sides = stage.mediator, [stage.citizen, stage.lender]

def opened(agrees=True):
    pk = services.call_hearing(case_id=stage.case.pk, mediator=mediator, starts_at=timezone.now()).pk
    for person in (mediator, *sides):
        services.join_hearing(hearing_id=pk, person=person)
        services.answer_recording(hearing_id=pk, person=person, agrees=agrees)
    return pk
"""
)
SEATED = (
    OPENED
    + """
from mediation.hearings.room import seats
pk = opened()
for person in sides:
    seats.admit(hearing_id=pk, mediator=mediator, person_id=person.pk)
print("HEARING", pk, session_of(stage.citizen), stage.lender.username)
"""
)
LOUDNESS = """async () => {
  const context = new AudioContext(), meter = context.createAnalyser(), wave = new Float32Array(meter.fftSize);
  await context.resume();
  const sounds = Array.from(document.querySelectorAll("[data-sounds] audio"));
  sounds.forEach((one) => context.createMediaStreamSource(one.srcObject).connect(meter));
  let loudest = 0;
  for (let tries = 0; tries < 60 && loudest < 0.01; tries++) {
    await new Promise((done) => setTimeout(done, 100));
    meter.getFloatTimeDomainData(wave);
    loudest = Math.max(loudest, ...wave.map(Math.abs));
  }
  return loudest;
}"""
# Every connection is remembered in window.connections; %s is put over how the page asks for it.
REMEMBERED = """(() => {
  const Known = window.RTCPeerConnection;
  window.connections = [];
  window.RTCPeerConnection = function (how) {
    const made = new Known(Object.assign({}, how, %s));
    window.connections.push(made);
    return made;
  };
  window.RTCPeerConnection.prototype = Known.prototype;
})()"""
BUSY_MS = 120_000  # the machine may be hearing for others, too
CAPTIONS = "[data-captions] [data-list] li"
Speaks = Callable[..., Visitor]


@pytest.fixture
def speaks(site: Site, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Speaks]:
    """Call it with a name and a sound to let somebody come in a browser whose microphone plays that sound, again and
    again; without a sound there is no microphone at all, and who does not allow it is asked in vain. Over a `line`, the
    test may cut it."""
    album = PICTURES / request.node.name.removeprefix("test_")
    visitors: list[Visitor] = []
    with ExitStack() as stack:
        playwright = stack.enter_context(sync_playwright())

        def make(name: str, sound: Path | None, *, allows: bool = True, line: Line | None = None) -> Visitor:
            flags = FLAGS
            if sound:
                played = f"--use-file-for-fake-audio-capture={as_wav(sound, tmp_path)}"
                flags = [*FLAGS, *(FAKE if allows else FAKE[1:]), played]
            browser: Browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
            stack.callback(browser.close)
            shape = PHONE if name.startswith("citizen") else DESK
            allowed = ["microphone"] if sound and allows else []
            context = browser.new_context(
                locale="zh-CN", timezone_id="Asia/Shanghai", permissions=allowed, **shape
            )
            if line:
                stack.callback(line.close)
            visitors.append(Visitor(name, line.site if line else site, context, album))
            return visitors[-1]

        yield make
        if getattr(request.node, "broken", False):
            for visitor in visitors:
                visitor.picture(f"broken-{visitor.name}")
        troubles = [trouble for visitor in visitors for trouble in visitor.troubles]
    assert not troubles, "\n".join(troubles)


def as_wav(sound: Path, folder: Path) -> Path:
    """The sound as a file that Chromium can play as a microphone: PCM, a second of quiet behind it."""
    with av.open(str(sound)) as file:
        resampler = av.AudioResampler("s16", "mono", RATE_HZ)
        frames = [piece for frame in file.decode(audio=0) for piece in resampler.resample(frame)]
    pcm = np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames] + [np.zeros(RATE_HZ, np.int16)])
    path = folder / f"{sound.stem}.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes(pcm.tobytes())
    return path


def mandarin_clip() -> Path:
    """Somebody who reads Mandarin; where that clip is not at hand, the story of the demo."""
    clip = SPEECH / "a3_SSB00090181.wav"
    return clip if clip.is_file() else dialect_clip()


def call(site: Site, docket: str) -> tuple[int, str]:
    """A hearing called for now: its number, and a session of the citizen (codes by text message are few an hour)."""
    pk, session = site.run(CALLED % {"docket": docket}).rsplit("HEARING", 1)[1].split()
    return int(pk), session


def seat_all(site: Site) -> tuple[int, str, str]:
    """A hearing that is open, where everyone has a seat, has said yes to recording and is let in: its number, a session
    of the citizen, the lender's user name."""
    pk, session, lender = site.run(SEATED).rsplit("HEARING", 1)[1].split()
    return int(pk), session, lender


def citizen_over_a_line(site: Site, speaks: Speaks) -> tuple[int, Visitor, Line]:
    """The citizen in the room, recorded and captioned, over a line that the test may cut; the number of the hearing."""
    (hearing, session, _lender), line = seat_all(site), Line(site)
    citizen = speaks("citizen", dialect_clip(), line=line)
    citizen.sign_in_with(session)
    come_in(citizen, "", hearing)
    citizen.page.locator(".room.recording").wait_for()
    citizen.page.locator(CAPTIONS).first.wait_for(timeout=BUSY_MS)
    return hearing, citizen, line


def come_in(person: Visitor, door: str, hearing: int, *, silent: bool = False) -> None:
    """Into the room, where everything was settled before."""
    person.open(f"{door}/hearing/{hearing}/room/")
    go_in(person, silent=silent)
    person.page.locator("[data-step=talk]").wait_for()


def sit_down(person: Visitor, door: str, hearing: int, *, agrees: bool = True) -> None:
    """Rights read, seat taken, recording answered; then into the room, sound tried."""
    person.open(f"{door}/hearing/{hearing}/")
    person.send("/join/")
    if person.page.locator("button[name=agrees]").count() and person.name != "mediator":
        person.press(f"button[name=agrees][value={'yes' if agrees else 'no'}]")
    person.press(f"main a[href$='/hearing/{hearing}/room/']")


def go_in(person: Visitor, *, silent: bool = False) -> None:
    """Through the check of sound into the waiting room."""
    person.page.locator("[data-net-said]").filter(has_text="毫秒").wait_for()
    if not silent:
        person.tap("[data-try-mic]")
        person.page.locator("[data-meter]").wait_for()
    person.tap("[data-enter-silent]" if silent else "[data-enter]")


def admit(mediator: Visitor, *people: Visitor) -> None:
    """Let them in, one after the other, as they wait."""
    for person in people:
        number = person.page.locator("[data-talk]").get_attribute("data-me")
        mediator.page.locator(f"[data-key=admit{number}]").click()
        person.page.locator("[data-step=talk]").wait_for()


def barriers(person: Visitor) -> list[str]:
    """What axe finds on the page as it is now, and how far it is too wide at 320 px."""
    found = [
        f"{one['id']} at {one['nodes'][0]['target']}"
        for one in Axe().run(person.page, options=RULES).response["violations"]
    ]
    shape = person.page.viewport_size
    person.page.set_viewport_size({"width": 320, "height": 640})
    wide = person.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    person.page.set_viewport_size(shape)
    return [*found, *([f"{wide} px cut off"] if wide > 0 else [])]


def docket_of(site: Site, hearing: int) -> str:
    """The docket of the hearing's case."""
    code = (
        f"from mediation.hearings.models import Hearing; print(Hearing.objects.get(pk={hearing}).case.docket)"
    )
    return site.run(code).splitlines()[-1]


def said_to_be_recorded_s(person: Visitor) -> int:
    """The clock of the recording, as the page shows it."""
    shown = re.search(r"(\d+):(\d\d)", person.page.locator("[data-recording]").inner_text())
    assert shown, "it is being recorded"
    return int(shown[1]) * 60 + int(shown[2])


def recorded_s(site: Site, hearing: int) -> dict[str, float]:
    """Seconds of sound on the server by role, of all streams of the main room."""
    code = f"""
import json
from mediation.hearings.live.keeping import SoundFile
from mediation.hearings.live.models import Stream
from mediation.hearings.models import Recording
total = {{}}
for stream in Stream.objects.filter(hearing_id={hearing}, place=""):
    held = max(SoundFile(stream.pk).samples(), stream.sealed_samples) / 16000
    total[stream.person.role] = total.get(stream.person.role, 0) + held
print("HELD" + json.dumps(total))
"""
    held: dict[str, float] = json.loads(site.run(code).rsplit("HELD", 1)[1])
    return held


def kept_of_private_talk(site: Site, hearing: int) -> dict[str, int]:
    """What the server has kept of words said or written in private."""
    code = f"""
import json
from mediation.hearings.live.models import Caption
from mediation.hearings.models import Recording, Segment
print("KEPT" + json.dumps(dict(
    captions=Caption.objects.filter(stream__hearing_id={hearing}).exclude(stream__place="").count(),
    lines=sum("底线" in line.heard for line in Segment.objects.filter(hearing_id={hearing})),
    recordings=Recording.objects.filter(stream__hearing_id={hearing}).exclude(stream__place="").count(),
)))
"""
    kept: dict[str, int] = json.loads(site.run(code).rsplit("KEPT", 1)[1])
    return kept
