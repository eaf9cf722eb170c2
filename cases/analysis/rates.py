"""Interest rates in a story, told as a simple yearly fraction: a month's times 12, a day's times 365."""

import math
import re
from collections.abc import Iterator
from decimal import Decimal

from cases.analysis.findings import Finding, Kind
from cases.analysis.learned import model
from cases.analysis.rate_figures import PER, TIMES, RateFigure, rate_figures
from cases.analysis.tuned import Seen, mixed

HIGHEST = Decimal(50)  # five thousand per cent a year: what is above is not a rate
OF_RULES = 0.25  # what a rule counts beside the linear model
OF_SEEN = 0.5  # what the sentence model counts beside the linear one
LEFT, RIGHT = 24, 12  # characters that the linear model looks at
FIGURES = re.compile("[0-9零一二两三四五六七八九十百千万点.]+")


def find_rates(text: str, seen: Seen | None = None) -> Iterator[Finding]:
    """Every rate of the text; its role is the period that it was told by (yearly, monthly, daily)."""
    for figure in rate_figures(text):
        shares = _by_words(text, figure)
        if seen and (told := seen.shares("rate", figure.start, figure.end)):
            shares = mixed(shares, told, OF_SEEN)
        shares = {period: share for period, share in shares.items() if not period or period in figure.by}
        period, share = max(shares.items(), key=lambda pair: pair[1])
        if not period:
            continue
        yearly = figure.by[period] * TIMES[period]
        if 0 < yearly <= HIGHEST:
            words = text[figure.start : figure.end]
            value = f"{yearly.quantize(Decimal('0.0001')):f}"
            yield Finding(
                Kind.RATE, value, figure.start, figure.end, words, round(min(share, 0.98), 2), period
            )


def _by_words(text: str, figure: RateFigure) -> dict[str, float]:
    """The share of each period, "" for none, by the linear model and, where one takes it for a rate, the rules."""
    shares = model("rate").shares(rate_features(text, figure))
    if not figure.ruled:
        return shares
    period, sure = figure.ruled
    ruled = dict.fromkeys(shares, (1 - sure) / len(TIMES)) | {period: sure}
    return mixed(shares, ruled, OF_RULES)


def rate_features(text: str, figure: RateFigure) -> dict[str, float]:
    """What the linear model knows of a figure: the rules' word, its form and size, and the words around it."""
    words = text[figure.start : figure.end]
    left = text[max(0, figure.start - LEFT) : figure.start]
    right = text[figure.end : figure.end + RIGHT]
    made = {
        "always": 1.0,
        f"form:{FIGURES.sub('0', words)[:8]}": 1.5,
        "point" if re.search("[点.]", words) else "whole": 1.0,
    }
    made[f"rule:{figure.ruled[0]}" if figure.ruled else "rule:none"] = (
        5 * figure.ruled[1] if figure.ruled else 2.0
    )
    smallest = float(min(figure.by.values()))
    made[f"size:{round(3 * math.log10(max(smallest, 1e-5)))}"] = 1.5
    near_left, near_right = left[-14:], right[:8]
    for period, pattern in PER:
        if ends := [hit.end() for hit in pattern.finditer(near_left)]:
            made[f"before:{period}"] = 2.5 - 0.15 * (len(near_left) - ends[-1])
        if hit := pattern.search(near_right):
            made[f"after:{period}"] = 2.5 - 0.15 * hit.start()
    before, behind = FIGURES.sub("0", left).replace(" ", ""), FIGURES.sub("0", right).replace(" ", "")
    for size in range(1, 5):
        made[f"l{before[-size:]}"] = made[f"r{behind[:size]}"] = 1.0
    for name, where in (("b", before), ("a", behind)):
        for at in range(len(where) - 1):
            made[f"{name}{where[at : at + 2]}"] = 0.7
    return made
