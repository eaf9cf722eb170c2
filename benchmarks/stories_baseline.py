"""The simplest reading of a story that could be called one: a handful of regular expressions and lists of words.

It is what the analysis of the project has to beat; nothing in the project uses it.
"""

import re
from collections.abc import Iterator
from datetime import date

from cases.analysis import Finding, Kind

UNITS = {"万": 10_000, "千": 1_000, "百": 100, "w": 10_000}
AMOUNT = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s?(万|千|w)?\s?(?:元|块)")
ROLE_WORDS = (
    ("claimed", "退|返还|赔|减免|免除"),
    ("received", "到手|到账"),
    ("monthly", "每月|每期|月供"),
    ("fee", "费|保险|违约金|扣"),
    ("total_repaid", "已还|还了"),
    ("outstanding", "还欠|还差|剩"),
    ("loss", "盗刷|医疗|转走"),
    ("principal", "借|贷|本金"),
)
DATE = re.compile(r"((?:19|20)\d{2})[年.\-/](\d{1,2})(?:月|[.\-/])?(?:(\d{1,2})[日号]?)?")
NEAR = re.compile(r"(前年|去年|今年)(\d{1,2})月")
YEARS = {"前年": 2, "去年": 1, "今年": 0}
RATE = re.compile(r"(年|月|日)[一-龥]{0,3}(\d+(?:\.\d+)?)\s?[%％]")
TIMES = {"年": ("yearly", 1), "月": ("monthly", 12), "日": ("daily", 365)}
LENDER = re.compile(r"[一-龥]{2,8}?(?:银行|公司|平台|消费金融|小贷|保险|贷)")
CAUSES = {
    "high_rate": "利息|利率|年化",
    "hidden_fee": "手续费|服务费|管理费",
    "forced_insurance": "搭售|捆绑|保险",
    "unauthorised_loan": "冒名|冒用|不是我",
    "credit_record": "征信|信用报告",
    "early_repayment": "提前还|提前结清",
    "harassment": "催收|骚扰|通讯录",
    "hardship": "失业|还不上|困难",
    "training_loan": "培训|学费|课程",
    "card_instalment": "信用卡",
    "deduction": "砍头|扣款|到手",
    "rental_loan": "租房|公寓|租金",
    "card_fraud": "盗刷|转走",
    "misselling": "理财|夸大",
    "insurance_denial": "拒赔|不赔",
}
REMEDIES = {
    "refund": "退还|返还|退钱|退给我",
    "reduce": "减免|免除",
    "reschedule": "分期还|延期|慢慢还",
    "correct_credit": "更正征信|消除",
    "stop_collection": "停止骚扰|停止催收|别再打",
    "cancel_contract": "解除|取消|撤销",
    "apology": "道歉",
    "compensate": "赔偿|赔",
}


def simple_reading(text: str, *, today: date) -> list[Finding]:
    """Findings by regular expressions alone."""
    return [
        *_amounts(text),
        *_dates(text, today),
        *_rates(text),
        *_lenders(text),
        *_counted(text, CAUSES, Kind.CAUSE, best=1),
        *_counted(text, REMEDIES, Kind.REMEDY, best=9),
    ]


def _finding(kind: Kind, value: int | str, found: re.Match[str], role: str = "") -> Finding:
    return Finding(kind, value, found.start(), found.end(), found[0], 0.5, role)


def _amounts(text: str) -> Iterator[Finding]:
    for found in AMOUNT.finditer(text):
        fen = round(float(found[1].replace(",", "")) * UNITS.get(found[2] or "", 1) * 100)
        before = text[max(0, found.start() - 10) : found.start()]
        role = next((role for role, words in ROLE_WORDS if re.search(words, before)), "")
        yield _finding(Kind.AMOUNT, fen, found, role)


def _dates(text: str, today: date) -> Iterator[Finding]:
    for found in DATE.finditer(text):
        yield _finding(
            Kind.DATE,
            "-".join([found[1], *(f"{int(part):02d}" for part in found.groups()[1:] if part)]),
            found,
        )
    for found in NEAR.finditer(text):
        yield _finding(Kind.DATE, f"{today.year - YEARS[found[1]]}-{int(found[2]):02d}", found)


def _rates(text: str) -> Iterator[Finding]:
    for found in RATE.finditer(text):
        role, times = TIMES[found[1]]
        yield _finding(Kind.RATE, f"{float(found[2]) / 100 * times:.4f}", found, role)


def _lenders(text: str) -> Iterator[Finding]:
    for found in LENDER.finditer(text):
        yield _finding(Kind.LENDER, found[0], found)


def _counted(text: str, words: dict[str, str], kind: Kind, *, best: int) -> Iterator[Finding]:
    hits = {value: list(re.finditer(pattern, text)) for value, pattern in words.items()}
    for value in sorted(hits, key=lambda value: -len(hits[value]))[:best]:
        if hits[value]:
            yield _finding(kind, value, hits[value][0])
