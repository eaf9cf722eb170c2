"""From a story in free words to findings that its teller can check one by one."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import islice

from cases.analysis.cues import AT_MOST_EACH, find_causes, find_denials, find_products, find_remedies
from cases.analysis.dates import find_dates
from cases.analysis.findings import Finding, Findings, Kind, Provenance
from cases.analysis.learned import words_of
from cases.analysis.lenders import find_lenders, mentions
from cases.analysis.loans import told_apart
from cases.analysis.money import find_amounts
from cases.analysis.privacy import mask_personal
from cases.analysis.rates import find_rates
from cases.analysis.reading import Reading, read
from cases.analysis.slips import corrected
from cases.analysis.terms import find_months
from cases.segmentation import tokens

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
    lenders = list(find_lenders(plain, words))
    named = mentions(plain, [str(finding.value) for finding in lenders])
    features = words_of(plain, named)
    rest: list[Finding] = []
    for found in (
        find_amounts(plain, named),
        find_dates(plain, today=today),
        find_rates(plain),
        lenders,
        find_products(plain),
        find_remedies(plain, features),
        find_months(plain),
        find_denials(plain),
    ):
        rest.extend(islice(found, AT_MOST_EACH))
    rest.sort(key=lambda finding: (finding.start, finding.end))
    found_all = [*find_causes(plain, words, features), *told_apart(rest, plain, named)]
    return Findings(tuple(_in_story(found_all, reading, text, provenance)))


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
