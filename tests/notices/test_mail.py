"""E-mail: what stands in it and what never does, a real mail server, an address that its owner confirms."""

import re
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from cases.errors import Refusal
from cases.models import User
from mediation.notices import addresses, at_once, delivery
from mediation.notices.codes import new_code
from mediation.notices.mail import FileMailNotifier, SmtpNotifier, letter_of
from mediation.notices.models import Notice
from mediation.notices.notifier import FileNotifier, InboxNotifier, NeverWill, TryLater
from mediation.notices.services import mark_opened
from tests import factories
from tests.notices.gateways import MailServer, mail_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as found:
        yield found


@pytest.fixture
def outbox(settings, tmp_path, monkeypatch) -> FileMailNotifier:
    """E-mails go into a folder, as in the demo."""
    folder = FileMailNotifier(folder=str(tmp_path / "mails"))
    monkeypatch.setattr(at_once, "adapter", lambda name: folder)
    return folder


def smtp(mail: MailServer, **changes: Any) -> SmtpNotifier:
    known = {
        "host": "127.0.0.1",
        "port": mail.port,
        "sender": "调解中心 <notice@example.org>",
        "timeout_s": 2,
    }
    return SmtpNotifier(**{**known, "security": "none", **changes})


def a_letter(case=None, **changes: Any) -> Notice:
    fields = {"channel": "email", "email": "yang@example.net", "kind": "case.accept", "subject": "调解会通知"}
    return Notice.objects.create(case=case, code=new_code(), body="杨小满欠一万元", **{**fields, **changes})


def code_in(outbox: FileMailNotifier) -> str:
    return re.search(r"(?<!\d)\d{6}(?!\d)", outbox.latest(1)[0]["text"]).group()


def confirm(person: User, outbox: FileMailNotifier, address: str = "yang@example.net") -> None:
    addresses.name_address(person=person, address=address)
    addresses.confirm_address(person=person, code=code_in(outbox))


# ---- what stands in it


def test_a_letter_names_docket_act_link_and_code_and_nothing_about_anybody(
    settings, filed_case, citizen
) -> None:
    settings.SITE_URL = "https://tiaojie.example.org"
    notice = a_letter(filed_case, link=reverse("open_case", args=[filed_case.pk]) + "#answer")
    letter = letter_of(notice)

    for text in (letter.text, letter.html):
        assert filed_case.docket in text
        assert "调解会通知" in text
        assert notice.code in text
        assert f"?m={notice.code}#answer" in text
        for closed in (
            citizen.name,
            citizen.phone,
            "一万元",
            filed_case.story[:10],
            filed_case.respondent.name,
        ):
            assert closed not in text
    assert letter.subject.startswith(f"【{filed_case.centre.name}】")
    assert "<script" not in letter.html
    assert "style=" not in letter.html


def test_a_subject_cannot_smuggle_headers(filed_case) -> None:
    assert "\n" not in letter_of(a_letter(filed_case, subject="a\r\nBcc: x@example.net")).subject


def test_the_link_in_a_letter_tells_that_this_letter_was_opened(
    client, settings, filed_case, citizen
) -> None:
    settings.SITE_URL = "https://tiaojie.example.org"
    notice = a_letter(filed_case, to=citizen, link=reverse("open_case", args=[filed_case.pk]))
    client.force_login(citizen)

    client.get(f"{notice.link}?m={notice.code}")

    notice.refresh_from_db()
    assert notice.read_at
    other = a_letter(filed_case, to=factories.UserFactory.create(citizen=True))
    assert mark_opened(person=citizen, code=other.code) == 0, "one's own letters only"


# ---- a real mail server


def test_the_server_gets_plain_text_and_html_under_a_number_of_ours(mail, filed_case) -> None:
    notice = a_letter(filed_case)
    handed = smtp(mail).send(notice)

    message = message_from_bytes(mail.letters[0], policy=policy.default)
    assert message["Message-ID"] == handed.receipt
    assert notice.code in handed.receipt
    assert {part.get_content_type() for part in message.iter_parts()} == {"text/plain", "text/html"}
    assert "调解会通知" in message["Subject"]
    assert filed_case.docket in message.get_body(("plain",)).get_content()
    assert [one.lower() for one in mail.receivers] == ["rcpt to:<yang@example.net>"]


@pytest.mark.parametrize(
    ("says", "failure"),
    [
        ({"RCPT": "550 no such mailbox"}, NeverWill),
        ({"RCPT": "450 mailbox busy"}, TryLater),
        ({"END": "554 looks like spam"}, NeverWill),
        ({"END": "452 disk full"}, TryLater),
        ({"MAIL": "530 authentication required"}, TryLater),
        ({"CONNECT": "421 come back later"}, TryLater),
    ],
)
def test_the_servers_no_is_final_or_not_by_its_code(mail, says, failure) -> None:
    mail.says = says
    with pytest.raises(failure, match=next(iter(says.values()))[:3]):
        smtp(mail).send(a_letter())


def test_a_server_that_is_gone_is_asked_again_ever_more_slowly_and_the_office_hears_of_the_end(
    mail, filed_case, officer, monkeypatch
) -> None:
    Notice.objects.all().delete()
    notice = a_letter(filed_case)
    gone = {"notifier.email": smtp(mail, port=1), "notifier.inbox": InboxNotifier()}
    monkeypatch.setattr(delivery, "adapter", gone.__getitem__)
    now = timezone.now()
    for _try in range(delivery.MOST_TRIES):
        with time_machine.travel(now, tick=False):
            delivery.deliver_due()
        notice.refresh_from_db()
        now = notice.next_try_at

    assert (notice.state, notice.tries) == (Notice.State.FAILED, delivery.MOST_TRIES)
    assert Notice.objects.filter(kind="notice.fail", to=officer).count() == 1


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"host": ""}, "host"),
        ({"sender": "nobody"}, "sender"),
        ({"security": "maybe"}, "security"),
        ({"user": "u", "password": "p"}, "clear"),
        ({"user": "u", "security": "ssl"}, "together"),
    ],
)
def test_what_is_missing_is_named_before_anybody_is_written_to(mail, changes, word) -> None:
    notifier = smtp(mail, **changes)
    assert any(word in problem for problem in notifier.problems())
    with pytest.raises(TryLater):
        notifier.send(a_letter())
    assert not mail.letters


def test_manage_check_says_what_the_mail_lacks(settings, capsys, monkeypatch) -> None:
    from mediation import adapters

    broken = ("mediation.notices.mail.SmtpNotifier", {"host": "mail.example.org", "sender": ""})
    settings.ADAPTERS = {**settings.ADAPTERS, "notifier.email": broken}
    adapters._built.cache_clear()
    try:
        call_command("check")
    finally:
        adapters._built.cache_clear()
    assert "sender is not set" in capsys.readouterr().err


# ---- an address that its owner confirms


def test_nobody_is_written_to_before_the_code_was_typed(outbox, citizen, filed_case, officer) -> None:
    addresses.name_address(person=citizen, address=" yang@example.net ")
    factories.accept(filed_case, officer)
    assert not filed_case.notices.filter(channel="email").exists()

    addresses.confirm_address(person=citizen, code=code_in(outbox))

    assert addresses.address_of(citizen).address == "yang@example.net"


def test_the_confirmed_address_gets_what_the_phone_gets_until_it_is_taken_back(
    outbox, citizen, accepted_case, officer, mediator
) -> None:
    confirm(citizen, outbox)
    factories.assignment.assign_mediator(case_id=accepted_case.pk, officer=officer, mediator_id=mediator.pk)
    (letter,) = accepted_case.notices.filter(channel="email")
    assert (letter.to, letter.email) == (citizen, "yang@example.net")

    addresses.remove_address(person=citizen)
    factories.assignment.take_on(case_id=accepted_case.pk, mediator=mediator, has_relation=False)
    assert accepted_case.notices.filter(channel="email").count() == 1


def test_a_wrong_or_old_code_confirms_nothing(outbox, citizen) -> None:
    addresses.name_address(person=citizen, address="yang@example.net")
    right = code_in(outbox)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    with pytest.raises(Refusal, match=r"\w"):
        addresses.confirm_address(person=citizen, code=wrong)
    with time_machine.travel(timezone.now() + timedelta(hours=1)), pytest.raises(Refusal):
        addresses.confirm_address(person=citizen, code=right)
    assert addresses.address_of(citizen) is None


def test_guessing_ends_after_five_tries(outbox, citizen) -> None:
    addresses.name_address(person=citizen, address="yang@example.net")
    right = code_in(outbox)
    for _try in range(addresses.TRIES_A_CODE):
        with pytest.raises(Refusal):
            addresses.confirm_address(person=citizen, code="x")
    with pytest.raises(Refusal):
        addresses.confirm_address(person=citizen, code=right)


def test_the_demo_shows_text_messages_and_letters_on_one_page(client, tmp_path, monkeypatch, citizen) -> None:
    from mediation.entrance import front

    texts = FileNotifier(folder=str(tmp_path / "texts"))
    letters = FileMailNotifier(folder=str(tmp_path / "letters"))
    monkeypatch.setattr(front, "adapter", {"notifier.sms": texts, "notifier.email": letters}.__getitem__)
    texts.send(a_letter(channel="sms", phone="13800000001"))
    letters.send(a_letter())

    seen = client.get(reverse("demo_messages")).content.decode()
    assert "13800000001" in seen
    assert "yang@example.net" in seen


def test_a_code_belongs_to_the_person_who_asked_for_it(outbox, citizen, lender) -> None:
    addresses.name_address(person=citizen, address="yang@example.net")
    with pytest.raises(Refusal):
        addresses.confirm_address(person=lender, code=code_in(outbox))


def test_nobody_is_flooded_with_codes(outbox, citizen) -> None:
    for number in range(addresses.CODES_A_DAY):
        addresses.name_address(person=citizen, address=f"a{number}@example.net")
    with pytest.raises(Refusal):
        addresses.name_address(person=citizen, address="b@example.net")
    assert len(outbox.latest(99)) == addresses.CODES_A_DAY


@pytest.mark.parametrize(
    "typed", ["", "yang", "yang@", "a@b@c.cn", "x" * 250 + "@example.net", "a@example.net\nBcc: b@c.cn"]
)
def test_what_is_no_address_is_refused_in_words(citizen, typed) -> None:
    with pytest.raises(Refusal):
        addresses.name_address(person=citizen, address=typed)


def test_a_new_address_takes_the_place_of_the_old_one(outbox, citizen) -> None:
    confirm(citizen, outbox)
    confirm(citizen, outbox, "neu@example.net")
    assert addresses.confirmed_addresses([citizen]) == {citizen.pk: "neu@example.net"}
