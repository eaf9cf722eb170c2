"""Papers from the application to the disclosure."""

from datetime import date
from typing import Any

from tests.paper_samples.people import (
    CLAIMS,
    FACTS,
    LENDER,
    MADE_AT,
    OFFICE,
    ROUTES,
    SEAL,
    SIGNED,
    UNSIGNED,
    ZHOU,
    office_paper,
)

BEGINNING: dict[str, dict[str, Any]] = {
    "application": {
        "made_at": MADE_AT,
        "organisation": OFFICE,
        "claimants": [ZHOU],
        "respondents": [LENDER],
        "facts": FACTS,
        "claims": CLAIMS,
        "contract": {
            "lender_licence": "消费金融公司",
            "product": "安心分期（个人消费贷款）",
            "number": "AY-20250310-0088",
            "signed_on": date(2025, 3, 10),
            "principal_fen": 1_200_000,
            "received_fen": 1_080_000,
            "schedule": "分12期，每月10日还款",
        },
        "complaint": {"made_on": "2026-08-02", "answer": "2026年8月15日回复：服务费符合合同约定，不予退还。"},
        "evidence": [
            {"name": "借款合同截图（6页）", "purpose": "合同金额、期数和费用约定"},
            {"name": "银行流水（2025年3月至2026年8月）", "purpose": "实际到账金额和还款情况"},
        ],
        "agent": {"is_used": False},
        "told_voluntary": True,
        "signatures": SIGNED[:1],
    },
    "acceptance_notice": office_paper(
        "新调受〔2026〕0017号",
        to="周喆",
        accepted_on="2026-11-18",
        dispute_type="消费贷款纠纷",
        source="当事人在线申请",
        facts=FACTS,
        mediator={
            "name": "陈向东",
            "chosen_how": "双方共同选定",
            "disclosure": "曾于2019年在江州银行任职，与本案双方无利害关系。",
        },
        limit={"period": "三十日", "due_on": "2026-12-18", "article": "人民法院在线调解规则第二十四条"},
        registrar="林小满",
        seal=SEAL,
    ),
    "decline_notice": office_paper(
        "新调不〔2026〕0003号",
        to="周喆",
        applied_on="2026-11-16",
        facts="申请人请求处理与邻居之间的相邻用水纠纷。",
        reasons=[
            {"text": "所涉纠纷不属于金融纠纷，不在本组织受理范围内", "article": "人民法院在线调解规则第九条"}
        ],
        other_routes=["向桥头街道人民调解委员会申请调解，电话023-5550 0333，不收费。", *ROUTES[:1]],
        contact="林小满，023-5550 0142",
    ),
    "rights_notice": office_paper(
        "新调告〔2026〕0017号",
        to="周喆",
        fees="本次调解不收取任何费用。",
        complaints="认为调解员有强迫调解、泄露秘密、收受财物等情形的，可以在平台“投诉”页提出，或者拨打023-5550 0199。",
        privacy="仅为处理本案使用您的姓名、联系方式和贷款资料；案件归档后按规定期限保存，您可以查阅、更正、撤回同意。",
        signatures=UNSIGNED[:1],
    ),
    "delivery_address": office_paper(
        "新调送〔2026〕0017号",
        party=ZHOU,
        address=ZHOU["address"],
        postcode="400000",
        phone=ZHOU["phone"],
        recipient="周喆",
        agrees_to_electronic=True,
        electronic_ways=[
            {"way": "本平台站内消息", "address": "账号 zhouzhe-0117"},
            {"way": "手机短信", "address": "139****0117"},
        ],
        covers="适用于本案调解、司法确认和执行阶段；不适用于其他诉讼程序。",
        signatures=SIGNED[:1],
    ),
    "invitation": office_paper(
        "新调邀〔2026〕0017号",
        to="安渝消费金融有限公司",
        claimant="周某",
        facts=FACTS,
        claims=CLAIMS,
        answer={
            "due_on": "2026-11-25",
            "article": "人民法院在线调解规则第十五条",
            "ways": "登录机构端点击“参加调解”，或者电话回复",
        },
        materials=["借款合同及放款凭证", "还款明细和费用计算表", "授权委托书，写明方案权限"],
        contact="林小满，023-5550 0142",
        seal=SEAL,
    ),
    "disclosure": office_paper(
        "新调披〔2026〕0017号",
        parties=[ZHOU, LENDER],
        mediator={"name": "陈向东"},
        relations=[
            {"kind": "是当事人或者代理人的近亲属", "exists": False},
            {"kind": "与本案处理结果有利害关系", "exists": False},
            {
                "kind": "与当事人有其他可能影响公正的关系",
                "exists": True,
                "detail": "2019年曾在江州银行任职，该行为本案收款开户行。",
            },
        ],
        answers=[
            {"name": "周喆", "answer": "知悉，同意继续由陈向东调解", "at": "2026-11-19T09:20:00+08:00"},
            {"name": "安渝消费金融有限公司", "answer": "知悉，同意", "at": "2026-11-19T11:02:00+08:00"},
        ],
        signatures=SIGNED[2:],
    ),
}
