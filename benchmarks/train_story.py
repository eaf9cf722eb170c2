"""Makes cases/analysis/learned.npz: the small models beside the rules of the story analysis.

    python benchmarks/train_story.py [--settled cases.jsonl] [--try] [--only names|rest] [--without-aside]

Learns from the development part of tests/stories, from tests/stories/more and (but for `--without-aside`) aside, each
story as written and told again, from the sample precedents, and (causes only, at a low weight) from invented settled
disputes ({narrative, facts.cause}). The held-out third, tests/stories/unseen and tests/stories/fresh are never read.
`--try` writes nothing: it prints what each model reaches in five folds of the stories as written, retellings kept
together.
"""

import argparse
import json
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediation.conf.test")
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="mediation-train-"))

import numpy as np

from benchmarks.stories import CAUSE_NAMES, FOLDER, compare, figures, read_lines
from benchmarks.stories_fitting import Examples, Fitted, as_arrays, fit, fit_tags, small
from cases.analysis import Finding, Role
from cases.analysis.learned import WEIGHTS, kept
from cases.analysis.lenders import endings_of, mentions, rule_spans
from cases.analysis.money import find_sums
from cases.analysis.name_tags import best_spans, hashed, rows_of
from cases.analysis.privacy import mask_personal
from cases.analysis.rate_figures import PERIODS, rate_figures
from cases.analysis.rates import rate_features
from cases.analysis.reading import Reading, read
from cases.analysis.role_features import features_of
from cases.analysis.slips import corrected
from cases.analysis.story import look_at
from cases.claims import ClaimKind, Remedy
from cases.segmentation import Token, tokens
from tests.stories.marks import Told, read_phrases, read_told
from tests.stories.variations import split_of, tell

SAMPLES = FOLDER.parent.parent / "cases" / "precedents" / "sample_settled.jsonl"
CAUSES = tuple(kind for kind in ClaimKind.values if kind != "other")
ROLES = tuple(role.value for role in Role)
TURNS, NAME_TURNS = (1.0, 0.5, 0.5), (1.0, 0.5, 0.5, 0.5, 0.5, 0.5)  # what each telling counts
PHRASES, PHRASE = 900, 0.4  # stories of phrases, and what each counts
FOLDS = 5
FITTING = {
    "cause": {"least_often": 3, "shrink": 2e-4},
    "remedy": {"least_often": 3, "shrink": 2e-4},
    "role": {"least_often": 3, "shrink": 3e-4},
    "rate": {"least_often": 2, "shrink": 1e-3},
}


@dataclass(frozen=True, slots=True)
class Lesson:
    """A story told once, as the analysis sees it."""

    told: dict[str, Any]
    group: str
    turn: int
    complete: bool
    reading: Reading
    words: list[Token]


def lessons(turns: int) -> Iterator[Lesson]:
    """Every story that may be learnt from, told so many times."""
    stories: list[tuple[str, Told]] = [
        (told.name, told) for told in read_told(FOLDER) if split_of(told.name) == "dev"
    ]
    stories += [(f"more-{told.name}", told) for told in read_told(FOLDER / "more")]
    yield from _told(stories, turns)


def aside_lessons(turns: int) -> Iterator[Lesson]:
    """The stories that were held out once and are learnt from by now."""
    yield from _told([(f"aside-{told.name}", told) for told in read_told(FOLDER / "aside")], turns)


def _told(stories: list[tuple[str, Told]], turns: int) -> Iterator[Lesson]:
    for group, told in stories:
        for turn in range(turns):
            story = tell(told, turn, same_sums=True)
            yield Lesson(story, group, turn, told.complete, *reading_of(story["text"]))


def phrases() -> Iterator[Lesson]:
    """A few phrases at a time, for names and roles."""
    for told in read_phrases(FOLDER / "more" / "phrases.txt", PHRASES):
        story = tell(told, 1, same_sums=True)
        yield Lesson(story, told.name, 1, False, *reading_of(story["text"]))


def reading_of(text: str) -> tuple[Reading, list[Token]]:
    reading = read(mask_personal(text))
    reading = corrected(reading, list(tokens(reading.text)))
    return reading, list(tokens(reading.text))


def names_of(lesson: Lesson) -> tuple[list[list[int]], list[int], list[float]]:
    """The features of each character, its tag, and how much it counts."""
    text = lesson.reading.text
    rules = rule_spans(text, lesson.words)
    rows = [hashed(row) for row in rows_of(text, lesson.words, rules, endings_of(text))]
    tags, counts = tags_of(lesson)
    return rows, tags[: len(rows)], counts[: len(rows)]


def tags_of(lesson: Lesson) -> tuple[list[int], list[float]]:
    """The tag of each character, and how much it counts: nothing where a name may be read or not."""
    text, labels = lesson.reading.text, lesson.told["labels"]
    inside = {
        kind: [
            [at for at in range(len(text)) if label["start"] <= lesson.reading.at[at] < label["end"]]
            for label in labels
            if label["kind"] == kind
        ]
        for kind in ("lender", "optional")
    }
    tags, counts = [0] * len(text), [NAME_TURNS[lesson.turn]] * len(text)
    for place in (place for places in inside["optional"] for place in places):
        counts[place] = 0.0
    for start, end in mentions(
        text, [text[places[0] : places[-1] + 1] for places in inside["lender"] if places]
    ):
        tags[start:end] = [2] * (end - start)
        tags[start], tags[end - 1] = 1, 3
        counts[start:end] = [3 * NAME_TURNS[lesson.turn]] * (end - start)
    return tags, counts


def learn_names(*, only_try: bool, with_aside: bool) -> dict[str, Any]:
    turns = len(NAME_TURNS)
    aside = aside_lessons(turns) if with_aside else ()
    told = [(lesson, names_of(lesson)) for lesson in chain(lessons(turns), aside, phrases())]

    def fitted(of: list[Any]) -> Any:
        columns = [[one for story in of for one in story[part]] for part in range(3)]
        return fit_tags(columns[0], columns[1], columns[2])

    if not only_try:
        weights, scale = small(fitted([story for _lesson, story in told]))
        return {"names_weights": weights, "names_scale": scale}
    count: Counter[str] = Counter()
    for asked, rest in folds([lesson.group for lesson, _story in told], 3):
        weights = fitted([told[row][1] for row in rest])
        for lesson, story in (told[row] for row in asked):
            if lesson.turn == 0:
                scores = np.array([weights[row].sum(axis=0) for row in story[0]], np.float64)
                right, missed, extra = compare(
                    lesson.told, list(as_found(lesson, best_spans(scores))), "lender"
                )
                count.update(right=right, missed=len(missed), extra=len(extra))
    print("names", figures(count))
    return {}


def as_found(lesson: Lesson, spans: list[tuple[int, int, float]]) -> Iterator[Finding]:
    seen = set()
    for begin, stop, _sure in spans:
        start, end = lesson.reading.span(begin, stop)
        words = lesson.told["text"][start:end]
        if words not in seen:
            seen.add(words)
            yield Finding("lender", words, start, end, words, 1.0)  # type: ignore[arg-type]


def folds(groups: list[str], number: int = FOLDS) -> Iterator[tuple[list[int], list[int]]]:
    """The rows asked and the rows learnt from, in turn; settled cases and samples are only learnt from."""
    told = sorted({group for group in groups if "told-" in group})
    random.Random(7).shuffle(told)
    for fold in range(number):
        left_out = set(told[fold::number])
        yield (
            [row for row, group in enumerate(groups) if group in left_out],
            [row for row, group in enumerate(groups) if group not in left_out],
        )


def gather(settled: Path | None, *, with_aside: bool) -> dict[str, Examples]:
    """Examples of causes, remedies and roles."""
    tasks = {
        "cause": Examples(CAUSES),
        "remedy": Examples(tuple(Remedy.values)),
        "role": Examples(ROLES, one=True),
        "rate": Examples(("", *PERIODS), one=True),
    }
    for lesson in chain(lessons(len(TURNS)), aside_lessons(len(TURNS)) if with_aside else ()):
        text, weight = lesson.reading.text, TURNS[lesson.turn]
        story = look_at(text, lesson.words)
        if story.scores:
            tasks["cause"].add(dict(story.features), set(lesson.told["causes"]), lesson.group, weight)
        tasks["remedy"].add(dict(story.features), set(lesson.told["remedies"]), lesson.group, weight)
        add_roles(tasks["role"], lesson, weight)
        add_rates(tasks["rate"], lesson, weight)
    for lesson in phrases():
        add_roles(tasks["role"], lesson, PHRASE)
    for row in read_lines(SAMPLES):
        story = look_at(*in_plain_words(row["story"]))
        tasks["cause"].add(dict(story.features), {row["cause"]}, row["id"], 0.5)
        tasks["remedy"].add(dict(story.features), set(row["remedies"]), row["id"], 0.3)
    for row in read_lines(settled)[::6] if settled else []:
        cause = row["facts"]["cause"]
        features = dict(look_at(*in_plain_words(row["narrative"])).features)
        tasks["cause"].add(features, {CAUSE_NAMES.get(cause, cause)}, row["id"], 0.1)
    return tasks


def add_roles(examples: Examples, lesson: Lesson, weight: float) -> None:
    text = lesson.reading.text
    story = look_at(text, lesson.words)
    sums = find_sums(text, story.named)
    for one, features in zip(sums, features_of(text, sums, story.named, story.about), strict=True):
        role = role_at(lesson, one.start, one.end)
        examples.add(features, {role or ""}, lesson.group, weight if role is not None else 0.0)


def add_rates(examples: Examples, lesson: Lesson, weight: float) -> None:
    for one in rate_figures(lesson.reading.text):
        period = period_at(lesson, one.start, one.end)
        features = rate_features(lesson.reading.text, one)
        examples.add(features, {period or ""}, lesson.group, weight if period is not None else 0.0)


def in_plain_words(text: str) -> tuple[str, list[Token]]:
    reading, words = reading_of(text)
    return reading.text, words


def role_at(lesson: Lesson, begin: int, stop: int) -> str | None:
    """The role of the sum there, "" for none; None where it may be read either way."""
    return label_at(lesson, "amount", begin, stop, lambda label: str(label["role"]))


def period_at(lesson: Lesson, begin: int, stop: int) -> str | None:
    """The period of the rate there, "" for none; None where it may be read either way."""
    return label_at(lesson, "rate", begin, stop, lambda label: str(label["role"]))


def label_at(
    lesson: Lesson, kind: str, begin: int, stop: int, name: Callable[[dict[str, Any]], str]
) -> str | None:
    """The name of the label of a kind there, "" for none; None where it may be read either way."""
    start, end = lesson.reading.span(begin, stop)
    here = [label for label in lesson.told["labels"] if label["start"] < end and start < label["end"]]
    if any(label["kind"] == "optional" for label in here):
        return None
    return next((name(label) for label in here if label["kind"] == kind), "")


def out_of_fold(task: str, examples: Examples) -> Any:
    """How likely each label is, said by a model that never saw the group."""
    likely = np.zeros((len(examples.groups), len(examples.labels)), np.float32)
    for asked, rest in folds(examples.groups):
        fitted = fit(examples, rest, **FITTING[task])  # type: ignore[arg-type]
        likely[asked] = fitted.likely([examples.features[row] for row in asked])
    return likely


def report(task: str, examples: Examples, likely: Any) -> None:
    """F1 by threshold over the stories as written."""
    rows = [
        row for row, group in enumerate(examples.groups) if "told-" in group and examples.weights[row] == 1.0
    ]
    found: dict[str, float] = {}
    for least in (0.0,) if examples.one else (0.25, 0.3, 0.35, 0.4, 0.45):
        count: Counter[str] = Counter()
        for row in rows:
            pairs = list(zip(examples.labels, likely[row], strict=True))
            got = {label for label, share in pairs if share >= least and not examples.one}
            got |= {max(pairs, key=lambda pair: pair[1])[0]} if examples.one else set()
            got, want = got - {""}, examples.right[row] - {""}
            count.update(right=len(got & want), extra=len(got - want), missed=len(want - got))
        found[str(least)] = figures(count)["f1"]
    print(task, json.dumps(found))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--settled", type=Path)
    parser.add_argument("--try", dest="only_try", action="store_true")
    parser.add_argument("--without-aside", action="store_true")
    parser.add_argument("--only", choices=["names", "rest"])
    chosen = parser.parse_args()
    if chosen.only != "rest":
        write(learn_names(only_try=chosen.only_try, with_aside=not chosen.without_aside))
    if chosen.only == "names":
        return
    for task, examples in gather(chosen.settled, with_aside=not chosen.without_aside).items():
        learn(task, examples, only_try=chosen.only_try)


def learn(task: str, examples: Examples, *, only_try: bool) -> None:
    if only_try:
        report(task, examples, out_of_fold(task, examples))
        return
    fitted: Fitted = fit(examples, list(range(len(examples.groups))), **FITTING[task])  # type: ignore[arg-type]
    write(as_arrays(task, fitted, examples.labels))


def write(arrays: dict[str, Any]) -> None:
    """Put arrays into the file of weights, beside or in place of what is there."""
    if not arrays:
        return
    with np.load(WEIGHTS) as before:
        old = {name: before[name] for name in before.files}
    np.savez_compressed(WEIGHTS, **{**old, **arrays})
    kept.cache_clear()
    print(WEIGHTS.name, WEIGHTS.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
