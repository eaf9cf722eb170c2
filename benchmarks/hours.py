"""Hours of speech without a pause through `manage.py transcribe`: is anything lost, does memory grow, does it go on?

    python benchmarks/hours.py FOLDER [--hours 3] [--most-minutes M] [--json]

FOLDER holds clips, as for speech.py; those of Mandarin are joined in ever new orders, hardly apart. Prints the
processor's seconds for a second of sound, the most memory and the memory held at each tenth of the way (MB), the
longest time in which nothing new was written (seconds of this clock), lines, the longest stretch of sound without a
new line, and the error rate of ten minutes at the beginning, in the middle and at the end: sound that was lost would
show in these.
After M minutes it is ended, and the figures are those of what it had printed by then: `heard_s` says how far it came.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediation.conf.base")

from benchmarks.characters import edits
from benchmarks.processes import whole_cpu_s_of
from benchmarks.recordings import Clip, mandarin_in, tell
from mediation.hearings.audio import RATE_HZ, decode

ROOT = Path(__file__).resolve().parent.parent
BETWEEN_S = (0.1, 0.5)
WINDOW_S = 600.0
LOOKS_EACH_S = 2.0
LINE = re.compile(r"(\d+):(\d+\.\d)(?: \?)? (.*)")
DONE = re.compile(r"^(\d+)% ", re.MULTILINE)


@dataclass
class Watched:
    """What was seen of the program from outside."""

    cpu_s: float = 0.0
    most_mb: int = 0
    mb_at: dict[int, int] = field(default_factory=dict)
    wrote_nothing_s: float = 0.0
    came_to_its_end: bool = False


def join(clips: Sequence[Clip], target: Path, seconds: float) -> list[tuple[float, str]]:
    """Write the recording; return when what is said in it begins."""
    sounds = [(clip.text, decode(clip.path)) for clip in clips]
    chooser, said, at = random.Random(3), list[tuple[float, str]](), 0.0
    with wave.open(str(target), "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        while at < seconds:
            for text, sound in chooser.sample(sounds, len(sounds)):
                said.append((at, text))
                gap = np.zeros(int(chooser.uniform(*BETWEEN_S) * RATE_HZ), np.float32)
                joined = np.concatenate([sound, gap])
                file.writeframes((np.clip(joined, -1, 1) * 32767).astype("<i2").tobytes())
                at += joined.size / RATE_HZ
                if at >= seconds:
                    break
    return said


def watch(recording: Path, written: Path, most_s: float) -> Watched:
    """Run the command, its lines into a file, and look at it until it ends or its time is over."""
    seen, told = Watched(), written.with_suffix(".told")
    with written.open("wb") as out, told.open("wb") as progress:
        program = subprocess.Popen(
            [sys.executable, "manage.py", "transcribe", str(recording)], cwd=ROOT, stdout=out, stderr=progress
        )
        began = moved = time.monotonic()
        written_to = 0
        while program.poll() is None and time.monotonic() - began < most_s:
            seen.cpu_s = whole_cpu_s_of(program.pid) or seen.cpu_s
            held, most = _memory_of(program.pid)
            seen.most_mb = max(seen.most_mb, most)
            done = [int(share) for share in DONE.findall(told.read_text("utf-8"))]
            if held and done and done[-1] not in seen.mb_at:
                seen.mb_at[done[-1]] = held
                tell(
                    f"{done[-1]} % after {time.monotonic() - began:.0f} s, {seen.cpu_s:.0f} CPU s, {held} MB"
                )
            if written.stat().st_size > written_to:
                written_to, moved = written.stat().st_size, time.monotonic()
            seen.wrote_nothing_s = max(seen.wrote_nothing_s, round(time.monotonic() - moved, 1))
            time.sleep(LOOKS_EACH_S)
        program.terminate()
        seen.came_to_its_end = program.wait() == 0
    return seen


def _memory_of(process: int) -> tuple[int, int]:
    """What it holds and the most it has held, in MB; 0 where that is not told."""
    try:
        lines = Path(f"/proc/{process}/status").read_text("utf-8").splitlines()
    except OSError:
        return 0, 0
    found = {line.split()[0]: int(line.split()[1]) // 1024 for line in lines if line.startswith("Vm")}
    return found.get("VmRSS:", 0), found.get("VmHWM:", 0)


def lines_of(written: str) -> list[tuple[float, str]]:
    """When each line begins, and its words."""
    found = (LINE.fullmatch(line) for line in written.splitlines())
    return [(int(one[1]) * 60 + float(one[2]), one[3]) for one in found if one]


def figures_of(
    said: Sequence[tuple[float, str]], heard: Sequence[tuple[float, str]], end_s: float
) -> dict[str, Any]:
    """How much of what was said up to `end_s` is there."""
    begins = [0.0, *(at for at, _ in heard), end_s]
    windows = {
        "beginning": 0.0, "middle": max(end_s / 2 - WINDOW_S / 2, 0.0), "end": max(end_s - WINDOW_S, 0.0)
    }  # fmt: skip
    return {
        "lines": len(heard),
        "longest_without_a_line_s": round(max(b - a for a, b in pairwise(begins)), 1),
        "cer": {name: _error(said, heard, from_s) for name, from_s in windows.items()},
    }


def _error(said: Sequence[tuple[float, str]], heard: Sequence[tuple[float, str]], from_s: float) -> float:
    wanted, got = (
        "".join(text for at, text in each if from_s <= at < from_s + WINDOW_S) for each in (said, heard)
    )
    wrong, count = edits(wanted, got)
    return round(wrong / max(count, 1), 3)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--hours", type=float, default=3.0)
    parser.add_argument("--most-minutes", type=float, default=24 * 60.0, help="of this clock")
    parser.add_argument("--json", action="store_true", help="print one line of JSON and nothing else")
    given = parser.parse_args()
    clips = mandarin_in(given.folder)
    if not clips:
        parser.error(f"there is no list of clips of Mandarin with words in {given.folder}")
    seconds = given.hours * 3600
    with tempfile.TemporaryDirectory(prefix="hours-") as folder:
        recording, written = Path(folder) / "hours.wav", Path(folder) / "hours.txt"
        said = join(clips, recording, seconds)
        tell(f"{seconds:.0f} s of {len(said)} clips are joined")
        seen = watch(recording, written, given.most_minutes * 60)
        heard = lines_of(written.read_text("utf-8"))
    heard_s = seconds if seen.came_to_its_end else max((at for at, _ in heard), default=0.0)
    row = {
        "sound_s": round(seconds),
        "heard_s": round(heard_s),
        "came_to_its_end": seen.came_to_its_end,
        "cpu_s_per_s": round(seen.cpu_s / max(heard_s, 1), 3),
        "most_memory_mb": seen.most_mb,
        "memory_mb_at_percent": seen.mb_at,
        "longest_wrote_nothing_s": seen.wrote_nothing_s,
        **figures_of(said, heard, heard_s),
    }
    print(
        json.dumps({"hours": row})
        if given.json
        else "\n".join(f"{name:26}{each}" for name, each in row.items())
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
