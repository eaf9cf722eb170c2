"""Papers that a party asks for."""

from typing import Any

from tests.paper_samples.people import (
    CLAIMS,
    COURT,
    FACTS,
    LENDER,
    OFFICE_PAPER,
    SIGNED,
    UNSIGNED,
    ZHOU,
    office_paper,
)

AT = "2026-11-22T10:12:00+08:00"
ZHOU_ALONE = {**ZHOU, "role": "申请人"}

ASKED: dict[str, dict[str, Any]] = {
    "privacy_consent": office_paper(
        "新调信〔2026〕0017号",
        to="周喆",
        handler="江州市新市民金融纠纷调解中心，江州市滨江区和平路18号，电话023-5550 0142。",
        purposes=[
            {"what": "姓名、手机号码", "why": "联系您，通知案件进展"},
            {
                "what": "陈述、录音和证据材料",
                "why": "查明事实，促成调解；录音由语音识别程序转成文字后人工核对",
            },
        ],
        sensitive="身份证件号码、账户材料属于敏感个人信息。协议必须写明身份和收款账户，不提供就不能签署协议；一旦泄露，可能影响您的财产安全，因此加密保存。",
        recipients=[
            {
                "who": "安渝消费金融有限公司，023-5550 0900",
                "what": "您的姓名、请求、陈述和公开的证据，用于答复和协商",
            },
            {"who": COURT, "what": "只在双方共同申请司法确认时，提供协议和证据包"},
        ],
        automatic="语音识别、相似案例检索和方案区间由程序给出，仅供调解员参考，不自动作出决定；您可以要求说明，也可以要求不用。",
        retention="没有提交的申请保存90日；案件资料随卷宗保管期限保存，期满删除。",
        rights="您可以查阅、复制、更正、补充、删除，可以撤回同意，可以要求解释处理规则。拨打023-5550 0142即可。",
        answers=[
            {
                "matter": "处理身份证件号码、账户等敏感个人信息",
                "article": "第二十九条",
                "answer": "同意",
                "at": AT,
            },
            {"matter": "把陈述和证据提供给对方", "article": "第二十三条", "answer": "同意", "at": AT},
            {
                "matter": "去掉身份信息后作为先例供以后参考",
                "article": "第二十五条",
                "answer": "不同意",
                "at": AT,
            },
        ],
        refusal="不同意前两项的，无法通知对方或者制作协议，但您仍然可以当面调解或者向法院起诉；不同意第三项的，没有任何影响。",
        signatures=SIGNED[:1],
    ),
    "power_of_attorney": office_paper(
        "新调委〔2026〕0017-1号",
        principals=[LENDER],
        agent={
            "name": "罗婳",
            "id_number": "500112********0022",
            "employer": "安渝消费金融有限公司消费者权益保护部",
            "relation": "本单位工作人员",
            "phone": "023-5550 0912",
            "is_paid": False,
        },
        scope="特别授权",
        powers=[
            "代为陈述事实、提交材料、签收文书；",
            "代为承认、放弃、变更请求，进行和解；",
            "代为签署调解协议。",
        ],
        most_fen=300_000,
        until_on="2027-02-28",
        signatures=[{"role": "委托人", "name": LENDER["name"]}, {"role": "受托人", "name": "罗婳"}],
    ),
    "interruption_proof": office_paper(
        "新调时〔2026〕0017-1号",
        claimant="周喆",
        respondent=LENDER["name"],
        requested_on="2026-11-16",
        accepted_on="2026-11-18",
        claims=CLAIMS,
        facts=FACTS,
        standing="调解于2026年12月10日终止，终止原因：分歧较大，没有达成协议。诉讼时效期间自程序终结时起重新计算。",
        contact="林小满，023-5550 0142",
    ),
    "credit_objection": {
        **OFFICE_PAPER,
        "to": "中国人民银行征信中心",
        "applicants": [ZHOU_ALONE],
        "reporter": LENDER["name"],
        "business": "个人消费贷款",
        "contract_number": "AY-20250310-0088",
        "report_number": "2026110100000000000017",
        "record": "2026年5月至7月连续三期逾期，当前逾期金额2,831.00元。",
        "wrong": "该笔贷款放款时扣除1,200元服务费，实际到账10,800元。"
        "双方已于2026年11月22日达成调解协议，服务费不计入本金，逾期金额应当重新核算。",
        "asked": "将当前逾期金额更正为0元，并更正逾期期数。",
        "attachments": ["身份证件复印件", "信用报告（2026年11月1日）", "调解协议书"],
        "signatures": UNSIGNED[:1],
    },
    "credit_statement": {
        **OFFICE_PAPER,
        "to": "中国人民银行征信中心",
        "applicants": [ZHOU_ALONE],
        "reporter": LENDER["name"],
        "contract_number": "AY-20250310-0088",
        "record": "2026年5月至7月连续三期逾期。",
        "statement": "该笔贷款因放款时扣除服务费发生争议，已于2026年11月22日经调解达成协议，正按协议分期偿还。",
        "letters": 44,
        "signatures": UNSIGNED[:1],
    },
}
