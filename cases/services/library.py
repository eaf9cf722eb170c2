"""The library of settled cases 先例库: bringing cases in, indexing them, and handing them to the search."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import numpy as np
from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from cases.analysis.privacy import mask_personal
from cases.claims import ClaimKind, Remedy
from cases.models import Licence, Precedent
from cases.money import AmountError, parse_yuan
from cases.similarity.embedder import Embedder

SHORTEST_STORY = 20
COLUMNS = {
    "编号": "key", "案由": "kind", "贷款机构类型": "licence", "产品": "product", "城市": "city", "经过": "story",
    "争议金额": "claim", "借款本金": "principal", "年利率": "annual_rate", "证据程度": "evidence_level",
    "诉求": "remedies", "调解金额": "settled", "分期": "instalments", "条款": "terms", "结案日期": "closed_on",
}  # fmt: skip


class RowRefused(ValueError):
    """A row that cannot become a precedent; the message says why."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was left out: its number in the file, counted from 1 without the heading, and the reason."""

    number: int
    reason: str


@lru_cache(maxsize=1)
def embedder() -> Embedder:
    """The sentence-vector engine that settings.ADAPTERS["embedder"] names, built once a process."""
    path, options = settings.ADAPTERS["embedder"]
    built: Embedder = import_string(path)(**options)
    return built


def index_missing(*, batch: int = 16) -> int:
    """Compute the vectors that are missing or of another model. Returns how many were computed."""
    engine = embedder()
    done = 0
    while rows := list(Precedent.objects.exclude(vector_model=engine.name)[:batch]):
        vectors = engine.encode([row.story for row in rows], kind="passage")
        for row, vector in zip(rows, vectors, strict=True):
            row.vector = np.asarray(vector, dtype="<f4").tobytes()
            row.vector_model = engine.name
        Precedent.objects.bulk_update(rows, ["vector", "vector_model"])
        done += len(rows)
    return done


def bring_in(rows: Iterable[Mapping[str, Any]]) -> tuple[int, list[Refused]]:
    """Take rows into the library; a row with a known key replaces the old one. Returns how many, and who was left out.

    Keys are those of the sample library, or the Chinese headings of `COLUMNS`. Personal numbers are masked.
    """
    taken, refused = 0, []
    for number, row in enumerate(rows, start=1):
        try:
            fields = _fields({COLUMNS.get(str(k).strip(), str(k).strip()): v for k, v in row.items() if k})
        except RowRefused as reason:
            refused.append(Refused(number, str(reason)))
            continue
        key = fields.pop("key")
        Precedent.objects.update_or_create(key=key, defaults={**fields, "vector": b"", "vector_model": ""})
        taken += 1
    return taken, refused


def _fields(row: Mapping[str, Any]) -> dict[str, Any]:
    story = mask_personal(str(row.get("story") or "").strip())
    key = str(row.get("key") or row.get("id") or "").strip()
    if not key:
        raise RowRefused(_("the number of the case is missing"))
    if len(story) < SHORTEST_STORY:
        raise RowRefused(_("the story is missing or shorter than %(n)s characters") % {"n": SHORTEST_STORY})
    return {
        "key": key[:60],
        "is_sample": bool(row.get("sample")),
        "kind": _choice(row.get("kind") or row.get("cause"), ClaimKind, _("the cause")),
        "licence": _choice(row.get("licence") or Licence.UNKNOWN, Licence, _("the kind of lender")),
        "product": str(row.get("product") or "")[:60],
        "city": str(row.get("city") or "")[:30],
        "story": story,
        "claim_fen": _money(row, "claim"),
        "principal_fen": _money(row, "principal"),
        "annual_rate": _rate(row.get("annual_rate")),
        "evidence_level": _whole(row.get("evidence_level"), 0, 3, 1, _("the evidence level")),
        "remedies": [_choice(r, Remedy, _("the remedy")) for r in _list(row.get("remedies"))],
        "settled_fen": _money(row, "settled"),
        "instalments": _whole(row.get("instalments"), 0, 360, 0, _("the number of instalments")),
        "terms": _list(row.get("terms")),
        "closed_on": _day(row.get("closed_on")),
    }


def _choice(value: Any, choices: Any, name: str) -> str:
    text = str(value or "").strip()
    for choice in choices:
        if text in {choice.value, str(choice.label)}:
            return str(choice.value)
    raise RowRefused(_("%(name)s “%(value)s” is not known") % {"name": name, "value": text})


def _money(row: Mapping[str, Any], name: str) -> int | None:
    if (fen := row.get(f"{name}_fen")) not in {None, ""}:
        return int(str(fen))
    value = row.get(name)
    if value is None or not str(value).strip():
        return None
    try:
        return parse_yuan(str(value), allow_zero=True)
    except AmountError as error:
        raise RowRefused(_("the amount “%(value)s”: %(why)s") % {"value": value, "why": error}) from error


def _rate(value: Any) -> Decimal | None:
    text = str(value or "").strip().rstrip("%")
    if not text:
        return None
    try:
        rate = Decimal(text)
    except InvalidOperation as error:
        raise RowRefused(_("the yearly rate “%(value)s” is no number") % {"value": value}) from error
    rate = rate / 100 if "%" in str(value) or rate > 3 else rate  # 300 % a year would be written 3
    if not 0 <= rate < 10:
        raise RowRefused(_("the yearly rate “%(value)s” cannot be") % {"value": value})
    return rate


def _whole(value: Any, least: int, most: int, otherwise: int, name: str) -> int:
    if value is None or not str(value).strip():
        return otherwise
    try:
        number = int(float(str(value)))
    except ValueError as error:
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
