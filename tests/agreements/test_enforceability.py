"""Terms a court could not enforce are found before anybody signs; clear ones pass without a word."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from cases.errors import Refusal
from cases.models import Case
from cases.roles import Side
from mediation.agreements import content, services
from mediation.agreements.drafts import TermDraft, Wording
from mediation.agreements.enforceability import Beside, Finding, Level, review, review_of
from mediation.agreements.enforceability.sums import yearly_percent
from mediation.agreements.models import Agreement
from tests.test_whole_way import agree, offer

TODAY = date(2026, 11, 22)
DUE = date(2026, 12, 22)
ACCOUNT = {"holder": "杨小满", "bank": "样例银行滨江支行", "number": "6200 0000 0000 0000"}
NAMES = {"claimant": "杨小满", "respondent": "甲消费金融有限公司"}
CLEAR = Beside(
    overdue="任何一期逾期超过十日的，对方可以就全部剩余款项申请强制执行；不按期完成行为义务的，支付违约金500元",
    credit=content.CREDIT,
    waiver=content.WAIVER,
    costs=content.COSTS,
)
DEAR = "逾期按日千分之一支付违约金，以未付款项为基数，自逾期之日起至付清之日止，剩余全部到期"
OLD = "以9000元为基数，按同期银行贷款利率6%每年自2026年1月1日起至付清之日止计息"
PAY = TermDraft("pay", Side.RESPONDENT, DUE, 120_000, 1, ACCOUNT)
ACT = TermDraft("other", Side.RESPONDENT, DUE, words="向申请人出具贷款结清证明原件一份")


def found(*terms: TermDraft, beside: Beside = CLEAR, **asked: Any) -> list[Finding]:
    return list(review(terms, beside, **{"names": NAMES, "today": TODAY, **asked}).findings)


def codes(*terms: TermDraft, level: Level | None = None, **asked: Any) -> set[str]:
    return {one.code for one in found(*terms, **asked) if level in {None, one.level}}


def must(*terms: TermDraft, **asked: Any) -> set[str]:
    return codes(*terms, level=Level.MUST, **asked)


GOOD_ACTS = [
    "向申请人出具贷款结清证明原件一份",
    "自协议生效之日起10个工作日内向申请人出具结清证明",
    "收到裁定书后十日内向申请人邮寄合同原件",
    "2026年12月22日前向申请人出具结清证明原件",
    "解除双方2025年3月10日签订的编号JF-2025-0001借款合同",
    "依法核实并向征信系统报送更正信息",
    "更正错误的逾期记录，删除不实的逾期信息",
    "不得曝光申请人的个人信息",
    "申请人可以提前偿还剩余本金，不收取任何费用",
    "双方因履行本协议发生争议，协商解决；协商不成的，任何一方可以向人民法院起诉",
    "双方已经协商确定上述金额",
    "返还申请人身份证复印件，不留副本",
    "按照合同约定适当履行保密义务",
    "关闭申请人名下尾号0117账户的自动扣款功能",
    "２０２６年１２月２２日前向申请人交付车辆登记证书",
    "停止对申请人紧急联系人的电话联系",
    "申请人可以用支付宝付款到上述账户",
]
GOOD_PAYMENTS = [
    ("", 1),
    ("分3期，每期400元，共1200元", 3),
    ("分三期，每月支付400元", 3),
    ("首期支付500元，余款700元", 2),
    ("每期300元，最后一期600元", 3),
    ("共计1,200.00元（大写：壹仟贰佰元整）", 1),
    ("退还服务费1200元", 1),
    ("以9000元为基数，按一年期LPR自2026年1月1日起计算至实际付清之日止支付利息", 1),
    ("退还部分服务费", 1),
    ("免除全部罚息后本息合计1200元", 1),
]
GOOD_CONSEQUENCES = [
    content.OVERDUE,
    "逾期超过15日的，剩余款项全部提前到期，对方可以申请强制执行",
    "逾期按日万分之五以未付金额为基数自逾期之日起计算至付清之日止",
    "以未付款项为基数，按年利率6%自逾期之日起计算利息至付清之日止",
    "逾期的，支付违约金500元",
    "",
]


@pytest.mark.parametrize("words", GOOD_ACTS)
def test_a_clear_act_needs_no_mending(words: str) -> None:
    assert must(replace(ACT, words=words)) == set()


@pytest.mark.parametrize(("words", "parts"), GOOD_PAYMENTS)
def test_a_clear_payment_needs_no_mending(words: str, parts: int) -> None:
    assert must(replace(PAY, words=words, parts=parts)) == set()


@pytest.mark.parametrize("words", GOOD_CONSEQUENCES)
def test_a_clear_consequence_needs_no_mending(words: str) -> None:
    assert must(PAY, beside=replace(CLEAR, overdue=words)) == set()


def test_the_usual_words_of_the_house_are_clear_to_the_last() -> None:
    usual = Beside(content.OVERDUE, content.CREDIT, content.WAIVER, content.COSTS)
    assert must(PAY, replace(ACT, words="不再就本案借款致电申请人及其亲友、工作单位"), beside=usual) == set()
    assert codes(PAY) == set()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("尽快退还服务费并出具证明", "no_time"),
        ("近期内办结退款", "no_time"),
        ("在合理期限内出具证明", "no_time"),
        ("择期办理解除手续", "no_time"),
        ("原则上同意退还服务费", "no_duty"),
        ("尽量减少电话联系", "no_duty"),
        ("争取月底以前更正记录", "no_duty"),
        ("可以考虑减免部分利息", "no_duty"),
        ("研究解决申请人的困难", "no_duty"),
        ("可以退还服务费", "no_duty"),
        ("给予申请人适当补偿", "no_measure"),
        ("支付一定金额的补偿", "no_measure"),
        ("赔偿合理费用给申请人", "no_measure"),
        ("退还若干服务费给申请人", "no_measure"),
        ("具体金额以对账为准退还", "open_amount"),
        ("退还金额由双方另行确定", "open_amount"),
        ("待核算后确认退还金额", "open_amount"),
        ("退还约1200元给申请人", "about_amount"),
        ("退还1200元左右给申请人", "about_amount"),
        ("退还不超过1200元", "about_amount"),
        ("其余款项双方协商解决", "to_be_agreed"),
        ("还款日期另行约定并通知", "to_be_agreed"),
        ("视经营情况退还服务费", "uncertain_condition"),
        ("在经济条件允许时偿还本金", "uncertain_condition"),
        ("待申请人找到工作后再偿还", "uncertain_condition"),
        ("经总部审批通过后退还服务费", "uncertain_condition"),
        ("发工资后支付第一期款项", "uncertain_condition"),
        ("有能力时偿还剩余本金", "uncertain_condition"),
        ("客户满意后出具结清证明", "uncertain_condition"),
        ("十日内出具贷款结清证明", "no_start"),
        ("30个工作日内更正信用记录", "no_start"),
        ("由其父母代为偿还剩余款项", "third_party"),
        ("由担保公司代偿未付款项", "third_party"),
        ("由申请人的配偶承担还款责任", "third_party"),
        ("2026年2月30日前出具结清证明", "no_such_day"),
        ("2026年13月1日前出具结清证明", "no_such_day"),
        ("2026年1月5日前出具结清证明", "day_passed"),
        ("2026年12月25日前出具结清证明", "days_differ"),
        ("12月1日前出具贷款结清证明", "no_year"),
        ("申请人不得向监管部门投诉", "gives_up_a_right"),
        ("申请人放弃起诉的权利和其他请求", "gives_up_a_right"),
        ("申请人不再申请强制执行本协议", "gives_up_a_right"),
        ("不得将本协议告知任何机构和任何人", "silenced"),
        ("删除申请人名下的逾期记录", "deletes_credit"),
        ("为申请人办理征信修复手续", "deletes_credit"),
        ("逾期的公开身份信息并通知其亲友", "self_help"),
        ("逾期的扣留身份证直至付清", "self_help"),
        ("结清", "short_act"),
        ("", "no_act"),
        ("人民币500元（大写：伍佰伍拾元整）办理公证", "capitals_differ"),
    ],
)
def test_what_a_court_could_not_enforce_must_be_mended(words: str, code: str) -> None:
    assert code in must(replace(ACT, words=words))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"payer": "nobody"}, "no_side"),
        ({"amount_fen": None}, "no_amount"),
        ({"amount_fen": 0}, "no_amount"),
        ({"amount_fen": 10**15}, "too_much"),
        ({"account": {}}, "no_account"),
        ({"account": {**ACCOUNT, "bank": ""}}, "no_account"),
        ({"account": {**ACCOUNT, "number": "12"}}, "bad_account"),
        ({"account": {**ACCOUNT, "number": "稍后提供"}}, "bad_account"),
        ({"parts": 0}, "bad_parts"),
        ({"parts": 121}, "bad_parts"),
        ({"due_on": TODAY - timedelta(1)}, "past_day"),
        ({"due_on": date(2060, 1, 1)}, "far_day"),
        ({"words": "分3期，每期500元", "parts": 3}, "instalments_differ"),
        ({"words": "首期支付500元，余款600元", "parts": 2}, "instalments_differ"),
        ({"words": "每期300元，最后一期500元", "parts": 3}, "instalments_differ"),
        ({"words": "共计1300元"}, "total_differs"),
        ({"words": "合计0.13万元"}, "total_differs"),
        ({"words": "分4期支付", "parts": 3}, "parts_differ"),
        ({"words": "分十二期支付", "parts": 3}, "parts_differ"),
        ({"words": "1,200元（大写：壹仟叁佰元整）"}, "capitals_differ"),
        ({"words": "并支付利息"}, "open_interest"),
        ({"words": "按1%计收利息"}, "open_interest"),
        ({"words": "按年利率6%支付利息至付清之日止"}, "open_interest"),
    ],
)
def test_a_payment_that_is_not_definite_must_be_mended(changes: dict[str, Any], code: str) -> None:
    assert code in must(replace(PAY, **changes))


@pytest.mark.parametrize(
    ("beside", "code"),
    [
        ({"overdue": "承担违约责任"}, "empty_consequence"),
        ({"overdue": "后果自负"}, "empty_consequence"),
        ({"overdue": "按规定处理"}, "empty_consequence"),
        ({"overdue": "应当支付违约金"}, "penalty_without_figure"),
        ({"overdue": "逾期支付利息"}, "open_interest"),
        ({"waiver": "双方放弃一切权利"}, "boundless_waiver"),
        ({"waiver": "任何请求都不再提出"}, "boundless_waiver"),
        ({"waiver": "申请人放弃向监管部门投诉的权利"}, "gives_up_a_right"),
        ({"credit": "甲公司负责删除逾期记录"}, "deletes_credit"),
        ({"costs": "律师费双方协商解决"}, "to_be_agreed"),
    ],
)
def test_what_stands_beside_the_terms_is_read_too(beside: dict[str, str], code: str) -> None:
    assert code in must(PAY, beside=replace(CLEAR, **beside))


@pytest.mark.parametrize(
    ("terms", "beside", "code"),
    [
        ([replace(PAY, account={**ACCOUNT, "holder": "王某"})], CLEAR, "other_holder"),
        ([replace(PAY, account={**ACCOUNT, "bank": "滨江支行"})], CLEAR, "no_bank"),
        ([replace(PAY, amount_fen=100_000, parts=3)], CLEAR, "uneven_parts"),
        ([replace(PAY, due_on=TODAY + timedelta(2))], CLEAR, "near_day"),
        ([replace(PAY, due_on=date(2027, 1, 1))], CLEAR, "holiday"),
        ([replace(PAY, parts=3)], replace(CLEAR, overdue=content.OVERDUE), "no_acceleration"),
        ([ACT], replace(CLEAR, overdue=content.OVERDUE), "acts_without_consequence"),
        ([TermDraft("waive", Side.RESPONDENT, DUE, 50_000)], CLEAR, "waives_what"),
        ([TermDraft("stop_collection", Side.RESPONDENT, DUE, words="不再打扰申请人生活")], CLEAR, "stops_what"),
        ([PAY, PAY], CLEAR, "twice"),
        ([PAY, replace(PAY, payer=Side.CLAIMANT)], CLEAR, "both_pay"),
        ([replace(ACT, words="及时向申请人出具结清证明")], CLEAR, "loose_time"),
        ([replace(ACT, words="配合办理相关手续和解除合同")], CLEAR, "loose_words"),
        ([PAY], replace(CLEAR, waiver="双方就本案不再提出其他请求"), "waiver_without_exception"),
        ([PAY], replace(CLEAR, overdue=DEAR), "high_rate"),
        ([replace(PAY, words=OLD)], CLEAR, "old_rate"),
    ],
)  # fmt: skip
def test_what_would_be_better_is_advice_and_stops_nobody(terms: list, beside: Beside, code: str) -> None:
    assert code in codes(*terms, beside=beside, level=Level.ADVICE)
    assert must(*terms, beside=beside) == set()


def test_rates_are_compared_by_the_year() -> None:
    assert yearly_percent("日万分之五") == 365 * 5 / yearly_percent("年利率100%")  # 18.25
    assert yearly_percent("日利率0.1%") == yearly_percent("日千分之一")
    assert yearly_percent("月利率2%") == 24
    assert yearly_percent("没有利率") is None


def test_a_party_nobody_can_identify_is_advice_now_and_a_must_at_the_signing() -> None:
    known = {"claimant": False, "respondent": True}
    assert "party_unknown" in codes(PAY, identified=known, level=Level.ADVICE)
    assert "party_unknown" in must(PAY, identified=known, is_for_signing=True)
    assert "no_name" in must(PAY, names={**NAMES, "respondent": " "})
    assert must() == {"no_terms"}


def test_each_finding_says_where_why_and_by_which_article_in_both_tongues() -> None:
    report = review([replace(ACT, words="尽快协商解决，由其父母代为偿还")], CLEAR, names=NAMES, today=TODAY)
    assert len(report.must) == 3
    assert not report.is_clear
    for one in report.findings:
        assert one.article
        assert one.status in {"T", "P", "M"}
        with translation.override("en"):
            assert str(one).startswith("Term 1, “")
            assert str(one.plain) != str(one.says)
    assert [one.term for one in found(replace(ACT, words="尽快"), PAY)] == sorted(
        one.term for one in found(replace(ACT, words="尽快"), PAY)
    )


@pytest.mark.django_db
def test_unclear_terms_cannot_be_offered_and_the_place_is_named(case_in_mediation: Case, mediator) -> None:
    vague = replace(ACT, due_on=timezone.localdate() + timedelta(30), words="尽快更正信用记录")
    with translation.override("en"), pytest.raises(Refusal, match="尽快"):
        services.offer_proposal(
            case_id=case_in_mediation.pk,
            person=mediator,
            terms=[vague],
            wording=Wording(waiver="放弃一切权利"),
        )
    assert not case_in_mediation.proposals.exists()


@pytest.mark.django_db
def test_terms_that_grew_stale_are_found_before_the_paper_is_made(
    case_in_mediation, mediator, citizen, lender
) -> None:
    agreement = agree(case_in_mediation, mediator, citizen, lender)
    assert review_of(agreement).is_clear
    assert review_of(agreement.proposal).is_clear
    agreement.proposal.terms.update(due_on=timezone.localdate() - timedelta(days=1))
    with pytest.raises(Refusal):
        services.draft_agreement(
            case_id=case_in_mediation.pk,
            mediator=mediator,
            facts="别的事实。",
            issues="a",
            responsibility="b",
        )
    assert Agreement.objects.get() == agreement


@pytest.mark.django_db
def test_an_open_proposal_says_who_is_not_known_yet(case_in_mediation, mediator) -> None:
    report = review_of(offer(case_in_mediation, mediator))
    assert report.is_clear
    assert "party_unknown" in {one.code for one in report.advice}
