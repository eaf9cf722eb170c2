"""What the finals of captions say, with terms weighed against the sound and without: the same hearing of both.

    python benchmarks/finals.py FOLDER [FOLDER …] [--json]

Each FOLDER holds a hearing or clips, as for speech.py. The sound is cut as captions cut it, a tenth of a second at a
time, and each stretch is heard as the final of a caption is, on one thread. Error rates and terms as of speech.py;
`final_cpu_s` is the median and the 95th percentile of a final's processor seconds. `changed` counts the finals in which
the sound made a difference. For latency see captions.py.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediation.conf.base")

from benchmarks.characters import edits
from benchmarks.hearings import Heard, figures_of_hearing
from benchmarks.recordings import has_hearing, hearing_of, mandarin_in
from mediation.hearings.audio import RATE_HZ, Samples, decode
from mediation.hearings.engines.whisper import WhisperEngine
from mediation.hearings.live.vad import Listener
from mediation.hearings.speech import Segment
from mediation.hearings.wording.writing import write_out

FRAME = RATE_HZ // 10
WAYS = (("text_alone", False), ("weighed", True))


@dataclass(frozen=True, slots=True)
class Final:
    """A stretch as it was heard, and what it cost."""

    segment: Segment
    cpu_s: float

    def written(self, *, weighed: bool) -> Heard:
        """As a caption shows it."""
        known = self.segment if weighed else replace(self.segment, meant=frozenset())
        one = write_out(known)
        return Heard(one.start_s, one.end_s, one.text, one.heard_raw, False, one)


def stretches_of(samples: Samples) -> Iterator[tuple[int, int]]:
    """From and to, in samples: what a caption would be made of, up to the pause that may have ended it."""
    listener, paused = Listener(), dict[tuple[int, int], int]()
    for at in range(0, samples.size, FRAME):
        for stretch in listener.feed(samples[at : at + FRAME]):
            key = (stretch.start, stretch.pauses)
            if stretch.is_over:
                yield stretch.start, paused.get(key, stretch.end)
            elif stretch.may_be_over:
                paused.setdefault(key, stretch.end)
    for stretch in listener.finish():
        yield stretch.start, stretch.end


def finals_of(engine: WhisperEngine, path: Path, dialect: str) -> list[Final]:
    """All of a file."""
    samples, found = decode(path), list[Final]()
    for start, end in stretches_of(samples):
        before = time.process_time()
        heard = engine.hear_short(samples[start:end], dialect=dialect, final=True)
        spent = time.process_time() - before
        if heard.text:
            starts, ends = (timedelta(seconds=at / RATE_HZ) for at in (start, end))
            found.append(Final(replace(heard, start=starts, end=ends), spent))
    return found


def figures_of(engine: WhisperEngine, folder: Path) -> dict[str, Any]:
    """Of a hearing, else of the clips of Mandarin."""
    if has_hearing(folder):
        told = hearing_of(folder)
        finals = {who: finals_of(engine, path, told.dialect) for who, path in told.files.items()}
        rows = {
            name: figures_of_hearing(
                told.utterances,
                {who: [one.written(weighed=weighed) for one in each] for who, each in finals.items()},
            )
            for name, weighed in WAYS
        }
    else:
        clips = mandarin_in(folder)
        finals = {str(clip.path): finals_of(engine, clip.path, "mandarin") for clip in clips}
        rows = {}
        for name, weighed in WAYS:
            pairs = [
                edits(clip.text, "".join(one.written(weighed=weighed).text for one in finals[str(clip.path)]))
                for clip in clips
            ]
            wrong, said = (sum(column) for column in zip(*pairs, strict=True)) if pairs else (0, 0)
            rows[name] = {"clips": len(clips), "cer": round(wrong / max(said, 1), 3)}
    return {**rows, **costs_of([one for each in finals.values() for one in each])}


def costs_of(finals: Sequence[Final]) -> dict[str, Any]:
    """How many, in how many the sound decided, and how long one takes."""
    spent = np.percentile([one.cpu_s for one in finals] or [0.0], [50, 95]).round(2)
    changed = [one for one in finals if one.written(weighed=True).text != one.written(weighed=False).text]
    return {"finals": len(finals), "changed": len(changed), "final_cpu_s": [float(each) for each in spent]}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--json", action="store_true", help="print one line of JSON and nothing else")
    given = parser.parse_args()
    engine = WhisperEngine(cpu_threads=1)
    engine.make_ready()
    found = {folder.name: figures_of(engine, folder) for folder in given.folders}
    if given.json:
        print(json.dumps(found, ensure_ascii=False))
        return 0
    for name, rows in found.items():
        for kind, row in rows.items():
            print(f"{name:20}{kind:14}", json.dumps(row, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
