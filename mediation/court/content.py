"""What stands in the papers of the confirmation."""

from typing import Any

from django.utils import timezone

from mediation.agreements import content as shared
from mediation.agreements.models import Agreement
from mediation.court.models import JointApplication, Objection, Ruling

ATTACHMENTS = ["调解协议书", "双方身份和资格证明", "借款合同及还款资料", "存证记录单和证据包"]


def _reference(agreement: Agreement) -> dict[str, Any]:
    day = shared.signed_on(agreement)
    return {"number": agreement.number, "signed_on": day, "effective_on": day}


def joint_application(application: JointApplication) -> dict[str, Any]:
    """司法确认申请书 (民诉法解释 Art 354)."""
    case = application.case
    applicants = shared.parties(case, role="申请人")
    consents = {consent.party_id: consent for consent in application.consents.select_related("person")}
    return {
        **shared.office_paper(case, "确"),
        "court": application.court.name,
        "applicants": applicants,
        "agreement": _reference(application.agreement),
        "facts": application.agreement.facts,
        "undertaking": True,
        "attachments": ATTACHMENTS,
        "service": [
            {"name": one["name"], "address": one["address"], "phone": one["phone"]} for one in applicants
        ],
        "signatures": [
            {
                "role": "申请人",
                "name": party.name,
                "at": consents[party.pk].at,
                "method": "登录后在线签名",
                "fingerprint": application.agreement.draft.deposit.sha256,
            }
            for party in case.parties.all()
            if party.pk in consents
        ],
    }


def ruling(ruling: Ruling, *, ground: str) -> dict[str, Any]:
    """民事裁定书 (民事诉讼法 Arts 157, 206)."""
    application = ruling.application
    told = {
        **shared.office_paper(application.case, "裁"),
        "court": application.court.name,
        "court_number": ruling.number,
        "outcome": "confirmed" if ruling.kind == Ruling.Kind.CONFIRM else "dismissed",
        "applicants": shared.parties(application.case, role="申请人"),
        "agreement": _reference(application.agreement),
        "filed_on": timezone.localdate(application.accepted_at or timezone.now()),
        "findings": ruling.findings,
        "reasons": ruling.reasons,
        "judge": str(ruling.judge),
        "clerk": ruling.clerk,
        "ruled_on": timezone.localdate(),
    }
    return {**told, "dismissal_ground": ground} if ground else told


def objection(objection: Objection) -> dict[str, Any]:
    """异议书 against a ruling, within its window (民诉法解释 Art 372)."""
    ruling = objection.ruling
    application = ruling.application
    who = shared.person(objection.party, role="异议人")
    return {
        **shared.office_paper(application.case, "异"),
        "court": application.court.name,
        "objectors": [who],
        "ruling": {"number": ruling.number, "ruled_on": timezone.localdate(ruling.issued_at)},
        "asked": "请求依法审查，撤销或者变更上述确认调解协议的裁定。",
        "reasons": objection.words,
        "until_on": ruling.objection_until,
        "signatures": [
            {"role": "异议人", "name": who["name"], "at": objection.at, "method": "登录后在平台上提出"}
        ],
    }
