"""How much of what people tell is read out of their stories: precision, recall and F1 for each field.

    python benchmarks/stories.py [FOLDER] [--json] [--split dev|more|held_out|aside|unseen|fresh]
        [--settled FILE] [--misses FIELD] [--linear]

FOLDER (tests/stories) holds stories.jsonl, and told_*.txt in more/, aside/, unseen/ and fresh/: written and labelled
by the same hands as the analysis, so its figures say how the analysis fares with the ways of speaking that these hands
could think of, not how it fares with people. A third of stories.jsonl is held out by the digest of the names,
retellings with their originals. unseen/ and fresh/ were written with no look at the rules, and are for totals only:
fresh/ was measured when all was done, unseen/ once before and then again.
`dev`, `more` and, since then, `aside` were learnt from; `--misses` shows what was missed in these, and refuses the
others. `--linear` leaves the sentence model out. FILE is a cases.jsonl of settled disputes ({narrative, facts.cause}).

An amount counts when the sum, its role and its place agree; a rate when the yearly fraction, the period it was told
by and its place agree; a lender when the names agree without 平台, 公司 and the like. `sum` is the amounts without
their roles: whatever is said to be a principal, a fee and so on, and how much. Beside it in the same run: a baseline
of a few regular expressions.
"""

import argparse
import json
import os
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediation.conf.test")
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="mediation-bench-"))

from django.conf import settings

from benchmarks.stories_baseline import simple_reading
from cases.analysis import Finding, analyse
from tests.stories.marks import read_told
from tests.stories.variations import tell

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "stories"
FIELDS = ("amount", "sum", "rate", "date", "lender", "cause", "remedy", "product", "months", "denial")
WHOLE = {"cause": "causes", "remedy": "remedies", "product": "products"}
GENERIC = re.compile(r"^(?:一家|这家|那家|叫)|(?:平台|平抬|公司|APP|app|App|软件|小程序|的人|的)+$")
CAUSE_NAMES = {
    "rate_too_high": "high_rate",
    "hardship_plan": "hardship",
    "tied_sale": "forced_insurance",
    "rent_loan": "rental_loan",
    "collection_abuse": "harassment",
    "head_deduction": "deduction",
    "prepay_penalty": "early_repayment",
}
PARTS = ("dev", "more", "held_out", "aside", "unseen", "fresh")
LEARNT_FROM = ("dev", "more", "aside")
Reader = Callable[..., Iterable[Finding]]


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def stories_of(folder: Path, part: str) -> list[dict[str, Any]]:
    """The stories of a part; those in text files as they were written."""
    if (folder / part).is_dir():
        return [tell(told, 0) for told in read_told(folder / part)]
    return [story for story in read_lines(folder / "stories.jsonl") if story["split"] == part]


def compare(story: dict[str, Any], found: list[Finding], field: str) -> tuple[int, list[str], list[str]]:
    """How many are right, what was missed, and what is too much."""
    if field in WHOLE:
        want, got = (
            set(story[WHOLE[field]]),
            {str(finding.value) for finding in found if finding.kind == field},
        )
        return len(want & got), sorted(want - got), sorted(got - want)
    kind = "amount" if field == "sum" else field
    missing = [label for label in story["labels"] if label["kind"] == kind]
    optional = [label for label in story["labels"] if label["kind"] == "optional"]
    names = {name_of(label["value"]) for label in missing} if field == "lender" else set()
    right, extra = 0, []
    for finding in found:
        if finding.kind != kind or (kind == "amount" and not finding.role):
            continue
        twin = next((label for label in missing if agrees(label, finding, field)), None)
        if twin:
            right += 1
            missing.remove(twin)
        elif not any(overlaps(label, finding) for label in optional) and name_of(finding.value) not in names:
            extra.append(f"{finding.words}={finding.value}:{finding.role}")
    if field == "lender":  # a name said twice is found once
        found_names = {name_of(finding.value) for finding in found if finding.kind == field}
        missing = [label for label in missing if name_of(label["value"]) not in found_names]
    return right, [f"{label['value']}:{label.get('role', '')}" for label in missing], extra


def agrees(label: dict[str, Any], finding: Finding, field: str) -> bool:
    if field == "lender":
        return name_of(label["value"]) == name_of(finding.value)
    if not overlaps(label, finding):
        return False
    if field == "denial":
        return True
    same = str(label["value"]) == str(finding.value)
    if field == "rate":
        same = abs(float(label["value"]) - float(finding.value)) < 0.0006
    return same and (field not in {"amount", "rate"} or label["role"] == finding.role)


def overlaps(label: dict[str, Any], finding: Finding) -> bool:
    return bool(label["start"] < finding.end and finding.start < label["end"])


def name_of(value: object) -> str:
    return GENERIC.sub("", str(value)).strip()


def measure(stories: list[dict[str, Any]], reader: Reader, *, misses: str = "") -> dict[str, Any]:
    """Precision, recall and F1 of each field, and how often the first cause is the right one."""
    count: dict[str, Counter[str]] = defaultdict(Counter)
    first = asked = 0
    begun = time.process_time()
    for story in stories:
        found = list(reader(story["text"], today=date.fromisoformat(story["told_on"])))
        for field in FIELDS:
            right, missed, extra = compare(story, found, field)
            count[field].update(right=right, missed=len(missed), extra=len(extra))
            if field == misses and (missed or extra):
                print(f"{story['id']} missed {missed} extra {extra}\n    {story['text']}")
        if story["causes"]:
            asked += 1
            first += next((f.value for f in found if f.kind == "cause"), None) in story["causes"]
    spent = time.process_time() - begun
    return {
        **{field: figures(count[field]) for field in FIELDS},
        "first_cause": round(first / max(1, asked), 4),
        "stories": len(stories),
        "ms_a_story": round(1000 * spent / max(1, len(stories)), 2),
    }


def figures(count: Counter[str]) -> dict[str, float]:
    right = count["right"]
    precision = right / max(1, right + count["extra"])
    recall = right / max(1, right + count["missed"])
    total = precision + recall
    return {
        "p": round(precision, 4),
        "r": round(recall, 4),
        "f1": round(2 * precision * recall / total, 4) if total else 0.0,
        "n": right + count["missed"],
    }


def settled_causes(path: Path, reader: Reader) -> dict[str, float]:
    """How often the first cause of an invented settled dispute's narrative is its own."""
    rows = read_lines(path)
    right = 0
    for row in rows:
        cause = row["facts"]["cause"]
        found = reader(row["narrative"], today=date(2026, 6, 10))
        right += next((f.value for f in found if f.kind == "cause"), None) == CAUSE_NAMES.get(cause, cause)
    return {"right": round(right / len(rows), 4), "narratives": len(rows)}


def seconds_for_long_stories() -> dict[str, float]:
    """CPU seconds for ever longer stories: in line with the length, or something is wrong."""
    piece = "我在甲平台借了两万块，到手一万八，每月还1860元，年化36%，没签过保险，要求退还三千六。"
    spent = {}
    for length in (12_500, 25_000, 50_000, 100_000):
        begun = time.process_time()
        analyse((piece * (length // len(piece) + 1))[:length], today=date(2026, 6, 10))
        spent[str(length)] = round(time.process_time() - begun, 3)
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--split", choices=PARTS, help="only this part")
    parser.add_argument("--settled", type=Path, help="cases.jsonl of settled disputes, for their causes")
    parser.add_argument(
        "--misses", default="", choices=["", *FIELDS], help="show what was missed (not of what is held out)"
    )
    parser.add_argument("--linear", action="store_true", help="without the sentence model")
    chosen = parser.parse_args()
    if chosen.misses and chosen.split and chosen.split not in LEARNT_FROM:
        parser.error(f"{chosen.split} is for totals only: misses are shown for {' and '.join(LEARNT_FROM)}")
    if not chosen.linear:
        settings.ADAPTERS = {**settings.ADAPTERS, "stories": settings.STORIES}
    analyse("贷款", today=date(2026, 6, 10))  # loads the dictionary
    result: dict[str, Any] = {}
    for split in [chosen.split] if chosen.split else PARTS:
        part = stories_of(chosen.folder, split)
        shown = chosen.misses if split in LEARNT_FROM else ""
        result[split] = {
            "analysis": measure(part, analyse, misses=shown),
            "regexes": measure(part, simple_reading),
        }
    if chosen.settled:
        result["settled"] = {
            "analysis": settled_causes(chosen.settled, analyse),
            "regexes": settled_causes(chosen.settled, simple_reading),
        }
    result["seconds"] = seconds_for_long_stories()
    if chosen.json:
        print(json.dumps(result, ensure_ascii=False))
        return
    for split, both in result.items():
        print(split, *([] if split in PARTS else [both]))
        for name, of in both.items() if split in PARTS else []:
            print(
                f"  {name:9}",
                "  ".join(f"{field} {of[field]['f1']:.3f}" for field in FIELDS),
                f"first cause {of['first_cause']:.3f}",
                f"{of['ms_a_story']} ms",
            )


if __name__ == "__main__":
    main()
