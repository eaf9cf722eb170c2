"""送达 at the desk: the ladder of each notice, calls and letters written down, the proof as a paper; what to mend."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Case
from evidence.models import Entry
from mediation.notices import climbing, delivery
from mediation.notices.models import DeliveryConsent, Ladder, Notice, Rung
from mediation.notices.notifier import FailingNotifier
from mediation.papers.models import Paper
from tests import factories
from tests.desk.conftest import case_url, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(filed_case, officer, lender) -> Case:
    return factories.accept(filed_case, officer)


@pytest.fixture
def ladder(case) -> Ladder:
    return Ladder.objects.get(case=case, matter="invitation")


def page_of(case: Case) -> str:
    return reverse("desk:delivery", args=[case.docket])


def act_url(ladder: Ladder, what: str) -> str:
    return reverse("desk:delivery_act", args=[ladder.case.docket, ladder.pk, what])


def now(**more: str) -> dict[str, str]:
    at = timezone.localtime()
    return {"on": f"{at:%Y-%m-%d}", "at": f"{at:%H:%M}", **more}


def test_the_case_shows_each_notice_and_its_page_every_step_with_its_article(
    as_officer, case, ladder
) -> None:
    seen = as_officer.get(case_url(case)).content.decode()
    assert "应调通知" in seen
    assert page_of(case) in seen

    whole = as_officer.get(page_of(case)).content.decode()
    assert ladder.code in whole
    for words in ("站内消息", "手机短信", "电子邮件", "打电话", "邮寄纸质文书", "第二十九条", "没有回答"):
        assert words in whole


def test_a_call_is_written_down_with_who_when_and_what_came_of_it(as_officer, officer, case, ladder) -> None:
    delivery.deliver_due()
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        answer = as_officer.post(
            act_url(ladder, "call"), now(outcome="confirmed", note="本人接听，核对码一致")
        )
    assert answer.status_code == 302

    call = Rung.objects.get(ladder=ladder, step="call")
    assert (call.by, call.outcome, call.note) == (officer, "confirmed", "本人接听，核对码一致")
    seen = as_officer.get(page_of(case)).content.decode()
    assert "视为已送达" in seen
    assert str(officer) in seen


def test_a_call_without_words_keeps_what_was_typed(as_officer, ladder) -> None:
    answer = as_officer.post(act_url(ladder, "call"), now(outcome="no_answer", note=""))
    assert answer.status_code == 422
    assert "请写明通话内容" in answer.content.decode()
    assert not Entry.objects.filter(event="delivery.call").exists()


def test_a_letter_goes_out_comes_back_and_counts_on_the_day_of_its_slip(as_officer, ladder) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        as_officer.post(act_url(ladder, "post"), now(number="1099001"))
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        as_officer.post(act_url(ladder, "slip"), now(outcome="signed"))

    ladder.refresh_from_db()
    assert ladder.basis == "post"


def test_the_proof_is_a_paper_in_the_file_and_an_entry_in_the_chain(as_officer, case, ladder) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        as_officer.post(act_url(ladder, "call"), now(outcome="no_answer", note="无人接听"))
        as_officer.post(act_url(ladder, "proof"))

    paper = next(one for one in case.exhibits.all() if one.title == "电子送达凭证")
    assert paper.deposit.media_type == "application/pdf"
    events = list(Entry.objects.filter(chain=case.chain).values_list("event", flat=True))
    assert "paper.write" in events
    assert events.index("delivery.call") < events.index("paper.write")


def test_consent_by_telephone_is_written_down_at_the_desk(as_officer, case) -> None:
    respondent = case.respondent
    url = reverse("desk:delivery_consent", args=[case.docket])
    assert as_officer.post(url, {"party": respondent.pk, "phase": "mediation"}).status_code == 422
    as_officer.post(url, {"party": respondent.pk, "phase": "mediation", "answer": "no"})

    (row,) = DeliveryConsent.objects.filter(party=respondent)
    assert (row.agreed, row.how) == (False, "call")


def test_another_centre_finds_nothing(ladder, lender) -> None:
    for person in (factories.UserFactory.create(officer=True), lender):
        client = signed_in(person)
        assert client.get(page_of(ladder.case)).status_code == 404
        assert client.post(act_url(ladder, "call"), now(outcome="confirmed", note="x")).status_code == 404


# ---- what waits to be mended


def undone(client: Client) -> str:
    return client.get(reverse("desk:undone")).content.decode()


def test_nothing_to_mend_is_said_so(as_officer) -> None:
    assert "没有待处理的事" in undone(as_officer)


def test_a_call_that_is_due_stands_on_the_list_until_it_was_made(as_officer, case, ladder) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=9)):
        climbing.climb_due()
        assert f"{page_of(case)}#ladder-{ladder.pk}" in undone(as_officer)
        as_officer.post(act_url(ladder, "call"), now(outcome="wrong", note="机主不认识此人"))
        as_officer.post(act_url(ladder, "post"), now(number="1"))
        assert f"#ladder-{ladder.pk}" not in undone(as_officer)


def test_a_message_that_failed_is_sent_again_to_the_number_that_holds_now(
    as_officer, case, citizen, officer, monkeypatch
) -> None:
    monkeypatch.setattr(delivery, "adapter", lambda name: FailingNotifier(for_good=True))
    notice = case.notices.filter(channel="sms", to=citizen).first()
    Notice.objects.exclude(pk=notice.pk).delete()
    delivery.deliver_due(most=1)
    seen = undone(as_officer)
    assert "no such number" in seen
    assert Notice.objects.filter(kind="notice.fail", to=officer).exists()

    party = case.claimant
    party.phone = "13911112222"
    party.save()
    as_officer.post(reverse("desk:send_again", args=[notice.pk]))
    notice.refresh_from_db()
    assert (notice.state, notice.phone) == (Notice.State.PENDING, "13911112222")


def test_a_paper_that_failed_is_made_again_and_one_with_missing_letters_is_mended_by_hand(
    as_officer, case
) -> None:
    failed, marked = case.papers.all()[:2]
    Paper.objects.filter(pk=failed.pk).update(state="failed", problem="缺少请求事项")
    Paper.objects.filter(pk=marked.pk).update(state="done", unprinted=2)
    seen = undone(as_officer)
    assert "缺少请求事项" in seen
    assert "2个字" in seen

    as_officer.post(reverse("desk:make_again", args=[failed.pk]))
    as_officer.post(reverse("desk:mended", args=[marked.pk]))
    as_officer.post(reverse("desk:mended", args=[marked.pk]))
    failed.refresh_from_db()
    assert failed.state == "pending"
    assert Entry.objects.filter(chain=case.chain, event="paper.mend").count() == 1
    assert "没有待处理的事" in undone(as_officer)


def test_what_another_centre_has_to_mend_is_not_shown_nor_mended(as_officer, case) -> None:
    paper = case.papers.first()
    Paper.objects.filter(pk=paper.pk).update(state="failed", problem="缺少请求事项")
    stranger = signed_in(factories.UserFactory.create(officer=True))

    assert "缺少请求事项" not in undone(stranger)
    assert stranger.post(reverse("desk:make_again", args=[paper.pk])).status_code == 404


def test_the_rule_book_lists_notices_steps_and_what_counts(as_officer) -> None:
    seen = as_officer.get(reverse("desk:rules")).content.decode()
    assert "什么算送达" in seen
    assert "第三十一条第二款第二项" in seen
