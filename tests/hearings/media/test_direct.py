"""Browser to browser: by default, and as long as nobody relays."""

import pytest
from django.core.checks import run_checks
from pytest_django.fixtures import Settings

from cases.errors import Refusal
from cases.models import User
from mediation.hearings.models import Hearing
from mediation.hearings.room import connecting, seats
from tests.hearings.wire import RoomPage

pytestmark = pytest.mark.django_db(transaction=True)
NOBODY_THERE = "ws://127.0.0.1:9"


async def test_without_a_setting_browsers_connect_directly(sitting: Hearing, citizen: User) -> None:
    async with RoomPage(sitting, citizen) as page:
        assert (await page.until("room"))["media"] == "direct"
        await page.says(type="media", at="x", publish="v=0")
        assert "media" not in [one["type"] for one in await page.quiet()]


async def test_where_the_relay_never_answers_everybody_is_told_and_connects_directly(
    sitting: Hearing, mediator: User, citizen: User, settings: Settings
) -> None:
    told = {"url": NOBODY_THERE, "secret": "s", "room_key": "k"}
    settings.ADAPTERS = {**settings.ADAPTERS, "media": ("mediation.hearings.media.janus.Janus", told)}
    async with RoomPage(sitting, mediator) as desk:
        await desk.until("room", media="fallback")
        async with RoomPage(sitting, citizen) as phone:
            assert (await phone.until("room"))["media"] == "fallback"
            await phone.says(type="signal", to=mediator.pk, data={"candidate": {}})
            await desk.until("signal")


@pytest.mark.parametrize(
    ("stun", "turn", "secret", "said"),
    [
        ([], [], "", None),
        (["stun:a.example:3478"], ["turns:a.example:5349?transport=tcp", "turn:[::1]:3478"], "s", None),
        ([], ["turn:a.example"], "", "TURN_SECRET"),
        ([], [], "s", "TURN_URLS"),
        (["https://a.example"], [], "", "https://a.example"),
        ([], ["turn://a.example:3478"], "s", "turn://a.example:3478"),
        (["stun:a.example?transport=udp"], [], "", "stun:turn.example.org"),
    ],
)
def test_what_is_set_by_half_is_said_and_no_browser_stumbles_over_it(
    stun: list[str], turn: list[str], secret: str, said: str | None, settings: Settings
) -> None:
    settings.STUN_URLS, settings.TURN_URLS, settings.TURN_SECRET = stun, turn, secret
    found = [str(warning.msg) for warning in run_checks(tags=["connecting"])]
    told = [url for server in connecting.ice_servers(7) for url in server["urls"]]
    if said is None:
        assert (found, told) == ([], [*stun, *turn])
    else:
        assert said in " ".join(found)
        assert told == []


def test_two_guests_are_enough_for_browsers_that_connect_directly(sitting: Hearing, mediator: User) -> None:
    def invite() -> None:
        secret = seats.invite_guest(hearing_id=sitting.pk, mediator=mediator, part="interpreter")
        seats.come_as_guest(secret=secret, name="译员小周")

    invite()
    invite()
    with pytest.raises(Refusal):
        invite()
