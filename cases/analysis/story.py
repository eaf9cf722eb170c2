"""From a story in free words to findings that its teller can check one by one."""

from datetime import date
from itertools import islice

from cases.analysis.cues import AT_MOST_EACH, find_causes, find_denials, find_products, find_remedies
from cases.analysis.dates import find_dates
from cases.analysis.findings import Finding, Findings
from cases.analysis.money import find_amounts
from cases.analysis.parties import find_lenders, find_months
from cases.analysis.privacy import mask_personal
from cases.analysis.rates import find_rates
from cases.analysis.reading import plain
from cases.segmentation import tokens


def analyse(text: str, *, today: date) -> Findings:
    """What the story says: cause, sums (fen), dates, rates, lender, product, remedies, instalments, denials.

    Never raises for any text. Personal numbers are never findings. Time grows in line with the length.
    """
    if not text.strip():
        return Findings()
    reading = plain(mask_personal(text))
    words = list(tokens(reading))
    causes = list(find_causes(reading, text, words))
    rest: list[Finding] = []
    for found in (
        find_amounts(reading, text),
        find_dates(reading, text, today=today),
        find_rates(reading, text),
        find_lenders(reading, text, words),
        find_products(reading, text),
        find_remedies(reading, text),
        find_months(reading, text),
        find_denials(reading, text),
    ):
        rest.extend(islice(found, AT_MOST_EACH))
    return Findings((*causes, *sorted(rest, key=lambda finding: (finding.start, finding.end))))
