"""The entrance: signing in, checking a message, and the files behind a link."""

import re

import pytest
from django.contrib.auth import get_user
from django.core.management import call_command
from django.test import Client
from django.urls import NoReverseMatch, reverse

from cases.models import PhoneCode, User
from cases.services import intake
from mediation.demo.people import ACCOUNTS, PASSWORD
from mediation.entrance import front
from mediation.notices import at_once, notifier, services
from tests import factories

pytestmark = pytest.mark.django_db
PHONE = "13812345678"
UNPROCESSABLE = 422
PDF = b"%PDF-1.4\n" + b"0123456789" * 20 + b"\n%%EOF\n"


@pytest.fixture
def sent(monkeypatch, tmp_path) -> notifier.FileNotifier:
    """The text messages that were sent, readable."""
    messages = notifier.FileNotifier(folder=str(tmp_path / "messages"))
    monkeypatch.setattr(at_once, "adapter", lambda name: messages)
    monkeypatch.setattr(front, "adapter", lambda name: messages)
    return messages


def code_in(sent: notifier.FileNotifier) -> str:
    found = re.search(r"\b(\d{6})\b", sent.latest(1)[0]["text"].split("】")[1])
    assert found
    return found[1]


def person_in(client: Client) -> User | None:
    class Request:
        session = client.session

    person = get_user(Request())
    return person if person.is_authenticated else None


# ---- by phone


def test_a_citizen_comes_in_by_phone_without_javascript_and_keeps_the_draft(client, sent) -> None:
    draft = intake.draft_case()
    session = client.session
    session["draft"] = str(draft.pk)
    session.save()

    first = client.post(reverse("sign_in_by_phone"), {"phone": "138 1234 5678"})
    assert first.status_code == 200
    assert PHONE[-4:] in first.content.decode()
    done = client.post(reverse("sign_in_by_phone"), {"phone": PHONE, "code": code_in(sent), "next": "/csrf/"})

    assert (done.status_code, done["Location"]) == (302, "/csrf/")
    assert person_in(client).phone == PHONE
    assert client.session["draft"] == str(draft.pk)


def test_a_wrong_phone_number_is_kept_and_explained(client, sent) -> None:
    answer = client.post(reverse("sign_in_by_phone"), {"phone": "12345"})

    assert answer.status_code == UNPROCESSABLE
    assert "12345" in answer.content.decode()
    assert "11" in answer.content.decode()
    assert not sent.latest(1)


def test_a_wrong_code_lets_nobody_in_but_may_be_mended(client, sent) -> None:
    client.post(reverse("sign_in_by_phone"), {"phone": PHONE})
    right = code_in(sent)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"

    answer = client.post(reverse("sign_in_by_phone"), {"phone": PHONE, "code": wrong})

    assert answer.status_code == UNPROCESSABLE
    assert person_in(client) is None
    again = client.post(reverse("sign_in_by_phone"), {"phone": PHONE, "code": f" {right} ", "next": "/csrf/"})
    assert again.status_code == 302


def test_after_five_wrong_tries_even_the_right_code_is_dead(client, sent) -> None:
    client.post(reverse("sign_in_by_phone"), {"phone": PHONE})
    right = code_in(sent)
    for _try in range(5):
        client.post(
            reverse("sign_in_by_phone"), {"phone": PHONE, "code": f"{(int(right) + 7) % 1_000_000:06d}"}
        )

    answer = client.post(reverse("sign_in_by_phone"), {"phone": PHONE, "code": right})

    assert answer.status_code == UNPROCESSABLE
    assert person_in(client) is None


def test_a_code_works_once(client, sent) -> None:
    client.post(reverse("sign_in_by_phone"), {"phone": PHONE})
    entry = {"phone": PHONE, "code": code_in(sent), "next": "/csrf/"}
    assert client.post(reverse("sign_in_by_phone"), entry).status_code == 302

    stranger = Client()
    assert stranger.post(reverse("sign_in_by_phone"), entry).status_code == UNPROCESSABLE
    assert person_in(stranger) is None


def test_too_many_codes_are_refused_in_words(client, sent) -> None:
    for _time in range(6):
        assert client.post(reverse("sign_in_by_phone"), {"phone": PHONE}).status_code == 200

    answer = client.post(reverse("sign_in_by_phone"), {"phone": PHONE})

    assert answer.status_code == UNPROCESSABLE
    assert PhoneCode.objects.count() == 6
    assert len(sent.latest(50)) == 6


def test_a_new_code_can_be_asked_for_on_the_second_page(client, sent) -> None:
    client.post(reverse("sign_in_by_phone"), {"phone": PHONE})
    client.post(reverse("sign_in_by_phone"), {"phone": PHONE, "code": "", "again": "1"})

    assert len(sent.latest(50)) == 2


def test_a_gateway_that_is_down_is_said_in_words(client, monkeypatch) -> None:
    monkeypatch.setattr(at_once, "adapter", lambda name: notifier.FailingNotifier())

    assert client.post(reverse("sign_in_by_phone"), {"phone": PHONE}).status_code == UNPROCESSABLE


# ---- by password


def test_staff_come_in_by_password_and_go_where_they_wanted(client, officer) -> None:
    entry = {"username": officer.username, "password": "correct horse battery", "next": "/csrf/"}

    assert client.post(reverse("sign_in"), entry)["Location"] == "/csrf/"
    assert person_in(client) == officer
    client.post(reverse("sign_out"))
    assert person_in(client) is None


def test_nobody_is_sent_to_another_site(client, officer, monkeypatch) -> None:
    monkeypatch.setattr(front, "door_of", lambda person: "/own-door/")
    entry = {
        "username": officer.username,
        "password": "correct horse battery",
        "next": "https://evil.example/",
    }

    assert client.post(reverse("sign_in"), entry)["Location"] == "/own-door/"
    assert client.get(reverse("set_text_size"), {"text": "big", "next": "//evil.example/"})["Location"] == "/"


def test_a_wrong_password_is_refused_with_the_name_kept(client, officer) -> None:
    answer = client.post(reverse("sign_in"), {"username": officer.username, "password": "wrong"})

    assert answer.status_code == UNPROCESSABLE
    assert officer.username in answer.content.decode()


def test_guessing_passwords_is_stopped(client, officer, settings) -> None:
    settings.AXES_ENABLED = True
    settings.AXES_FAILURE_LIMIT = 3
    entry = {"username": officer.username, "password": "wrong"}
    answers = [client.post(reverse("sign_in"), entry, REMOTE_ADDR="192.0.2.7").status_code for _ in range(4)]
    entry["password"] = "correct horse battery"

    assert answers[:2] == [UNPROCESSABLE] * 2
    assert answers[-1] == 429
    assert client.post(reverse("sign_in"), entry, REMOTE_ADDR="192.0.2.7").status_code == 429
    assert person_in(client) is None


def test_demo_accounts_are_shown_in_the_demo_alone(client, settings) -> None:
    account = ACCOUNTS[0]
    factories.UserFactory.create(officer=True, username=account.username)
    assert PASSWORD in client.get(reverse("sign_in")).content.decode()

    settings.USE_DEMO = False
    assert PASSWORD not in client.get(reverse("sign_in")).content.decode()


@pytest.mark.parametrize("role", list(front.DOORS))
def test_everyone_has_a_door(client, role, officer, mediator, lender, citizen, judge) -> None:
    people = {p.role: p for p in (officer, mediator, lender, citizen, judge)}
    client.force_login(people[role], backend=front.BY_PHONE)
    try:
        door = reverse(front.DOORS[role])
    except NoReverseMatch:
        pytest.skip("this door is not built yet")

    assert client.get("/")["Location"] == door


# ---- small pages


def test_the_first_page_is_for_everybody(client) -> None:
    answer = client.get("/")

    assert answer.status_code == 200
    assert reverse("sign_in_by_phone") in answer.content.decode()


def test_text_size_is_remembered(client) -> None:
    answer = client.get(reverse("set_text_size"), {"text": "big", "next": reverse("check_message")})

    assert answer["Location"] == reverse("check_message")
    assert 'class="phone big"' in client.get(reverse("check_message")).content.decode().replace("nojs ", "")


def test_a_fresh_token_is_good_for_a_form(officer) -> None:
    client = Client(enforce_csrf_checks=True)
    token = client.get(reverse("csrf_token")).json()["token"]
    entry = {"username": officer.username, "password": "wrong"}

    assert client.post(reverse("sign_in"), entry).status_code == 403
    answer = client.post(reverse("sign_in"), entry, headers={"X-CSRFToken": token})
    assert answer.status_code == UNPROCESSABLE


def test_a_stranger_can_check_a_message_and_learns_nothing_about_anybody(client, filed_case, citizen) -> None:
    notice = filed_case.notices.get(channel="sms")

    page = client.get(reverse("check_message"), {"code": notice.code.lower()}).content.decode()

    assert filed_case.centre.name in page
    assert notice.subject in page
    for secret in (citizen.name, citizen.phone, filed_case.docket, filed_case.respondent.name):
        assert secret not in page
    unknown = client.get(reverse("check_message"), {"code": "22222222"})
    assert unknown.status_code == 200
    assert filed_case.centre.name not in unknown.content.decode()


def test_demo_messages_are_there_in_the_demo_alone(client, sent, settings) -> None:
    services.send_code(phone=PHONE, code="424242")
    assert "424242" in client.get(reverse("demo_messages")).content.decode()

    settings.USE_DEMO = False
    assert client.get(reverse("demo_messages")).status_code == 404


def test_mishaps_have_pages_of_their_own(client, rf) -> None:
    assert client.get("/nowhere/").status_code == 404
    broken = front.broken(rf.get("/"))
    assert broken.status_code == 500
    assert b"/static/mediation/app.css" in broken.content
    stale = Client(enforce_csrf_checks=True).post(reverse("sign_in_by_phone"), {"phone": PHONE})
    assert stale.status_code == 403
    assert reverse("sign_in_by_phone") in stale.content.decode()


def test_the_link_in_a_message_leads_through_sign_in_and_not_to_strangers(
    client, filed_case, citizen
) -> None:
    link = reverse("open_case", args=[filed_case.pk])
    assert client.get(link)["Location"].startswith(reverse("sign_in"))

    client.force_login(factories.UserFactory.create(citizen=True), backend=front.BY_PHONE)
    assert client.get(link).status_code == 404


def test_the_checks_of_the_ports_pass(capsys) -> None:
    call_command("check")
