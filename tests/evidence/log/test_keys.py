"""The keys of the log: made once, sealed, and nobody signs without their keeper."""

import pytest
from pytest_django.fixtures import Settings

from evidence.errors import CannotUnseal, NeverWill
from evidence.log import signing
from evidence.log.signing import SealedKeys, current_keeper, log_signer, sm2_signer
from evidence.models import LogKey
from evidence.tlog import ed25519, sm2

pytestmark = pytest.mark.django_db


def test_keys_are_made_once_and_stay() -> None:
    first, sm3_tree = log_signer(), sm2_signer()

    assert log_signer().vkey == first.vkey
    assert sm2_signer().vkey == sm3_tree.vkey
    assert sm3_tree.vkey.name == f"{first.vkey.name}/sm3"
    assert ed25519.verify(first.vkey.public, b"text", first.sign(b"text"))
    assert sm2.verify(sm3_tree.vkey.public, b"text", sm3_tree.sign(b"text"))


def test_the_private_keys_lie_sealed(settings: Settings) -> None:
    signer = log_signer()
    sealed = bytes(LogKey.objects.get(vkey=str(signer.vkey)).sealed_handle)
    assert len(sealed) == 1 + 12 + 32 + 16

    settings.PERSONAL_DATA_KEY = "another key of another site, long enough to be one"
    with pytest.raises(CannotUnseal):
        log_signer().sign(b"text")


def test_a_private_key_does_not_open_under_another_name() -> None:
    signer, other = log_signer(), sm2_signer()
    other.row.sealed_handle = signer.row.sealed_handle
    with pytest.raises(CannotUnseal):
        other.sign(b"text")


@pytest.mark.parametrize("origin", ["court.example/调解", "Court", "a" * 65, "-a", "a b"])
def test_a_name_of_a_log_is_plain(settings: Settings, origin: str) -> None:
    settings.LOG_ORIGIN = origin
    with pytest.raises(NeverWill, match="LOG_ORIGIN"):
        log_signer()
    assert not LogKey.objects.exists()


def test_a_log_cannot_be_renamed(settings: Settings) -> None:
    settings.LOG_ORIGIN = "court.example/mediation"
    assert log_signer().vkey.name == "court.example/mediation"

    settings.LOG_ORIGIN = "court.example/another"
    with pytest.raises(NeverWill, match=r"court\.example/another"):
        log_signer()


def test_of_two_that_start_at_once_one_makes_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    first = sm2_signer()
    monkeypatch.setattr(
        signing, "_in_use", lambda kind: None
    )  # the other one looked before the key was there

    assert sm2_signer().vkey == first.vkey
    assert LogKey.objects.count() == 2


def test_without_its_keeper_the_log_does_not_sign(settings: Settings) -> None:
    settings.ADAPTERS = {**settings.ADAPTERS, "log_keys": ("evidence.log.signing.FailingKeys", {})}
    with pytest.raises(NeverWill):
        log_signer()
    assert current_keeper().problems()


def test_the_sealed_keeper_needs_nothing() -> None:
    assert SealedKeys().problems() == []
