import pytest
from django.core.exceptions import FieldError
from django.db import connection, transaction
from pytest_django.fixtures import Settings

from evidence.errors import CannotUnseal
from evidence.models import Deposit
from evidence.sealing import SealedTextField, blind_index, seal, unseal
from tests.evidence import samples
from tests.evidence.conftest import Take


def test_what_is_sealed_opens_in_its_own_place_only() -> None:
    sealed = seal("赵某".encode(), about="party.name")

    assert unseal(sealed, about="party.name").decode() == "赵某"
    with pytest.raises(CannotUnseal):
        unseal(sealed, about="party.phone")


def test_two_seals_of_one_value_differ() -> None:
    assert seal(b"x", about="a") != seal(b"x", about="a")


@pytest.mark.parametrize("place", [0, 1, 13, -1])
def test_one_changed_byte_keeps_it_closed(place: int) -> None:
    sealed = bytearray(seal(b"plain", about="a"))
    sealed[place] ^= 1

    with pytest.raises(CannotUnseal):
        unseal(bytes(sealed), about="a")


def test_another_key_does_not_open_it(settings: Settings) -> None:
    sealed = seal(b"plain", about="a")
    settings.PERSONAL_DATA_KEY = "quite another secret"

    with pytest.raises(CannotUnseal):
        unseal(sealed, about="a")


def test_a_phone_is_found_by_its_blind_index_for_one_purpose() -> None:
    assert blind_index("13900000000", purpose="phone") == blind_index("13900000000", purpose="phone")
    assert blind_index("13900000000", purpose="phone") != blind_index("13900000000", purpose="reset")


def test_a_sealed_column_shows_nothing_to_the_database(take: Take) -> None:
    deposit = take("赵某的合同.pdf", samples.PDF)

    with connection.cursor() as cursor:
        cursor.execute("SELECT name, captured FROM evidence_deposit")
        name, captured = (bytes(value) for value in cursor.fetchone())
    assert "赵某".encode() not in name
    assert b"portal" not in captured
    found = Deposit.objects.get(pk=deposit.pk)
    assert (found.name, found.captured["where"]) == ("赵某的合同.pdf", "portal")


def test_a_sealed_column_cannot_be_asked_for_a_value(db: None) -> None:
    with pytest.raises(FieldError), transaction.atomic():
        Deposit.objects.filter(name="合同.pdf").exists()


def test_a_sealed_text_may_be_left_empty() -> None:
    field = SealedTextField(blank=True)
    field.set_attributes_from_name("note")

    assert field.get_default() == ""
    assert field.clean("", None) == ""
