"""What a judgment on private lending 民间借贷 says beyond its words: who lent to whom, at what rate, secured by what.

Two such judgments are alike when these are; their words say less. Every factor counts the same: none is learnt.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import log, log1p

import numpy as np
import numpy.typing as npt
from django.utils.translation import gettext_lazy as _

from cases.similarity.factors import Reason
from cases.similarity.judgment_figures import sum_lent, yearly_rates

Floats = npt.NDArray[np.float32]
HEAD = 300  # characters in which a judgment names its parties
SAID = {
    "guarantor": r"担保",
    "mortgage": r"抵押",
    "spouses": r"夫妻|妻子|丈夫|配偶|婚姻|离婚",
    "joint debt": r"共同债务|共同偿还|共同借款|共同归还",
    "liable together": r"连带",
    "cash": r"现金",
    "transfer": r"转账|汇款|银行卡|打入|汇入|转入|账户|电汇|网银|存入",
    "business": r"经营|做生意|周转|工程|投资|进货|开店|项目|承包|开发",
    "absent": r"未(?:作|予|提交|提供|提出)?(?:书面)?(?:答辩|辩称)|未(?:到庭|出庭)|拒不到庭|缺席|没有答辩|未提供书面",
    "slip": r"借条",
    "contract": r"借款合同|借款协议|合同书|协议书",
    "debt slip": r"欠条|欠据",
    "oral": r"口头",
    "interest paid": r"支付了?利息|付[了清]?利息|利息(?:已|付至|支付至|结清|付)|给付利息",
    "promise to repay": r"还款协议|还款计划|还款承诺|承诺书|保证书",
    "interest for delay": r"逾期利息|逾期之日|逾期还款",
    "penalty": r"违约金",
}
PATTERNS = {name: re.compile(pattern) for name, pattern in SAID.items()}
COMPANY = re.compile(r"公司|银行|合作社|厂|中心|法定代表人|支行")
DAY = re.compile(r"\d{4}年\d+月\d+日")
FOUND = re.compile(r"经审理查明|经审理，?认定|查明|认定事实如下|认定如下|本院确认|确认如下|事实如下")
# Rates as judges sort them: none, about a bank's, up to 15.4 %, 24 % (the lines of the 2020 and 2015 rules), 36 %, more
BANDS = (0.0, 0.065, 0.155, 0.245, 0.365)
UNKNOWN_SUM = 50_000.0  # yuan; in the middle of such loans
# Beyond these gaps it does not matter how far apart two judgments are.
WIDEST = {"rate": 0.3, "sum": 3.0, "days": 2.0}
LEAST_SPREAD = 0.2
SAMPLE = 400  # judgments from which the usual gaps are taken
FEWEST = 2


@dataclass(frozen=True, slots=True)
class Lending:
    """The factors of one judgment. `rate` is yearly, 0 where none was agreed; `band` is its place among BANDS."""

    values: dict[str, float]

    @property
    def row(self) -> list[float]:
        return list(self.values.values())


@lru_cache(maxsize=1_024)
def read_lending(text: str) -> Lending | None:
    """The factors of a judgment; None for what is no judgment on a loan."""
    head = text[:HEAD]
    if "原告" not in head or "被告" not in head or "借" not in text:
        return None
    named, body = _parted(text)
    begin = FOUND.search(body)
    found = body[begin.start() :] if begin else body[-350:]
    parties = [part for part in re.split(r"(?=原告|被告|第三人)", named) if len(part) > 6]
    lenders = [part[:60] for part in parties if part.startswith("原告")]
    borrowers = [part[:60] for part in parties if part.startswith("被告")]
    rate = min(max(yearly_rates(body), default=0.0), 0.6)
    values = {
        "rate": rate,
        "band": float(sum(rate > band for band in BANDS)),
        "rate agreed": float(rate > 0),
        "borrowers": float(min(len(borrowers), 3)),
        "company lends": float(any(map(COMPANY.search, lenders))),
        "company borrows": float(any(map(COMPANY.search, borrowers))),
        "sum": log(sum_lent(found) or sum_lent(body) or UNKNOWN_SUM),
        "days": log1p(min(len(set(DAY.findall(found))), 10)),
    }
    return Lending(values | {name: float(bool(said.search(body))) for name, said in PATTERNS.items()})


def _parted(text: str) -> tuple[str, str]:
    """The paragraph that names the parties, and the rest."""
    first, _gap, rest = text.partition("\n\n")
    return (first, rest) if len(rest) > 100 else (text[:HEAD], text)


class LendingColumns:
    """All judgments on loans among the texts; empty for a library that has none."""

    def __init__(self, texts: Iterable[str]) -> None:
        read = ((at, read_lending(text)) for at, text in enumerate(texts))
        found = [(at, lending) for at, lending in read if lending]
        self.rows = np.array([at for at, _lending in found], dtype=np.intp)
        self._values = np.array([lending.row for _at, lending in found], dtype=np.float32)
        if len(self.rows) >= FEWEST:
            names = list(found[0][1].values)
            self._band = names.index("band")
            self._widest = np.array([WIDEST.get(name, np.inf) for name in names], dtype=np.float32)
            sample = self._values[:SAMPLE]
            gaps = np.vstack([self._gaps(row, sample[at + 1 :]) for at, row in enumerate(sample)])
            self._spread = np.maximum(gaps.std(axis=0), LEAST_SPREAD)

    @property
    def bytes(self) -> int:
        """Memory that the columns take."""
        return self._values.nbytes + self.rows.nbytes

    def likeness(self, text: str) -> Floats | None:
        """One number for each of `rows`, higher is nearer; None when the text is no judgment or there are none."""
        asked = read_lending(text) if len(self.rows) >= FEWEST else None
        if asked is None:
            return None
        gaps = self._gaps(np.array(asked.row, dtype=np.float32), self._values)
        return np.asarray(-(gaps / self._spread).sum(axis=1), dtype=np.float32)

    def _gaps(self, row: Floats, others: Floats) -> Floats:
        gaps: Floats = np.minimum(np.abs(others - row), self._widest)
        gaps[:, self._band] = others[:, self._band] != row[self._band]
        return gaps


def reasons_of_lending(text: str, other: str) -> Iterator[Reason]:
    """What two judgments on loans have in common and what not, of that which weighs most with people."""
    ours, theirs = read_lending(text), read_lending(other)
    if ours is None or theirs is None:
        return
    for name, (same, there_only, here_only) in WORDS.items():
        one, two = ours.values[name], theirs.values[name]
        if name == "band":
            if one == two:
                yield Reason(name, True, same)
            else:
                yield Reason(name, False, there_only if two > one else here_only)
        elif one and two:
            yield Reason(name, True, same)
        elif one or two:
            yield Reason(name, False, there_only if two else here_only)


WORDS = {
    "band": (
        _("Interest at about the same rate"),
        _("Differs: higher interest there"),
        _("Differs: lower interest there, or none"),
    ),
    "guarantor": (
        _("Somebody stands surety in both"),
        _("Differs: somebody stands surety there"),
        _("Differs: nobody stands surety there"),
    ),
    "spouses": (
        _("About a debt of spouses in both"),
        _("Differs: about a debt of spouses there"),
        _("Differs: not about spouses there"),
    ),
    "company borrows": (
        _("A company borrowed in both"),
        _("Differs: a company borrowed there"),
        _("Differs: no company borrowed there"),
    ),
}
