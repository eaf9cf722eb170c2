"""How much a loan may cost a year (利率上限): by the lender's licence and the day of the contract.

A row says how strong its document is: some lines are law, some are only reported guidance and must be shown as such.
Rates are Decimal fractions: 0.24 is 24 % a year.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import cast

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from cases.rules.tables import (
    HERE,
    Row,
    RuleTableError,
    Status,
    Words,
    date_of,
    is_in_force,
    maybe_date_of,
    maybe_words_of,
    read_table,
    status_of,
    text_of,
    words_of,
)


class Licence(TextChoices):
    """What a lender is licensed as; the law asks different things of each."""

    BANK = "bank", _("Bank")  # 银行
    CONSUMER_FINANCE = "consumer_finance", _("Consumer finance company")  # 消费金融公司
    AUTO_FINANCE = "auto_finance", _("Auto finance company")  # 汽车金融公司
    TRUST = "trust", _("Trust company")  # 信托公司
    MICROLENDER = "microlender", _("Micro-loan company")  # 小额贷款公司
    PAWN = "pawn", _("Pawn shop")  # 典当行
    GUARANTEE = "guarantee", _("Guarantee company")  # 融资担保公司
    LEASING = "leasing", _("Leasing company")  # 融资租赁公司
    FACTORING = "factoring", _("Factoring company")  # 商业保理公司
    LOCAL_AMC = "local_amc", _("Local asset management company")  # 地方资产管理公司
    PLATFORM = "platform", _("Loan platform")  # 助贷平台
    PRIVATE = "private", _("Private lender")  # 民间借贷


class Strength(TextChoices):
    """How binding the document behind a row is, strongest first."""

    LAW = "law", _("Law or judicial interpretation")
    RULE = "rule", _("Rule of a regulator")
    POLICY = "policy", _("Judicial policy")
    REPORTED = "reported", _("Reported guidance, no public text")


@dataclass(frozen=True, slots=True)
class Lpr:
    """The one-year loan prime rate in force on a day; `provisional` when later changes may be missing here."""

    rate: Decimal
    published_on: date
    status: Status
    provisional: bool


@dataclass(frozen=True, slots=True)
class Cap:
    """One yearly cap: its rate as a fraction, what counts towards it, and what kind of document says so.

    `lpr` is set where the cap is four times it. `basis` names how the rate is read where the document says so.
    """

    key: str
    licences: tuple[Licence, ...]
    rate: Decimal
    covers: Words
    basis: Words
    strength: Strength
    source: str
    status: Status
    in_force_from: date
    in_force_to: date | None
    note: Words | None = None
    lpr: Lpr | None = None


def caps_for(licence: str, contract_on: date) -> list[Cap]:
    """Return the caps for a lender's licence and the day of the contract, the strongest document first.

    An unknown licence or a day before any row gives an empty list: then no cap may be claimed.
    """
    return [cap for cap in caps_on(contract_on) if licence in cap.licences]


def caps_on(contract_on: date) -> list[Cap]:
    """Return every cap in force for contracts of a day, whatever the licence, the strongest document first."""
    caps = [
        _cap_of(row, contract_on)
        for row in _rows()
        if is_in_force(date_of(row, "in_force_from"), maybe_date_of(row, "in_force_to"), contract_on)
    ]
    return sorted(caps, key=lambda cap: (list(Strength).index(cap.strength), cap.rate))


def one_year_lpr(on: date) -> Lpr | None:
    """Return the one-year LPR (一年期贷款市场报价利率) in force on a day, None before the first, 2019-08-20."""
    table = read_table(HERE / "lpr.toml")
    known = [row for row in table["lpr"] if date_of(row, "published_on") <= on]
    if not known:
        return None
    last = max(known, key=lambda row: date_of(row, "published_on"))
    return Lpr(
        rate=_fraction(last, "rate"),
        published_on=date_of(last, "published_on"),
        status=status_of(table),
        provisional=on > date_of(table, "known_to"),
    )


@cache
def _rows() -> tuple[Row, ...]:
    rows = tuple(read_table(HERE / "caps.toml")["cap"])
    if len({row.get("key") for row in rows}) < len(rows):
        msg = "caps.toml: two rows have the same key"
        raise RuleTableError(msg)
    for row in rows:
        unknown = set(row["licences"]) - set(Licence.values)
        if unknown or ("rate" in row) == ("times_lpr" in row):
            msg = f"{row.get('key')}: unknown licence {unknown}, or not exactly one of rate and times_lpr"
            raise RuleTableError(msg)
        text_of(row, "source")
        status_of(row)
    return rows


def _cap_of(row: Row, contract_on: date) -> Cap:
    lpr = one_year_lpr(contract_on) if "times_lpr" in row else None
    rate = lpr.rate * cast("int", row["times_lpr"]) if lpr else _fraction(row, "rate")
    return Cap(
        key=text_of(row, "key"),
        licences=tuple(Licence(licence) for licence in row["licences"]),
        rate=rate,
        covers=words_of(row, "covers"),
        basis=words_of(row, "basis"),
        strength=Strength(text_of(row, "strength")),
        source=text_of(row, "source"),
        status=status_of(row),
        in_force_from=date_of(row, "in_force_from"),
        in_force_to=maybe_date_of(row, "in_force_to"),
        note=maybe_words_of(row, "note"),
        lpr=lpr,
    )


def _fraction(row: Row, key: str) -> Decimal:
    """Read “4.25” per cent as 0.0425."""
    try:
        return Decimal(text_of(row, key)) / 100
    except InvalidOperation as error:
        msg = f"{row.get('key', row)}: “{key}” must be a rate in per cent"
        raise RuleTableError(msg) from error
