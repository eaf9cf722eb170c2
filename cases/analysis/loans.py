"""Several loans in one story: which finding speaks of which."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from cases.analysis.findings import Finding, Kind

OF_A_LOAN = {Kind.AMOUNT, Kind.DATE, Kind.RATE, Kind.MONTHS, Kind.PRODUCT, Kind.LENDER}
ORDINAL = re.compile("第([一二三四五六1-6])(?:笔|次|家|个(?:贷款|借款|平台))")
PAUSES = "，。；！？\n"


def told_apart(findings: Sequence[Finding], text: str, named: Sequence[tuple[int, int]]) -> Iterator[Finding]:
    """The findings with the number of their loan, where the story names more than one lender or counts its loans."""
    borders = _borders(text, named)
    loans = {loan for _at, loan in borders}
    for finding in findings:
        if len(loans) < 2 or finding.kind not in OF_A_LOAN:
            yield finding
        else:
            before = [loan for at, loan in borders if at <= finding.start]
            yield replace(finding, loan=before[-1] if before else borders[0][1])


def _borders(text: str, named: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Where the story begins to speak of a loan, and which one."""
    counted = [(found.start(), found[1]) for found in ORDINAL.finditer(text)]
    if len({number for _at, number in counted}) > 1:
        return [(at, int("一二三四五六".find(number) + 1 or number)) for at, number in counted]
    order: dict[str, int] = {}
    borders: list[tuple[int, int]] = []
    for start, end in named:
        loan = order.setdefault(text[start:end], len(order) + 1)
        last = borders[-1][0] if borders else -1
        clause = max(text.rfind(mark, max(0, last), start) for mark in PAUSES) + 1
        borders.append((clause if clause > last else start, loan))
    return borders
