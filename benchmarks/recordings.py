"""A folder of recordings to measure with: what was said in them, read as leniently as others write such lists."""

import csv
import json
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import Any

from mediation.hearings.audio import probe
from mediation.hearings.speech import SpeechError

# What may be raised for a file that is none, torn or gone.
UNHEARD = (SpeechError, OSError, ValueError, LookupError, EOFError)
CLIPS = ("manifest.json", "manifest.jsonl", "manifest.csv", "manifest.tsv")
HEARING = "hearing.json"
FILES = ("file", "path", "audio", "audio_filepath", "wav", "filename", "name", "id")
TEXTS = ("text", "transcript", "transcription", "sentence", "reference", "ref")
WAYS = ("dialect", "accent", "variety", "language", "lang")
SUFFIXES = ("", ".wav", ".flac", ".mp3", ".m4a", ".ogg", ".opus", ".amr")
UNSAID = "mandarin"
# Tags of languages, where a list says no more than these.
TAGS = {
    "zh": UNSAID,
    "cmn": UNSAID,
    "zh-cn": UNSAID,
    "yue": "cantonese",
    "wuu": "wu",
    "nan": "hokkien",
    "hak": "hakka",
}
# What a speaker would choose of our list, by the words and the signs that lists use; the first that is found.
WORDS = {
    "wu": "wu", "shanghai": "wu", "suzhou": "wu", "hokkien": "minnan", "min": "minnan", "minnan": "minnan",
    "hakka": "hakka", "sichuan": "sichuan", "chengdu": "sichuan", "chongqing": "sichuan", "chuan": "sichuan",
    "yue": "cantonese", "cantonese": "cantonese", "guangdong": "cantonese", "northeast": "northeast",
    "northeastern": "northeast", "dongbei": "northeast", "zhongyuan": "zhongyuan", "henan": "zhongyuan",
    "shaanxi": "zhongyuan", "mandarin": "mandarin", "putonghua": "mandarin", "zh": "mandarin",
}  # fmt: skip
SIGNS = {
    "吴": "wu", "上海": "wu", "苏州": "wu", "闽": "minnan", "客家": "hakka", "四川": "sichuan", "成都": "sichuan",
    "重庆": "sichuan", "粤": "cantonese", "广东": "cantonese", "东北": "northeast", "中原": "zhongyuan",
    "河南": "zhongyuan", "陕西": "zhongyuan", "普通话": "mandarin",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clip:
    """A recording of one person, and the words; `dialect` as its list calls it, `kind` what else it is asked for."""

    path: Path
    text: str
    dialect: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Hearing:
    """Recordings of people who speak together: each one's file, and who says what from when to when (seconds)."""

    files: Mapping[str, Path]
    utterances: list[dict[str, Any]]
    dialect: str


def chosen_dialect(name: str) -> str:
    """The value of Dialect that somebody who speaks so would choose."""
    said = set(re.split(r"[^a-z]+", name.lower()))
    by_word = next((ours for theirs, ours in WORDS.items() if theirs in said), "")
    return by_word or next((ours for theirs, ours in SIGNS.items() if theirs in name), "other")


def tell(words: str) -> None:
    """Say on stderr how far it is."""
    print(words, file=sys.stderr, flush=True)


def readable(clips: Iterable[Clip]) -> list[Clip]:
    """Those that hold sound; the others are named on stderr."""
    found = list[Clip]()
    for clip in clips:
        try:
            probe(clip.path)
        except UNHEARD as problem:
            tell(f"left out: {clip.path.name}: {type(problem.__cause__ or problem).__name__}")
        else:
            found.append(clip)
    return found


def mandarin_in(folder: Path) -> list[Clip]:
    """Its clips of Mandarin that hold sound. Raises ValueError where the list cannot be read."""
    return [clip for clip in readable(clips_of(folder)) if chosen_dialect(clip.dialect) == "mandarin"]


def has_hearing(folder: Path) -> bool:
    """Whether it holds a hearing."""
    return (folder / HEARING).is_file()


def clips_of(folder: Path, by: str = "") -> list[Clip]:
    """The clips whose words are known; a file that is not there is among them, for others to name. None without a list.

    `by` is a field of the list to tell their kinds by. Raises ValueError where the list cannot be read.
    """
    listed = _list_of(folder)
    if listed is None:
        return []
    found = []
    for one in _rows(listed):
        name, text = _first(one, FILES), _first(one, TEXTS)
        if name and text:
            kind = _first(one, (by,))
            found.append(Clip(_file(folder, name), text, _way(one), f"{by}: {kind}" if kind else ""))
    return found


def hearing_of(folder: Path) -> Hearing:
    """The hearing. What has no words, speaker or times is left out. Raises ValueError where it cannot be read."""
    told = json.loads((folder / HEARING).read_text("utf-8-sig"))
    utterances = list[dict[str, Any]]()
    for one in told.get("utterances", []) if isinstance(told, dict) else []:
        text, speaker = _first(one, TEXTS), _first(one, ("speaker", "who", "stream"))
        start, end = (one.get(name) if speaker else None for name in ("start", "end"))
        if text and isinstance(start, int | float) and isinstance(end, int | float):
            utterances.append({"speaker": speaker, "text": text, "start": float(start), "end": float(end)})
    if not utterances:
        raise ValueError(f"{HEARING} names nobody who says something from when to when")
    streams = told.get("streams")
    named = streams if isinstance(streams, dict) else {}
    files = {
        speaker: _file(folder, str(named.get(speaker, speaker)))
        for speaker in sorted({one["speaker"] for one in utterances})
    }
    return Hearing(files, utterances, str(told.get("dialect") or UNSAID))


def _list_of(folder: Path) -> Path | None:
    """The list of clips: one of the known names, else the only other JSON that is no hearing."""
    known = next((folder / name for name in CLIPS if (folder / name).is_file()), None)
    others = [path for path in sorted(folder.glob("*.json")) if path.name != HEARING]
    return known or (others[0] if len(others) == 1 else None)


def _rows(listed: Path) -> Iterable[dict[str, Any]]:
    text = listed.read_text("utf-8-sig")
    if listed.suffix in {".csv", ".tsv"}:
        return csv.DictReader(text.splitlines(), delimiter="\t" if listed.suffix == ".tsv" else ",")
    if listed.suffix == ".jsonl":
        told: Any = [json.loads(line) for line in text.splitlines() if line.strip()]
    else:
        told = json.loads(text)
    if isinstance(told, dict):
        told = next((part for part in told.values() if isinstance(part, list)), [])
    return [one for one in told if isinstance(one, dict)]


def _first(one: Any, names: Iterable[str]) -> str:
    found = (one.get(name) for name in names) if isinstance(one, dict) else ()
    return next((value.strip() for value in found if isinstance(value, str) and value.strip()), "")


def _way(one: dict[str, Any]) -> str:
    name = _first(one, WAYS) or UNSAID
    return TAGS.get(name.lower(), name)


def _file(folder: Path, name: str) -> Path:
    """The file of this name, with or without its ending, here or in a folder below."""
    for suffix in SUFFIXES:
        if (path := folder / f"{name}{suffix}").is_file():
            return path
    below = (folder.glob(f"*/{escape(Path(name).name)}{suffix}") for suffix in SUFFIXES)
    return next((path for paths in below for path in paths if path.is_file()), folder / name)
