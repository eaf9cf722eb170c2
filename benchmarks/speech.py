"""Character error rate and speed of our engine by dialect, beside plain faster-whisper in the same run.

    python benchmarks/speech.py FOLDER [--most N] [--json]

FOLDER holds sound files and `manifest.json`: a list of {file, text, dialect}; clips without text are left out.
Speed is CPU seconds for each second of sound, so that other load on the machine does not count.
"""

import argparse
import json
import os
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediation.conf.base")

from benchmarks.characters import edits
from mediation.hearings.audio import probe
from mediation.hearings.engines.whisper import WhisperEngine
from mediation.hearings.text import DOUBT_BELOW

Hear = Callable[[Path], tuple[str, float]]  # text, and the least confidence of its parts


def ours() -> Hear:
    """Our engine as the site runs it."""
    engine = WhisperEngine()

    def hear(path: Path) -> tuple[str, float]:
        segments = list(engine.transcribe(path, dialect="mandarin"))
        return "".join(part.text for part in segments), min(
            (part.confidence for part in segments), default=0.0
        )

    return hear


def plain_whisper() -> Hear:
    """faster-whisper on the same weights with its own VAD, told that it hears Chinese, without fallback."""
    from faster_whisper import WhisperModel

    model = WhisperModel(
        str(WhisperEngine().weights.ready()), device="cpu", compute_type="int8", cpu_threads=2
    )

    def hear(path: Path) -> tuple[str, float]:
        parts, _ = model.transcribe(
            str(path),
            language="zh",
            beam_size=5,
            temperature=0,
            vad_filter=True,
            condition_on_previous_text=False,
        )
        return "".join(part.text for part in parts), 1.0

    return hear


def chosen(folder: Path, most: int | None) -> list[dict[str, Any]]:
    """The clips with text; if too many, the same number of each dialect, and always the same ones."""
    clips = [clip for clip in json.loads((folder / "manifest.json").read_text("utf-8")) if clip.get("text")]
    if most is None or len(clips) <= most:
        return clips
    heaps = defaultdict(list)
    for clip in random.Random(7).sample(clips, len(clips)):
        heaps[clip["dialect"]].append(clip)
    ranked = [(place, clip) for heap in heaps.values() for place, clip in enumerate(heap)]
    return [clip for _, clip in sorted(ranked, key=lambda pair: pair[0])][:most]


def measure(folder: Path, clips: Iterable[dict[str, Any]], hear: Hear) -> dict[str, dict[str, float]]:
    """Rows by dialect: clips, CER, CPU seconds a second, clips heard badly and the flagged ones."""
    sums: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for clip in clips:
        path = folder / clip["file"]
        before = time.process_time()
        text, confidence = hear(path)
        spent = time.process_time() - before
        wrong, said = edits(clip["text"], text)
        bad = wrong > 0.3 * said
        for row in (sums[clip["dialect"]], sums["all"]):
            row["clips"] += 1
            row["wrong"] += wrong
            row["said"] += said
            row["cpu_s"] += spent
            row["sound_s"] += probe(path).duration_s
            row["bad"] += bad
            row["bad_flagged"] += bad and confidence < DOUBT_BELOW
            row["good_flagged"] += not bad and confidence < DOUBT_BELOW
    return {
        dialect: {
            "clips": int(row["clips"]),
            "cer": round(row["wrong"] / max(row["said"], 1), 3),
            "cpu_s_per_s": round(row["cpu_s"] / max(row["sound_s"], 0.01), 3),
            "bad": int(row["bad"]),
            "bad_flagged": int(row["bad_flagged"]),
            "good_flagged": int(row["good_flagged"]),
        }
        for dialect, row in sorted(sums.items())
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--most", type=int, help="at most so many clips")
    parser.add_argument("--json", action="store_true", help="print JSON and nothing else")
    given = parser.parse_args()
    if not (given.folder / "manifest.json").is_file():
        parser.error(f"there is no manifest.json in {given.folder}")
    clips = chosen(given.folder, given.most)
    found = {}
    for name, make in (("ours", ours), ("faster-whisper", plain_whisper)):
        hear = make()
        hear(given.folder / clips[0]["file"])  # loading is not counted
        found[name] = measure(given.folder, clips, hear)
    if given.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return 0
    print(f"{'dialect':20}{'clips':>6}{'ours':>8}{'plain':>8}{'cpu':>8}{'plain':>8}{'bad':>6}{'flagged':>9}")
    for dialect, row in found["ours"].items():
        plain = found["faster-whisper"][dialect]
        print(
            f"{dialect:20}{row['clips']:>6}{row['cer']:>8.1%}{plain['cer']:>8.1%}{row['cpu_s_per_s']:>8.2f}"
            f"{plain['cpu_s_per_s']:>8.2f}{row['bad']:>6}{row['bad_flagged']:>9}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
