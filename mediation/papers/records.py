"""Papers that the office writes itself: records of fact-finding and follow-up, notes, letters, identity checks."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Case, Exhibit, Party, User
from cases.roles import STAFF_ROLES, Role, Side
from cases.services.closing import describe_ending
from cases.services.steps import lock_case, remember
from cases.workflow import Ending
from mediation.documents.dates import chinese_moment
from mediation.documents.kinds import KINDS
from mediation.papers.ending import transfer_content
from mediation.papers.facts import ROLES, UNKNOWN, head_of, name_of
from mediation.papers.services import file_paper

__all__ = ["describe_ending", "write_identity_record", "write_record", "write_transfer_letter"]

MARKS = {
    "fact_finding_record": "查",
    "follow_up": "访",
    "explanation": "明",
    "identity_record": "身",
    "transfer_letter": "移",
    "performance_record": "履",
    "delivery_proof": "达",
}
WRITTEN = ("fact_finding_record", "follow_up", "explanation")


@transaction.atomic
def write_record(*, case_id: UUID, staff: User, kind: str, content: Mapping[str, Any]) -> Exhibit:
    """A record in the words of whoever writes it: `kind` is one of WRITTEN, `content` its keys.

    Raises MissingContent with everything that is missing, KeyError for another kind.
    """
    if kind not in WRITTEN:
        raise KeyError(kind)
    case = _of_staff(case_id, staff)
    told: dict[str, Any] = {"recorder": str(staff), **content}
    if kind == "fact_finding_record":
        told["signatures"] = [
            {"role": "被调查人", "name": str(content.get("asked") or "")},
            {
                "role": str(staff.get_role_display()) if staff.role != Role.MEDIATOR else "调解员",
                "name": str(staff),
            },
        ]
    return issue(case, kind, told, by=staff)


@transaction.atomic
def write_transfer_letter(*, case_id: UUID, staff: User, said: Mapping[str, str]) -> Exhibit:
    """移送函 after a mediation that brought no agreement (在线调解规则 Arts 15, 21).

    `said`: to, their_number, cost_conduct, court_notes, consents. Raises Refusal while the case is open or was agreed.
    """
    case = _of_staff(case_id, staff)
    if not case.is_closed or case.ending in {"", Ending.AGREEMENT, Ending.SETTLED}:
        raise Refusal(_("A letter of transfer follows a mediation that ended without an agreement."))
    if not str(said.get("to", "")).strip():
        raise Refusal(_("Please write to whom the letter goes."))
    with translation.override("zh-hans"):
        content = transfer_content(case, said)
    return issue(case, "transfer_letter", content, by=staff)


@transaction.atomic
def write_identity_record(*, case_id: UUID, staff: User) -> Exhibit:
    """当事人身份核验记录: what was really done to check each side, and nothing that was not (在线调解规则 Art 17)."""
    case = _of_staff(case_id, staff)
    with translation.override("zh-hans"):
        content = {
            "checked": [_checked(case, party) for party in case.parties.select_related("institution")],
            "made_by": str(staff),
        }
    return issue(case, "identity_record", content, by=staff)


def _checked(case: Case, party: Party) -> dict[str, str]:
    row = {"role": ROLES[Side(party.side)], "name": name_of(party)}
    if party.institution:
        code = party.institution.credit_code
        row["document"] = f"统一社会信用代码 {code}" if code else UNKNOWN
        row["how"] = "与机构名录核对；经办人用机构账号登录"
        return row
    number = party.id_number
    row["document"] = f"公民身份号码 {number[:3]}***********{number[-2:]}" if number else "没有提供证件号码"
    ways = ["用手机号码和验证码登录"] if party.person_id else []
    if number:
        ways.append("证件号码经校验位验证")
    if party.identity_checked_at:
        ways.append(f"{chinese_moment(party.identity_checked_at)}由受理员核对")
    if case.exhibits.filter(kind=Exhibit.Kind.IDENTITY, withdrawn_at__isnull=True).exists():
        ways.append("提交了证件影像，见随案材料")
    row["how"] = "；".join(ways) or "没有核对记录"
    return row


def _of_staff(case_id: UUID, staff: User) -> Case:
    case = lock_case(case_id)
    if staff.role not in STAFF_ROLES:
        raise Refusal(_("This step is not yours to take."))
    return case


def issue(
    case: Case, kind: str, content: Mapping[str, Any], *, by: User, is_private: bool = False
) -> Exhibit:
    """Remember that the paper was made, print it and file it, inside the caller's transaction."""
    entry = remember(case, "paper.write", by=by, kind=kind)
    number = f"{case.docket}-{MARKS[kind]}{entry.seq}"
    with translation.override("zh-hans"):
        head = head_of(case, made_at=timezone.now(), number=number)
    return file_paper(
        case=case,
        kind=kind,
        content={**head, **content},
        title=KINDS[kind].title,
        by=by,
        role=Role(by.role),
        is_private=is_private,
    )
