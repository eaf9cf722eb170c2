"""A hearing whose words are tones, each of a pitch of its own: so a test can hear which word is played."""

import io
import json
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from tests.journeys.room import OPENED
from tests.journeys.running import Site

RATE_HZ = 16_000
WORD_S = 0.5
PAUSE_S = 1.0
LOWEST_HZ, STEP_HZ = 420.0, 90.0
LINES = (
    ("我", "借", "了", "三万", "元", "分", "十二期", "还"),
    ("每月", "多收", "两百", "服务", "费", "我", "不", "同意"),
    ("上个", "月", "打了", "电话", "给", "老板"),
    ("以后", "每月", "还", "八百", "元"),
)
UNSURE = {"打了", "老板"}

MADE = (
    OPENED
    + """
import json
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch
from mediation.hearings import speech, transcription
from mediation.hearings.engines.scripted import ScriptedEngine

class Tones(ScriptedEngine):
    def transcribe(self, recording, *, dialect, terms=(), on_progress=None):
        for line in json.loads(%(lines)r):
            words = tuple(speech.Word(*word) for word in line)
            start, end = (timedelta(seconds=second) for second in (words[0].start_s, words[-1].end_s))
            text = "".join(word.text for word in words)
            yield speech.Segment(start, end, text, 0.9, heard_raw=text, words=words)

pk = opened()
with Path(%(sound)r).open("rb") as sound, patch.object(transcription, "_queue"), \\
        patch.object(speech, "engine", Tones):
    made = services.add_recording(
        hearing_id=pk, person=mediator, file=sound, name="tones.flac", dialect="sichuan", speaker="citizen"
    )
    transcription.transcribe(made.pk)
services.end_hearing(hearing_id=pk, mediator=mediator, result="继续商谈。")
print("HEARING", pk, session_of(stage.citizen))
"""
)


@dataclass(frozen=True, slots=True)
class Tone:
    """A word, when it is said, and its pitch."""

    text: str
    start_s: float
    pitch_hz: float
    sure: float

    @property
    def row(self) -> list[object]:
        """As the engine gives it."""
        return [self.text, self.start_s, self.start_s + WORD_S, self.sure]


def spoken() -> list[list[Tone]]:
    """Every word of every line."""
    lines, at, number = list[list[Tone]](), PAUSE_S, 0
    for line in LINES:
        lines.append([])
        for text in line:
            sure = 0.2 if text in UNSURE else 0.95
            lines[-1].append(Tone(text, at, LOWEST_HZ + STEP_HZ * number, sure))
            at, number = at + WORD_S, number + 1
        at += PAUSE_S
    return lines


def sound_of(lines: list[list[Tone]]) -> bytes:
    """FLAC, as the sound of a hearing is kept, with a minute of quiet behind the words."""
    tones = [tone for line in lines for tone in line]
    samples = np.zeros(int((tones[-1].start_s + 60) * RATE_HZ), np.int16)
    times = np.arange(int(WORD_S * RATE_HZ)) / RATE_HZ
    for tone in tones:
        at = int(tone.start_s * RATE_HZ)
        wave = np.sin(2 * np.pi * tone.pitch_hz * times) * 9000
        samples[at : at + len(wave)] = wave.astype(np.int16)
    out = io.BytesIO()
    with av.open(out, "w", format="flac") as file:
        stream = file.add_stream("flac", rate=RATE_HZ)
        stream.layout = "mono"
        for at in range(0, len(samples), RATE_HZ):
            frame = av.AudioFrame.from_ndarray(samples[None, at : at + RATE_HZ], "s16", "mono")
            frame.rate, frame.pts = RATE_HZ, at
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return out.getvalue()


def hearing_of_tones(site: Site, folder: Path) -> tuple[int, list[list[Tone]], str]:
    """A hearing that has ended, written down: its number, its words, a session of the citizen."""
    lines, sound = spoken(), folder / "tones.flac"
    sound.write_bytes(sound_of(lines))
    rows = json.dumps([[tone.row for tone in line] for line in lines])
    told = site.run(MADE % {"lines": rows, "sound": str(sound)}).rsplit("HEARING", 1)[1].split()
    return int(told[0]), lines, told[1]
