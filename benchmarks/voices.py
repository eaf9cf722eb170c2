"""Who spoke, in one channel: how many lines are proposed from two named lines a speaker, and how many are right.

    python benchmarks/voices.py FOLDER [--sweep] [--json]

FOLDER holds WAV clips with a manifest.json; a clip is one speaker, its `speaker` (or its name, where that is not said)
is who it is. Each clip of 4.4 seconds or more is cut into lines of about 1.5 seconds; recordings are made of two and of
three speakers of one source (the letters before the first _ of the file's name), so that the place does not give the
speaker away. Two lines each are named, the others are proposed or left open; a named line is never counted.
Ways of the sound: as it is; 300-3400 Hz with noise 20 dB below the voice; that through AMR 12.2 kbit/s; noise at 15 dB
and AMR 5.9 kbit/s. Every second speaker of a source is for choosing the bars (--sweep), the others are reported.

`shared`: lines proposed, of all. `right`: of those proposed. `stranger`: lines of a third person whom nobody has named
that are proposed all the same. `mixed`: lines in which two people speak, three seconds, that are proposed all the same.
"""

import argparse
import io
import itertools
import json
import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediation.conf.base")
django.setup()

import av  # noqa: E402 - after the settings

from mediation.hearings.audio import RATE_HZ, Samples, decode  # noqa: E402
from mediation.hearings.diarization import proposing  # noqa: E402
from mediation.hearings.diarization.prints import Prints, printer  # noqa: E402

LINE_S, SHORTEST_CLIP_S = 1.5, 4.38
ROUNDS = 4  # ways in which the named lines of a recording are drawn
PHONE_HZ = (300, 3400)
MARGINS = (0.0, 0.1, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7)
LIKES = (0.0, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75)
Speakers = dict[str, list[Prints]]  # the lines of each speaker
Recordings = list[tuple[str, ...]]


def through_amr(samples: Samples, bits: int) -> Samples:
    """As a telephone keeps it: AMR narrow band at `bits` a second."""
    kept = io.BytesIO()
    with av.open(kept, "w", format="amr") as file:
        stream: Any = file.add_stream("libopencore_amrnb", rate=8000)
        stream.layout, stream.bit_rate = "mono", bits
        frame = av.AudioFrame.from_ndarray(
            (np.clip(samples, -1, 1) * 32767).astype("<i2")[None], format="s16", layout="mono"
        )
        frame.sample_rate = RATE_HZ
        narrow = av.AudioResampler("s16", "mono", 8000, frame_size=160)
        for part in [*narrow.resample(frame), *narrow.resample(None)]:
            file.mux(stream.encode(part))
        file.mux(stream.encode(None))
    kept.seek(0)
    wide = av.AudioResampler("s16", "mono", RATE_HZ)
    heard: list[Any] = []
    with av.open(kept, "r") as again:
        for part in again.decode(audio=0):
            heard += [one.to_ndarray()[0] for one in wide.resample(part)]
    whole: Samples = np.concatenate(heard).astype(np.float32) / np.float32(32768)
    return np.pad(whole, (0, max(0, len(samples) - len(whole))))[: len(samples)]


def on_the_phone(samples: Samples, noise_db: float, rng: np.random.Generator) -> Samples:
    """In the band of a telephone, with noise, half of it low as of a street, so far below the voice."""
    white = rng.normal(0, 1, len(samples))
    low = np.convolve(rng.normal(0, 1, len(samples) + 79), np.ones(80) / np.sqrt(80), "valid")
    noise = (white + low) * np.sqrt(np.mean(samples**2) / 2 / 10 ** (noise_db / 10))
    tones = np.fft.rfft(samples + noise)
    hertz = np.fft.rfftfreq(len(samples), 1 / RATE_HZ)
    tones[(hertz < PHONE_HZ[0]) | (hertz > PHONE_HZ[1])] = 0
    heard: Samples = np.fft.irfft(tones, len(samples)).astype(np.float32)
    return heard


WAYS: dict[str, Callable[[Samples, np.random.Generator], Samples]] = {
    "as recorded": lambda sound, _rng: sound,
    "phone band, noise 20 dB": lambda sound, rng: on_the_phone(sound, 20, rng),
    "phone, AMR 12.2, noise 20 dB": lambda sound, rng: through_amr(on_the_phone(sound, 20, rng), 12_200),
    "phone, AMR 5.9, noise 15 dB": lambda sound, rng: through_amr(on_the_phone(sound, 15, rng), 5_900),
}


def lines_in(sound: Samples) -> list[Samples]:
    """About LINE_S each, none shorter."""
    return np.array_split(sound, int(len(sound) / RATE_HZ / LINE_S))


def source_of(speaker: str) -> str:
    """Which collection a speaker comes from."""
    return speaker.split("_", maxsplit=1)[0]


def clips_in(folder: Path) -> dict[str, Samples]:
    """The longest clip of each speaker, brought to one loudness."""
    found: dict[str, tuple[float, str]] = {}
    for clip in json.loads((folder / "manifest.json").read_text()):
        who = f"{source_of(clip['file'])}_{clip.get('speaker') or _talk_of(clip['id'])}"
        if clip["duration"] >= SHORTEST_CLIP_S and clip["duration"] > found.get(who, (0.0, ""))[0]:
            found[who] = (clip["duration"], clip["file"])
    sounds = {who: decode(folder / file) for who, (_seconds, file) in sorted(found.items())}
    return {who: sound * (0.05 / np.sqrt(np.mean(sound**2))) for who, sound in sounds.items()}


def _talk_of(name: str) -> str:
    """Clips cut from one talk (their names begin alike, up to the last numbers) are one speaker."""
    parts = name.split("_")
    return "_".join(parts[:3]) if len(parts) > 3 else name


def recordings_of(speakers: Speakers, count: int) -> Recordings:
    """Every choice of `count` speakers of one source."""
    return [
        chosen
        for chosen in itertools.combinations(sorted(speakers), count)
        if len({source_of(one) for one in chosen}) == 1
    ]


def measured(speakers: Speakers, recordings: Recordings) -> dict[str, float]:
    """What comes of it at the bars that stand in the product."""
    rng, lines, proposed, right = random.Random(5), 0, 0, 0
    for chosen in recordings:
        for _round in range(ROUNDS):
            named, left = drawn(speakers, chosen, rng)
            for who, line in left:
                found = proposing.propose(named, line)
                lines += 1
                proposed += found is not None
                right += found is not None and found.speaker == who
    return {
        "recordings": len(recordings),
        "lines": lines,
        "shared": round(proposed / max(lines, 1), 3),
        "right": round(right / max(proposed, 1), 3),
    }


def drawn(
    speakers: Speakers, chosen: tuple[str, ...], rng: random.Random
) -> tuple[Speakers, list[tuple[str, Prints]]]:
    """Which lines are named, and which are open."""
    named: Speakers = {}
    left: list[tuple[str, Prints]] = []
    for who in chosen:
        taken = set(rng.sample(range(len(speakers[who])), proposing.SAMPLES_EACH))
        named[who] = [line for number, line in enumerate(speakers[who]) if number in taken]
        left += [(who, line) for number, line in enumerate(speakers[who]) if number not in taken]
    return named, left


def strangers(speakers: Speakers) -> float:
    """The share of lines of somebody not named that are proposed."""
    rng, lines, proposed = random.Random(5), 0, 0
    for chosen in recordings_of(speakers, 3):
        for stranger in chosen:
            named, _left = drawn(speakers, tuple(one for one in chosen if one != stranger), rng)
            found = [proposing.propose(named, line) for line in speakers[stranger]]
            lines, proposed = lines + len(found), proposed + sum(one is not None for one in found)
    return round(proposed / max(lines, 1), 3)


def mixed(sounds: dict[str, Samples], speakers: Speakers) -> float:
    """The share of lines with two voices that are proposed: the last line of one speaker, the last of another."""
    lines, proposed = 0, 0
    for chosen in recordings_of(speakers, 2):
        named = {who: speakers[who][: proposing.SAMPLES_EACH] for who in chosen}
        for one, other in (chosen, chosen[::-1]):
            both = np.concatenate([lines_in(sounds[one])[-1], lines_in(sounds[other])[-1]])
            lines += 1
            proposed += proposing.propose(named, printer().prints_of(both)) is not None
    return round(proposed / max(lines, 1), 3)


def swept(ways: dict[str, Speakers]) -> dict[str, Any]:
    """For the half that the bars are chosen on: coverage and precision in phone sound for each of them."""
    found: dict[str, Any] = {}
    kept = (proposing.MARGIN, proposing.LIKE)
    for name, values in (("MARGIN", MARGINS), ("LIKE", LIKES)):
        proposing.MARGIN, proposing.LIKE = kept
        for value in values:
            setattr(proposing, name, value)
            for way, speakers in ways.items():
                rows = {str(count): measured(speakers, recordings_of(speakers, count)) for count in (2, 3)}
                found[f"{name} {value} {way}"] = {**rows, "stranger": strangers(speakers)}
    proposing.MARGIN, proposing.LIKE = kept
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--sweep", action="store_true", help="the half on which the bars are chosen, for many bars"
    )
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    clips = clips_in(asked.folder)
    half = halves(clips)[0 if asked.sweep else 1]
    print_of, seconds, began = printer().prints_of, 0.0, time.process_time()
    ways: dict[str, Speakers] = {}
    sounds: dict[str, dict[str, Samples]] = {}
    for number, (way, change) in enumerate(WAYS.items()):
        rng = np.random.default_rng(number)
        sounds[way] = {who: change(clips[who], rng) for who in half}
        ways[way] = {who: [print_of(line) for line in lines_in(sound)] for who, sound in sounds[way].items()}
        seconds += sum(map(len, sounds[way].values())) / RATE_HZ
    cost = round((time.process_time() - began) / seconds, 3)
    result: dict[str, Any] = {"speakers": len(half), "cpu_s_a_second": cost}
    if asked.sweep:
        result["sweep"] = swept(ways)
    else:
        for way, speakers in ways.items():
            rows = {str(count): measured(speakers, recordings_of(speakers, count)) for count in (2, 3)}
            result[way] = {**rows, "stranger": strangers(speakers), "mixed": mixed(sounds[way], speakers)}
    print(json.dumps(result, ensure_ascii=False, indent=None if asked.json else 1))


def halves(clips: dict[str, Samples]) -> tuple[list[str], list[str]]:
    """Every second speaker of each source: for choosing the bars, and for the report."""
    sources = {
        source_of(who): [one for one in sorted(clips) if source_of(one) == source_of(who)] for who in clips
    }
    first = [who for names in sources.values() for who in names[::2]]
    return first, [who for names in sources.values() for who in names[1::2]]


if __name__ == "__main__":
    main()
