"""The room socket: waiting until let in, consent, private talks, and words that reach nobody else."""

import json
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.layers import get_channel_layer
from django.contrib.auth.models import AnonymousUser

from cases.models import Case, User
from cases.roles import Role, Side
from evidence.models import Entry
from mediation.hearings import services
from mediation.hearings.models import Hearing
from mediation.hearings.room import groups, seats
from mediation.hearings.room.consumers import BURST, LARGEST_MESSAGE, MOST_BAD
from mediation.hearings.room.places import place_of, seating_of
from tests.factories import UserFactory
from tests.hearings.wire import RoomPage, person_in

pytestmark = pytest.mark.django_db(transaction=True)
SECRET_WORDS = "底线是八百元"


@pytest.fixture
def interpreter(sitting: Hearing, mediator: User) -> User:
    """Invited for everyone, come, agreed, let in."""
    secret = seats.invite_guest(hearing_id=sitting.pk, mediator=mediator, part="interpreter")
    seat = seats.come_as_guest(secret=secret, name="译员小周")
    services.answer_recording(hearing_id=sitting.pk, person=seat.person, agrees=True)
    seats.admit(hearing_id=sitting.pk, mediator=mediator, person_id=seat.person_id)
    return seat.person


def events(hearing: Hearing) -> list[str]:
    return list(
        Entry.objects.filter(chain=str(hearing.case_id)).order_by("seq").values_list("event", flat=True)
    )


# ---- who may come


async def test_only_who_has_a_seat_comes_in(hearing: Hearing, citizen: User) -> None:
    stranger = await sync_to_async(UserFactory.create)(citizen=True)
    other_mediator = await sync_to_async(UserFactory.create)(mediator=True)
    for person in (AnonymousUser(), stranger, other_mediator):
        assert not await RoomPage(hearing, person).opens()
    async with RoomPage(hearing, citizen) as page:
        assert (await page.until("room"))["me"] == citizen.pk


async def test_a_page_of_another_site_is_turned_away(hearing: Hearing) -> None:
    from mediation.asgi import application

    answers = {}
    for origin in (b"http://localhost", b"https://elsewhere.example"):
        scope = {
            "type": "websocket", "path": f"/ws/hearings/{hearing.pk}/", "headers": [(b"origin", origin)],
            "query_string": b"", "subprotocols": [],
        }  # fmt: skip
        wire = ApplicationCommunicator(application, scope)
        await wire.send_input({"type": "websocket.connect"})
        answers[origin] = (await wire.receive_output(5))["type"]
        await wire.wait()
    assert set(answers.values()) == {"websocket.close"}  # the first for want of a session


async def test_the_mediator_lets_people_in_and_their_state_is_seen(
    hearing: Hearing, mediator: User, citizen: User
) -> None:
    async with RoomPage(hearing, mediator) as desk, RoomPage(hearing, citizen) as phone:
        waiting = await phone.until("room")
        assert (waiting["admitted"], waiting["place"], waiting["peers"]) == (False, None, [])
        assert {one["mediator"] or one["me"] for one in waiting["people"]} == {True}, (
            "nobody else is shown yet"
        )
        await desk.says(type="admit", person=citizen.pk)
        inside = await phone.until("room", admitted=True)
        while mediator.pk not in inside["peers"]:
            inside = await phone.until("room")
        assert inside["place"] == ""
        seen = await desk.until("room", peers=[citizen.pk])
        assert person_in(seen, citizen)["line"]
    assert "hearing.admit" in await sync_to_async(events)(hearing)


async def test_nobody_but_the_mediator_lets_in_checks_or_begins_private_talk(
    hearing: Hearing, citizen: User, lender: User
) -> None:
    async with RoomPage(hearing, citizen) as phone:
        await phone.until("room")
        for message in (
            {"type": "admit", "person": citizen.pk},
            {"type": "send-out", "person": lender.pk},
            {"type": "check-identity", "person": citizen.pk},
            {"type": "begin-caucus", "side": "claimant"},
            {"type": "end-caucus"},
            {"type": "invite", "part": "helper", "side": "claimant"},
        ):
            await phone.says(**message)
            refused = await phone.until("no")
            assert refused["of"] == message["type"]
            assert refused["why"]
    assert await sync_to_async(place_of)(hearing_id=hearing.pk, person_id=citizen.pk) is None


async def test_the_newest_page_of_a_person_counts(hearing: Hearing, citizen: User) -> None:
    async with RoomPage(hearing, citizen) as old, RoomPage(hearing, citizen) as new:
        await old.until("replaced")
        assert (await old.next())["type"] == "closed"
        assert old.code == 4001
        assert (await new.until("room"))["me"] == citizen.pk


async def test_who_loses_the_case_loses_the_room(sitting: Hearing, mediator: User) -> None:
    other = await sync_to_async(UserFactory.create)(mediator=True)
    async with RoomPage(sitting, mediator) as desk:
        await desk.until("room")
        await Case.objects.filter(hearings=sitting).aupdate(mediator=other)
        await get_channel_layer().group_send(groups.open_pages(sitting.pk), {"type": "room.changed"})
        await desk.until("gone")
        assert (await desk.next())["type"] == "closed"


# ---- hostile pages


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "7", "null", '"x"', "[" * 2000, '{"type":[]}', '{"type":"open-sesame"}', '{"type":"signal"}',
     '{"type":"signal","to":"1","data":{}}', '{"type":"signal","to":true,"data":{}}', '{"type":"say","text":5}',
     '{"type":"ping","at":"now"}'],
)  # fmt: skip
async def test_what_is_not_understood_harms_nobody(text: str, hearing: Hearing, citizen: User) -> None:
    async with RoomPage(hearing, citizen) as phone:
        await phone.until("room")
        await phone.raw(text)
        await phone.until("not-understood")
        await phone.says(type="ping", at=1)
        await phone.until("pong")


@pytest.mark.parametrize("person", [None, "1", -1, 0, 1.5, True, [], 2**70])
async def test_numbers_that_nobody_has_are_refused_in_words(
    person: Any, hearing: Hearing, mediator: User
) -> None:
    async with RoomPage(hearing, mediator) as desk:
        await desk.until("room")
        for kind in ("admit", "send-out", "check-identity"):
            await desk.says(type=kind, person=person)
            assert (await desk.until("no"))["why"]


async def test_too_large_too_many_and_bytes_end_the_line(hearing: Hearing, citizen: User) -> None:
    async with RoomPage(hearing, citizen) as phone:
        await phone.until("room")
        await phone.raw(json.dumps({"type": "say", "text": "长" * LARGEST_MESSAGE}, ensure_ascii=False))
        assert "closed" in [one["type"] for one in await phone.quiet()]
        assert phone.code == 4008
    async with RoomPage(hearing, citizen) as phone:
        await phone.until("room")
        for _each in range(BURST + 60):
            await phone.says(type="ping", at=1)
        assert "closed" in [one["type"] for one in await phone.quiet()]
    async with RoomPage(hearing, citizen) as phone:
        await phone.until("room")
        for _each in range(MOST_BAD):
            await phone.raw(None, b"\x00\xff")
        assert "closed" in [one["type"] for one in await phone.quiet()]


# ---- connecting, words, captions


async def test_signals_go_to_one_person_of_the_same_place_only(
    sitting: Hearing, mediator: User, citizen: User, lender: User
) -> None:
    async with AsyncExitStack() as stack:
        desk, phone, counter = [
            await stack.enter_async_context(RoomPage(sitting, person))
            for person in (mediator, citizen, lender)
        ]
        for page in (desk, phone, counter):
            await page.quiet()
        await phone.says(type="signal", to=mediator.pk, data={"description": {"type": "offer", "sdp": "v=0"}})
        got = await desk.until("signal")
        assert (got["from"], got["data"]["description"]["sdp"]) == (citizen.pk, "v=0")
        assert "signal" not in [one["type"] for one in await counter.quiet()]

        await desk.says(type="begin-caucus", side="claimant")
        for page in (desk, phone, counter):
            await page.quiet()
        await counter.says(type="signal", to=mediator.pk, data={"candidate": {}})
        await counter.says(type="signal", to=citizen.pk, data={"candidate": {}})
        for page in (desk, phone):
            assert "signal" not in [one["type"] for one in await page.quiet()]


async def test_words_of_a_private_talk_reach_neither_the_other_side_nor_the_record(
    sitting: Hearing, interpreter: User, mediator: User, citizen: User, lender: User
) -> None:
    async with AsyncExitStack() as stack:
        desk, phone, counter, guest = [
            await stack.enter_async_context(RoomPage(sitting, person))
            for person in (mediator, citizen, lender, interpreter)
        ]
        await desk.says(type="begin-caucus", side="claimant")
        apart = await counter.until("room", place=None)
        assert apart["caucus"] == {"side": "claimant", "name": str(Side.CLAIMANT.label), "mine": False}
        assert apart["peers"] == []
        await guest.until("room", place=None)
        await phone.until("room", place="claimant")
        await phone.quiet()
        await phone.says(type="say", text=SECRET_WORDS)
        assert (await desk.until("said"))["text"] == SECRET_WORDS
        caption = {"type": "caption", "id": "1", "text": SECRET_WORDS, "state": "final"}
        for place in ("claimant", ""):  # the second as a caption that comes late or goes astray
            event = {"type": "room.pass_on", "place": "claimant", "message": caption}
            await get_channel_layer().group_send(groups.room(sitting.pk, place), event)
        await phone.until("caption")
        for page in (counter, guest):
            assert SECRET_WORDS not in json.dumps(await page.quiet(), ensure_ascii=False)

        await desk.says(type="end-caucus")
        await counter.until("room", place="")
        for page in (counter, guest, phone, desk):
            assert SECRET_WORDS not in json.dumps(
                [one for one in await page.quiet() if one["type"] == "history"], ensure_ascii=False
            )
    assert not await sync_to_async(sitting.written_lines.exists)()
    assert "hearing.begin_caucus" in await sync_to_async(events)(sitting)


def test_who_goes_into_private_talk(
    sitting: Hearing, interpreter: User, mediator: User, citizen: User, lender: User
) -> None:
    def places() -> dict[int, str | None]:
        return {
            person.pk: place_of(hearing_id=sitting.pk, person_id=person.pk)
            for person in (mediator, citizen, lender, interpreter)
        }

    seats.begin_caucus(hearing_id=sitting.pk, mediator=mediator, side="respondent", takes_interpreter=True)
    side = "respondent"
    assert places() == {mediator.pk: side, citizen.pk: None, lender.pk: side, interpreter.pk: side}
    seats.end_caucus(hearing_id=sitting.pk, mediator=mediator)
    assert set(places().values()) == {""}


async def test_what_is_written_in_the_room_of_everyone_is_in_the_transcript_and_comes_again(
    sitting: Hearing, citizen: User, lender: User
) -> None:
    async with RoomPage(sitting, citizen) as phone, RoomPage(sitting, lender) as counter:
        await phone.quiet()
        await counter.quiet()
        await phone.says(type="say", text="  到账只有九千元。 ")
        said = await counter.until("said")
        assert (said["text"], said["name"]) == ("到账只有九千元。", str(citizen))
    line = await sync_to_async(sitting.written_lines.get)()
    assert (line.speaker, line.written_by_id) == (Role.CITIZEN, citizen.pk)
    async with RoomPage(sitting, lender) as counter:
        history = await counter.until("history")
        assert [one["text"] for one in history["lines"]] == ["到账只有九千元。"]


async def test_who_waits_neither_hears_nor_speaks(hearing: Hearing, citizen: User, mediator: User) -> None:
    async with RoomPage(hearing, citizen) as phone, RoomPage(hearing, mediator) as desk:
        await phone.quiet()
        await desk.quiet()
        await phone.says(type="say", text="听得到吗")
        assert (await phone.until("no"))["of"] == "say"
        assert "said" not in [one["type"] for one in await desk.quiet()]
        await desk.says(type="say", text="请稍等")
        await desk.until("said")
        assert "said" not in [one["type"] for one in await phone.quiet()]


# ---- consent


async def test_consent_is_asked_and_a_no_is_heard_at_once(
    sitting: Hearing, citizen: User, lender: User, mediator: User
) -> None:
    async with RoomPage(sitting, lender) as counter, RoomPage(sitting, citizen) as phone:
        assert (await counter.until("room"))["may_record"]
        await phone.says(type="answer", agrees="yes")  # no answer at all
        await phone.says(type="answer", agrees=False)
        stopped = await counter.until("room", may_record=False)
        assert person_in(stopped, citizen)["consent"] is None, "who said no is told to the mediator alone"
        async with RoomPage(sitting, mediator) as desk:
            assert person_in(await desk.until("room"), citizen)["consent"] is False
    assert "hearing.refuse_recording" in await sync_to_async(events)(sitting)


def test_a_guest_who_is_let_in_is_asked_too(sitting: Hearing, mediator: User) -> None:
    assert services.may_record(sitting)
    secret = seats.invite_guest(hearing_id=sitting.pk, mediator=mediator, part="helper", with_side="claimant")
    seat = seats.come_as_guest(secret=secret, name="工友阿强")
    assert services.may_record(sitting), "who waits outside hears nothing and is not asked yet"
    seats.admit(hearing_id=sitting.pk, mediator=mediator, person_id=seat.person_id)
    assert not services.may_record(sitting)
    services.answer_recording(hearing_id=sitting.pk, person=seat.person, agrees=True)
    assert services.may_record(sitting)


def test_a_guest_is_no_side_of_the_case(called: Hearing, mediator: User, lender: User) -> None:
    """A helper has the role of a citizen; the claimant's own yes is still needed."""
    for person in (mediator, lender):
        services.join_hearing(hearing_id=called.pk, person=person)
        services.answer_recording(hearing_id=called.pk, person=person, agrees=True)
    secret = seats.invite_guest(hearing_id=called.pk, mediator=mediator, part="helper", with_side="claimant")
    seat = seats.come_as_guest(secret=secret, name="工友阿强")
    services.answer_recording(hearing_id=called.pk, person=seat.person, agrees=True)
    seats.admit(hearing_id=called.pk, mediator=mediator, person_id=seat.person_id)
    assert not seating_of(called.pk).may_record()


@pytest.fixture(autouse=True)
def _no_group_left_over() -> Iterator[None]:
    yield
    layer = get_channel_layer()
    layer.channels.clear()
    layer.groups.clear()
