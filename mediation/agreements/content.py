"""What stands in the papers of the agreement: from the case to the contents that mediation.documents asks for."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone

from cases.models import Case, Party
from cases.money import format_yuan
from cases.roles import Role, Side
from mediation.agreements.models import Agreement, Proposal, Term
from mediation.agreements.schedule import parts_of

# The law's own words; papers are written in Chinese whatever language the screen speaks.
ALLOCATION = "依次抵充实现债权的费用、利息、本金（民法典第五百六十一条）"
REFUND_ALLOCATION = "退还多收的款项"
OVERDUE = "逾期未付的，对方可以就全部到期未付款项申请人民法院强制执行；迟延履行期间依法加倍计付债务利息"
CREDIT = "被申请人在协议生效后依法核实并如实报送信用信息；申请人保留依法提出异议的权利"
WAIVER = "双方就本案借款合同不再提出本协议以外的其他请求；因履行本协议产生的请求除外"
COSTS = "本次调解不收取费用"
COPIES = "一式三份，双方各执一份，调解组织留存一份，具有同等效力"
ROLE_NAMES = {Role.CITIZEN: "申请人", Role.INSTITUTION: "被申请人", Role.MEDIATOR: "调解员"}
SIDE_NAMES = {Side.CLAIMANT: "申请人", Side.RESPONDENT: "被申请人"}
ACTS = {
    Term.Kind.WAIVE: "{payer}免除对方{amount}元",
    Term.Kind.CORRECT_CREDIT: "{payer}更正申请人的信用记录",
    Term.Kind.STOP_COLLECTION: "{payer}停止催收",
    Term.Kind.OTHER: "{payer}",
}


def office_paper(case: Case, mark: str) -> dict[str, Any]:
    """What every paper of the centre begins with. `mark` tells its kind in the document number, such as 协."""
    centre = case.centre
    return {
        "made_at": timezone.now(),
        "docket": case.docket,
        "number": f"{case.docket}{mark}",
        "organisation": {
            "name": centre.name if centre else "",
            "address": centre.address if centre else "",
            "phone": centre.phone if centre else "",
        },
    }


def person(party: Party, *, role: str = "") -> dict[str, Any]:
    """One party as papers name it."""
    institution = party.institution
    told: dict[str, Any] = {
        "role": role or SIDE_NAMES[Side(party.side)],
        "name": party.name,
        "is_institution": institution is not None,
        "address": party.address,
        "phone": party.phone,
    }
    if institution is None:
        return {**told, "id_number": party.id_number}
    return {
        **told,
        "code": institution.credit_code,
        "representative": institution.representative,
        "licence": institution.get_licence_display(),
    }


def parties(case: Case, *, role: str = "") -> list[dict[str, Any]]:
    """Both parties, claimant first."""
    return [person(party, role=role) for party in case.parties.select_related("institution")]


def agreement(agreement: Agreement) -> dict[str, Any]:
    """The settlement agreement with every content of 人民调解法 Art 29, and the signatures given so far."""
    case, proposal = agreement.case, agreement.proposal
    return {
        **office_paper(case, "协"),
        "number": agreement.number,
        "parties": parties(case),
        "facts": agreement.facts,
        "issues": agreement.issues,
        "responsibility": agreement.responsibility,
        "terms": [_term(term, case) for term in proposal.terms.all()],
        "credit_record": proposal.credit or CREDIT,
        "waiver": proposal.waiver or WAIVER,
        "costs": proposal.costs or COSTS,
        "copies": COPIES,
        "mediator": {"name": str(case.mediator)},
        "signatures": signatures(agreement),
    }


def agreement_number(case: Case, proposal: Proposal) -> str:
    """The number of the paper: docket and version, so that a second draft never bears the number of the first."""
    year, _dash, running = str(case.docket).partition("-")
    return f"新调协〔{year}〕{running}-{proposal.version}号"


def signatures(agreement: Agreement) -> list[dict[str, Any]]:
    """The three places to sign; those that are signed say when and how."""
    case = agreement.case
    given = {given.role: given for given in agreement.signatures.all()} if agreement.pk else {}
    names = {
        Role.CITIZEN: case.claimant.name if case.claimant else "",
        Role.INSTITUTION: case.respondent.name if case.respondent else "",
        Role.MEDIATOR: str(case.mediator),
    }
    places = []
    for role, name in names.items():
        place: dict[str, Any] = {"role": ROLE_NAMES[role], "name": name}
        if signed := given.get(role):
            place |= {"at": signed.at, "method": "登录后在线签名", "fingerprint": signed.digest}
            if role == Role.INSTITUTION:
                place["on_behalf_of"] = str(signed.person)
        places.append(place)
    return places


def _term(term: Term, case: Case) -> dict[str, Any]:
    names = {party.side: party.name for party in case.parties.all()}
    payer, payee = names[term.payer], names[other(term.payer)]
    if term.kind != Term.Kind.PAY:
        return {"kind": "conduct", "text": act_in_words(term, payer)}
    told: dict[str, Any] = {
        "kind": "payment",
        "payer": payer,
        "payee": payee,
        "amount_fen": term.amount_fen,
        "account": dict(term.account),
        "allocation": term.allocation or default_allocation(term.payer),
        "overdue": term.proposal.overdue or OVERDUE,
        "text": term.words,
    }
    if term.parts > 1:
        told["instalments"] = [{"due_on": day, "amount_fen": fen} for day, fen in parts_of(term)]
    else:
        told["due_on"] = term.due_on
    return told


def act_in_words(term: Term, payer: str) -> str:
    """An act without payment as a sentence: who, what, by when."""
    amount = format_yuan(term.amount_fen or 0)
    act = ACTS[Term.Kind(term.kind)].format(payer=payer, amount=amount)
    words = term.words.strip().rstrip("。")
    day = f"{term.due_on.year}年{term.due_on.month}月{term.due_on.day}日前"
    return f"{act}：{words}（{day}完成）。" if words else f"{act}（{day}完成）。"


def default_allocation(payer: str) -> str:
    """What a payment counts towards when nobody said otherwise."""
    return ALLOCATION if payer == Side.CLAIMANT else REFUND_ALLOCATION


def other(side: str) -> str:
    """The other side."""
    return Side.RESPONDENT if side == Side.CLAIMANT else Side.CLAIMANT


def terms_as_record(proposal: Proposal) -> list[Mapping[str, Any]]:
    """The terms for the sealed body of the evidence chain. They are concessions: they never reach the court packet."""
    return [
        {
            "number": term.number,
            "kind": term.kind,
            "payer": term.payer,
            "amount_fen": term.amount_fen or 0,
            "parts": term.parts,
            "due_on": term.due_on.isoformat(),
            "words": term.words,
        }
        for term in proposal.terms.all()
    ]


def signed_on(agreement: Agreement) -> date | None:
    """The day of the last signature."""
    return timezone.localdate(agreement.effective_at) if agreement.effective_at else None
