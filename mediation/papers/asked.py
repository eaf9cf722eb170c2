"""Papers that a party asks for: made at once, or refused with everything that is still missing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cases.claims import ClaimKind, Remedy
from cases.errors import Refusal
from cases.models import Case, Exhibit, Party, User
from cases.roles import STAFF_ROLES, Role, Side
from cases.services.steps import lock_case, remember
from cases.workflow import Ending
from mediation.documents.dates import chinese_date
from mediation.documents.kinds import KINDS
from mediation.papers.facts import (
    ON_SITE,
    ROLES,
    claims_of,
    contact_of,
    day_of,
    head_of,
    name_of,
    person_of,
    story_of,
)
from mediation.papers.services import file_paper

MARKS = {
    "interruption_proof": "时",
    "credit_objection": "征",
    "credit_statement": "声",
    "power_of_attorney": "委",
}
LONGEST_STATEMENT = 100  # characters; what credit bureaus take in practice, unverified [M]
# What a credit bureau may not collect (征信业管理条例 Art 14): it stays in the mediation.
NOT_FOR_BUREAUS = re.compile("宗教|信仰|基因|指纹|血型|疾病|病史|患病|生病|住院|手术|残疾|抑郁|癌|怀孕")


@dataclass(frozen=True, slots=True)
class CreditRecord:
    """What stands in the credit record, what is wrong with it, and what the person asks for."""

    to: str
    record: str
    wrong: str
    asked: str
    business: str = ""
    contract_number: str = ""
    report_number: str = ""
    statement: str = ""


@dataclass(frozen=True, slots=True)
class AgentNamed:
    """Who acts for a party, how far, until when. `most_fen` limits the sums that the agent may agree to."""

    name: str
    relation: str
    phone: str
    is_paid: bool
    is_special: bool
    until_on: date
    id_number: str = ""
    employer: str = ""
    most_fen: int | None = None


@transaction.atomic
def ask_interruption_proof(*, case_id: UUID, person: User) -> Exhibit:
    """诉讼时效中断证明: that, and when, the claimant asked us to protect its rights (诉讼时效规定 Art 12).

    The claimant or the office asks for it. It says nothing about whether time was up before.
    """
    case = lock_case(case_id)
    party = case.party_of(person)
    if person.role not in STAFF_ROLES and (party is None or party.side != Side.CLAIMANT):
        raise Refusal(_("This step is not yours to take."))
    if case.filed_at is None:
        raise Refusal(_("Nothing has been sent in yet. The proof names the day on which it was."))
    with translation.override("zh-hans"):
        content = {
            "claimant": name_of(case.claimant),
            "respondent": name_of(case.respondent),
            "requested_on": day_of(case.filed_at),
            "accepted_on": day_of(case.accepted_at),
            "claims": claims_of(case),
            "facts": story_of(case),
            "standing": _standing(case),
            "contact": contact_of(case),
        }
    told = {key: value for key, value in content.items() if value is not None}
    return _issue(case, "interruption_proof", told, by=person)


def _standing(case: Case) -> str:
    if not case.is_closed:
        return f"截至本证明出具之日（{chinese_date(timezone.localdate())}），程序尚未终结。"
    ended = chinese_date(timezone.localdate(case.closed_at or timezone.now()))
    if not case.ending:
        return f"申请于{ended}经审查不予受理，程序终结。"
    return f"程序于{ended}终结，原因：{Ending(case.ending).label}。"


@transaction.atomic
def ask_credit_papers(*, case_id: UUID, person: User, told: CreditRecord) -> list[Exhibit]:
    """征信异议申请书, and 本人声明 where a statement was written. Only the claimant and the mediator see them.

    From a case about a credit record. Raises Refusal with everything that is missing, and for what a credit bureau may
    not hold (illness, faith …; 征信业管理条例 Art 14).
    """
    case = lock_case(case_id)
    party = case.party_of(person)
    if party is None or party.side != Side.CLAIMANT:
        raise Refusal(_("This step is not yours to take."))
    if not concerns_credit_record(case):
        raise Refusal(_("This case is not about a credit record."))
    if problems := _not_for_bureaus(told):
        raise Refusal(*problems)
    with translation.override("zh-hans"):
        common = {
            "to": told.to,
            "applicants": [person_of(party)],
            "reporter": name_of(case.respondent),
            "contract_number": told.contract_number,
            "record": told.record,
            "signatures": [{"role": ROLES[Side.CLAIMANT], "name": name_of(party)}],
        }
        objection = {
            **common,
            "business": told.business,
            "report_number": told.report_number,
            "wrong": told.wrong,
            "asked": told.asked,
            "attachments": ["身份证件复印件", "载有异议信息的信用报告", "与异议有关的证明材料"],
        }
    made = [_issue(case, "credit_objection", objection, by=person, is_private=True)]
    if told.statement.strip():
        words = told.statement.strip()
        statement = {**common, "statement": words, "letters": len(words)}
        made.append(_issue(case, "credit_statement", statement, by=person, is_private=True))
    return made


def concerns_credit_record(case: Case) -> bool:
    """Whether a claim of this case is about a credit record."""
    return case.kind == ClaimKind.CREDIT_RECORD or any(
        claim.remedy == Remedy.CORRECT_CREDIT for claim in case.claims.all()
    )


def _not_for_bureaus(told: CreditRecord) -> Sequence[str]:
    problems = []
    for words in (told.record, told.wrong, told.asked, told.statement):
        if found := NOT_FOR_BUREAUS.search(words):
            text = _(
                "Please leave out “%(word)s”: a credit bureau may not keep that (征信业管理条例 Art 14). "
                "You can tell it to the mediator."
            )
            problems.append(text % {"word": found.group()})
    if len(told.statement.strip()) > LONGEST_STATEMENT:
        text = _("The statement has %(count)d characters; please shorten it to %(most)d.")
        problems.append(text % {"count": len(told.statement.strip()), "most": LONGEST_STATEMENT})
    return problems


@transaction.atomic
def name_agent(*, case_id: UUID, person: User, agent: AgentNamed) -> Exhibit:
    """授权委托书: a party names who acts for it. A citizen signs it here; an institution prints and seals it.

    Raises MissingContent with all that is missing, Refusal for a day that has passed.
    """
    case = lock_case(case_id)
    party = case.party_of(person)
    if party is None or case.is_closed:
        raise Refusal(_("This step is not yours to take."))
    if agent.until_on < timezone.localdate():
        raise Refusal(_("The last day of the power lies in the past."))
    with translation.override("zh-hans"):
        content = {
            "principals": [{**person_of(party), "role": f"委托人（{ROLES[Side(party.side)]}）"}],
            "agent": {
                "name": agent.name,
                "id_number": agent.id_number,
                "employer": agent.employer,
                "relation": agent.relation,
                "phone": agent.phone,
                "is_paid": agent.is_paid,
            },
            "scope": "特别授权" if agent.is_special else "一般授权",
            "powers": _powers(agent),
            "most_fen": agent.most_fen,
            "until_on": agent.until_on,
            "signatures": [_principal(party, person), {"role": "受托人", "name": agent.name}],
        }
    told = {key: value for key, value in content.items() if value is not None}
    return _issue(case, "power_of_attorney", told, by=person)


def _powers(agent: AgentNamed) -> list[str]:
    powers = ["代为陈述事实、提交材料、参加调解；", "代为签收调解文书；"]
    if agent.is_special:
        powers += ["代为承认、放弃、变更请求，进行和解；", "代为签署调解协议。"]
    return powers


def _principal(party: Party, person: User) -> dict[str, Any]:
    place: dict[str, Any] = {"role": "委托人", "name": name_of(party)}
    if party.institution_id:
        return place  # its seal is put on the print
    return {**place, "at": timezone.now(), "method": ON_SITE}


def _issue(case: Case, kind: str, content: dict[str, Any], *, by: User, is_private: bool = False) -> Exhibit:
    """Remember that the paper was asked for, print it and file it, all together."""
    entry = remember(case, "paper.ask", by=by, kind=kind)
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
