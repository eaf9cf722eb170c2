"""Over how many monthly instalments a loan is paid back."""

import re
from collections.abc import Iterator

from cases.analysis.findings import Finding, Kind
from cases.numbers import read_number

MONTHS = re.compile(
    r"(?:分(?:成|了|为|作)?|共|总共|一共|期限|借期|还款期)?\s?(?P<count>\d{1,3}|[一二两三四五六七八九十百]{1,4})(?P<unit>期|个月|年期|年(?=还清|分期|付清|的分期|的贷款|还完|还(?:，|$|第)|的期)|年半(?=的期))"
)
MONTHS_CUE = re.compile(r"还有?|分期|分|期限|借期|贷|还款|每期|合同|签")
NOT_TERM = re.compile(
    r"(?:逾期|晚了?|拖了?|过了?|欠了?|住了?|上了?|干了?|工作|前|休息|躺了?|停工|失业|生病|已经?还了?|还了?|连续|第|交了|断了?|停了?|[还结]清|还?剩下?|还有|后面?|满|罚|供了?)(?:了|大概|差不多|快)?$"
)
NOT_TERM_AFTER = re.compile(r"(?:前|以前|之前|后|的工资|工资|房租|(?<!期)里|来|大)")


def find_months(text: str) -> Iterator[Finding]:
    """分12期, 24个月, 三年期: how many monthly instalments."""
    for found in MONTHS.finditer(text):
        count = read_number(found["count"])
        before = text[max(0, found.start() - 8) : found.start()]
        if count is None or NOT_TERM.search(before) or NOT_TERM_AFTER.match(text, found.end()):
            continue
        months = (
            int(count) * 12 + 6
            if found["unit"] == "年半"
            else int(count) * (12 if found["unit"].startswith("年") else 1)
        )
        sure = found[0].startswith("分") or found["unit"] in {"期", "年期"}
        if 1 < months <= 360 and (sure or MONTHS_CUE.search(before)):
            yield Finding(Kind.MONTHS, months, found.start(), found.end(), found[0], 0.9 if sure else 0.7)
