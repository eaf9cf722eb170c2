"""Over how many monthly instalments a loan is paid back."""

import re
from collections.abc import Iterator, Mapping

from cases.analysis.findings import Finding, Kind
from cases.analysis.tuned import Seen, mixed
from cases.numbers import read_number

MONTHS = re.compile(
    r"(?:分(?:成|了|为|作)?|共|总共|一共|期限|借期|还款期)?\s?(?P<count>\d{1,3}|[一二两三四五六七八九十百]{1,4})(?P<unit>期|个月|年期|年半?(?![级纪代前后多利息化度月头龄]))"
)
YEARS_TO_PAY = re.compile("还清|分期|付清|的分期|的贷款|还完|还(?:，|$|第)|的期")
MONTHS_CUE = re.compile(r"还有?|分期|分|期限|借期|贷|还款|每期|合同|签")
OF_SEEN = 0.7  # what the sentence model counts beside the rules
NOT_TERM = re.compile(
    r"(?:逾期|晚了?|拖了?|过了?|欠了?|住了?|上了?|干了?|工作|前|休息|躺了?|停工|失业|生病|已经?还了?|还了?|连续|第|交了|断了?|停了?|[还结]清|还?剩下?|还有|后面?|满|罚|供了?)(?:了|大概|差不多|快)?$"
)
NOT_TERM_AFTER = re.compile(r"(?:前|以前|之前|后|的工资|工资|房租|(?<!期)里|来|大)")


def find_months(text: str, seen: Seen | None = None) -> Iterator[Finding]:
    """分12期, 24个月, 三年期: how many monthly instalments."""
    for start, end, months, ruled in terms_in(text):
        shares: Mapping[str, float] = {"": 1 - ruled, "term": ruled}
        if seen and (told := seen.shares("months", start, end)):
            shares = mixed(shares, told, OF_SEEN)
        if shares["term"] >= 0.5:
            yield Finding(Kind.MONTHS, months, start, end, text[start:end], round(shares["term"], 2))


def terms_in(text: str) -> Iterator[tuple[int, int, int, float]]:
    """Every number of months, years or instalments: where, how many months, and how likely the words around it make it
    the term of a loan.
    """
    for found in MONTHS.finditer(text):
        count = read_number(found["count"])
        if count is None:
            continue
        before = text[max(0, found.start() - 8) : found.start()]
        a_year = 12 if found["unit"].startswith("年") else 1
        months = int(count) * a_year + (6 if found["unit"] == "年半" else 0)
        if 1 < months <= 360:
            yield found.start(), found.end(), months, _likely(found, before)


def _likely(found: re.Match[str], before: str) -> float:
    if NOT_TERM.search(before) or NOT_TERM_AFTER.match(found.string, found.end()):
        return 0.1
    if (
        found["unit"].startswith("年")
        and found["unit"] != "年期"
        and not YEARS_TO_PAY.match(found.string, found.end())
    ):
        return 0.15
    if found[0].startswith("分") or found["unit"] in {"期", "年期"}:
        return 0.9
    return 0.7 if MONTHS_CUE.search(before) else 0.15
