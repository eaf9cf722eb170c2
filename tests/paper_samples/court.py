"""Papers of the court, and what it is sent."""

from typing import Any

from tests.paper_samples.people import (
    AGREEMENT_REF,
    APPLICANTS,
    COURT,
    FINGERPRINT,
    LENDER,
    OFFICE_PAPER,
    SEAL,
    SIGNED,
    ZHOU,
    office_paper,
)

COURT_PAPERS: dict[str, dict[str, Any]] = {
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
