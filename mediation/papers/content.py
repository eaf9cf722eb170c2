"""What stands on each paper, gathered from the case. Papers are Chinese documents, whoever reads the site how.

What the case does not know is said to be unknown; nothing is made up to fill a line.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.utils import timezone, translation

from cases.models import Case, Clock, Party
from cases.roles import Side
from cases.rules import limits
from cases.services.steps import rule_behind
from cases.workflow import Ending
from evidence import ledger
from evidence.models import Entry
from mediation.papers.models import Paper

ROLES = {Side.CLAIMANT: "申请人", Side.RESPONDENT: "被申请人"}
MARKS = {
    "application": "申",
    "acceptance_notice": "受",
    "rights_notice": "告",
    "invitation": "邀",
    "decline_notice": "不受",
    "disclosure": "披",
    "failure_notice": "终",
}
SOURCES = {"self_accepted": "当事人申请", "delegated": "人民法院委派", "entrusted": "人民法院委托"}
UNKNOWN = "未提供"
RETURN_ARTICLE = "人民法院在线调解规则第九条（本组织自收案件参照执行）"
OTHER_ROUTES = [
    "向有管辖权的人民法院起诉；",
    "合同约定了仲裁的，向约定的仲裁机构申请仲裁；",
    "向金融机构投诉，或者向金融监督管理部门反映；",
    "涉及个人信用记录的，向征信机构或者金融机构提出异议（征信业管理条例第二十五条）。",
]


def content_of(paper: Paper, case: Case) -> dict[str, Any]:
    """Everything that the paper shows, by the keys of its kind. Raises KeyError for a kind that is not made here."""
    with translation.override("zh-hans"):
        return {**_head(paper, case), **BUILDERS[paper.kind](paper, case)}


def _head(paper: Paper, case: Case) -> dict[str, Any]:
    centre = case.centre
    return {
        "made_at": paper.asked_at,
        "docket": case.docket,
        "number": f"{case.docket}-{MARKS[paper.kind]}{paper.seq}",
        "organisation": {
            "name": centre.name if centre else "",
            "phone": (centre.phone if centre else "") or settings.HELP_PHONE,
        },
    }


def _application(paper: Paper, case: Case) -> dict[str, Any]:
    claimant = case.claimant
    loan = getattr(case, "loan", None)
    institution = case.respondent.institution if case.respondent else None
    contract = {
        "lender_licence": institution.get_licence_display() if institution else "不清楚",
        "product": (loan.product if loan else "") or UNKNOWN,
        "number": loan.contract_no if loan else "",
        "signed_on": loan.contract_on if loan else None,
        "principal_fen": loan.principal_fen if loan else None,
        "received_fen": loan.received_fen if loan else None,
        "unknown": "申请人暂不清楚，调查时核实",
    }
    signed = {"at": case.filed_at, "method": "在平台上确认并提交"}
    return {
        "claimants": _people(case, Side.CLAIMANT),
        "respondents": _people(case, Side.RESPONDENT),
        "facts": _story(case),
        "claims": _claims(case),
        "contract": {key: value for key, value in contract.items() if value not in {None, ""}},
        "agent": {"is_used": False},
        "evidence": [{"name": exhibit.title} for exhibit in _shared_exhibits(case)],
        "told_voluntary": case.filed_at is not None,  # the page to file says so, above its button
        "signatures": [
            {"role": ROLES[Side.CLAIMANT], "name": claimant.name if claimant else UNKNOWN, **signed}
        ],
    }


def _acceptance_notice(paper: Paper, case: Case) -> dict[str, Any]:
    limit, due_on = _limit(case, "mediation")
    return {
        "to": _name(case.claimant),
        "accepted_on": _day_of(case.accepted_at),
        "dispute_type": case.get_kind_display(),
        "source": SOURCES.get(case.profile, SOURCES["self_accepted"]),
        "facts": _story(case),
        "mediator": {
            "name": "待选定",  # as it was on the day of acceptance, however late the paper is made
            "chosen_how": "双方共同选定；两个工作日内没有共同选定的，由本组织指派",
            "disclosure": "调解员确定后另行书面披露，您可以据此要求更换。",
        },
        "limit": {"period": f"{limit.n}日", "due_on": due_on, "article": limit.article},
        "registrar": _by(paper),
    }


def _rights_notice(paper: Paper, case: Case) -> dict[str, Any]:
    return {
        "to": _both(case),
        "fees": "参加本次调解不交费用（人民调解法第四条）。任何人向您收取代办费用，都与本组织无关。",
        "complaints": f"对调解员有意见的，可以向{_contact(case)}反映（人民法院在线调解规则第二十九条）。",
        "privacy": "本组织仅为办理本案处理您的个人信息，加密保存；您可以查阅、复制、更正，并可以撤回同意"
        "（个人信息保护法第十五条、第十七条、第四十五条、第四十六条）。",
        "signatures": _places(case),
    }


def _invitation(paper: Paper, case: Case) -> dict[str, Any]:
    limit, due_on = _limit(case, "answer")
    return {
        "to": _name(case.respondent),
        "claimant": _name(case.claimant),
        "facts": _story(case),
        "claims": _claims(case),
        "answer": {
            "due_on": due_on,
            "article": limit.article,
            "ways": f"登录本平台，在案件页面逐项答复；或者联系{_contact(case)}",
        },
        "materials": [
            "借款合同以及与费用有关的协议；",
            "放款凭证和还款明细；",
            "各项费用的名称、收取依据和金额；",
            "授权委托书。",
        ],
        "contact": _contact(case),
    }


def _decline_notice(paper: Paper, case: Case) -> dict[str, Any]:
    said = _record(paper)
    return {
        "to": _name(case.claimant),
        "applied_on": _day_of(case.filed_at),
        "facts": _story(case),
        "reasons": [{"text": said.get("note", ""), "article": RETURN_ARTICLE}],
        "other_routes": [said.get("go_where", ""), *OTHER_ROUTES[:1]],
        "contact": _contact(case),
    }


def _disclosure(paper: Paper, case: Case) -> dict[str, Any]:
    said = _record(paper)
    row = {
        "kind": "与当事人、代理人有近亲属关系、利害关系，或者其他可能影响公正调解的关系",
        "exists": bool(said.get("has_relation")),
        "detail": said.get("words", ""),
    }
    name = said.get("name", "") or str(case.mediator or "")
    return {
        "parties": _people(case, Side.CLAIMANT, Side.RESPONDENT),
        "mediator": {"name": name},
        "relations": [row],
        "signatures": [
            {"role": "调解员", "name": name, "at": paper.asked_at, "method": "登录后在平台上作出"}
        ],
    }


def _failure_notice(paper: Paper, case: Case) -> dict[str, Any]:
    ending = _record(paper).get("ending") or case.ending
    return {
        "to": _both(case),
        "parties": _people(case, Side.CLAIMANT, Side.RESPONDENT),
        "started_on": _day_of(case.accepted_at),
        "ended_on": _day_of(case.closed_at or paper.asked_at),
        "facts": _story(case),
        "ground": str(Ending(ending).label),
        "reasons": case.ending_note or str(Ending(ending).label),
        "cost_conduct": "本组织没有记录到导致调解成本增加的情形。",
        "court_notes": "本组织没有需要提请人民法院注意的其他事项。",
        "other_routes": OTHER_ROUTES,
        "mediator": str(case.mediator) if case.mediator else "未指派调解员",
    }


BUILDERS: dict[str, Callable[[Paper, Case], dict[str, Any]]] = {
    "application": _application,
    "acceptance_notice": _acceptance_notice,
    "rights_notice": _rights_notice,
    "invitation": _invitation,
    "decline_notice": _decline_notice,
    "disclosure": _disclosure,
    "failure_notice": _failure_notice,
}


def person_of(party: Party) -> dict[str, Any]:
    """One side as papers describe it: name, role, ways to reach it, and what identifies it."""
    institution = party.institution
    described = {
        "name": party.name or UNKNOWN,
        "role": ROLES[Side(party.side)],
        "address": party.address or UNKNOWN,
        "phone": party.phone or UNKNOWN,
        "is_institution": institution is not None,
        "id_number": party.id_number,
    }
    if institution:
        described["licence"] = institution.get_licence_display()
        described["code"] = institution.credit_code
        described["representative"] = institution.representative
    return {key: value for key, value in described.items() if value != ""}


def _people(case: Case, *sides: Side) -> list[dict[str, Any]]:
    return [person_of(party) for party in case.parties.all() if party.side in sides]


def _places(case: Case) -> list[dict[str, str]]:
    return [{"role": ROLES[Side(party.side)], "name": party.name or UNKNOWN} for party in case.parties.all()]


def _name(party: Party | None) -> str:
    return party.name if party else UNKNOWN


def _both(case: Case) -> str:
    return "、".join(party.name for party in case.parties.all() if party.name)


def _claims(case: Case) -> list[dict[str, Any]]:
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


def _story(case: Case) -> str:
    return case.story or "申请人以录音陈述，录音见随案证据材料。"


def _shared_exhibits(case: Case) -> Any:
    return case.exhibits.filter(withdrawn_at__isnull=True, is_private=False).exclude(kind="document")


def _limit(case: Case, key: str) -> tuple[limits.Limit, Any]:
    """The limit and the day on which its clock ends."""
    clock: Clock | None = case.clocks.filter(limit=key).order_by("pk").last()
    rule = rule_behind(clock, case) if clock else None
    of_day = timezone.localdate(case.filed_at) if case.filed_at else timezone.localdate()
    return rule or limits.load_profile(case.profile, of_day)[key], clock.due_on if clock else None


def _record(paper: Paper) -> Mapping[str, Any]:
    """What was written into the chain when the paper was called for."""
    entry = Entry.objects.filter(chain=paper.case.chain, seq=paper.seq).first()
    return (ledger.read(entry) if entry else None) or {}


def _by(paper: Paper) -> str:
    return str(_record(paper).get("name") or "值班受理员")


def _contact(case: Case) -> str:
    name = case.centre.name if case.centre else ""
    return f"{name}（电话：{(case.centre.phone if case.centre else '') or settings.HELP_PHONE}）"


def _day_of(instant: Any) -> Any:
    return timezone.localdate(instant) if instant else None
