"""A citizen reads and acts in a case, from the request to add something to the word about the last payment."""

from http import HTTPStatus

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cases.models import Case
from cases.services import acceptance, assignment, closing, pauses
from cases.services.exhibits import add_exhibit
from cases.workflow import Ending, Stage
from mediation.notices.models import Notice
from mediation.papers.services import render_due
from mediation.parties.acts import ACTS
from tests import factories
from tests.portal.case_pages import UNPROCESSABLE, act, fresh, page_of, picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client, citizen):
    client.force_login(citizen)
    return client


@time_machine.travel("2026-03-06T10:00:00+08:00")
def test_the_page_says_whose_turn_it_is_by_when_and_by_which_rule(client, filed_case, officer) -> None:
    acceptance.ask_to_supplement(case_id=filed_case.pk, officer=officer, items="请补身份证照片")
    seen = page_of(client, filed_case)

    assert "现在轮到您" in seen
    assert "请补身份证照片" in seen
    assert "2026年3月16日" in seen
    assert "调解组织内部规则" in seen
    assert act(filed_case, "supplement") in seen


def test_adding_what_is_missing_takes_words_and_files_once(client, filed_case, officer) -> None:
    acceptance.ask_to_supplement(case_id=filed_case.pk, officer=officer, items="请补身份证照片")
    for _again in range(2):
        answer = client.post(
            act(filed_case, "supplement"), {"words": "补上照片", "file": [picture()]}, follow=True
        )
        assert answer.status_code == HTTPStatus.OK

    case = fresh(filed_case)
    assert case.stage == Stage.ACCEPTANCE
    assert case.exhibits.exclude(kind="document").count() == 1
    assert case.steps.filter(name="supplement").count() == 1


def test_what_was_typed_stays_when_it_is_refused(client, filed_case, officer) -> None:
    acceptance.ask_to_supplement(case_id=filed_case.pk, officer=officer, items="请补身份证照片")
    empty = SimpleUploadedFile("空.png", b"", content_type="image/png")
    answer = client.post(act(filed_case, "supplement"), {"words": "很长的一段话", "file": [empty]})

    assert answer.status_code == UNPROCESSABLE
    assert "很长的一段话" in answer.content.decode()
    assert fresh(filed_case).stage == Stage.SUPPLEMENT


def test_files_of_a_refused_act_are_kept(client, filed_case) -> None:
    answer = client.post(act(filed_case, "supplement"), {"words": "补上", "file": [picture()]})

    assert answer.status_code == UNPROCESSABLE
    assert filed_case.exhibits.filter(kind="other").count() == 1


def test_private_evidence_is_hidden_from_the_other_side(client, accepted_case, lender) -> None:
    client.post(
        act(accepted_case, "evidence"),
        {"file": [picture()], "kind": "chat", "title": "底线说明", "is_private": "on"},
    )
    assert "底线说明" in page_of(client, accepted_case)

    client.force_login(lender)
    theirs = client.get(reverse("counter:case", args=[accepted_case.docket])).content.decode()
    assert "底线说明" not in theirs


def test_taking_evidence_back_asks_first_and_is_only_for_ones_own(
    client, accepted_case, lender, citizen
) -> None:
    def hand_in(by, role, colour):
        file = picture(colour=colour)
        return add_exhibit(case_id=accepted_case.pk, file=file, name="a.png", by=by, role=role, title="图")

    mine, theirs = hand_in(citizen, "citizen", "#fff"), hand_in(lender, "institution", "#000")
    url = act(accepted_case, "withdraw-evidence", mine.pk)
    assert "收回" in client.get(url).content.decode()
    mine.refresh_from_db()
    assert mine.withdrawn_at is None

    client.post(url)
    client.post(url)
    mine.refresh_from_db()
    assert mine.withdrawn_at is not None
    assert client.post(act(accepted_case, "withdraw-evidence", theirs.pk)).status_code == HTTPStatus.NOT_FOUND


def test_both_sides_naming_the_same_mediator_settles_it(client, accepted_case, lender, mediator) -> None:
    factories.answer(accepted_case, lender)
    seen = client.get(act(accepted_case, "mediator")).content.decode()
    assert str(mediator) in seen
    client.post(act(accepted_case, "mediator"), {"mediator": mediator.pk})
    assert fresh(accepted_case).mediator is None

    client.force_login(lender)
    client.post(act(accepted_case, "mediator", door="counter"), {"mediator": mediator.pk})
    assert fresh(accepted_case).mediator == mediator


def test_a_disclosed_relation_is_read_and_another_mediator_asked_for(
    client, accepted_case, officer, mediator, lender
) -> None:
    factories.answer(accepted_case, lender)
    assignment.assign_mediator(case_id=accepted_case.pk, officer=officer, mediator_id=mediator.pk)
    assignment.take_on(case_id=accepted_case.pk, mediator=mediator, has_relation=True, words="曾任该公司顾问")
    assert "曾任该公司顾问" in client.get(act(accepted_case, "disclosure")).content.decode()

    nothing = client.post(act(accepted_case, "disclosure"), {})
    assert nothing.status_code == UNPROCESSABLE
    client.post(act(accepted_case, "disclosure"), {"decision": "no", "words": "不放心"})
    assert fresh(accepted_case).mediator is None


def test_more_time_needs_an_explicit_yes(client, case_in_mediation, mediator, lender) -> None:
    pauses.ask_extension(case_id=case_in_mediation.pk, mediator=mediator, days=15, reason="等总部批复")
    before = case_in_mediation.clocks.get(limit="mediation", state="running").due_on
    assert "延长 15 天" in client.get(act(case_in_mediation, "extension")).content.decode()

    for _again in range(2):
        assert (
            client.post(act(case_in_mediation, "extension"), {"decision": "yes"}).status_code
            == HTTPStatus.FOUND
        )
    assert case_in_mediation.clocks.get(limit="mediation", state="running").due_on == before
    client.force_login(lender)
    client.post(act(case_in_mediation, "extension", door="counter"), {"decision": "yes"})
    assert case_in_mediation.clocks.get(limit="mediation", state="running").due_on > before


def test_withdrawing_asks_whether_it_was_settled(client, accepted_case) -> None:
    assert client.post(act(accepted_case, "withdraw"), {"reason": "算了"}).status_code == UNPROCESSABLE
    for _again in range(2):
        client.post(act(accepted_case, "withdraw"), {"settled": "yes", "reason": "谈好了"})
    case = fresh(accepted_case)
    assert (case.stage, case.ending) == (Stage.CLOSED, Ending.SETTLED)


def test_after_a_failed_mediation_the_page_says_why_and_where_to_go(
    client, case_in_mediation, lender
) -> None:
    closing.refuse_mediation(case_id=case_in_mediation.pk, person=lender, reason="收费有合同依据")
    render_due()
    seen = page_of(client, case_in_mediation)

    assert "收费有合同依据" in seen
    assert "向有管辖权的法院起诉" in seen
    assert "调解终止通知书" in seen
    assert act(case_in_mediation, "evidence") not in seen


def test_messages_are_read_one_by_one_or_all_at_once(client, lender, accepted_case, citizen) -> None:
    mine = Notice.objects.filter(to=citizen, channel="inbox")
    first, theirs = mine.first(), Notice.objects.filter(to=lender, channel="inbox").first()
    client.get(reverse("portal:message", args=[first.pk]))
    first.refresh_from_db()
    assert first.read_at is not None
    assert client.get(reverse("portal:message", args=[theirs.pk])).status_code == HTTPStatus.NOT_FOUND

    client.post(reverse("portal:read_all"))
    assert not mine.filter(read_at__isnull=True).exists()
    assert Notice.objects.filter(to=lender, channel="inbox", read_at__isnull=True).exists()


def urls_of(case: Case, door: str) -> list[str]:
    names = [reverse(f"{door}:{name}", args=[case.docket]) for name in ("case", "agreement")]
    acts = [act(case, name, None if one.find is None else 1, door) for name, one in ACTS.items()]
    papers = [
        reverse(f"{door}:paper", args=[case.docket, 1]),
        reverse(f"{door}:paper_image", args=[case.docket, 1, 1]),
    ]
    return names + acts + papers


def test_strangers_and_other_roles_find_nothing(
    client, case_in_mediation, officer, mediator, judge, lender
) -> None:
    neighbour = factories.UserFactory.create(citizen=True)
    rival = factories.UserFactory.create(lender=True)
    everyone = {
        "portal": [neighbour, lender, officer, mediator, judge],
        "counter": [rival, neighbour, officer, judge],
    }
    for door, people in everyone.items():
        for person in people:
            client.force_login(person)
            for url in urls_of(case_in_mediation, door):
                assert client.get(url).status_code == HTTPStatus.NOT_FOUND, (person.role, url)
                assert client.post(url).status_code in {
                    HTTPStatus.NOT_FOUND,
                    HTTPStatus.METHOD_NOT_ALLOWED,
                }, (person.role, url)


def test_nobody_signed_in_is_asked_to_sign_in(client, case_in_mediation) -> None:
    client.logout()
    for url in urls_of(case_in_mediation, "portal"):
        assert client.get(url).status_code == HTTPStatus.FOUND


def test_an_act_of_another_role_is_not_there(client, case_in_mediation, lender) -> None:
    assert client.get(act(case_in_mediation, "no-such-act")).status_code == HTTPStatus.NOT_FOUND
    assert client.get(act(case_in_mediation, "answer")).status_code == HTTPStatus.NOT_FOUND
    client.force_login(lender)
    for name in ("supplement", "withdraw", "identity"):
        url = act(case_in_mediation, name, door="counter")
        assert client.post(url, {"settled": "no", "words": "x"}).status_code == HTTPStatus.NOT_FOUND
