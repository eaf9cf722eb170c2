"""Words that are likely to be heard in a case, for engines that take hints."""

import re

from cases.models import Case

SHORTEST_NAME = 3
TERMS = ("年利率", "服务费", "担保费", "提前还款", "违约金", "征信", "催收", "本金", "分期", "逾期")
_LEGAL_FORM = re.compile(r"(?:股份|责任)?有限(?:责任)?公司.*$|股份公司.*$")


def hints_for(case: Case) -> tuple[str, ...]:
    """Some words of the field, and what the lender is called. No person's name: an engine may be a server."""
    lender = case.respondent.institution if case.respondent else None
    names = (lender.short_name, _LEGAL_FORM.sub("", lender.name)) if lender else ()
    return (*TERMS, *dict.fromkeys(name for name in names if len(name) >= SHORTEST_NAME))
