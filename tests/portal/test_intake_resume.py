"""Keeping an application, taking it up on another phone, and being helped."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Case
from cases.services.intake import drafts_of
from evidence import ledger
from evidence.models import Entry
from mediation.hearings.models import Recording
from mediation.portal import resume_views
from mediation.portal.drafts import KEPT
from mediation.portal.old_drafts import erase_old_drafts
from tests.portal.intake_samples import ANSWERS, PHONE, answer, answer_all, draft, photo, question, sound

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch) -> list[tuple[str, str]]:
    """Every code that went out: (phone, code)."""
    codes: list[tuple[str, str]] = []
    monkeypatch.setattr(resume_views, "send_code", lambda phone, code: codes.append((phone, code)))
    return codes


def come_back(client, sent):
    client.post(reverse("portal:resume"), {"phone": PHONE})
    return client.post(reverse("portal:resume"), {"phone": PHONE, "code": sent[-1][1]})


def test_the_same_phone_goes_on_by_itself(client, centre):
    answer(client, "who")
    answer(client, "trouble")

    page = client.get(reverse("portal:start"))

    assert page.context["next_url"] == question("money")
    assert client.get(question("who")).context["form"]["respondent"].value() == "甲消费金融公司"
    assert client.session.get_expiry_age() > 89 * 24 * 3600


def test_another_phone_gets_the_draft_with_number_and_code(client, centre, sent):
    answer(client, "who")
    answer(client, "trouble")
    kept = client.post(reverse("portal:keep"), {"phone": "138-0013-8000"})
    assert "138 0013 8000" in kept.content.decode()
    other = Client()

    assert come_back(other, sent).url == reverse("portal:choose")
    found = other.get(reverse("portal:choose")).context["found"]
    assert found == [draft(client)]
    response = other.post(reverse("portal:go_on"), {"case": found[0].pk})

    assert response.url == question("money")
    assert other.get(question("trouble")).context["form"]["kind"].value() == "high_rate"


def test_a_wrong_code_opens_nothing(client, centre, sent):
    answer(client, "who")
    client.post(reverse("portal:keep"), {"phone": PHONE})
    other = Client()
    other.post(reverse("portal:resume"), {"phone": PHONE})
    wrong = "000000" if sent[-1][1] != "000000" else "111111"

    response = other.post(reverse("portal:resume"), {"phone": PHONE, "code": wrong})

    assert response.status_code == 422
    assert other.get(reverse("portal:choose")).url == reverse("portal:resume")
    assert other.post(reverse("portal:go_on"), {"case": draft(client).pk}).url == reverse("portal:start")
    assert "draft" not in other.session


def test_a_number_without_drafts_is_told_so_only_after_the_code(client, centre, sent):
    page = client.post(reverse("portal:resume"), {"phone": PHONE})
    assert page.status_code == 200

    come_back(client, sent)
    assert client.get(reverse("portal:choose")).context["found"] == []


def test_a_filed_case_is_no_draft_any_more(client, centre, sent):
    case = answer_all(client)
    assert drafts_of(PHONE) == [case]
    client.post(reverse("portal:file"), {"case": case.pk})
    other = Client()
    come_back(other, sent)

    assert other.get(reverse("portal:choose")).context["found"] == []


def test_an_answer_rescued_from_an_ended_session_joins_the_draft_taken_up(client, centre, sent):
    answer(client, "who")
    client.post(reverse("portal:keep"), {"phone": PHONE})
    first = draft(client)
    other = Client()
    other.post(question("money"), ANSWERS["money"])
    come_back(other, sent)
    other.post(reverse("portal:go_on"), {"case": first.pk})

    first.refresh_from_db()
    assert (first.answers["respondent"], first.answers["amount_fen"]) == ("甲消费金融公司", 350_000)


def test_codes_are_not_sent_without_end(client, centre, sent):
    for _time in range(12):
        response = client.post(reverse("portal:resume"), {"phone": PHONE})

    assert response.status_code == 422
    assert len(sent) <= 6


def test_several_drafts_of_one_phone_are_all_listed(client, centre):
    answer(client, "who")
    first = draft(client)
    client.post(reverse("portal:begin"))
    answer(client, "who", respondent="乙小额贷款公司")

    assert client.get(reverse("portal:start")).context["others"] == [first]
    client.post(reverse("portal:go_on"), {"case": first.pk})
    assert draft(client) == first


def test_leaving_for_later_keeps_the_half_written_page(client, centre):
    response = client.post(question("who"), {"respondent": "", "licence": "bank", "later": "1"})

    assert response.url == reverse("portal:keep")
    assert client.get(question("who")).context["form"]["licence"].value() == "bank"


def test_a_helper_far_away_works_under_their_own_name(client, centre):
    answer(client, "who")
    page = client.post(reverse("portal:helper"), {"invite": "1"})
    path = page.context["link"].removeprefix("http://testserver")
    friend = Client()
    told = {"code": page.context["code"], "helper_name": "王大姐", "helper_relation": "工友"}

    wrong = "0000" if told["code"] != "0000" else "1111"
    assert friend.post(path, {**told, "code": wrong}).status_code == 422
    assert friend.post(path, told).url == question("trouble")
    answer(friend, "trouble")

    case = draft(client)
    assert case.answers["helper"] == "王大姐，工友"
    assert {"by": "王大姐，工友", "question": "trouble"}.items() <= case.answers["acts"][-1].items()


def test_where_somebody_helped_the_applicant_confirms_before_filing(client, centre):
    client.post(reverse("portal:helper"), {"helper_name": "王大姐", "helper_relation": "工友"})
    case = answer_all(client, contact={"helper_name": "王大姐", "helper_relation": "工友"})

    refused = client.post(reverse("portal:file"), {"case": case.pk})
    assert refused.status_code == 422
    assert client.post(reverse("portal:file"), {"case": case.pk, "confirmed": "on"}).status_code == 302
    case.refresh_from_db()
    assert case.claimant.helper == "王大姐，工友"


@pytest.mark.parametrize("tries", [6])
def test_a_code_is_not_guessed(client, centre, tries):
    answer(client, "who")
    page = client.post(reverse("portal:helper"), {"invite": "1"})
    path = page.context["link"].removeprefix("http://testserver")
    friend = Client()
    wrong = "0000" if page.context["code"] != "0000" else "1111"
    for _time in range(tries):
        friend.post(path, {"code": wrong, "helper_name": "某", "helper_relation": "某"})

    response = friend.post(path, {"code": page.context["code"], "helper_name": "某", "helper_relation": "某"})
    assert response.status_code == 422
    assert "draft" not in friend.session


def test_a_made_up_link_leads_nowhere(client, centre):
    response = client.post(
        reverse("portal:invited", args=["nonsense"]),
        {"code": "1234", "helper_name": "某", "helper_relation": "某"},
    )

    assert response.status_code == 422


@pytest.mark.parametrize("name", ["start", "resume", "helper", "privacy", "dialect"])
def test_pages_around_the_questions_need_no_draft(client, centre, name):
    assert client.get(reverse(f"portal:{name}")).status_code == 200


def test_after_ninety_days_a_draft_is_erased_with_its_files(client, centre):
    answer(client, "who")
    client.post(question("evidence"), {"file": [photo()]})
    client.post(question("story"), {"recording": sound(), "story": ""})
    old = draft(client)
    stored = [exhibit.deposit.stored for exhibit in old.exhibits.all()]
    Case.objects.update(saved_at=timezone.now() - KEPT - timedelta(days=1))
    answer(Client(), "who", respondent="新的一件")

    assert erase_old_drafts() == 1

    assert [case.answers["respondent"] for case in Case.objects.all()] == ["新的一件"]
    assert not Recording.objects.exists()
    assert len(stored) == 2
    assert ledger.first_break(old.chain) is None
    assert all(entry.body is None for entry in Entry.objects.filter(chain=old.chain).exclude(event="erasure"))
