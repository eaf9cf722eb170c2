"""One whole content for every kind of document: invented people, an invented lender, the same dispute throughout."""

from datetime import UTC, date, datetime
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


SAMPLES: dict[str, dict[str, Any]] = {
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
    "transcript": office_paper(
        "新调笔〔2026〕0017-1号",
        opened_at="2026-11-20T14:00:00+08:00",
        closed_at="2026-11-20T15:26:00+08:00",
        place="本平台第3调解室（视频，双方同时在线）",
        mediator="陈向东",
        recorder="林小满（语音转写，人工核对）",
        participants=[
            {"role": "申请人", "name": "周喆", "identity_check": "实名认证，并与证件照片人工比对"},
            {"role": "被申请人代理人", "name": "罗婳", "identity_check": "实名认证，核对授权委托书"},
        ],
        rights_told="调解员已当场告知双方权利义务、保密要求、协议效力和司法确认程序，双方表示清楚，不申请回避。",
        statements=[
            {
                "speaker": "调解员",
                "text": "请申请人说一下借款到账的金额。",
                "at": "2026-11-20T14:06:00+08:00",
            },
            {
                "speaker": "周喆",
                "text": "到账一万零八百。合同上写的是一万二，扣了一千二，说是服务费。",
                "at": "2026-11-20T14:06:40+08:00",
                "correction": "扣款当天短信写的是“综合服务费”。",
            },
            {"speaker": "罗婳", "text": "放款金额我们确认。\n费用是合同约定的，但公司愿意减免。"},
        ],
        proposals=["以实际到账10,800.00元为本金重新计算；剩余7,500.50元分13期偿还。"],
        result="双方就还款金额和分期达成一致，另行签署调解协议。",
        undisputed_number="新调无〔2026〕0017号",
        read_back=[
            {"name": "周喆", "answer": "看过，与我说的一致", "at": "2026-11-20T15:20:00+08:00"},
            {"name": "罗婳", "answer": "一致", "at": "2026-11-20T15:22:00+08:00"},
        ],
        signatures=SIGNED,
    ),
    "undisputed_facts": office_paper(
        "新调无〔2026〕0017号",
        parties=[ZHOU, LENDER],
        facts=[
            {"text": "2025年3月10日，双方签订借款合同，合同金额12,000.00元。", "evidence": "借款合同"},
            {"text": "同日实际到账10,800.00元。", "evidence": "银行流水第2页"},
            {"text": "截至2026年4月，周喆已还款3,299.50元。"},
        ],
        agreed_how="双方于2026年11月20日在视频调解中逐条听读，明确表示没有争议，并分别在线签名。",
        signatures=SIGNED,
    ),
    "failure_notice": office_paper(
        "新调终〔2026〕0021号",
        to="周喆",
        parties=[ZHOU, LENDER],
        started_on="2026-11-18",
        ended_on="2026-12-10",
        facts=FACTS,
        ground="当事人分歧较大且难以达成调解协议",
        reasons="双方对服务费是否退还分歧较大，经两次调解未能达成一致。",
        cost_conduct="无。",
        court_notes="申请人无智能手机以外的上网设备，建议提供线下协助。",
        other_routes=ROUTES,
        mediator="陈向东",
    ),
    "agreement": office_paper(
        "新调协〔2026〕0017号",
        parties=[ZHOU, LENDER],
        facts=FACTS,
        issues="放款时扣除的1,200.00元服务费应否计入本金；2026年5月以后的逾期费用应否减免。",
        responsibility="安渝消费金融有限公司在放款时预先扣除费用，应当以实际到账金额作为本金；周喆未按期还款，应当继续偿还剩余本金。",
        terms=[
            {
                "kind": "payment",
                "payer": "周喆",
                "payee": "安渝消费金融有限公司",
                "amount_fen": 750_050,
                "instalments": INSTALMENTS,
                "account": ACCOUNT,
                "allocation": "全部抵充本金",
                "overdue": "任何一期逾期超过十日的，安渝消费金融有限公司可以就全部未付款项申请强制执行",
            },
            {
                "kind": "payment",
                "payer": "安渝消费金融有限公司",
                "payee": "周喆",
                "amount_fen": 12_345,
                "due_on": "2026-12-01",
                "account": {"holder": "周喆", "bank": "江州农商银行", "number": "6200 0000 0000 0000 226"},
                "allocation": "退还多收的费用",
                "overdue": "逾期的，按照未付金额每日万分之一点七五支付违约金",
            },
            {"kind": "conduct", "text": "安渝消费金融有限公司自本协议生效之日起停止电话和短信催收。"},
        ],
        credit_record="周喆按本协议履行期间，不再新增逾期记录；已有记录由安渝消费金融有限公司在五个工作日内核实并依法处理。",
        waiver="双方就本借款合同不再提出本协议以外的请求；因本协议履行产生的请求除外。",
        costs="本次调解不收费。",
        copies="一式三份，双方各执一份，调解中心留存一份，具有同等效力",
        mediator={"name": "陈向东"},
        signatures=SIGNED,
        seal=SEAL,
    ),
    "instalment_plan": office_paper(
        "新调表〔2026〕0017号",
        agreement_number="新调协〔2026〕0017号",
        payer="周喆",
        payee="安渝消费金融有限公司",
        amount_fen=750_050,
        instalments=[{**row, "principal_fen": row["amount_fen"], "interest_fen": 0} for row in INSTALMENTS],
        account=ACCOUNT,
        overdue="任何一期逾期超过十日的，可以就全部未付款项申请强制执行。",
        signatures=UNSIGNED,
    ),
    "joint_application": {
        **OFFICE_PAPER,
        "court": COURT,
        "applicants": APPLICANTS,
        "agreement": AGREEMENT_REF,
        "facts": "双方因消费贷款发生纠纷，经调解达成协议：周喆分13期偿还7,500.50元，安渝消费金融有限公司退还123.45元。",
        "undertaking": True,
        "attachments": ["调解协议书一份", "双方身份和资格证明", "借款合同、银行流水", "授权委托书"],
        "service": [
            {
                "name": "周喆",
                "address": ZHOU["address"],
                "phone": ZHOU["phone"],
                "electronic": "平台站内消息",
            },
            {"name": LENDER["name"], "address": LENDER["address"], "phone": LENDER["phone"]},
        ],
        "signatures": [{**person, "role": "申请人"} for person in SIGNED[:2]],
    },
    "ruling": {
        **OFFICE_PAPER,
        "court": COURT,
        "court_number": "（2026）渝0199民特1号",
        "outcome": "confirmed",
        "applicants": APPLICANTS,
        "agreement": AGREEMENT_REF,
        "filed_on": "2026-11-25",
        "findings": "调解协议由双方自愿签署，内容明确，收付款主体、金额、日期和账户均已约定。",
        "reasons": "申请人达成的调解协议，符合司法确认调解协议的法定条件。",
        "judge": "谢明远",
        "clerk": "唐果",
        "ruled_on": "2026-12-02",
    },
    "enforcement_application": {
        **OFFICE_PAPER,
        "court": COURT,
        "applicants": [{**LENDER, "role": "申请执行人"}],
        "respondents": [{**ZHOU, "role": "被执行人"}],
        "basis": {
            "court": COURT,
            "number": "（2026）渝0199民特1号",
            "ruled_on": "2026-12-02",
            "agreement_number": "新调协〔2026〕0017号",
        },
        "claims": [{"text": "支付到期和未到期的全部剩余款项", "amount_fen": 690_050}],
        "facts": "裁定作出后，被执行人支付了第一期600.00元，第二期逾期超过十日未付。",
        "owed": [
            {"due_on": "2026-12-15", "amount_fen": 60_000, "paid_fen": 60_000, "unpaid_fen": 0},
            {"due_on": "2027-01-15", "amount_fen": 60_000, "paid_fen": 0, "unpaid_fen": 60_000},
        ],
        "unpaid_fen": 60_000,
        "last_day_on": "2029-01-15",
        "attachments": ["民事裁定书", "调解协议书及分期履行计划表", "还款记录和存证记录单"],
        "signatures": [{"role": "申请执行人", "name": LENDER["name"], "on_behalf_of": "罗婳"}],
    },
    "record_sheet": office_paper(
        "3f0a9c2d-130",
        checkpoint={
            "log": "log.jiangzhou.example",
            "size": 130,
            "root": FINGERPRINT[::-1],
            "sm3": FINGERPRINT[7:] + FINGERPRINT[:7],
            "policy": FINGERPRINT[9:] + FINGERPRINT[:9],
            "witnesses": ["court.jiangzhou.example，2026年11月22日 11时00分"],
        },
        chain={"case": FINGERPRINT[:32], "count": 4, "head": FINGERPRINT},
        entries_say="平台时间是本平台的记录；经证明的时间由时间戳得出。",
        entries=[
            {
                "number": number,
                "index": 100 + number,
                "written": [f"2026-11-2{number}", "10:00:00"],
                "bracket": ["晚于 2026-11-20 09:58", "早于 2026-11-22 11:00"],
                "event": event,
                "by": who,
                "digest": (FINGERPRINT[number:] + FINGERPRINT[:number])[:16],
            }
            for number, (event, who) in enumerate(
                [
                    ("提交申请", "申请人"),
                    ("调解过程记录，正文不随包提供", ""),
                    ("签署协议", "申请人"),
                    ("协议生效", "系统"),
                ]
            )
        ],
        files=[
            {
                "name": name,
                "size": size,
                "origin": "申请人从手机上传",
                "written": ["2026-11-16", "09:00:00"],
                "sha256": FINGERPRINT,
                "sm3": FINGERPRINT[::-1],
            }
            for name, size in [("01-借款合同截图.pdf", "812 KB"), ("02-还款流水.pdf", "95 KB")]
        ],
        times=["2026年11月22日11时00分，时间戳机构签发，覆盖日志前 130 项。"],
        certificate={"kind": "本站自制证书", "fingerprint": FINGERPRINT},
        qr='<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M1 1h7v7h-7z"/></svg>',
        qr_says="扫码得到检查点，可与见证方留存的一份比对。",
        machine='{"v":"mediation-record-sheet/1"}',
        answers={
            "consistent": {
                "gives": "随附核验程序重新计算全部指纹；核验不需要联网，也不依赖本平台。",
                "lacks": "只说明记入之后未经改动，不说明内容属实。",
            },
            "platform": {"gives": "格式公开，任何人可以另写核验程序。", "lacks": "没有区块链信息服务备案。"},
            "interest": {
                "gives": "平台由调解中心运行，双方各自留有回执。",
                "lacks": "平台不是独立的第三方存证机构。",
            },
            "system": {"gives": "运行环境见附件。", "lacks": "没有第三方检测报告。"},
            "method": {"gives": "SHA-256、SM3，时间戳依照RFC 3161。", "lacks": "没有行业标准符合性检测。"},
            "before": {"gives": "合同截图由申请人从手机上传。", "lacks": "上传以前的真实性由人民法院审查。"},
        },
        how_to_verify=["在任意电脑上运行法院自存的核验程序。", "将程序给出的指纹与本记录单比对。"],
        made_by="江州市新市民金融纠纷调解中心",
        seal=SEAL,
    ),
}
