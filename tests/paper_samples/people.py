"""Who stands in the samples, and what many of them share."""

from datetime import UTC, datetime
from typing import Any

MADE_AT = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)
DOCKET = "新调〔2026〕0017号"
OFFICE = {
    "name": "江州市新市民金融纠纷调解中心",
    "address": "江州市滨江区和平路18号",
    "phone": "023-5550 0142",
}
COURT = "江州市滨江区人民法院"
FINGERPRINT = "3f0a9c2d71be48560c9de1f2a4b7c8d93e5f60718293a4b5c6d7e8f901122334"

ZHOU = {
    "role": "申请人",
    "name": "周喆",
    "is_institution": False,
    "sex": "女",
    "ethnicity": "汉族",
    "birth_on": "1994-03-05",
    "occupation": "外卖骑手",
    "id_number": "500112********1226",
    "address": "江州市滨江区桥头街道望江里6栋203室",
    "phone": "139****0117",
}
LENDER = {
    "role": "被申请人",
    "name": "安渝消费金融有限公司",
    "is_institution": True,
    "code": "91500000MA00SAMPLE",
    "licence": "消费金融公司",
    "representative": "何静",
    "address": "江州市高新区金融街1号",
    "phone": "023-5550 0900",
    "agent": {"name": "罗婳", "authority": "特别授权", "phone": "023-5550 0912"},
}
UNSIGNED = [
    {"role": "申请人", "name": "周喆"},
    {"role": "被申请人", "name": "安渝消费金融有限公司", "on_behalf_of": "罗婳"},
]
SIGNED = [
    {
        **UNSIGNED[0],
        "at": "2026-11-22T10:12:00+08:00",
        "method": "实名认证后在线签名",
        "fingerprint": FINGERPRINT,
    },
    {
        **UNSIGNED[1],
        "at": "2026-11-22T10:31:00+08:00",
        "method": "在线签名并加盖电子印章",
        "fingerprint": FINGERPRINT[::-1],
    },
    {
        "role": "调解员",
        "name": "陈向东",
        "at": "2026-11-22T10:40:00+08:00",
        "method": "在线签名",
        "fingerprint": FINGERPRINT,
    },
]
SEAL = {"at": "2026-11-22T10:45:00+08:00", "fingerprint": FINGERPRINT}
FACTS = (
    "2025年3月10日，周喆通过手机向安渝消费金融有限公司借款12,000.00元，约定分12期偿还。放款时扣除“服务费”"
    "1,200.00元，实际到账10,800.00元。\n2026年5月起，周喆因受伤停工，连续三期未能还款。双方对服务费是否应当计入本金、"
    "逾期费用如何计算发生争议。"
)
ACCOUNT = {
    "holder": "安渝消费金融有限公司",
    "bank": "江州银行滨江支行",
    "number": "6200 0000 0000 0000 117",
}
INSTALMENTS = [
    {"due_on": f"{2026 + (11 + n) // 12}-{(11 + n) % 12 + 1:02d}-15", "amount_fen": 60_000} for n in range(12)
] + [{"due_on": "2027-12-15", "amount_fen": 30_050}]
CLAIMS = [
    {"text": "将放款时扣除的服务费从借款本金中减去", "amount_fen": 120_000},
    {"text": "停止计收2026年5月以后的逾期费用，并对剩余款项重新安排分期"},
]
ROUTES = [
    "就争议向有管辖权的人民法院起诉；需要法律援助的，可以拨打12348。",
    "向金融监管部门投诉，或者就信用记录向征信机构提出异议。",
]
AGREEMENT_REF = {"number": "新调协〔2026〕0017号", "signed_on": "2026-11-22", "effective_on": "2026-11-22"}
APPLICANTS = [ZHOU, {**LENDER, "role": "申请人"}]

OFFICE_PAPER: dict[str, Any] = {"made_at": MADE_AT, "docket": DOCKET, "organisation": OFFICE}


def office_paper(number: str, **contents: Any) -> dict[str, Any]:
    return {**OFFICE_PAPER, "number": number, **contents}
