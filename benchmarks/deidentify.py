"""How much of what points at a person slips through, and how much of the story is lost with it.

    python benchmarks/deidentify.py [FILE] [--rules] [--json] [--show]

FILE has a story a line; what must go stands in {braces}, with its kind before a bar where it is told. A secret leaked
when it stands in the cleaned text (of 王师傅 the 王), or more than half of it in a row does, or six of its digits do,
however they are written (１３８, 一三八, 1 3 8). 张某 and 李×× name nobody and are no secrets. Without FILE two sets
are measured, and lines that no rule was made by:

* deidentify_more.txt in two halves (by hash): rules were made by the first, later by what leaked in the second;
* deidentify_stories.txt, the older one, two thirds and a third, in the same way;
* deidentify_ways.txt, ways to call people, shops, schools and places, which rules were made by;
* deidentify_once_unseen.txt, not looked at until its figure had been quoted (leaked 9.2 %), and rules made by it since;
* deidentify_unseen.txt, written before the last change of the rules, and
* deidentify_last_unseen.txt, written before the tagger was begun: nobody looked at what is missed in these two.

The learnt tagger has learnt from all but the last two (`learn_identities.py`), so those are the ones to quote; --rules
measures without it. `--show` prints what leaked, and what was lost, of the first parts and the once unseen; it leaves
the unseen out.
"""

import argparse
import json
import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediation.conf.test")
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="mediation-bench-"))

from django.conf import settings

from benchmarks.similarity_sets import hash_of
from cases.similarity.deidentify import deidentify

HERE = Path(__file__).parent
OLDER, NEWER = HERE / "deidentify_stories.txt", HERE / "deidentify_more.txt"
WAYS = HERE / "deidentify_ways.txt"
ONCE_UNSEEN = HERE / "deidentify_once_unseen.txt"
UNSEEN = {"unseen": HERE / "deidentify_unseen.txt", "last unseen": HERE / "deidentify_last_unseen.txt"}
SECRET = re.compile(r"\{(?:([^|{}]*)\|)?([^{}]*)\}")
NAMES_NOBODY = re.compile("[\u4e00-\u9fff](?:某{1,2}[甲乙丙丁]?|[×xX＊*]{1,2})")
A_TITLE = re.compile(
    "(?<=[\u4e00-\u9fff])(?:老板娘?|村长|主管|厂长|行长|队长|大夫|医生|队|所|姨|经理|师傅|店长|律师|老师|先生|女士|小姐|大姐|大妈|阿姨|警官|会计|主任|总监|[总哥姐])$"
)
DIGITS_IN_A_ROW = 6
DIGIT_OF = {ord(sign): str(at % 10) for at, sign in enumerate("零一二三四五六七八九０１２３４５６７８９")}
DIGIT_OF |= {ord("〇"): "0", ord("幺"): "1"}
BETWEEN = re.compile(r"[\s.·・-]+")
A_KIND = re.compile(
    r"〔[^〕]*〕|某(?:银行|消费金融公司|小额贷款公司|信托公司|担保公司|保险公司|融资租赁公司|公司|平台|单位|幼儿园|小学|中学|大学|学院|学校|医院|公寓|超市|厂)"
)


class Secret(NamedTuple):
    """What must go, and what kind of thing it is."""

    kind: str
    words: str


class Story(NamedTuple):
    """A story with its secrets, and all that may stay."""

    text: str
    secrets: list[Secret]
    kept: str


def read(path: Path) -> list[Story]:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [story_of(line) for line in lines]


def story_of(line: str) -> Story:
    line = SECRET.sub(lambda found: found[2] if NAMES_NOBODY.fullmatch(found[2]) else found[0], line)
    secrets = [Secret(kind or "", words) for kind, words in SECRET.findall(line)]
    return Story(SECRET.sub(r"\2", line), secrets, SECRET.sub("\n", line))


def leaked(secret: str, cleaned: str, kept: str) -> bool:
    """Whether this much of the secret still stands there, not counting where the harmless text says the same."""
    secret = A_TITLE.sub("", secret)
    half = len(secret) // 2 + 1
    parts = {secret[at : at + half] for at in range(len(secret) - half + 1)} if half > 1 else {secret}
    digits = re.sub(r"\D", "", _in_digits(secret))
    rows = {digits[at : at + DIGITS_IN_A_ROW] for at in range(len(digits) - DIGITS_IN_A_ROW + 1)}
    shown, harmless = A_KIND.sub("\n", cleaned), _in_digits(kept)
    return any(shown.count(part) > kept.count(part) for part in parts) or any(
        row in _in_digits(cleaned) and row not in harmless for row in rows
    )


def _in_digits(text: str) -> str:
    return BETWEEN.sub("", text.translate(DIGIT_OF))


def measure(stories: Iterable[Story], *, show: bool = False) -> dict[str, Any]:
    leaks: Counter[str] = Counter()
    secrets: Counter[str] = Counter()
    whole = letters = lost = 0
    stories = list(stories)
    for story in stories:
        cleaned = deidentify(story.text).text
        slipped = [secret for secret in story.secrets if leaked(secret.words, cleaned, story.kept)]
        gone = _lost(story.kept, cleaned)
        if show and (slipped or gone):
            print([secret.words for secret in slipped], f"-{gone}" if gone else "", cleaned, file=sys.stderr)
        secrets.update(secret.kind for secret in story.secrets)
        leaks.update(secret.kind for secret in slipped)
        whole += not slipped
        letters += len(story.kept.replace("\n", ""))
        lost += gone
    return {
        "stories": len(stories),
        "secrets": secrets.total(),
        "leak_rate": round(leaks.total() / secrets.total(), 4),
        "leaked_by_kind": {kind: f"{n}/{secrets[kind]}" for kind, n in sorted(leaks.items())},
        "stories_without_leak": round(whole / len(stories), 4),
        "harmless_text_lost": round(lost / letters, 4),
    }


def _lost(kept: str, cleaned: str) -> int:
    """Characters of the harmless text that are gone, read in order."""
    plain = A_KIND.sub("", cleaned)
    same = SequenceMatcher(None, kept.replace("\n", ""), plain, autojunk=False).get_matching_blocks()
    return len(kept.replace("\n", "")) - sum(block.size for block in same)


def parts_of(stories: list[Story], *, of: int) -> tuple[list[Story], list[Story]]:
    """The part to mend the rules by, and the part that is held out: one in `of`, by hash."""
    held = [story for story in stories if hash_of(story.text) % of == 0]
    return [story for story in stories if hash_of(story.text) % of], held


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--rules", action="store_true", help="without the learnt tagger")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--show", action="store_true", help="print what leaked and was lost, not the unseen")
    chosen = parser.parse_args()
    if not chosen.rules:
        settings.ADAPTERS = {**settings.ADAPTERS, "identities": settings.IDENTITIES}
    sets = [(chosen.file.stem, chosen.file, 2)] if chosen.file else [("newer", NEWER, 2), ("older", OLDER, 3)]
    told: dict[str, dict[str, Any]] = {}
    for name, path, of in sets:
        first, held = parts_of(read(path), of=of)
        told |= {
            f"{name}, first part": measure(first, show=chosen.show),
            f"{name}, second part": measure(held),
        }
    if not chosen.file:
        told["ways"] = measure(read(WAYS), show=chosen.show)
        told["once unseen"] = measure(read(ONCE_UNSEEN), show=chosen.show)
        if not chosen.show:
            told |= {name: measure(read(path)) for name, path in UNSEEN.items()}
    if chosen.json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        for part, figures in told.items():
            print(part, figures)


if __name__ == "__main__":
    main()
