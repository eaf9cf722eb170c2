"""What papers say of a case: people, claims, the story, limits. What the case does not know is said to be unknown."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import timezone

from cases.models import Case, Clock, Party
from cases.roles import Side
from cases.rules import limits
from cases.services.steps import rule_behind
from evidence import ledger
from evidence.models import Entry

ROLES = {Side.CLAIMANT: "申请人", Side.RESPONDENT: "被申请人"}
SOURCES = {
    "self_accepted": "当事人申请",
    "delegated": "人民法院委派",
    "entrusted": "人民法院委托",
    "entrusted_simplified": "人民法院委托（简易程序）",
}
UNKNOWN, NOT_ASKED = "未提供", "未询问"
ON_SITE = "登录后在平台上作出"
OTHER_ROUTES = [
    "向有管辖权的人民法院起诉；",
    "合同约定了仲裁的，向约定的仲裁机构申请仲裁；",
    "向金融机构投诉，或者向金融监督管理部门反映；",
    "涉及个人信用记录的，向征信机构或者金融机构提出异议（征信业管理条例第二十五条）。",
]


def head_of(case: Case, *, made_at: Any, number: str) -> dict[str, Any]:
    """What every paper of the centre begins with."""
    centre = case.centre
    return {
        "made_at": made_at,
        "docket": case.docket,
        "number": number,
        "organisation": {
            "name": centre.name if centre else "",
            "address": centre.address if centre else "",
            "phone": (centre.phone if centre else "") or settings.HELP_PHONE,
        },
    }


def person_of(party: Party) -> dict[str, Any]:
    """One side as papers describe it: name, role, ways to reach it, and what identifies it.

    Sex and day of birth are read from the identity number; what nobody asked is said not to have been asked.
    """
    institution = party.institution
    described: dict[str, Any] = {
        "name": party.name or UNKNOWN,
        "role": ROLES[Side(party.side)],
        "address": party.address or UNKNOWN,
        "phone": party.phone or UNKNOWN,
        "is_institution": institution is not None,
        "id_number": party.id_number,
        "blank": NOT_ASKED,
    }
    if institution:
        described["licence"] = institution.get_licence_display()
        described["code"] = institution.credit_code
        described["representative"] = institution.representative
    else:
        described |= told_by(party.id_number)
    return {key: value for key, value in described.items() if value != ""}


def told_by(id_number: str) -> dict[str, Any]:
    """Sex and day of birth, as an identity number of 18 characters holds them (GB 11643-1999); else nothing."""
    if len(id_number) != 18 or not id_number[:17].isdigit():
        return {}
    try:
        born = date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))
    except ValueError:
        return {}
    return {"sex": "男" if int(id_number[16]) % 2 else "女", "birth_on": born}


def people_of(case: Case, *sides: Side) -> list[dict[str, Any]]:
    """These sides, claimant first; both when none is named."""
    wanted = sides or (Side.CLAIMANT, Side.RESPONDENT)
    return [person_of(party) for party in case.parties.all() if party.side in wanted]


def places_of(case: Case) -> list[dict[str, str]]:
    """An empty place to sign for each side."""
    return [{"role": ROLES[Side(party.side)], "name": party.name or UNKNOWN} for party in case.parties.all()]


def name_of(party: Party | None) -> str:
    """A side's name."""
    return (party.name if party else "") or UNKNOWN


def both_of(case: Case) -> str:
    """Both names."""
    return "、".join(party.name for party in case.parties.all() if party.name) or UNKNOWN


def claims_of(case: Case) -> list[dict[str, Any]]:
    """Each claim by its name; the citizen's own words stand once, with the first claim that they belong to."""
    rows: list[dict[str, Any]] = []
    said: set[str] = set()
    for claim in case.claims.all():
        own_words = "" if claim.words in said else claim.words
        said.add(claim.words)
        row: dict[str, Any] = {"text": "：".join(filter(None, [claim.get_remedy_display(), own_words]))}
        if claim.amount_fen:
            row["amount_fen"] = claim.amount_fen
        rows.append(row)
    return rows


def story_of(case: Case) -> str:
    """What happened, in the claimant's words."""
    return case.story or "申请人以录音陈述，录音见随案证据材料。"


def shared_exhibits(case: Case) -> Any:
    """What both sides see and somebody handed in."""
    return case.exhibits.filter(withdrawn_at__isnull=True, is_private=False).exclude(kind="document")


def limit_of(case: Case, key: str) -> tuple[limits.Limit, date | None]:
    """The limit and the day on which its clock ends."""
    clock: Clock | None = case.clocks.filter(limit=key).order_by("pk").last()
    rule = rule_behind(clock) if clock else None
    of_day = timezone.localdate(case.filed_at) if case.filed_at else timezone.localdate()
    return rule or limits.load_profile(case.profile, of_day)[key], clock.due_on if clock else None


def record_at(case: Case, seq: int) -> Mapping[str, Any]:
    """What was written into the chain in this entry; empty where there is none."""
    entry = Entry.objects.filter(chain=case.chain, seq=seq).first()
    return (ledger.read(entry) if entry else None) or {}


def contact_of(case: Case) -> str:
    """Whom to ask: the centre and its telephone."""
    name = case.centre.name if case.centre else ""
    return f"{name}（电话：{(case.centre.phone if case.centre else '') or settings.HELP_PHONE}）"


def day_of(instant: Any) -> date | None:
    """The day of an instant, by the clock of the office."""
    return timezone.localdate(instant) if instant else None


def joined(parts: Sequence[str]) -> str:
    """Parts that are not empty, one after the other."""
    return "".join(part for part in parts if part)
