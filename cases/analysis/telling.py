"""The findings of a story as plain data, for the command line, the interface and training files."""

from typing import Any

from django.utils.translation import gettext as _

from cases.analysis.findings import Finding, Findings, Kind
from cases.analysis.privacy import mask_personal

LONGEST_STORY = 100_000  # characters
UNSURE = 0.6  # a finding below it should be asked about
# 投诉原因 of JR/T 0169—2018 that a cause falls under: by its name alone. Status: unverified, the standard's codes
# have not been seen.
REASONS = {
    "high_rate": "定价收费",
    "hidden_fee": "信息披露",
    "forced_insurance": "营销方式和手段",
    "unauthorised_loan": "消费者信息安全",
    "credit_record": "管理制度、业务规则与流程",
    "early_repayment": "合同条款",
    "harassment": "债务催收方式和手段",
    "hardship": "管理制度、业务规则与流程",
    "training_loan": "营销方式和手段",
    "card_instalment": "定价收费",
    "deduction": "定价收费",
    "rental_loan": "营销方式和手段",
    "card_fraud": "消费者资金安全",
    "misselling": "营销方式和手段",
    "insurance_denial": "合同条款",
}


def as_record(story: str, findings: Findings) -> dict[str, Any]:
    """JSON of all findings with their places in the story. Numbers that point at a person are covered everywhere."""
    covered = mask_personal(story)
    return {
        "about_money": bool(findings.of(Kind.CAUSE)),
        "message": message_for(story, findings),
        "loans": max(findings.loans, int(bool(findings.of(Kind.CAUSE)))),
        "claims": [claim_of(finding, covered) for finding in findings],
        "covered": covered != story,
    }


def message_for(story: str, findings: Findings) -> str:
    """What to say to the teller, in plain words, where the story does not tell enough."""
    if not story.strip():
        return _("There is nothing to read. Please write or say what happened.")
    if not findings.of(Kind.CAUSE):
        return _(
            "This does not sound like a dispute with a lender, a bank or an insurer. "
            "If it is one, please say who it is about and what happened with the money."
        )
    if not findings.of(Kind.AMOUNT):
        return _("No sum of money was found. If you know how much it is about, please add it.")
    return ""


def claim_of(finding: Finding, covered: str) -> dict[str, Any]:
    """One finding; `value` of an amount in fen, of a rate the yearly fraction."""
    value = finding.value
    told: dict[str, Any] = {
        "kind": str(finding.kind),
        "value": mask_personal(value) if isinstance(value, str) else value,
        "role": str(finding.role),
        "start": finding.start,
        "end": finding.end,
        "words": covered[finding.start : finding.end],
        "confidence": finding.confidence,
        "ask": finding.confidence < UNSURE,
        "about": finding.about,
        "loan": finding.loan,
        "provenance": str(finding.provenance),
    }
    if finding.kind == Kind.CAUSE:
        told["reason"] = REASONS.get(str(value), "")
    return told
