"""From a story in free words to findings that its teller can check one by one."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from cases.analysis.cues import (
    AT_MOST_EACH,
    Weighed,
    asked_for,
    cause_features,
    find_causes,
    find_denials,
    find_products,
    find_remedies,
    parts_of_causes,
    remedy_features,
    weigh_causes,
    wished_for,
)
from cases.analysis.dates import find_dates
from cases.analysis.findings import Finding, Findings, Kind, Provenance
from cases.analysis.learned import words_of
from cases.analysis.lenders import find_lenders, mentions
from cases.analysis.loans import told_apart
from cases.analysis.money import find_amounts
from cases.analysis.privacy import mask_personal
from cases.analysis.rates import find_rates
from cases.analysis.reading import Reading, read
from cases.analysis.role_features import About
from cases.analysis.slips import corrected
from cases.analysis.terms import find_months
from cases.analysis.tuned import Seen, see
from cases.segmentation import Token, tokens

LESS_SURE = {Provenance.TYPED: 1.0, Provenance.TRANSCRIBED: 0.95, Provenance.OCR: 0.9}


def analyse(text: str, *, today: date, provenance: Provenance = Provenance.TYPED) -> Findings:
    """What the story says: cause, sums (fen), dates, rates, lender, product, remedies, instalments, denials.

    Never raises for any text. Personal numbers are never findings. Time grows in line with the length.
    """
    if not text.strip():
        return Findings()
    reading = read(mask_personal(text))
    words = list(tokens(reading.text))
    better = corrected(reading, words)
    if better is not reading:
        reading, words = better, list(tokens(better.text))
    plain = reading.text
    seen = see(plain)
    story = look_at(plain, words, seen)
    rest: list[Finding] = []
    for found in (
        find_amounts(plain, story.named, story.about, seen),
        find_dates(plain, today=today),
        find_rates(plain, seen),
        story.lenders,
        find_products(plain, seen),
        find_remedies(plain, story.asked, story.wished, story.features, seen),
        find_months(plain, seen),
        find_denials(plain, seen),
    ):
        rest.extend(islice(found, AT_MOST_EACH))
    rest.sort(key=lambda finding: (finding.start, finding.end))
    found_all = [
        *find_causes(plain, story.scores, story.features, seen),
        *told_apart(rest, plain, story.named),
    ]
    return Findings(tuple(_in_story(found_all, reading, text, provenance)))


@dataclass(frozen=True, slots=True)
class Story:
    """What is seen of a story as a whole, before its parts are read."""

    lenders: list[Finding]
    named: list[tuple[int, int]]
    scores: Mapping[str, Weighed]
    asked: Mapping[str, re.Match[str]]
    wished: Mapping[str, re.Match[str]]
    features: Mapping[str, float]
    about: About


def look_at(plain: str, words: list[Token], seen: Seen | None = None) -> Story:
    """The names, the cues and the features that the models of `benchmarks/train_story.py` learn from."""
    lenders = list(find_lenders(plain, words, seen))
    named = mentions(plain, [str(finding.value) for finding in lenders])
    scores = weigh_causes(plain, words, names_somebody=bool(lenders))
    asked, wished = asked_for(plain), wished_for(plain)
    features = {
        **words_of(plain, named),
        **cause_features(scores),
        **remedy_features(asked, wished),
    }
    months = next((int(finding.value) for finding in find_months(plain)), 0)
    return Story(lenders, named, scores, asked, wished, features, About(parts_of_causes(scores), months))


def _in_story(
    found: Iterable[Finding], reading: Reading, text: str, provenance: Provenance
) -> Iterable[Finding]:
    """The findings with their places and words in the story as it was told."""
    for finding in found:
        start, end = reading.span(finding.start, finding.end)
        yield replace(
            finding,
            start=start,
            end=end,
            words=text[start:end],
            value=text[start:end] if finding.kind == Kind.LENDER else finding.value,
            confidence=round(finding.confidence * LESS_SURE[provenance], 2),
            provenance=provenance,
        )
