"""Sums and yearly rates as judgments write them: 50000元, 46万元, 壹拾伍万元; 月利率2%, 月息2.5分, 年利率24%, 25‰."""

import re
from collections.abc import Iterator

from cases.numbers import SPOKEN, read_number

FIGURE = rf"(?:\d+(?:,\d{{3}})*(?:\.\d+)?[万千亿]?|[{SPOKEN}]{{2,}})"
SUM_LENT = re.compile(rf"[借欠][^，。；]{{0,22}}?(?<![\d.])({FIGURE})余?元")
NUMBER = rf"(\d+(?:\.\d+)?|[{SPOKEN}点]+)"
BY_MONTH, BY_YEAR, BY_DAY = r"月(?:利率|利息|息|利)", r"年(?:利率|利息|息|化)", r"日(?:利率|息)?"
# How a rate is written, and what the number is worth a year.
RATES = tuple(
    (re.compile(pattern), worth)
    for pattern, worth in (
        (rf"(?:{BY_MONTH}|每月)[^，。；]{{0,8}}?{NUMBER}\s*[%％]", 0.12),
        (rf"{BY_MONTH}[^，。；]{{0,8}}?百分之{NUMBER}", 0.12),
        (rf"{BY_MONTH}[^，。；]{{0,8}}?{NUMBER}\s*‰", 0.012),
        (rf"(?:{BY_MONTH}|利息|按)[^，。；]{{0,6}}?{NUMBER}\s*分", 0.12),
        (rf"{NUMBER}\s*分的?月?[利息]", 0.12),
        (rf"{BY_YEAR}[^，。；]{{0,8}}?{NUMBER}\s*[%％]", 0.01),
        (rf"{BY_YEAR}[^，。；]{{0,8}}?百分之{NUMBER}", 0.01),
        (rf"{BY_YEAR}[^，。；]{{0,8}}?{NUMBER}\s*分", 0.1),
        (rf"{BY_DAY}[^，。；]{{0,6}}?{NUMBER}\s*‰", 0.365),
        (rf"{BY_DAY}[^，。；]{{0,6}}?万分之{NUMBER}", 0.0365),
    )
)
LEAST_RATE, MOST_RATE = 0.005, 3.0


def sum_lent(text: str) -> float | None:
    """The first sum behind a word of lending or owing, in yuan; None where there is none of 100 or more."""
    return next((value for found in SUM_LENT.finditer(text) if (value := _number(found[1])) >= 100), None)


def yearly_rates(text: str) -> Iterator[float]:
    """Every rate as a yearly fraction, simple."""
    for pattern, worth in RATES:
        for found in pattern.finditer(text):
            rate = _number(found[1]) * worth
            if LEAST_RATE <= rate <= MOST_RATE:
                yield rate


def _number(words: str) -> float:
    return float(read_number(words) or 0)
