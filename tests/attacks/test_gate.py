"""Knocking too often, and at addresses that nobody has."""

import pytest
from django.test import Client
from django.urls import reverse

from cases.errors import Refusal
from cases.models import PhoneCode
from cases.services import people
from mediation.entrance import gate
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
WRONG = {"username": "nobody", "password": "not the password"}


def ask_for_code(client: Client, number: int) -> int:
    phone = f"139{number:08d}"
    return client.post(reverse("sign_in_by_phone"), {"phone": phone}).status_code


def test_one_address_cannot_have_codes_sent_to_half_the_town(monkeypatch) -> None:
    monkeypatch.setitem(gate.MOST_AN_HOUR, "codes", 5)
    answers = [ask_for_code(Client(), number) for number in range(7)]

    assert answers == [200] * 5 + [422] * 2
    assert PhoneCode.objects.count() == 5


def test_a_new_session_does_not_help(monkeypatch) -> None:
    monkeypatch.setitem(gate.MOST_AN_HOUR, "codes", 2)
    for number in range(2):
        Client().post(reverse("portal:resume"), {"phone": f"139{number:08d}"})
    assert ask_for_code(Client(), 9) == 422


def test_another_address_is_not_shut_out(monkeypatch) -> None:
    monkeypatch.setitem(gate.MOST_AN_HOUR, "codes", 1)
    for number in range(3):
        ask_for_code(Client(), number)
    assert ask_for_code(Client(REMOTE_ADDR="10.1.2.3"), 9) == 200


def test_one_password_tried_on_every_name_is_noticed(monkeypatch) -> None:
    monkeypatch.setitem(gate.MOST_AN_HOUR, "wrong passwords", 3)
    UserFactory.create(officer=True, username="zhou")
    names = ["a", "b", "c", "d"]
    for name in names:
        assert Client().post(reverse("sign_in"), {**WRONG, "username": name}).status_code == 422

    right = {"username": "zhou", "password": "correct horse battery"}
    assert Client().post(reverse("sign_in"), right).status_code == 429
    assert Client().get(reverse("sign_in")).status_code == 200


def test_a_phone_gets_only_so_many_codes_a_day(time_machine) -> None:
    sent = 0
    for hour in range(20):
        time_machine.move_to(f"2026-05-11T{hour:02d}:30:00+08:00")
        try:
            people.make_code(phone="13800000001")
            sent += 1
        except Refusal:
            continue
    assert sent == people.CODES_A_DAY


@pytest.mark.parametrize("written", ["138٠٠٠٠٠٠٠١", "१3800000001", "13800000001\n9"])
def test_other_digits_do_not_make_another_phone(written) -> None:
    with pytest.raises(Refusal):
        people.clean_phone(written)


def test_other_digits_make_no_identity_number() -> None:
    with pytest.raises(Refusal):
        people.clean_id_number("1101051949123100٢X")


@pytest.mark.parametrize("path", ["/case/%00/", "/api/cases/%00/", "/desk/?q=%00", "/apply/?x=%00"])
def test_an_address_with_a_nul_in_it_is_nowhere(citizen, path) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(citizen)
    assert client.get(path).status_code == 404


def test_without_a_cache_everybody_comes_in(rf, settings) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1",
        }
    }
    request = rf.get("/")
    gate.count_or_refuse(request, "codes")
    assert not gate.is_too_often(request, "codes")
