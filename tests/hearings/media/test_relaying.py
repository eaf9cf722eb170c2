"""Rooms at a real Janus follow the seats: who is placed where, and nobody anywhere else."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from pytest_django.fixtures import Settings

from cases.errors import Refusal
from cases.models import User
from mediation.hearings.media import standby
from mediation.hearings.media.janus import Janus, Room
from mediation.hearings.media.stay import Stay
from mediation.hearings.media.wire import Refused, wired
from mediation.hearings.models import Caucus, Hearing
from mediation.hearings.room import groups, seats
from tests.hearings.wire import RoomPage
from tests.servers import janus as program

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.servers,
    pytest.mark.skipif(not program.PROGRAM, reason=program.MISSING),
]
WITHIN_S = 5


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[program.Janus]:
    """A Janus of this file's own."""
    with program.Janus(tmp_path_factory.mktemp("janus")) as janus:
        yield janus


@pytest.fixture
def janus(running: program.Janus, settings: Settings) -> Janus:
    """The port `media` points to it."""
    told = {"url": running.url, "secret": program.SECRET, "room_key": program.ROOM_KEY}
    settings.ADAPTERS = {**settings.ADAPTERS, "media": ("mediation.hearings.media.janus.Janus", told)}
    return Janus(**told)


async def held(janus: Janus, room: Room) -> set[int] | None:
    """Who is in the room at Janus; None where there is no such room."""
    async with wired(janus.url, janus.secret) as wire:
        try:
            return await janus.people_in(wire, await wire.attach(), room)
        except Refused:
            return None


async def becomes(janus: Janus, room: Room, people: set[int] | None) -> None:
    """Wait until exactly these are in the room."""
    for _look in range(WITHIN_S * 20):
        found = await held(janus, room)
        if found == people:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{found} instead of {people}")


async def caucus_of(hearing: Hearing) -> Room:
    caucus = await Caucus.objects.filter(hearing=hearing, ended_at=None).aget()
    return Room(hearing.pk, caucus.pk)


async def test_private_talk_has_a_room_of_its_own_which_ends_with_it(
    janus: Janus, sitting: Hearing, mediator: User, citizen: User, lender: User
) -> None:
    everyone = Room(sitting.pk, 0)
    async with AsyncExitStack() as stack:
        desk, phone, counter = [
            await stack.enter_async_context(RoomPage(sitting, person))
            for person in (mediator, citizen, lender)
        ]
        for page in (desk, phone, counter):
            assert (await page.until("media", go=True))["at"]
        await becomes(janus, everyone, {mediator.pk, citizen.pk, lender.pk})

        await desk.says(type="begin-caucus", side="claimant")
        await counter.until("room", place=None)
        assert lender.pk not in (await held(janus, everyone) or set()), "out before its page is told"
        await phone.until("room", place="claimant")
        private = await caucus_of(sitting)
        await becomes(janus, private, {mediator.pk, citizen.pk})
        await becomes(janus, everyone, None)

        await desk.says(type="end-caucus")
        await becomes(janus, everyone, {mediator.pk, citizen.pk, lender.pk})
        assert await held(janus, private) is None
    await becomes(janus, everyone, None)


async def test_who_waits_is_in_no_room_and_who_is_sent_out_leaves_it(
    janus: Janus, hearing: Hearing, mediator: User, citizen: User
) -> None:
    everyone = Room(hearing.pk, 0)
    async with RoomPage(hearing, mediator) as desk, RoomPage(hearing, citizen) as phone:
        await becomes(janus, everyone, {mediator.pk})
        await phone.says(type="media", at="", publish="v=0")
        await phone.quiet()
        assert await held(janus, everyone) == {mediator.pk}
        await desk.says(type="admit", person=citizen.pk)
        await becomes(janus, everyone, {mediator.pk, citizen.pk})
        await desk.says(type="send-out", person=citizen.pk)
        await becomes(janus, everyone, {mediator.pk})


async def test_somebody_whose_page_does_not_leave_is_put_out_by_the_others(
    janus: Janus, sitting: Hearing, mediator: User, citizen: User, lender: User
) -> None:
    """As when the news of it never reaches the program that holds their page."""
    everyone = Room(sitting.pk, 0)
    async with (
        RoomPage(sitting, mediator) as desk,
        RoomPage(sitting, citizen),
        wired(janus.url, janus.secret) as stuck,
    ):
        await becomes(janus, everyone, {mediator.pk, citizen.pk})
        await janus.join(stuck, await stuck.attach(), everyone, lender.pk)
        await desk.says(type="send-out", person=lender.pk)
        await becomes(janus, everyone, {mediator.pk, citizen.pk})


async def test_who_is_sent_out_of_a_private_talk_does_not_end_it(
    janus: Janus, sitting: Hearing, mediator: User, citizen: User
) -> None:
    async with RoomPage(sitting, mediator) as desk, RoomPage(sitting, citizen) as phone:
        await becomes(janus, Room(sitting.pk, 0), {mediator.pk, citizen.pk})
        await desk.says(type="begin-caucus", side="claimant")
        await phone.until("room", place="claimant")
        private = await caucus_of(sitting)
        await becomes(janus, private, {mediator.pk, citizen.pk})
        await desk.quiet()
        await desk.says(type="send-out", person=citizen.pk)
        await becomes(janus, private, {mediator.pk})
        assert "media" not in [one["type"] for one in await desk.quiet()], "its own sound goes on"


async def test_a_room_that_is_entered_too_late_is_left_again(
    janus: Janus, sitting: Hearing, citizen: User
) -> None:
    """Somebody is sent out while their page is on its way in, and no news of it arrives."""
    told: list[dict[str, Any]] = []
    lost = asyncio.Event()

    async def say(message: dict[str, Any]) -> None:
        told.append(message)

    async def nobody(caucus: int) -> frozenset[int]:
        return frozenset()

    async def end(at: str, gone: bool) -> None:
        assert not gone
        lost.set()

    stay = Stay(
        janus=janus, room=Room(sitting.pk, 0), person=citizen.pk, people=frozenset(), say=say, who=nobody, lost=end
    )  # fmt: skip
    stay.begin()
    await asyncio.wait_for(lost.wait(), WITHIN_S)
    assert told == [], "nothing was told of the room"
    await stay.end(over=False)
    for _look in range(WITHIN_S * 20):
        if not await held(janus, Room(sitting.pk, 0)):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("still in the room at Janus")


async def test_a_page_that_is_opened_anew_takes_the_place_of_the_older(
    janus: Janus, sitting: Hearing, citizen: User
) -> None:
    async with RoomPage(sitting, citizen) as old:
        await old.until("media", go=True)
        async with RoomPage(sitting, citizen) as new:
            await old.until("replaced")
            await new.until("media", go=True)
            await becomes(janus, Room(sitting.pk, 0), {citizen.pk})


async def test_a_room_opens_to_nobody_but_us(janus: Janus, sitting: Hearing, citizen: User) -> None:
    everyone = Room(sitting.pk, 0)
    async with RoomPage(sitting, citizen) as page:
        await page.until("media", go=True)
        async with wired(janus.url, janus.secret) as wire:
            handle = await wire.attach()
            for ask in (
                {"request": "join", "ptype": "publisher", "room": everyone.number},
                {"request": "join", "ptype": "subscriber", "room": everyone.number, "pin": everyone.pin,
                 "streams": [{"feed": citizen.pk}]},
                {"request": "kick", "room": everyone.number, "id": citizen.pk, "secret": "guessed"},
                {"request": "create", "room": 5, "admin_key": "guessed"},
            ):  # fmt: skip
                with pytest.raises(Refused):
                    await wire.message(handle, **ask)


async def test_what_a_page_makes_up_harms_nobody(janus: Janus, sitting: Hearing, citizen: User) -> None:
    async with RoomPage(sitting, citizen) as page:
        at = (await page.until("media", go=True))["at"]
        made_up: list[dict[str, Any]] = [
            {"publish": "v=0"}, {"publish": 5}, {"answer": "?"}, {"candidate": {"candidate": 7}}, {"candidate": []},
            {"again": "yes"}, {},
        ]  # fmt: skip
        for odd in made_up:
            await page.says(type="media", at=at, **odd)
        await page.says(type="ping", at=1)
        await page.until("pong")
        await becomes(janus, Room(sitting.pk, 0), {citizen.pk})
        await page.says(type="media", at=at, again=True)
        assert (await page.until("media", go=True))["at"] != at


async def test_without_janus_browsers_connect_directly_until_it_is_back(
    running: program.Janus, janus: Janus, sitting: Hearing, mediator: User, citizen: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(standby, "may_try", lambda: True)
    async with RoomPage(sitting, mediator) as desk, RoomPage(sitting, citizen) as phone:
        for page in (desk, phone):
            await page.until("media", go=True)
        await sync_to_async(running.stop)()
        for page in (desk, phone):
            await page.until("room", media="fallback")
        await phone.says(type="signal", to=mediator.pk, data={"candidate": {}})
        await desk.until("signal")
        await sync_to_async(running.start)()
        await get_channel_layer().group_send(groups.open_pages(sitting.pk), {"type": "room.changed"})
        for page in (desk, phone):
            await page.until("room", media="relayed")
        await becomes(janus, Room(sitting.pk, 0), {mediator.pk, citizen.pk})


def test_more_guests_find_room_where_sound_is_relayed(janus: Janus, sitting: Hearing, mediator: User) -> None:
    def invite() -> None:
        secret = seats.invite_guest(hearing_id=sitting.pk, mediator=mediator, part="interpreter")
        seats.come_as_guest(secret=secret, name="译员小周")

    for _guest in range(Janus.most_guests):
        invite()
    with pytest.raises(Refusal):
        invite()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, None),
        ({"url": "http://127.0.0.1:8088"}, "JANUS_URL"),
        ({"url": "ws://127.0.0.1:9"}, "ws://127.0.0.1:9"),
        ({"secret": ""}, "JANUS_SECRET"),
        ({"secret": "wrong"}, "api_secret"),
        ({"room_key": "wrong"}, "admin_key"),
    ],
)
def test_what_is_missing_is_said(change: dict[str, str], said: str | None, running: program.Janus) -> None:
    told = {"url": running.url, "secret": program.SECRET, "room_key": program.ROOM_KEY, **change}
    problems: Callable[[], list[str]] = Janus(**told).problems
    if said is None:
        assert problems() == []
    else:
        [problem] = problems()
        assert said in problem
