"""A relay of sound (TURN) takes the password that the site gives a page, for six hours; proved with a real coturn."""

import subprocess
from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from mediation.hearings.room import connecting
from tests.servers.coturn import ADDRESS, MISSING, PROGRAM, Coturn

pytestmark = pytest.mark.skipif(not PROGRAM, reason=MISSING)
ONLY_ONE, OTHER_SIDE_TOO = "1", "-y"


@pytest.fixture(scope="module")
def coturn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coturn]:
    """Running."""
    with Coturn(tmp_path_factory.mktemp("coturn")) as coturn:
        yield coturn


@pytest.fixture(autouse=True)
def _told(coturn: Coturn, settings: Settings) -> None:
    settings.TURN_URLS, settings.TURN_SECRET = (
        [coturn.environment["TURN_URLS"]],
        coturn.environment["TURN_SECRET"],
    )


def relays(coturn: Coturn) -> bool:
    """Whether messages pass through it with what a page of person 7 is given now."""
    (given,) = connecting.ice_servers(7)
    done = subprocess.run(
        ["turnutils_uclient", OTHER_SIDE_TOO, "-c", "-n", "2", "-m", ONLY_ONE, "-p", str(coturn.port),
         "-u", given["username"], "-w", given["credential"], ADDRESS],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return done.returncode == 0 and "Total lost packets 0 " in done.stdout


def test_the_relay_takes_what_a_page_is_given(coturn: Coturn) -> None:
    assert relays(coturn)


def test_what_has_run_out_is_taken_no_more(coturn: Coturn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "LASTS_S", -5)
    assert not relays(coturn)


def test_another_secret_opens_nothing(coturn: Coturn, settings: Settings) -> None:
    settings.TURN_SECRET = "guessed"
    assert not relays(coturn)


def test_the_secret_stays_here_and_nobody_gets_a_password_without_one(settings: Settings) -> None:
    (given,) = connecting.ice_servers(7)
    assert settings.TURN_SECRET not in str(given)
    settings.TURN_SECRET = ""
    assert connecting.ice_servers(7) == []
