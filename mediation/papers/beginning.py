"""Contents of the papers of the beginning: application, register, notices, address, invitation, disclosure."""

from typing import Any

from cases.models import Case, Party
from cases.roles import Side
from mediation.papers.facts import (
    NOT_ASKED,
    ON_SITE,
    OTHER_ROUTES,
    ROLES,
    SOURCES,
    UNKNOWN,
    both_of,
    claims_of,
    contact_of,
    day_of,
    limit_of,
    name_of,
    people_of,
    places_of,
    record_at,
    shared_exhibits,
    story_of,
)
from mediation.papers.models import Paper

RETURN_ARTICLE = "人民法院在线调解规则第九条（本组织自收案件参照执行）"
LEFT_EMPTY = "申请时没有填写"
AGENTS = {"unpaid": False, "paid": True}


def application(paper: Paper, case: Case) -> dict[str, Any]:
    """调解申请书, as the citizen confirmed it."""
    claimant = case.claimant
    told = {
        "claimants": people_of(case, Side.CLAIMANT),
        "respondents": people_of(case, Side.RESPONDENT),
        "facts": story_of(case),
        "claims": claims_of(case),
        "contract": _contract(case),
        "complaint": _complaint(case),
        "agent": _agent(case),
        "helper": claimant.helper if claimant else "",
        "evidence": [{"name": exhibit.title} for exhibit in shared_exhibits(case)],
        "told_voluntary": case.filed_at is not None,  # the page to file says so, above its button
        "signatures": [_filed_by(claimant, case)],
    }
    return {key: value for key, value in told.items() if value != ""}


def _filed_by(claimant: Party | None, case: Case) -> dict[str, Any]:
    signed = {"at": case.filed_at, "method": "在平台上确认并提交"}
    return {"role": ROLES[Side.CLAIMANT], "name": name_of(claimant), **signed}


def _contract(case: Case) -> dict[str, Any]:
    loan = getattr(case, "loan", None)
    institution = case.respondent.institution if case.respondent else None
    contract = {
        "lender_licence": institution.get_licence_display() if institution else "不清楚",
        "product": (loan.product if loan else "") or UNKNOWN,
        "number": loan.contract_no if loan else "",
        "signed_on": loan.contract_on if loan else None,
        "principal_fen": loan.principal_fen if loan else None,
        "received_fen": loan.received_fen if loan else None,
        "schedule": f"分{len(loan.schedule)}期" if loan and loan.schedule else "申请时没有提供，调查时核实",
        "unknown": "申请人暂不清楚，调查时核实",
    }
    return {key: value for key, value in contract.items() if value not in {None, ""}}


def _complaint(case: Case) -> dict[str, Any]:
    """What was said of a complaint to the lender; a day may be known only by its month."""
    answers = case.answers
    if "complained_on" not in answers:
        return {"said": NOT_ASKED}
    made, answer = str(answers.get("complained_on") or ""), str(answers.get("complaint_answer") or "")
    if not made and not answer:
        return {"said": LEFT_EMPTY}
    if len(made) == 10:
        return {"made_on": made, "answer": answer or LEFT_EMPTY}
    return {"said": f"投诉时间：{made or LEFT_EMPTY}。答复：{answer or LEFT_EMPTY}"}


def _agent(case: Case) -> dict[str, Any]:
    """The declaration about an agent, and nothing that was not declared."""
    answers = case.answers
    said = answers.get("agent")
    if said is None:
        return {"said": NOT_ASKED}
    if said == "none":
        return {"is_used": False}
    if said not in AGENTS:
        return {"said": LEFT_EMPTY}
    return {
        "is_used": True,
        "is_paid": AGENTS[said],
        "name": answers.get("agent_name") or UNKNOWN,
        "relation": answers.get("agent_relation") or UNKNOWN,
    }


def register(paper: Paper, case: Case) -> dict[str, Any]:
    """受理登记表: what the office wrote down when it took the case on."""
    said = record_at(case, paper.seq)
    registrar = str(said.get("name") or "值班受理员")
    return {
        "registered_on": day_of(case.filed_at),
        "dispute_type": case.get_kind_display(),
        "source": SOURCES.get(case.profile, SOURCES["self_accepted"]),
        "way": "在线提交",
        "parties": people_of(case),
        "facts": story_of(case),
        "claims": claims_of(case),
        "opinion": "；".join(
            filter(
                None,
                [
                    "经审查，当事人明确，有具体的请求和事实，属于本组织受理范围，决定受理",
                    said.get("note", ""),
                ],
            )
        )
        + "。",
        "accepted_on": day_of(case.accepted_at),
        "registrar": registrar,
        "signatures": [
            _filed_by(case.claimant, case),
            {"role": "登记人", "name": registrar, "at": paper.asked_at, "method": "登录后受理"},
        ],
    }


def acceptance_notice(paper: Paper, case: Case) -> dict[str, Any]:
    """受理通知书."""
    limit, due_on = limit_of(case, "mediation")
    return {
        "to": name_of(case.claimant),
        "accepted_on": day_of(case.accepted_at),
        "dispute_type": case.get_kind_display(),
        "source": SOURCES.get(case.profile, SOURCES["self_accepted"]),
        "facts": story_of(case),
        "mediator": {
            "name": "待选定",  # as it was on the day of acceptance, however late the paper is made
            "chosen_how": "双方共同选定；两个工作日内没有共同选定的，由本组织指派",
            "disclosure": "调解员确定后另行书面披露，您可以据此要求更换。",
        },
        "limit": {"period": f"{limit.n}日", "due_on": due_on, "article": limit.article},
        "registrar": str(record_at(case, paper.seq).get("name") or "值班受理员"),
    }


def rights_notice(paper: Paper, case: Case) -> dict[str, Any]:
    """当事人权利义务告知书."""
    return {
        "to": both_of(case),
        "fees": "参加本次调解不交费用（人民调解法第四条）。任何人向您收取代办费用，都与本组织无关。",
        "complaints": f"对调解员有意见的，可以向{contact_of(case)}反映（人民法院在线调解规则第二十九条）。",
        "privacy": "本组织仅为办理本案处理您的个人信息，加密保存；您可以查阅、复制、更正，并可以撤回同意"
        "（个人信息保护法第十五条、第十七条、第四十五条、第四十六条）。",
        "signatures": places_of(case),
    }


def delivery_address(paper: Paper, case: Case) -> dict[str, Any]:
    """送达地址确认书 of the claimant, as confirmed when the application was sent in."""
    party = case.claimant
    agrees = bool(party and party.e_delivery_at)
    phone = (party.phone if party else "") or UNKNOWN
    told: dict[str, Any] = {
        "party": people_of(case, Side.CLAIMANT)[0],
        "recipient": name_of(party),
        "address": party.address if party else "",
        "phone": phone,
        "agrees_to_electronic": agrees,
        "covers": "适用于本案的调解阶段。司法确认、诉讼和执行阶段另行确认（人民法院在线诉讼规则第四条）。",
        "signatures": [_filed_by(party, case)],
    }
    if agrees:
        told["electronic_ways"] = [
            {"way": "本平台站内消息", "address": f"以手机号码{phone}登录的账号"},
            {"way": "手机短信", "address": phone},
        ]
    return told


def invitation(paper: Paper, case: Case) -> dict[str, Any]:
    """应调通知书."""
    limit, due_on = limit_of(case, "answer")
    return {
        "to": name_of(case.respondent),
        "claimant": name_of(case.claimant),
        "facts": story_of(case),
        "claims": claims_of(case),
        "answer": {
            "due_on": due_on,
            "article": limit.article,
            "ways": f"登录本平台，在案件页面逐项答复；或者联系{contact_of(case)}",
        },
        "materials": [
            "借款合同以及与费用有关的协议；",
            "放款凭证和还款明细；",
            "各项费用的名称、收取依据和金额；",
            "授权委托书（可以在案件页面填写并打印）。",
        ],
        "contact": contact_of(case),
    }


def decline_notice(paper: Paper, case: Case) -> dict[str, Any]:
    """不予受理通知书."""
    said = record_at(case, paper.seq)
    return {
        "to": name_of(case.claimant),
        "applied_on": day_of(case.filed_at),
        "facts": story_of(case),
        "reasons": [{"text": said.get("note", ""), "article": RETURN_ARTICLE}],
        "other_routes": [said.get("go_where", ""), *OTHER_ROUTES[:1]],
        "contact": contact_of(case),
    }


def disclosure(paper: Paper, case: Case) -> dict[str, Any]:
    """调解员披露声明."""
    said = record_at(case, paper.seq)
    row = {
        "kind": "与当事人、代理人有近亲属关系、利害关系，或者其他可能影响公正调解的关系",
        "exists": bool(said.get("has_relation")),
        "detail": said.get("words", ""),
    }
    name = said.get("name", "") or str(case.mediator or "")
    return {
        "parties": people_of(case),
        "mediator": {"name": name},
        "relations": [row],
        "signatures": [{"role": "调解员", "name": name, "at": paper.asked_at, "method": ON_SITE}],
    }
