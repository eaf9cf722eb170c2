"""What is heard, how well and how fast, by dialect, beside plain faster-whisper on the same weights in the same run.

    python benchmarks/speech.py FOLDER [--most N] [--by FIELD] [--long] [--noise] [--json]

FOLDER holds sound files and `manifest.json`, a list of {file, text, dialect} (clips without text are left out), or
`hearing.json` with `utterances` of {speaker, start, end, text} and a sound file for each speaker; recordings.py says
what else it understands. Sound may have any rate and format that a phone writes. `--noise` adds ten minutes of silence,
noise, hum and music; `--long` joins the clips to one recording of twelve minutes and hears it in a process of its own.
Speed is seconds of processor for each second of sound: other load does not count. `compared` sets both engines side by
side: same weights, int8, two threads, five beams, no fallback; below 1 is better than plain. Progress goes to stderr.
What holds no sound is left out of both, named there and counted in `left_out`; where an engine fails, all is wrong.

Rows: one for each dialect, for each value of a FIELD of the list (source, style) and for all. `cer` of the text as it
is shown (a term where no word was heard is written, with a mark), `cer_heard` of what the engine gave. `bad`: those
over 30 % wrong, and how many of them, and of the others, are flagged as doubtful. For hearings: the share of terms of
the field that are right or stand beside as a suggestion, amounts right or flagged.
"""

import argparse
import json
import os
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediation.conf.base")

from benchmarks.characters import edits
from benchmarks.hearings import Heard, figures_of_hearing
from benchmarks.recordings import (
    UNHEARD,
    Clip,
    chosen_dialect,
    clips_of,
    has_hearing,
    hearing_of,
    readable,
    tell,
)
from mediation.hearings.audio import probe
from mediation.hearings.engines.whisper import WhisperEngine
from mediation.hearings.wording.text import doubtful
from mediation.hearings.wording.writing import write_out

Hear = Callable[[Path, str], Sequence[Heard]]
BAD = 0.3


def ours() -> Hear:
    """Our engine and writing, as the site runs them."""
    engine = WhisperEngine()

    def hear(path: Path, dialect: str) -> list[Heard]:
        written = map(write_out, engine.transcribe(path, dialect=chosen_dialect(dialect)))
        return [Heard(one.start_s, one.end_s, one.text, one.heard_raw, doubtful(one), one) for one in written]

    return hear


def plain_whisper() -> Hear:
    """faster-whisper with its own VAD, told that it hears Chinese, without fallback."""
    from faster_whisper import WhisperModel

    model = WhisperModel(
        str(WhisperEngine().weights.ready()), device="cpu", compute_type="int8", cpu_threads=2
    )

    def hear(path: Path, _dialect: str) -> list[Heard]:
        parts, _ = model.transcribe(
            str(path),
            language="zh",
            beam_size=5,
            temperature=0,
            vad_filter=True,
            condition_on_previous_text=False,
        )
        return [Heard(part.start, part.end, part.text, part.text, False, None) for part in parts]

    return hear


@dataclass
class Row:
    """Sums of a dialect."""

    clips: int = 0
    wrong: int = 0
    wrong_heard: int = 0
    said: int = 0
    cpu_s: float = 0.0
    sound_s: float = 0.0
    bad: int = 0
    bad_flagged: int = 0
    good_flagged: int = 0

    def as_record(self) -> dict[str, Any]:
        """Rates."""
        good = self.clips - self.bad
        return {
            "clips": self.clips,
            "cer": round(self.wrong / max(self.said, 1), 3),
            "cer_heard": round(self.wrong_heard / max(self.said, 1), 3),
            "cpu_s_per_s": round(self.cpu_s / max(self.sound_s, 0.01), 3),
            "bad": self.bad,
            "bad_flagged": self.bad_flagged,
            "flagged_of_bad": round(self.bad_flagged / self.bad, 3) if self.bad else None,
            "flagged_of_good": round(self.good_flagged / good, 3) if good else None,
        }


def chosen(clips: list[Clip], most: int | None) -> list[Clip]:
    """The clips; if too many, the same number of each dialect, and always the same ones."""
    if most is None or len(clips) <= most:
        return clips
    heaps = defaultdict(list)
    for clip in random.Random(7).sample(clips, len(clips)):
        heaps[clip.dialect].append(clip)
    ranked = [(place, clip) for heap in heaps.values() for place, clip in enumerate(heap)]
    return [clip for _, clip in sorted(ranked, key=lambda pair: pair[0])][:most]


def measure(clips: Sequence[Clip], hear: Hear) -> dict[str, dict[str, Any]]:
    """A row for each dialect and one for all."""
    sums: dict[str, Row] = defaultdict(Row)
    for number, clip in enumerate(clips, 1):
        tell(f"{number}/{len(clips)} {clip.path.name}")
        sound_s = probe(clip.path).duration_s
        before = time.process_time()
        try:
            heard = hear(clip.path, clip.dialect)
        except UNHEARD as problem:
            tell(f"not heard: {clip.path.name}: {type(problem.__cause__ or problem).__name__}")
            heard = []
        spent = time.process_time() - before
        wrong, said = edits(clip.text, "".join(part.text for part in heard))
        is_bad = wrong > BAD * said
        is_flagged = not heard or any(part.is_doubtful for part in heard)
        for row in (sums[name] for name in (clip.dialect, "all", clip.kind) if name):
            row.clips += 1
            row.wrong += wrong
            row.wrong_heard += edits(clip.text, "".join(part.raw for part in heard))[0]
            row.said += said
            row.cpu_s += spent
            row.sound_s += sound_s
            row.bad += is_bad
            row.bad_flagged += is_bad and is_flagged
            row.good_flagged += not is_bad and is_flagged
    return {dialect: row.as_record() for dialect, row in sorted(sums.items())}


def measure_hearing(folder: Path, hear: Hear) -> dict[str, Any]:
    """The streams of a hearing: error, speed, terms and amounts. Who has no sound that can be read is left out."""
    told = hearing_of(folder)
    cpu_s = sound_s = 0.0
    heard: dict[str, Sequence[Heard]] = {}
    for speaker, path in told.files.items():
        tell(path.name)
        before = time.process_time()
        try:
            parts, seconds = hear(path, told.dialect), probe(path).duration_s
        except UNHEARD as problem:
            tell(f"left out: {path.name}: {type(problem.__cause__ or problem).__name__}")
            continue
        heard[speaker] = parts
        cpu_s += time.process_time() - before
        sound_s += seconds
    found = figures_of_hearing([one for one in told.utterances if one["speaker"] in heard], heard)
    left_out = len(told.files) - len(heard)
    return {
        **found,
        "cpu_s_per_s": round(cpu_s / max(sound_s, 0.01), 3),
        "streams": len(heard),
        **({"left_out": left_out} if left_out else {}),
    }


def compared(one: dict[str, Any], other: dict[str, Any]) -> dict[str, float | None]:
    """Ours as a share of plain: errors and processor time."""
    return {
        name: round(one[name] / other[name], 3) if other.get(name) else None
        for name in ("cer", "cpu_s_per_s")
    }


def main() -> int:
    """Measure and print."""
    given = asked()
    with redirect_stdout(sys.stderr):
        found = figures(given)
    if given.json:
        print(json.dumps(found, ensure_ascii=False))
        return 0
    for name, rows in found.items():
        for kind, row in rows.items():
            print(f"{name:16}{kind:22}", json.dumps(row, ensure_ascii=False))
    return 0


def asked() -> argparse.Namespace:
    """What is asked for; ends the program where the folder holds nothing to hear."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--most", type=int, help="at most so many clips")
    parser.add_argument("--by", default="", metavar="FIELD", help="a row for each value of this field, too")
    parser.add_argument("--long", action="store_true", help="also one recording of twelve minutes")
    parser.add_argument("--noise", action="store_true", help="also ten minutes without speech")
    parser.add_argument("--json", action="store_true", help="print one line of JSON and nothing else")
    given = parser.parse_args()
    try:
        if not (has_hearing(given.folder) or clips_of(given.folder)):
            parser.error(f"there is neither manifest.json with words nor hearing.json in {given.folder}")
        if has_hearing(given.folder):
            hearing_of(given.folder)
    except ValueError as problem:
        parser.error(f"the list in {given.folder} cannot be read: {problem}")
    return given


def figures(given: argparse.Namespace) -> dict[str, Any]:
    """Of both engines, and of noise and length where asked for."""
    folder: Path = given.folder
    listed = clips_of(folder, given.by)
    clips = readable(listed)
    left_out = len(listed) - len(clips)
    found: dict[str, Any] = {"left_out": {"clips": left_out}} if left_out else {}
    engines = (("ours", ours), ("faster-whisper", plain_whisper))
    for name, make in engines:
        tell(name)
        hear = make()
        hear(
            Path(__file__).resolve().parent.parent / "mediation/hearings/demo/story.ogg", "mandarin"
        )  # loading
        found[name] = {}
        if clips:
            found[name] |= measure(chosen(clips, given.most), hear)
        if has_hearing(folder):
            found[name]["hearing"] = measure_hearing(folder, hear)
    found["compared"] = {
        kind: compared(row, found["faster-whisper"][kind]) for kind, row in found["ours"].items()
    }
    if given.noise:
        tell("without speech")
        from benchmarks.noises import invented

        found["invented"] = invented(ours())
    if given.long and clips:
        tell("long")
        from benchmarks.long import measure_long

        found["long"] = measure_long(clips)
    return found


if __name__ == "__main__":
    sys.exit(main())
