"""How much of what points at a person slips through, and how much of the story is lost with it.

    python benchmarks/deidentify.py [FILE] [--json] [--show]

FILE has a story a line; what must go stands in {braces}. A secret leaked when it stands in the cleaned text, or six of
its digits in a row do. Two thirds of the lines (by hash) are there to mend the rules by; the last third is held out:
its figure is the one to quote. `--show` prints what leaked, of the first part alone.
"""

import argparse
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediation.conf.test")
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="mediation-bench-"))

from benchmarks.similarity_sets import hash_of
from cases.similarity.deidentify import deidentify

STORIES = Path(__file__).parent / "deidentify_stories.txt"
SECRET = re.compile(r"\{([^}]*)\}")
DIGITS_IN_A_ROW = 6


class Story(NamedTuple):
    """A story with its secrets, and all that may stay."""

    text: str
    secrets: list[str]
    kept: str


def read(path: Path) -> list[Story]:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [Story(SECRET.sub(r"\1", line), SECRET.findall(line), SECRET.sub("", line)) for line in lines]


def leaked(secret: str, cleaned: str) -> bool:
    digits = re.sub(r"\D", "", secret)
    pieces = [digits[at : at + DIGITS_IN_A_ROW] for at in range(len(digits) - DIGITS_IN_A_ROW + 1)]
    return secret in cleaned or any(piece in cleaned for piece in pieces)


def measure(stories: Iterable[Story], *, show: bool = False) -> dict[str, float]:
    secrets = leaks = whole = letters = lost = 0
    stories = list(stories)
    for story in stories:
        cleaned = deidentify(story.text).text
        slipped = [secret for secret in story.secrets if leaked(secret, cleaned)]
        if slipped and show:
            print(slipped, cleaned, file=sys.stderr)
        secrets += len(story.secrets)
        leaks += len(slipped)
        whole += not slipped
        letters += len(story.kept)
        lost += _lost(story.kept, cleaned)
    return {
        "stories": len(stories),
        "secrets": secrets,
        "leak_rate": round(leaks / secrets, 4),
        "stories_without_leak": round(whole / len(stories), 4),
        "harmless_text_lost": round(lost / letters, 4),
    }


def _lost(kept: str, cleaned: str) -> int:
    """Characters of the harmless text that are gone, read in order."""
    at = lost = 0
    for sign in kept:
        found = cleaned.find(sign, at)
        if 0 <= found <= at + 40:
            at = found + 1
        else:
            lost += 1
    return lost


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", nargs="?", type=Path, default=STORIES)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--show", action="store_true", help="print what leaked in the first part")
    chosen = parser.parse_args()
    stories = read(chosen.file)
    held = [story for story in stories if hash_of(story.text) % 3 == 0]
    first = [story for story in stories if hash_of(story.text) % 3]
    told = {"mended_by": measure(first, show=chosen.show), "held_out": measure(held)}
    if chosen.json:
        print(json.dumps(told))
    else:
        for part, figures in told.items():
            print(part, figures)


if __name__ == "__main__":
    main()
