"""Browser to browser: by default, and as long as nobody relays."""

import pytest
from pytest_django.fixtures import Settings

from cases.errors import Refusal
from cases.models import User
from mediation.hearings import seats
from mediation.hearings.models import Hearing
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


def test_two_guests_are_enough_for_browsers_that_connect_directly(sitting: Hearing, mediator: User) -> None:
    def invite() -> None:
        secret = seats.invite_guest(hearing_id=sitting.pk, mediator=mediator, part="interpreter")
        seats.come_as_guest(secret=secret, name="译员小周")

    invite()
    invite()
    with pytest.raises(Refusal):
        invite()
