"""What is heard, how well and how fast, by dialect, beside plain faster-whisper on the same weights in the same run.

    python benchmarks/speech.py FOLDER [--most N] [--long] [--noise] [--json]

FOLDER holds sound files and `manifest.json`, a list of {file, text, dialect} (clips without text are left out), or
`hearing.json` with `utterances` of {speaker, start, end, text} and a WAV file for each speaker. `--noise` adds ten
minutes of silence, noise, hum and music; `--long` joins the clips to one recording of twelve minutes and hears it in
a process of its own. Speed is seconds of processor for each second of sound: other load does not count. `compared` sets
both engines side by side: same weights, int8, two threads, five beams, no fallback; below 1 is better than plain.
Progress goes to stderr. What cannot be read is left out, named there and counted in `left_out`.

Rows: `cer` of the text as it is shown (a term where no word was heard is written, with a mark), `cer_heard` of what
the engine gave. `doubtful`: segments over 30 % wrong that are flagged, and good ones that are flagged too. For
hearings: the share of terms of the field that are right or stand beside as a suggestion, amounts right or flagged.
"""

import argparse
import json
import os
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediation.conf.base")

from benchmarks.characters import edits
from benchmarks.hearings import Heard, figures_of_hearing
from mediation.hearings.audio import probe
from mediation.hearings.engines.whisper import WhisperEngine
from mediation.hearings.speech import SpeechError
from mediation.hearings.text import doubtful
from mediation.hearings.writing import write_out

Hear = Callable[[Path, str], Sequence[Heard]]
BAD = 0.3
# What a speaker would choose of our list, by the names that manifests use.
DIALECTS = (
    ("wu", "wu"), ("shanghai", "wu"), ("suzhou", "wu"), ("hokkien", "minnan"), ("min", "minnan"), ("hakka", "hakka"),
    ("sichuan", "sichuan"), ("chengdu", "sichuan"), ("chuan", "sichuan"), ("yue", "cantonese"),
    ("cantonese", "cantonese"), ("northeast", "northeast"), ("dongbei", "northeast"), ("zhongyuan", "zhongyuan"),
    ("mandarin", "mandarin"), ("jianghuai", "other"), ("jilu", "other"),
)  # fmt: skip


def chosen_dialect(name: str) -> str:
    """The value of Dialect that somebody who speaks so would choose."""
    return next((ours for theirs, ours in DIALECTS if theirs in name.lower()), "other")


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
    left_out: int = 0

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
            **({"left_out": self.left_out} if self.left_out else {}),
        }


def tell(words: str) -> None:
    """Say on stderr how far it is."""
    print(words, file=sys.stderr, flush=True)


def chosen(folder: Path, most: int | None) -> list[dict[str, Any]]:
    """The clips with text; if too many, the same number of each dialect, and always the same ones."""
    told = json.loads((folder / "manifest.json").read_text("utf-8"))
    told = told["clips"] if isinstance(told, dict) else told
    clips = [{"dialect": "mandarin", **clip} for clip in told if clip.get("text") and clip.get("file")]
    if most is None or len(clips) <= most:
        return clips
    heaps = defaultdict(list)
    for clip in random.Random(7).sample(clips, len(clips)):
        heaps[clip["dialect"]].append(clip)
    ranked = [(place, clip) for heap in heaps.values() for place, clip in enumerate(heap)]
    return [clip for _, clip in sorted(ranked, key=lambda pair: pair[0])][:most]


def measure(folder: Path, clips: Iterable[dict[str, Any]], hear: Hear) -> dict[str, dict[str, Any]]:
    """A row for each dialect and one for all."""
    sums: dict[str, Row] = defaultdict(Row)
    all_of_them = list(clips)
    for number, clip in enumerate(all_of_them, 1):
        path = folder / clip["file"]
        tell(f"{number}/{len(all_of_them)} {clip['file']}")
        before = time.process_time()
        try:
            heard, sound_s = hear(path, clip["dialect"]), probe(path).duration_s
        except (SpeechError, OSError, ValueError) as problem:
            tell(f"left out: {clip['file']}: {type(problem.__cause__ or problem).__name__}")
            sums["all"].left_out += 1
            continue
        spent = time.process_time() - before
        wrong, said = edits(clip["text"], "".join(part.text for part in heard))
        is_bad = wrong > BAD * said
        is_flagged = not heard or any(part.is_doubtful for part in heard)
        for row in (sums[clip["dialect"]], sums["all"]):
            row.clips += 1
            row.wrong += wrong
            row.wrong_heard += edits(clip["text"], "".join(part.raw for part in heard))[0]
            row.said += said
            row.cpu_s += spent
            row.sound_s += sound_s
            row.bad += is_bad
            row.bad_flagged += is_bad and is_flagged
            row.good_flagged += not is_bad and is_flagged
    return {dialect: row.as_record() for dialect, row in sorted(sums.items())}


def measure_hearing(folder: Path, hear: Hear) -> dict[str, Any]:
    """The streams of a hearing: error, speed, terms and amounts."""
    told = json.loads((folder / "hearing.json").read_text("utf-8"))
    speakers = sorted({one["speaker"] for one in told["utterances"]})
    cpu_s = sound_s = 0.0
    heard: dict[str, Sequence[Heard]] = {}
    for speaker in speakers:
        path = folder / told.get("streams", {}).get(speaker, f"{speaker}.wav")
        tell(path.name)
        before = time.process_time()
        heard[speaker] = hear(path, told.get("dialect", "mandarin"))
        cpu_s += time.process_time() - before
        sound_s += probe(path).duration_s
    found = figures_of_hearing(told["utterances"], heard)
    return {**found, "cpu_s_per_s": round(cpu_s / sound_s, 3), "streams": len(speakers)}


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
    parser.add_argument("--long", action="store_true", help="also one recording of twelve minutes")
    parser.add_argument("--noise", action="store_true", help="also ten minutes without speech")
    parser.add_argument("--json", action="store_true", help="print one line of JSON and nothing else")
    given = parser.parse_args()
    if not any((given.folder / name).is_file() for name in ("manifest.json", "hearing.json")):
        parser.error(f"there is neither manifest.json nor hearing.json in {given.folder}")
    return given


def figures(given: argparse.Namespace) -> dict[str, Any]:
    """Of both engines, and of noise and length where asked for."""
    folder: Path = given.folder
    has_clips, has_hearing = (folder / "manifest.json").is_file(), (folder / "hearing.json").is_file()
    found: dict[str, Any] = {}
    engines = (("ours", ours), ("faster-whisper", plain_whisper))
    for name, make in engines:
        tell(name)
        hear = make()
        hear(
            Path(__file__).resolve().parent.parent / "mediation/hearings/demo/story.ogg", "mandarin"
        )  # loading
        found[name] = {}
        if has_clips:
            found[name] |= measure(folder, chosen(folder, given.most), hear)
        if has_hearing:
            found[name]["hearing"] = measure_hearing(folder, hear)
    found["compared"] = {
        kind: compared(row, found["faster-whisper"][kind]) for kind, row in found["ours"].items()
    }
    if given.noise:
        tell("without speech")
        from benchmarks.noises import invented

        found["invented"] = invented(ours())
    if given.long and has_clips:
        tell("long")
        from benchmarks.long import measure_long

        found["long"] = measure_long(folder)
    return found


if __name__ == "__main__":
    sys.exit(main())
