"""Browsers that speak: each plays a sound file as its microphone."""

import json
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
from tests.journeys.running import Site
from tests.journeys.samples import SPEECH, dialect_clip
from tests.journeys.test_pages import RULES
from tests.journeys.visitor import Visitor

RATE_HZ = 16_000
FAKE = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
HEARING = """
from django.utils import timezone
from cases.models import Case
from mediation.hearings import services
case = Case.objects.get(docket=%(docket)r)
print("HEARING", services.call_hearing(case_id=case.pk, mediator=case.mediator, starts_at=timezone.now()).pk)
"""
Speaks = Callable[..., Visitor]


@pytest.fixture
def speaks(site: Site, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Speaks]:
    """Call it with a name and a sound to let somebody come in a browser whose microphone plays that sound, again and
    again; without a sound there is no microphone at all."""
    album = PICTURES / request.node.name.removeprefix("test_")
    visitors: list[Visitor] = []
    with ExitStack() as stack:
        playwright = stack.enter_context(sync_playwright())

        def make(name: str, sound: Path | None) -> Visitor:
            flags = (
                [*FLAGS, *FAKE, f"--use-file-for-fake-audio-capture={as_wav(sound, tmp_path)}"]
                if sound
                else FLAGS
            )
            browser: Browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
            stack.callback(browser.close)
            shape = PHONE if name.startswith("citizen") else DESK
            context = browser.new_context(
                locale="zh-CN", timezone_id="Asia/Shanghai", permissions=["microphone"] if sound else [], **shape
            )  # fmt: skip
            visitors.append(Visitor(name, site, context, album))
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


def call(site: Site, docket: str) -> int:
    """The number of a hearing called for now."""
    told = site.run(HEARING % {"docket": docket})
    return int(told.rsplit("HEARING", 1)[1])


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
