"""How late captions are: real speech, in real time, through the real sockets of a site that is really running.

    python benchmarks/captions.py [--streams 1,2,4] [--seconds 60] [--folder CLIPS] [--json]

Starts a site of its own in an empty folder, seats the mediator and the two sides (with four streams the mediator speaks
from two devices), and lets all speak at once. FOLDER holds WAV clips (16 kHz mono) with a manifest.json; without it the
demo hearing is spoken. Latency to the first text counts from the voice's first sound, to the final from its last
(found by the same detector of speech as in the product, without its waiting). `of_another_speaker`: captions that carry
another role than that of who speaks.
"""

import argparse
import asyncio
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.recordings import mandarin_in

ROOT = Path(__file__).resolve().parent.parent
RATE = 16_000
FRAME = RATE // 10
GAP_S = (0.8, 2.0)
AFTER_S = 8.0
STARTS_WITHIN_S = 120.0
ROLES = (
    "mediator",
    "citizen",
    "institution",
)  # of those who sit in the hearing, in the order of their cookies


@dataclass
class Speaker:
    """A microphone: its sound, where in it speech begins and ends, and what was captioned of it when."""

    cookie: str
    role: str
    sound: Any
    speech: list[tuple[float, float]]
    stream: str = field(default_factory=lambda: str(uuid.uuid4()))
    began: float = 0.0
    offset_s: float | None = None
    captions: list[tuple[float, dict[str, Any]]] = field(default_factory=list)


def voices_of(folder: Path | None, seed: int) -> list[Any]:
    """Clips of Mandarin as floats, in an order of their own for each seed."""
    from mediation.hearings.audio import decode

    if folder is None:
        return [decode(ROOT / "mediation" / "hearings" / "demo" / "hearing.ogg")]
    clips = mandarin_in(folder)
    if not clips:
        raise SystemExit(f"there is no list of clips of Mandarin in {folder}")
    random.Random(seed).shuffle(clips)
    return [decode(clip.path) for clip in clips]


def sound_of(folder: Path | None, seed: int, seconds: float) -> tuple[Any, list[tuple[float, float]]]:
    """Speech with pauses, about so long, and where its utterances begin and end."""
    from mediation.hearings.live.vad import CHUNK, ENDS_AFTER, Listener, Silero

    chooser, parts, length = random.Random(seed), list[Any](), 0.0
    clips = voices_of(folder, seed)
    while length < seconds:
        for clip in clips:
            gap = np.zeros(int(chooser.uniform(*GAP_S) * RATE), np.float32)
            parts += [gap, clip]
            length += (gap.size + clip.size) / RATE
            if length >= seconds:
                break
    sound = np.concatenate([*parts, np.zeros(2 * RATE, np.float32)])
    sound = sound[: sound.size // CHUNK * CHUNK]
    likely, listener, found = Silero()(sound), Listener(), list[tuple[float, float]]()
    for stretch in listener.feed(sound):
        if stretch.is_over:
            chunks = likely[stretch.start // CHUNK : stretch.end // CHUNK]
            sure = np.nonzero(chunks >= 0.5)[0]
            end = stretch.end - (0 if stretch.end - stretch.start > 9.9 * RATE else (ENDS_AFTER - 1) * CHUNK)
            if sure.size:
                found.append(((stretch.start + int(sure[0]) * CHUNK) / RATE, end / RATE))
    return sound, found


async def speak(speaker: Speaker, url: str) -> None:
    """Send the sound in real time, as a browser would."""
    import websockets

    async with websockets.connect(
        f"{url}sound/", additional_headers={"Cookie": speaker.cookie}, origin=origin_of(url)
    ) as talk:
        await talk.send(json.dumps({"type": "start", "stream": speaker.stream, "dialect": "mandarin"}))
        if (word := json.loads(await talk.recv()))["type"] != "have":
            raise RuntimeError(word)
        listening = asyncio.create_task(_drain(talk))
        speaker.began = time.monotonic()
        pcm = (speaker.sound * 32767).astype("<i2")
        for at in range(0, pcm.size, FRAME):
            await asyncio.sleep(max(0.0, speaker.began + (at + FRAME) / RATE - time.monotonic()))
            await talk.send(at.to_bytes(8, "big") + b"\0" + pcm[at : at + FRAME].tobytes())
        await asyncio.sleep(AFTER_S)
        await talk.send(json.dumps({"type": "end"}))
        await asyncio.sleep(0.5)
        listening.cancel()


def origin_of(url: str) -> Any:
    """What a browser says where its page came from."""
    return url.replace("ws:", "http:").partition("/ws/")[0]


async def _drain(talk: Any) -> None:
    async for _word in talk:
        pass


async def watch(speakers: list[Speaker], url: str, behind: list[float], done: asyncio.Event) -> None:
    """Read the captions as a page of the room does."""
    import websockets

    by_stream = {speaker.stream: speaker for speaker in speakers}
    async with websockets.connect(
        url, additional_headers={"Cookie": speakers[0].cookie}, origin=origin_of(url)
    ) as page:
        while not done.is_set():
            try:
                word = json.loads(await asyncio.wait_for(page.recv(), 0.5))
            except TimeoutError:
                continue
            if word.get("type") == "caption" and word["stream"] in by_stream:
                by_stream[word["stream"]].captions.append((time.monotonic(), word))
            elif word.get("type") == "captions-behind":
                behind.append(float(word["seconds"]))


def latencies(speaker: Speaker) -> tuple[list[float], list[float], int]:
    """Seconds to the first text and to the final of each utterance, and how many have no final."""
    first: dict[str, float] = {}
    final: dict[str, tuple[float, dict[str, Any]]] = {}
    start: dict[str, float] = {}
    for at, word in speaker.captions:
        if word["text"]:
            first.setdefault(word["id"], at)
        start.setdefault(word["id"], word["start"])
        if word["state"] == "final":
            final[word["id"]] = (at, word)
    if not start:
        return [], [], len(speaker.speech)
    firsts, finals, missing = [], [], 0
    for index, (begins, ends) in enumerate(speaker.speech):
        number = _numbered(speaker, begins, start)
        if number is None or number not in final:
            missing += 1
            continue
        finals.append(final[number][0] - speaker.began - ends)
        if number in first and index >= 0:
            firsts.append(first[number] - speaker.began - begins)
    return firsts, finals, missing


def _numbered(speaker: Speaker, begins: float, start: dict[str, float]) -> str | None:
    """The caption that begins about there; the number of a caption ends with the chunk at which it begins."""
    from mediation.hearings.live.vad import CHUNK

    near = [(abs(int(number.rpartition("-")[2]) * CHUNK / RATE - begins), number) for number in start]
    distance, number = min(near)
    return number if distance < 1.0 else None


def shares(found: list[float]) -> dict[str, float]:
    """Median and 95th percentile."""
    if not found:
        return {}
    return {"median": round(float(np.median(found)), 2), "p95": round(float(np.percentile(found, 95)), 2)}


async def measure(
    url: str, cookies: list[str], n: int, folder: Path | None, seconds: float
) -> dict[str, Any]:
    """All speak at once."""
    speakers = [
        Speaker(cookies[i % 3], ROLES[i % 3], *sound_of(folder, seed=i, seconds=seconds)) for i in range(n)
    ]
    behind, done = list[float](), asyncio.Event()
    watching = asyncio.create_task(watch(speakers, url, behind, done))
    await asyncio.sleep(0.5)
    await asyncio.gather(*(speak(speaker, url) for speaker in speakers))
    done.set()
    await watching
    found = [latencies(speaker) for speaker in speakers]
    return {
        "streams": n,
        "utterances": sum(len(speaker.speech) for speaker in speakers),
        "first_text_s": shares([value for first, _, _ in found for value in first]),
        "final_text_s": shares([value for _, final, _ in found for value in final]),
        "without_final": sum(missing for _, _, missing in found),
        "of_another_speaker": sum(
            word["speaker"] != speaker.role for speaker in speakers for _, word in speaker.captions
        ),
        "rewritten_finals": sum(_rewritten(speaker) for speaker in speakers),
        "most_seconds_behind": max(behind, default=0.0),
        "load": round(os.getloadavg()[0], 1),
    }


def _rewritten(speaker: Speaker) -> int:
    seen, again = set[str](), 0
    for _, word in speaker.captions:
        again += word["id"] in seen
        if word["state"] == "final":
            seen.add(word["id"])
    return again


class Site:
    """A site of its own, in a folder of its own, on a free port."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="captions-"))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.env = {**os.environ, "VAR_DIR": str(self.folder), "DEBUG": "1"}
        self.log = (self.folder / "site.log").open("wb")
        self.program = subprocess.Popen(
            [sys.executable, "manage.py", "run_site", "--no-demo", "--port", str(self.port)],
            cwd=ROOT, env=self.env, stdout=self.log, stderr=self.log, start_new_session=True,
        )  # fmt: skip

    def wait(self) -> None:
        """Until it answers and the captions are ready. Raises RuntimeError."""
        until, captions = time.monotonic() + STARTS_WITHIN_S, self.folder / "log" / "captions.log"
        while time.monotonic() < until and self.program.poll() is None:
            if "打开" in (self.folder / "site.log").read_text("utf-8", "replace") and (
                captions.is_file() and "ready" in captions.read_text("utf-8", "replace")
            ):
                return
            time.sleep(0.3)
        raise RuntimeError((self.folder / "site.log").read_text("utf-8", "replace")[-2000:])

    def seat(self) -> tuple[int, list[str]]:
        """A hearing in session with three people who said yes; its number and their cookies."""
        code = "from benchmarks.captions import seat_all; seat_all()"
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "-v", "0", "-c", code],
            cwd=ROOT, env=self.env, capture_output=True, text=True, check=True,
        )  # fmt: skip
        found = re.search(r"^SEATED (.*)$", done.stdout, re.MULTILINE)
        if found is None:
            raise RuntimeError(done.stdout + done.stderr)
        hearing, *cookies = json.loads(found[1])
        return hearing, cookies

    def stop(self) -> None:
        """Stop it and leave nothing."""
        self.program.send_signal(signal.SIGTERM)
        try:
            self.program.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.program.pid, signal.SIGKILL)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def seat_all() -> None:
    """Inside the site: make three people and a case, let everybody into its hearing, and print their sessions."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.utils import timezone

    from mediation.hearings import services
    from mediation.hearings.room import seats
    from tests import factories

    centre, institution = factories.CentreFactory.create(), factories.InstitutionFactory.create()
    citizen = factories.UserFactory.create(citizen=True)
    lender = factories.UserFactory.create(lender=True, institution=institution)
    mediator = factories.UserFactory.create(mediator=True, centre=centre)
    officer = factories.UserFactory.create(officer=True, centre=centre)
    case = factories.filed_case(centre=centre, institution=institution, citizen=citizen)
    case = factories.accept(case, officer)
    factories.bring_to_mediation(case, officer=officer, mediator=mediator, lender=lender)
    hearing = services.call_hearing(case_id=case.pk, mediator=mediator, starts_at=timezone.now())
    people = [mediator, citizen, lender]
    for person in people:
        services.join_hearing(hearing_id=hearing.pk, person=person)
        services.answer_recording(hearing_id=hearing.pk, person=person, agrees=True)
    for person in people[1:]:
        seats.admit(hearing_id=hearing.pk, mediator=mediator, person_id=person.pk)
    cookies = []
    for person in people:
        session = import_module(settings.SESSION_ENGINE).SessionStore()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.save()
        cookies.append(f"{settings.SESSION_COOKIE_NAME}={session.session_key}")
    sys.stdout.write("SEATED " + json.dumps([hearing.pk, *cookies]) + "\n")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--streams", default="1,2,4", help="how many at once, one after the other")
    parser.add_argument("--seconds", type=float, default=60.0, help="of speech in each stream")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--json", action="store_true", help="print one line of JSON and nothing else")
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediation.conf.base")
    site = Site()
    try:
        site.wait()
        hearing, cookies = site.seat()
        url = f"ws://127.0.0.1:{site.port}/ws/hearings/{hearing}/"
        rows = [
            asyncio.run(measure(url, cookies, int(n), given.folder, given.seconds))
            for n in given.streams.split(",")
        ]
    finally:
        site.stop()
    if given.json:
        print(json.dumps({"captions": rows}, ensure_ascii=False))
        return 0
    for row in rows:
        print(json.dumps(row, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
