"""One recording of twelve minutes, of many voices and dialects with silence and noise between: error and memory."""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.recordings import Clip, chosen_dialect

RATE = 16_000
LONGEST_S = 12 * 60
QUIET_S = 20
MIXED = {"mandarin", "sichuan", "cantonese"}


def join(clips: Sequence[Clip], target: Path) -> str:
    """Write the recording; return what is said in it. Twelve minutes, mixed, of the clips of Mandarin, Sichuan and
    Cantonese, or of all where there are none of these; where they are too few they come again.
    """
    from mediation.hearings.audio import decode

    clips = [clip for clip in clips if chosen_dialect(clip.dialect) in MIXED] or clips
    chooser, words, seconds = random.Random(11), list[str](), 0.0
    noise = np.random.default_rng(1).normal(0, 0.02, QUIET_S * RATE)
    with wave.open(str(target), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))

        def add(sound: Any) -> float:
            file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
            return float(len(sound) / RATE)

        while seconds < LONGEST_S - QUIET_S * 2:
            for clip in chooser.sample(clips, len(clips)):
                seconds += add(decode(clip.path)) + add(np.zeros(int(chooser.uniform(0.5, 2) * RATE)))
                words.append(clip.text)
                if seconds >= LONGEST_S - QUIET_S * 2:
                    break
            seconds += add(np.zeros(QUIET_S * RATE)) + add(noise)
    return "".join(words)


def measure_long(clips: Sequence[Clip]) -> dict[str, Any]:
    """Ours and plain faster-whisper, each in a process of its own."""
    from benchmarks.characters import edits

    found = {}
    with tempfile.TemporaryDirectory() as made:
        path = Path(made) / "long.wav"
        said = join(clips, path)
        for name in ("ours", "faster-whisper"):
            done = subprocess.run(
                [sys.executable, __file__, name, str(path)], capture_output=True, text=True, check=True
            )
            row = json.loads(done.stdout)
            wrong, count = edits(said, row.pop("text"))
            found[name] = {"cer": round(wrong / max(count, 1), 3), **row}
    return found


def most_memory_mb() -> int:
    """The most this program has held since it began. Not ru_maxrss where it can be helped: that begins with what the
    program held which started this one.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        lines = (line.split() for line in status.read_text("utf-8").splitlines() if line.startswith("VmHWM"))
        return round(int(next(lines)[1]) / 1024)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> int:
    """In a process of its own: hear, and print text, seconds and the most memory used."""
    from benchmarks.speech import ours, plain_whisper
    from mediation.hearings.audio import probe

    path = Path(sys.argv[2])
    hear = {"ours": ours, "faster-whisper": plain_whisper}[sys.argv[1]]()
    before = time.process_time()
    parts = hear(path, "mandarin")
    spent = time.process_time() - before
    row = {
        "text": "".join(part.text for part in parts),
        "seconds": round(probe(path).duration_s),
        "cpu_s_per_s": round(spent / probe(path).duration_s, 3),
        "most_memory_mb": most_memory_mb(),
    }
    print(json.dumps(row, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
