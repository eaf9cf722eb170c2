"""Writing recordings down: whatever fails, the debt stays until it is paid or a person is told why it cannot be."""

import json
from datetime import timedelta

import pytest
import time_machine
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.routing import URLRouter
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from pytest_django.fixtures import Settings

from cases.models import Case, User
from mediation.hearings import speech, tasks, transcription
from mediation.hearings.models import Hearing, Recording
from mediation.sockets import sockets
from tests.factories import UserFactory
from tests.hearings.conftest import add_sound

pytestmark = pytest.mark.django_db
FAILING = "mediation.hearings.engines.failing.FailingEngine"
SCRIPTED = "mediation.hearings.engines.scripted.ScriptedEngine"


@pytest.fixture
def recording(hearing: Hearing, mediator: User) -> Recording:
    return add_sound(hearing, mediator)


def use(settings: Settings, path: str, **options: object) -> None:
    settings.ADAPTERS = {**settings.ADAPTERS, "speech": (path, options)}


def later(**by: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(**by), tick=False)


def test_text_peaks_and_engine_are_kept(recording: Recording) -> None:
    transcription.transcribe(recording.pk)

    recording.refresh_from_db()
    assert recording.state == Recording.State.DONE
    assert recording.segments.count() == 2
    assert len(recording.peaks) == transcription.BARS
    assert max(recording.peaks) == 100
    assert recording.engine == "scripted 1"


def test_a_busy_engine_is_asked_again(recording: Recording, settings: Settings) -> None:
    use(settings, FAILING, how="later", after=1)
    transcription.transcribe(recording.pk)
    recording.refresh_from_db()
    assert (recording.state, recording.tries) == (Recording.State.PENDING, 1)
    assert recording.problem

    use(settings, SCRIPTED)
    assert transcription.take_up_lost() == []
    with later(seconds=61):
        assert tasks.sweep() == 1
    recording.refresh_from_db()
    assert (recording.state, recording.problem) == (Recording.State.DONE, "")


def test_an_engine_that_stays_busy_is_given_up_with_words(recording: Recording, settings: Settings) -> None:
    use(settings, FAILING, how="later")
    for number in range(transcription.MOST_TRIES):
        with later(minutes=2 * number):
            transcription.take_up_lost()
            transcription.transcribe(recording.pk)
    recording.refresh_from_db()
    assert recording.state == Recording.State.FAILED
    assert recording.problem


def test_what_never_works_is_said_at_once_and_can_be_asked_again(
    recording: Recording, settings: Settings, mediator: User
) -> None:
    use(settings, FAILING, how="never")
    transcription.transcribe(recording.pk)
    recording.refresh_from_db()
    assert (recording.state, recording.tries) == (Recording.State.FAILED, 1)

    use(settings, SCRIPTED)
    transcription.try_again(recording_id=recording.pk, person=mediator)
    transcription.transcribe(recording.pk)
    recording.refresh_from_db()
    assert recording.state == Recording.State.DONE


def test_a_stranger_does_not_ask_again(recording: Recording) -> None:
    with pytest.raises(transcription.Refusal):
        transcription.try_again(recording_id=recording.pk, person=UserFactory.create(citizen=True))


def test_silence_says_so(recording: Recording, settings: Settings) -> None:
    use(settings, SCRIPTED, script=[])
    transcription.transcribe(recording.pk)
    recording.refresh_from_db()
    assert recording.state == Recording.State.DONE
    assert recording.problem
    assert recording.segments.count() == 0


def test_a_silent_worker_is_replaced_and_comes_too_late(
    recording: Recording, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first worker is thought lost in the middle of its work; when it goes on, the work is another's."""
    engine = speech.engine()
    hear = engine.transcribe

    def slow(*args: object, on_progress, **options: object):
        if recording.segments.count() == 0 and Recording.objects.get(pk=recording.pk).tries == 1:
            with later(minutes=5):
                assert transcription.take_up_lost() == [recording.pk]
                transcription.transcribe(recording.pk)
        yield from hear(*args, on_progress=on_progress, **options)

    monkeypatch.setattr(engine, "transcribe", slow)
    transcription.transcribe(recording.pk)

    recording.refresh_from_db()
    assert (recording.state, recording.tries) == (Recording.State.DONE, 2)
    assert [segment.index for segment in recording.segments.all()] == [0, 1]


def test_a_recording_that_costs_every_worker_is_given_up(recording: Recording) -> None:
    Recording.objects.filter(pk=recording.pk).update(
        state=Recording.State.RUNNING, tries=transcription.MOST_TRIES, beat_at=timezone.now()
    )
    with later(minutes=2):
        assert transcription.take_up_lost() == []
    recording.refresh_from_db()
    assert recording.state == Recording.State.FAILED
    assert recording.problem


def test_how_long_a_worker_may_be_silent_is_a_setting(recording: Recording, settings: Settings) -> None:
    settings.TRANSCRIPTION_LOST_AFTER_S = 600
    with later(minutes=5):
        assert transcription.take_up_lost() == []
    with later(minutes=11):
        assert transcription.take_up_lost() == [recording.pk]


class Socket:
    """A page that follows a recording."""

    def __init__(self, recording: Recording, person: object, session: dict[str, str] | None = None) -> None:
        path = f"/ws/recordings/{recording.pk}/"
        scope = {
            "type": "websocket",
            "path": path,
            "user": person,
            "session": session or {},
            "subprotocols": [],
        }
        self.wire = ApplicationCommunicator(URLRouter(sockets), scope)

    async def opens(self) -> bool:
        await self.wire.send_input({"type": "websocket.connect"})
        return bool((await self.wire.receive_output(5))["type"] == "websocket.accept")

    async def hears(self) -> dict[str, object]:
        news: dict[str, object] = json.loads((await self.wire.receive_output(5))["text"])
        return news

    async def close(self) -> None:
        await self.wire.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wire.wait()


@pytest.mark.django_db(transaction=True)
async def test_the_socket_tells_how_far_it_is_and_says_when_it_is_done(
    hearing: Hearing, citizen: User, mediator: User
) -> None:
    recording = await sync_to_async(add_sound)(hearing, mediator)
    pending = {"state": Recording.State.PENDING, "done_s": 0.0}
    await sync_to_async(Recording.objects.filter(pk=recording.pk).update)(**pending)
    socket = Socket(recording, citizen)
    assert await socket.opens()
    assert (await socket.hears())["state"] == "waiting"
    await sync_to_async(transcription.transcribe)(recording.pk)
    states = [(await socket.hears())["state"]]
    while states[-1] != "done":
        states.append((await socket.hears())["state"])
    assert set(states) <= {"waiting", "running", "done"}
    await socket.close()


@pytest.mark.django_db(transaction=True)
async def test_the_socket_is_closed_to_strangers_courts_and_old_drafts(
    hearing: Hearing, mediator: User, judge: User
) -> None:
    recording = await sync_to_async(add_sound)(hearing, mediator)
    await sync_to_async(Case.objects.filter(pk=hearing.case_id).update)(applied_at=timezone.now())
    stranger = await sync_to_async(UserFactory.create)(citizen=True)

    assert not await Socket(recording, stranger).opens()
    assert not await Socket(recording, judge).opens()
    assert not await Socket(recording, AnonymousUser(), {"draft": str(recording.case_id)}).opens()
    assert not await Socket(Recording(pk=999_999), mediator).opens()
