"""Papers that somebody asks for, and papers about time and endings: whole, for the right eyes, or refused by name."""

import io
from datetime import timedelta

import pypdfium2
import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from cases.claims import Remedy
from cases.errors import Refusal
from cases.models import Case, Exhibit, User
from cases.roles import Role
from cases.services import closing, pauses
from cases.services.exhibits import exhibits_for
from cases.services.intake import draft_case
from evidence import ledger
from evidence.deposits import open_deposit
from evidence.models import Entry
from mediation.court import services as court
from mediation.documents.needs import MissingContent
from mediation.papers import asked, consent, records, services
from mediation.papers.facts import told_by
from tests import factories
from tests.test_whole_way import agree, confirm, make_effective

pytestmark = pytest.mark.django_db
SPECIAL = asked.AgentNamed(
    "罗婳", "本单位工作人员", "02100000000", False, True, timezone.localdate() + timedelta(60)
)


def text_of(exhibit: Exhibit) -> str:
    with open_deposit(exhibit.deposit) as stream:
        document = pypdfium2.PdfDocument(io.BytesIO(stream.read()))
    return "".join("".join(page.get_textpage().get_text_bounded().split()) for page in document)


def paper(case: Case, kind: str) -> str:
    services.render_due()
    return text_of(case.papers.filter(kind=kind, state="done").last().exhibit)


def credit(**changes: str) -> asked.CreditRecord:
    told = {
        "to": "中国人民银行征信中心",
        "record": "2025年6月逾期一期。",
        "wrong": "该期已按时还款，有流水为证。",
        "asked": "更正为正常还款。",
    }
    return asked.CreditRecord(**{**told, **changes})


def test_what_was_never_asked_is_not_declared(filed_case: Case) -> None:
    words = paper(filed_case, "application")

    assert "有无代理人、是否付费：未询问" in words
    assert "没有委托代理人" not in words
    assert "尚未投诉" not in words


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ({"agent": "none"}, "没有委托代理人，也没有向任何代办机构"),
        ({"agent": ""}, "申请时没有填写"),
        ({"agent": "paid", "agent_name": "王某", "agent_relation": "经人介绍"}, "该代理人收取费用"),
        ({"agent": "unpaid", "agent_name": "李某", "agent_relation": "表兄"}, "不收取任何费用"),
    ],
)
def test_an_agent_is_declared_as_it_was_said(centre, institution, citizen, said, printed) -> None:
    case = factories.filed_case(centre=centre, institution=institution, citizen=citizen, **said)
    assert printed in paper(case, "application")


def test_a_complaint_to_the_lender_is_told_with_its_answer(centre, institution, citizen) -> None:
    said = {"complained_on": "2025-08-02", "complaint_answer": "不予退还"}
    case = factories.filed_case(centre=centre, institution=institution, citizen=citizen, **said)
    words = paper(case, "application")
    assert "于2025年8月2日投诉。答复：不予退还" in words

    vague = {"complained_on": "2025-08", "complaint_answer": ""}
    other = factories.filed_case(centre=centre, institution=institution, citizen=citizen, **vague)
    assert "投诉时间：2025-08。答复：申请时没有填写" in paper(other, "application")


def test_an_identity_number_tells_sex_and_birthday() -> None:
    assert told_by("11010519491231002X") == {"sex": "女", "birth_on": timezone.datetime(1949, 12, 31).date()}
    assert told_by("110105194913310021") == {}
    assert told_by("") == {}


def test_acceptance_is_registered_and_the_address_confirmed(accepted_case: Case, officer: User) -> None:
    register = paper(accepted_case, "register")
    assert officer.name in register
    assert "决定受理" in register
    address = paper(accepted_case, "delivery_address")
    assert "同意接收电子送达" in address
    assert "平安里2号" in address


def test_without_an_address_none_is_confirmed(centre, institution, citizen, officer) -> None:
    case = factories.filed_case(centre=centre, institution=institution, citizen=citizen, address="")
    factories.accept(case, officer)
    assert not case.papers.filter(kind="delivery_address").exists()


@time_machine.travel("2026-09-01T10:00:00+08:00", tick=True)
def test_both_yeses_become_a_paper_with_both_days(case_in_mediation, mediator, citizen, lender) -> None:
    pk = case_in_mediation.pk
    before = case_in_mediation.clocks.get(limit="mediation").due_on
    pauses.ask_extension(case_id=pk, mediator=mediator, days=15, reason="等待公司审批方案")
    pauses.reply_to_extension(case_id=pk, person=citizen, agrees=True)
    assert not case_in_mediation.papers.filter(kind="extension_consent").exists()
    pauses.reply_to_extension(case_id=pk, person=lender, agrees=True)

    words = paper(case_in_mediation, "extension_consent")
    after = case_in_mediation.clocks.get(limit="mediation").due_on
    assert "等待公司审批方案" in words
    assert f"{before.year}年{before.month}月{before.day}日" in words
    assert f"{after.year}年{after.month}月{after.day}日" in words
    assert words.count("时间：2026年9月1日") == 2


def test_an_end_that_no_mediator_declared_is_completed_later(accepted_case, lender, officer, citizen) -> None:
    closing.refuse_mediation(case_id=accepted_case.pk, person=lender, reason="已进入诉讼")
    assert "调解员尚未填写" in paper(accepted_case, "failure_notice")

    with pytest.raises(Refusal):
        closing.describe_ending(case_id=accepted_case.pk, staff=officer, cost_conduct="", court_notes=" ")
    with pytest.raises(Refusal):
        closing.describe_ending(case_id=accepted_case.pk, staff=citizen, cost_conduct="无", court_notes="无")
    closing.describe_ending(
        case_id=accepted_case.pk, staff=officer, cost_conduct="没有。", court_notes="双方对账户有争议。"
    )
    assert "双方对账户有争议" in paper(accepted_case, "failure_notice")
    assert accepted_case.papers.filter(kind="failure_notice", state="done").count() == 2


def test_ending_without_what_article_21_asks_for_is_refused_with_all_gaps(
    case_in_mediation, mediator
) -> None:
    with pytest.raises(Refusal) as refusal:
        closing.end_mediation(
            case_id=case_in_mediation.pk,
            staff=mediator,
            ending="other",
            reason="",
            cost_conduct="",
            court_notes="",
        )
    assert len(refusal.value.messages) == 3


def test_a_case_from_the_court_goes_back_with_a_letter(case_in_mediation, mediator, lender) -> None:
    Case.objects.filter(pk=case_in_mediation.pk).update(profile="delegated")
    closing.end_mediation(
        case_id=case_in_mediation.pk,
        staff=mediator,
        ending="too_far_apart",
        reason="差距较大",
        cost_conduct="没有。",
        court_notes="没有。",
    )
    words = paper(case_in_mediation, "transfer_letter")
    assert "人民法院委派" in words
    assert "调解申请书" in words
    assert "不移送" in words
    assert case_in_mediation.centre.court.name in words


def test_a_letter_to_another_house_is_written_after_a_failed_mediation(case_in_mediation, mediator) -> None:
    said = {"to": "样例市仲裁委员会", "consents": "申请人同意推送已提交的材料。"}
    with pytest.raises(Refusal):
        records.write_transfer_letter(case_id=case_in_mediation.pk, staff=mediator, said=said)
    closing.end_mediation(
        case_id=case_in_mediation.pk,
        staff=mediator,
        ending="other",
        reason="另案处理",
        cost_conduct="无",
        court_notes="无",
    )
    with pytest.raises(Refusal):
        records.write_transfer_letter(case_id=case_in_mediation.pk, staff=mediator, said={"to": " "})
    services.render_due()
    letter = records.write_transfer_letter(case_id=case_in_mediation.pk, staff=mediator, said=said)
    assert "样例市仲裁委员会" in text_of(letter)
    assert "申请人同意推送" in text_of(letter)


def test_the_proof_of_interruption_names_the_day_and_decides_nothing(filed_case, citizen, lender) -> None:
    proof = asked.ask_interruption_proof(case_id=filed_case.pk, person=citizen)
    words = text_of(proof)
    today = timezone.localdate()
    assert f"于{today.year}年{today.month}月{today.day}日向本组织提出调解申请" in words
    assert "尚未终结" in words
    assert "本组织不作判断" in words
    with pytest.raises(Refusal):
        asked.ask_interruption_proof(case_id=filed_case.pk, person=lender)
    with pytest.raises(Refusal):
        asked.ask_interruption_proof(case_id=draft_case().pk, person=citizen)


def test_after_the_end_the_proof_says_when_it_was_over(filed_case, citizen, officer) -> None:
    closing.withdraw_case(case_id=filed_case.pk, person=citizen)
    assert "程序于" in text_of(asked.ask_interruption_proof(case_id=filed_case.pk, person=officer))


def credit_case(centre, institution, citizen) -> Case:
    return factories.filed_case(
        centre=centre,
        institution=institution,
        citizen=citizen,
        remedies=[Remedy.CORRECT_CREDIT],
        id_number="11010519491231002X",
    )


def test_an_objection_to_the_credit_record_is_for_the_citizen_and_the_mediator(
    centre, institution, citizen, lender
) -> None:
    case = credit_case(centre, institution, citizen)
    made = asked.ask_credit_papers(
        case_id=case.pk, person=citizen, told=credit(statement="该期已按时还款，正在异议处理中。")
    )
    assert [one.title for one in made] == ["征信异议申请书", "本人声明"]
    assert "二十日内" in text_of(made[0])
    assert "声明内容共16字" in text_of(made[1])
    assert set(made) <= set(exhibits_for(case, citizen, Role.CITIZEN))
    assert not set(made) & set(exhibits_for(case, lender, Role.INSTITUTION))


def test_the_list_of_papers_says_which_ones_the_mediator_alone_sees_too(
    centre, institution, citizen, client
) -> None:
    case = credit_case(centre, institution, citizen)
    client.force_login(citizen)
    label = gettext("only you and the mediator see it")
    assert label not in client.get(reverse("portal:case", args=[case.docket])).content.decode()
    asked.ask_credit_papers(case_id=case.pk, person=citizen, told=credit())
    shown = client.get(reverse("portal:case", args=[case.docket])).content.decode()
    assert "征信异议申请书" in shown
    assert label in shown


@pytest.mark.parametrize("words", ["因住院没有还款", "因为疾病", "我的宗教信仰"])
def test_what_a_bureau_may_not_hold_is_refused_by_its_word(centre, institution, citizen, words) -> None:
    case = credit_case(centre, institution, citizen)
    with pytest.raises(Refusal, match="第十四条"):
        asked.ask_credit_papers(case_id=case.pk, person=citizen, told=credit(statement=words))
    assert not case.exhibits.exists()


def test_credit_papers_need_their_contents_and_their_kind_of_case(
    centre, institution, citizen, filed_case
) -> None:
    case = credit_case(centre, institution, citizen)
    with translation.override("en"), pytest.raises(MissingContent) as refusal:
        asked.ask_credit_papers(case_id=case.pk, person=citizen, told=credit(to="", wrong=" "))
    assert refusal.value.missing == ("to whom it goes", "what is wrong with it")
    with pytest.raises(Refusal):
        asked.ask_credit_papers(case_id=filed_case.pk, person=citizen, told=credit())
    with pytest.raises(Refusal):
        asked.ask_credit_papers(case_id=case.pk, person=citizen, told=credit(statement="还" * 101))


def test_a_power_of_attorney_says_how_far_it_goes(case_in_mediation, lender, citizen) -> None:
    sealed = text_of(asked.name_agent(case_id=case_in_mediation.pk, person=lender, agent=SPECIAL))
    assert "特别授权" in sealed
    assert "代为承认、放弃、变更请求" in sealed
    assert "委托人（被申请人）" in sealed
    assert "时间：" not in sealed  # an institution prints it and puts its seal on

    general = asked.AgentNamed("李某", "表兄", "13900000000", True, False, SPECIAL.until_on, most_fen=100_000)
    own = text_of(asked.name_agent(case_id=case_in_mediation.pk, person=citizen, agent=general))
    assert "一般授权" in own
    assert "代为承认" not in own.split("说明")[0]
    assert "收取费用" in own
    assert "1,000.00元" in own
    assert "时间：" in own

    over = asked.AgentNamed("李某", "表兄", "1", False, False, timezone.localdate() - timedelta(1))
    with pytest.raises(Refusal):
        asked.name_agent(case_id=case_in_mediation.pk, person=citizen, agent=over)


def test_privacy_is_answered_matter_by_matter_and_silence_is_a_no(accepted_case, citizen, lender) -> None:
    consent.answer_privacy(case_id=accepted_case.pk, person=citizen, answers={"sensitive": True})
    services.render_due()
    made = accepted_case.papers.get(kind="privacy_consent").exhibit
    words = text_of(made)
    assert words.count("不同意") >= 2
    assert "第二十九条同意" in words
    assert made in exhibits_for(accepted_case, citizen, Role.CITIZEN)
    assert made not in exhibits_for(accepted_case, lender, Role.INSTITUTION)
    assert ledger.first_break(accepted_case.chain) is None


def test_records_of_the_office_need_their_contents(accepted_case, officer, citizen) -> None:
    content = {
        "held_on": timezone.localdate(),
        "place": "电话",
        "asked": "银行客户经理",
        "words": "到账九千元。",
    }
    made = records.write_record(
        case_id=accepted_case.pk, staff=officer, kind="fact_finding_record", content=content
    )
    assert "到账九千元" in text_of(made)
    with pytest.raises(MissingContent):
        records.write_record(
            case_id=accepted_case.pk, staff=officer, kind="follow_up", content={"words": "x"}
        )
    with pytest.raises(Refusal):
        records.write_record(case_id=accepted_case.pk, staff=citizen, kind="explanation", content=content)
    with pytest.raises(KeyError):
        records.write_record(case_id=accepted_case.pk, staff=officer, kind="ruling", content=content)


def test_identity_checks_are_told_as_they_were(accepted_case, officer) -> None:
    words = text_of(records.write_identity_record(case_id=accepted_case.pk, staff=officer))
    assert "由受理员核对" in words
    assert "没有提供证件号码" in words
    assert "机构名录" in words


def test_a_story_in_other_letters_is_printed_with_marks_and_the_office_is_told(
    centre, institution, citizen
) -> None:
    story = "公司的人对我说：السلام عليكم，然后一直打电话，我很害怕😀。"
    case = factories.filed_case(centre=centre, institution=institution, citizen=citizen, story=story)

    words = paper(case, "application")
    made = case.papers.get(kind="application")
    assert "个字符无法印出" in words
    assert "字符说明" in words
    assert made.unprinted == 12
    assert Case.objects.get(pk=case.pk).story == story  # kept as it was typed
    told = Entry.objects.get(chain=case.chain, event="paper.mark")
    assert ledger.read(told)["letters"] == 12


def test_a_paper_that_cannot_be_made_is_told_to_the_office(filed_case, monkeypatch) -> None:
    monkeypatch.setattr(services, "content_of", lambda paper, case: {"docket": case.docket})
    services.render_due()
    assert Entry.objects.filter(chain=filed_case.chain, event="paper.fail").count() == 1


def test_an_objection_becomes_a_paper_for_the_court(
    case_in_mediation, mediator, citizen, lender, judge
) -> None:
    make_effective(agree(case_in_mediation, mediator, citizen, lender), citizen, lender, mediator)
    ruling = confirm(Case.objects.get(pk=case_in_mediation.pk), judge, citizen, lender)
    court.object_to_ruling(ruling_id=ruling.pk, person=citizen, words="收款账户写错了。")
    paper_made = next(one for one in case_in_mediation.exhibits.all() if one.title.startswith("异议书"))
    words = text_of(paper_made)
    assert ruling.number in words
    assert "收款账户写错了" in words
    assert "第三百七十二条" in words
