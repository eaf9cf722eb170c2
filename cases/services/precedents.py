"""The library of settled cases 先例库: bringing cases in, each without names and each for a person to release."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from cases.claims import ClaimKind, Remedy
from cases.models import Licence, Precedent
from cases.money import UNREADABLE as UNREADABLE_AMOUNT
from cases.money import AmountError, parse_yuan
from cases.services.releasing import LONGEST_STORY, SHORTEST_STORY
from cases.similarity.deidentify import deidentify
from evidence.sealing import blind_index

COLUMNS = {
    "编号": "key", "案由": "kind", "贷款机构类型": "licence", "产品": "product", "城市": "city", "经过": "story",
    "争议金额": "claim", "借款本金": "principal", "年利率": "annual_rate", "证据程度": "evidence_level",
    "诉求": "remedies", "调解金额": "settled", "分期": "instalments", "条款": "terms", "结案日期": "closed_on",
    "当事人": "parties",
}  # fmt: skip
SAMPLES = Path(__file__).resolve().parents[1] / "precedents" / "sample_settled.jsonl"
UNREADABLE = "unreadable"  # a line that is no row at all comes as {UNREADABLE: why}
OF_LENDERS = frozenset({"机构", "单位"})
NOT_YET: dict[str, Any] = {
    "state": Precedent.State.WAITING, "original": None, "taken_out": [], "decided_by": None, "decided_at": None,
    "reason": "", "vector": b"", "vector_model": "", "next_vector": b"", "next_model": "",
}  # fmt: skip


class RowRefused(ValueError):
    """A row that cannot become a precedent; the message says why."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was left out: its number in the file, counted from 1 without the heading, and the reason."""

    number: int
    reason: str


@lru_cache(maxsize=1)
def _shipped() -> frozenset[tuple[str, str]]:
    """Keys and stories of the invented samples that come with the site: nobody need look at those."""
    rows = map(json.loads, SAMPLES.read_text(encoding="utf-8").splitlines())
    return frozenset((row["id"], row["story"]) for row in rows)


def bring_in(rows: Iterable[Mapping[str, Any]]) -> tuple[int, list[Refused]]:
    """Take rows in, each de-identified; a person must release it before anybody finds it. Invented samples are free.

    Keys are those of the sample library, or the Chinese headings of `COLUMNS`; `others` names people who are no
    parties. A row that came before, word for word, changes nothing; one that was changed waits for a person again.
    Returns how many came, and who was left out.
    """
    taken, refused = 0, []
    for number, row in enumerate(rows, start=1):
        try:
            fields = _fields({COLUMNS.get(str(k).strip(), str(k).strip()): v for k, v in row.items() if k})
        except RowRefused as reason:
            refused.append(Refused(number, str(reason)))
            continue
        key, digest = fields.pop("key"), fields["digest"]
        if not Precedent.every.filter(key=key, digest=digest).exists():
            Precedent.every.update_or_create(key=key, defaults={**NOT_YET, **fields})
        taken += 1
    return taken, refused


def _fields(row: Mapping[str, Any]) -> dict[str, Any]:
    if why := row.get(UNREADABLE):
        raise RowRefused(str(why))
    story = str(row.get("story") or "").strip()
    key = str(row.get("key") or row.get("id") or "").strip()
    if not key:
        raise RowRefused(_("the number of the case is missing"))
    if len(story) < SHORTEST_STORY:
        raise RowRefused(_("the story is missing or shorter than %(n)s characters") % {"n": SHORTEST_STORY})
    if len(story) > LONGEST_STORY:
        raise RowRefused(_("the story is longer than %(n)s characters") % {"n": LONGEST_STORY})
    names = tuple(_list(row.get("parties")))
    return _cleaned(story, key, (*names, *_list(row.get("others"))), row) | {
        "key": key[:60],
        "digest": blind_index(json.dumps(dict(row), ensure_ascii=False, default=str), purpose="precedent"),
        "parties": sorted(party_mark(name) for name in names),
        "kind": _choice(row.get("kind") or row.get("cause"), ClaimKind, _("the cause")),
        "licence": _choice(row.get("licence") or Licence.UNKNOWN, Licence, _("the kind of lender")),
        "city": str(row.get("city") or "")[:30],
        "claim_fen": _money(row, "claim"),
        "principal_fen": _money(row, "principal"),
        "annual_rate": _rate(row.get("annual_rate")),
        "evidence_level": _whole(row.get("evidence_level"), 0, 3, 1, _("the evidence level")),
        "remedies": [_choice(r, Remedy, _("the remedy")) for r in _list(row.get("remedies"))],
        "settled_fen": _money(row, "settled"),
        "instalments": _whole(row.get("instalments"), 0, 360, 0, _("the number of instalments")),
        "closed_on": _day(row.get("closed_on")),
    }


def _cleaned(story: str, key: str, names: tuple[str, ...], row: Mapping[str, Any]) -> dict[str, Any]:
    """The words told without names, and what a person needs to check them; samples as they are."""
    terms, product = _list(row.get("terms")), str(row.get("product") or "")[:60]
    if (key, story) in _shipped():
        return {
            "story": story, "terms": terms, "product": product, "is_sample": True,
            "state": Precedent.State.RELEASED,
        }  # fmt: skip
    cleaned = deidentify(story, names=names)
    return {
        "story": cleaned.text,
        "original": story,
        "taken_out": [[found.kind, found.words] for found in cleaned.found],
        "terms": [deidentify(term, names=names).text for term in terms],
        "product": _without_persons(product, names)[:60],
        "is_sample": bool(row.get("sample")),
    }


def _without_persons(product: str, names: tuple[str, ...]) -> str:
    """What people typed for the product, without whom they named in it; it is compared by the lender's own name."""
    persons = {
        one.words: f"〔{one.kind}〕"
        for one in deidentify(product, names=names).found
        if one.kind not in OF_LENDERS
    }
    for words, mark in persons.items():
        product = product.replace(words, mark)
    return product


def party_mark(name: str) -> str:
    """A mark by which the same people are known again, and from which nobody finds their name."""
    return blind_index(name.strip(), purpose="precedent party")[:24]


def _choice(value: Any, choices: Any, name: str) -> str:
    text = str(value or "").strip()
    for choice in choices:
        if text in {choice.value, str(choice.label)}:
            return str(choice.value)
    raise RowRefused(_("%(name)s “%(value)s” is not known") % {"name": name, "value": text})


def _money(row: Mapping[str, Any], name: str) -> int | None:
    fen, yuan = ("" if (told := row.get(key)) is None else str(told).strip() for key in (f"{name}_fen", name))
    if not (value := fen or yuan):
        return None
    try:
        return parse_yuan(_in_yuan(fen) if fen else yuan, allow_zero=True)
    except AmountError as error:
        raise RowRefused(_("the amount “%(value)s”: %(why)s") % {"value": value, "why": error}) from error


def _in_yuan(fen: str) -> str:
    try:
        return f"{Decimal(int(fen)) / 100:f}"
    except ValueError as error:
        raise AmountError(UNREADABLE_AMOUNT) from error


def _rate(value: Any) -> Decimal | None:
    text = str(value or "").strip().rstrip("%")
    if not text:
        return None
    try:
        rate = Decimal(text)
        rate = rate / 100 if "%" in str(value) or rate > 3 else rate  # 300 % a year would be written 3
        can_be = 0 <= rate < 10
    except InvalidOperation as error:  # NaN is only met by comparing
        raise RowRefused(_("the yearly rate “%(value)s” is no number") % {"value": value}) from error
    if not can_be:
        raise RowRefused(_("the yearly rate “%(value)s” cannot be") % {"value": value})
    return rate


def _whole(value: Any, least: int, most: int, otherwise: int, name: str) -> int:
    if value is None or not str(value).strip():
        return otherwise
    try:
        number = int(float(str(value)))
    except (ValueError, OverflowError) as error:
        raise RowRefused(_("%(name)s “%(value)s” is no number") % {"name": name, "value": value}) from error
    if not least <= number <= most:
        raise RowRefused(_("%(name)s “%(value)s” is not known") % {"name": name, "value": value})
    return number


def _list(value: Any) -> list[str]:
    parts = value if isinstance(value, list) else str(value or "").replace("；", ";").split(";")
    return [str(part).strip() for part in parts if str(part).strip()]


def _day(value: Any) -> date | None:
    if value is None or not str(value).strip():
        return None
    try:
        return date.fromisoformat(str(value).strip()[:10].replace("/", "-"))
    except ValueError as error:
        raise RowRefused(_("the day “%(value)s” is not of the form 2026-01-31") % {"value": value}) from error
