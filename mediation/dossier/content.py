"""What stands on the sheets that hold a case file together. Papers are Chinese documents."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from cases.models import Case, Exhibit
from cases.workflow import Ending
from mediation.documents.dates import chinese_date
from mediation.dossier.models import Dossier
from mediation.dossier.places import BACK, File, Filled, Item
from mediation.papers.facts import both_of, day_of, head_of, name_of

KEPT_FOR = "按档案管理规定执行（期限由立卷单位核定）"
GIVEN_BY = {
    "citizen": "申请人",
    "institution": "被申请人",
    "officer": "受理员代为接收",
    "mediator": "调解员",
    "court": "人民法院",
    "system": "本平台",
}
ON_THE_SITE = "这份材料不能印在纸上，原件保存在平台的案件记录中，可以在平台上打开，并凭上面的指纹核对。"
UNREADABLE = "这份文件无法打开或者设有密码，没有并入本卷；原件保存在平台的案件记录中。"
SEALED = "带有电子签章的文书，以平台保存的单独文件为准。"


def head(dossier: Dossier) -> dict[str, Any]:
    """What every sheet of the file begins with."""
    case = dossier.case
    return head_of(case, made_at=dossier.asked_at, number=f"{case.docket}-卷{dossier.pk}")


def cover(dossier: Dossier, *, pages: int) -> dict[str, Any]:
    """卷宗封面."""
    case = dossier.case
    agreement = case.agreements.filter(effective_at__isnull=False, set_aside_at__isnull=True).last()
    application = case.applications.filter(number__gt="").first()
    told = {
        **head(dossier),
        "subject": f"{both_of(case)} {case.get_kind_display()}纠纷",
        "dispute_type": case.get_kind_display(),
        "claimant": name_of(case.claimant),
        "respondent": name_of(case.respondent),
        "mediator": str(case.mediator) if case.mediator else "未指派",
        "accepted_on": day_of(case.accepted_at) or day_of(case.filed_at),
        "ended": _ended(case),
        "agreement_number": agreement.number if agreement else "",
        "ruling_number": application.number if application else "",
        "kept_for": KEPT_FOR,
        "filed_by": str(dossier.asked_by),
        "pages": f"{pages}页",
    }
    return {key: value for key, value in told.items() if value != ""}


def _ended(case: Case) -> str:
    if not case.is_closed or case.closed_at is None:
        return f"尚未结案（当前阶段：{case.get_stage_display()}）"
    day = chinese_date(timezone.localdate(case.closed_at))
    return f"{day}，{Ending(case.ending).label if case.ending else '不予受理'}"


def contents(
    dossier: Dossier, file: File, pages: Mapping[int, tuple[int, int]], *, last: int
) -> dict[str, Any]:
    """卷内目录: every place, the papers in it with their pages, and what is missing.

    `pages` are first and last page by exhibit; `last` is the page of the back.
    """
    rows: list[dict[str, Any]] = []
    for number, filled in enumerate(file.places, start=1):
        rows.append(_place_row(number, filled, pages, is_closed=dossier.case.is_closed))
        rows += [_item_row(item, pages) for item in filled.items]
    rows.append(
        {"number": str(len(file.places) + 1), "name": BACK.printed, "pages": str(last), "is_place": True}
    )
    return {**head(dossier), "rows": rows, "remarks": "\n".join(remarks(file))}


def _place_row(
    number: int, filled: Filled, pages: Mapping[int, tuple[int, int]], *, is_closed: bool
) -> dict[str, Any]:
    within = [page for item in filled.items for page in pages[item.exhibit.pk]]
    row: dict[str, Any] = {
        "number": str(number),
        "name": filled.place.printed + ("（必须）" if filled.place.is_starred else ""),
        "pages": _range(min(within), max(within)) if within else "—",
        "is_place": True,
    }
    if filled.is_missing:
        row["note"] = "缺少"
    elif not filled.items:
        row["note"] = "本案没有" if is_closed else "尚无"
    return row


def _range(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}—{last}"


def _item_row(item: Item, pages: Mapping[int, tuple[int, int]]) -> dict[str, Any]:
    first, last = pages[item.exhibit.pk]
    return {
        "name": f"{item.exhibit.number:02d} {item.exhibit.title}",
        "day_on": item.day,
        "pages": _range(first, last),
        "note": GIVEN_BY.get(item.exhibit.by_role, "") if not item.is_paper else "",
    }


def remarks(file: File) -> list[str]:
    """What a reader must know of the file as a whole."""
    told = []
    if file.missing:
        names = "、".join(one.place.printed for one in file.missing)
        told.append(f"本卷缺少必须的材料：{names}。")
    else:
        told.append("必须的材料齐全。")
    if file.apart:
        numbers = "、".join(f"{one.number:02d}" for one in file.apart)
        told.append(f"编号{numbers}为保密材料，依照人民法院在线调解规则第十八条另册保存，没有并入本卷。")
    told.append(SEALED)
    return told


def sheet(dossier: Dossier, exhibit: Exhibit, *, says: str) -> dict[str, Any]:
    """A sheet that stands for a file which is no paper."""
    deposit = exhibit.deposit
    return {
        **head(dossier),
        "name": exhibit.title or "（没有名称）",
        "exhibit": f"{exhibit.number:02d}",
        "kind": str(exhibit.get_kind_display()),
        "given_by": GIVEN_BY.get(exhibit.by_role, exhibit.by_role),
        "given_at": exhibit.at,
        "file": f"{deposit.name}，{deposit.size:,}字节",
        "fingerprint": deposit.sha256,
        "says": says,
    }


def back(dossier: Dossier, file: File, *, pages: int) -> dict[str, Any]:
    """备考表."""
    told: Sequence[str] = remarks(file)
    return {
        **head(dossier),
        "papers": str(file.count),
        "pages": str(pages),
        "remarks": told,
        "filed_by": str(dossier.asked_by),
    }
