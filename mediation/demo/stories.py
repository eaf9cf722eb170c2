"""What the invented citizens tell: one dispute a row, written for the demo. Amounts in fen."""

from dataclasses import dataclass, field

from cases.claims import ClaimKind, Remedy


@dataclass(frozen=True, slots=True)
class Story:
    """One dispute: who (place in CITIZENS), against which lender (place in LENDERS), and what happened."""

    who: int
    lender: int
    kind: ClaimKind
    amount_fen: int
    principal_fen: int
    received_fen: int
    product: str
    contract_on: str
    text: str
    wanted: str
    remedies: tuple[Remedy, ...] = (Remedy.REFUND,)
    payments: tuple[tuple[int, int], ...] = field(default=())


def monthly(months: int, fen: int) -> tuple[tuple[int, int], ...]:
    """Equal payments: (month, fen)."""
    return tuple((month, fen) for month in range(1, months + 1))


STORIES = {
    "acceptance_today": Story(
        1, 0, ClaimKind.FORCED_INSURANCE, 168_000, 2_000_000, 2_000_000, "安心分期", "2025-09-03",
        "去年九月我在安渝消费金融借了两万块，交房租和给老家寄钱。放款前业务员说必须勾一个保险才能通过，"
        "每个月扣一百四十块，一年一千六百八。我从来没想买保险，也没人给过我保单。我要求退这笔保险钱。",
        "退还1680元保险费",
    ),
    "acceptance_late": Story(
        2, 2, ClaimKind.HARASSMENT, 0, 860_000, 860_000, "随心贷", "2025-11-20",
        "我在服装厂上班，欠乙通小贷八千六。厂里停工两个月，晚了二十天没还上。催收天天打到我车间主任那里，"
        "还给我老家村支书打电话，说我是老赖。钱我认，但不能这样骚扰别人。",
        "不要再给单位和老家打电话，商量一个还款计划", (Remedy.STOP_COLLECTION, Remedy.RESCHEDULE),
    ),
    "supplement": Story(
        3, 4, ClaimKind.TRAINING_LOAN, 980_000, 1_580_000, 1_580_000, "学费分期", "2026-03-15",
        "三月份报了一个短视频培训班，老师说先学后付，拿我手机点了几下，回家才知道办了一万五千八的贷款。"
        "上了两节课机构就关门了，可是每个月还在扣我一千三。我要求解除合同，退已经扣的钱。",
        "解除合同，退已扣的学费", (Remedy.CANCEL_CONTRACT, Remedy.REFUND),
    ),
    "to_answer": Story(
        4, 0, ClaimKind.HIDDEN_FEE, 240_000, 3_000_000, 3_000_000, "安心分期", "2025-03-12",
        "我去年三月向安渝消费金融借了三万元，分十二期还，合同写的年利率是百分之十二。可是每个月还要交两百元服务费，"
        "一年就是两千四百块，事先没有人告诉我。算下来一年超过百分之二十四。我要求退还服务费。",
        "退还2400元服务费", (Remedy.REFUND, Remedy.REDUCE), monthly(12, 286_500),
    ),
    "to_assign": Story(
        5, 1, ClaimKind.CARD_INSTALMENT, 132_000, 1_200_000, 1_200_000, "信用卡分期", "2025-10-08",
        "江州银行客服打电话叫我办账单分期，说每月手续费不到一分。一万二分十二期，每期还一千一百一，"
        "我以为利息很低，后来才算出来一年要百分之二十多。电话里从头到尾没说年化。我要求按说好的算。",
        "多收的手续费退给我", (Remedy.REFUND,), monthly(12, 111_000),
    ),
    "paused": Story(
        1, 3, ClaimKind.EARLY_REPAYMENT, 315_000, 6_300_000, 6_300_000, "车贷", "2024-12-01",
        "我跑网约车，贷款六万三买的车。今年想提前还清，丙车金融说要收剩余本金百分之五的违约金，三千一百五。"
        "签合同那天在展厅站着签的，没人讲过提前还款还要罚钱。",
        "免收提前还款违约金", (Remedy.REDUCE,), monthly(36, 201_000),
    ),
    "hearing": Story(
        0, 0, ClaimKind.HIGH_RATE, 230_000, 1_000_000, 900_000, "安心分期", "2025-05-12",
        "去年五月我在安渝消费金融借了一万块，分十二期，每个月还九百四十三块五毛六。到账只有九千，"
        "扣了一千块服务费，当时没人跟我说。我请厂里会计帮忙算，一年要百分之四十多。我要求退还多收的钱。",
        "退还多收的利息和服务费，不要再打电话", (Remedy.REFUND, Remedy.STOP_COLLECTION), monthly(12, 94_356),
    ),
    "proposal": Story(
        0, 2, ClaimKind.DEDUCTION, 90_000, 600_000, 510_000, "随心贷", "2026-01-06",
        "一月份在乙通小贷借六千，到手只有五千一，说是扣了九百块“审核费”。还款还是按六千算的。"
        "我还了五期，每期一千零八十。这九百块我没用到一天，要求退。",
        "退还扣掉的900元，按到手的钱重新算", (Remedy.REFUND, Remedy.REDUCE), monthly(6, 108_000),
    ),
    "signing": Story(
        0, 1, ClaimKind.CREDIT_RECORD, 50_000, 500_000, 500_000, "公积金信用贷", "2024-06-18",
        "我在江州银行的五千块贷款前年就还清了，有结清短信。今年去租房查征信，上面还挂着逾期。"
        "跑了三趟网点都说系统问题。耽误我租房，押金损失五百块。要求更正征信，赔我五百。",
        "更正征信，赔偿500元", (Remedy.CORRECT_CREDIT, Remedy.COMPENSATE), monthly(6, 86_000),
    ),
    "consent": Story(
        3, 0, ClaimKind.HARDSHIP, 420_000, 1_500_000, 1_500_000, "安心分期", "2025-08-20",
        "我在工地绑钢筋，今年六月摔伤了腰，三个月没出工。安渝消费金融还剩四千二没还，逾期费越滚越多。"
        "我不是不还，等腿脚好了就能上工，请求停收逾期费，分期慢慢还。",
        "停收逾期费，剩下的分期还", (Remedy.RESCHEDULE, Remedy.REDUCE), monthly(12, 139_000),
    ),
    "court": Story(
        4, 1, ClaimKind.UNAUTHORISED_LOAN, 300_000, 300_000, 300_000, "线上消费贷", "2026-02-11",
        "我手机丢了三天，补卡以后收到江州银行的催款短信，说我二月借了三千块。我从来没有借过，"
        "钱打到一个我不认识的账户。报警回执有。要求不用我还，征信也要清掉。",
        "确认不用我还，删除征信记录", (Remedy.CANCEL_CONTRACT, Remedy.CORRECT_CREDIT), monthly(3, 103_000),
    ),
    "performing": Story(
        0, 3, ClaimKind.FORCED_INSURANCE, 360_000, 5_000_000, 5_000_000, "车贷", "2025-01-15",
        "买二手车贷款五万，丙车金融要我必须买一份“账户安全险”三千六才给放款。我问能不能不买，说不买就不批。"
        "一年多没用过，也没人说过能退。要求退三千六。",
        "退还3600元", (Remedy.REFUND,), monthly(24, 236_000),
    ),
    "failed": Story(
        5, 4, ClaimKind.RENTAL_LOAN, 780_000, 1_040_000, 1_040_000, "租金分期", "2026-04-02",
        "中介说押一付一，签的时候用我手机办了一年的租金贷。四个月后中介跑了，房东赶我走，"
        "可是每个月还要还两千六。我没房子住还要还钱，要求停掉。",
        "解除贷款", (Remedy.CANCEL_CONTRACT,), monthly(4, 260_000),
    ),
    "withdrawn": Story(
        2, 1, ClaimKind.HIDDEN_FEE, 36_000, 800_000, 800_000, "信用卡", "2025-07-01",
        "信用卡每个月扣三十块“尊享会员费”，一年三百六，我没开通过。打客服不承认。要求退回来。",
        "退还360元会员费",
    ),
}  # fmt: skip
