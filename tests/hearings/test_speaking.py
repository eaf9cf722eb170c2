"""Before a hearing: how somebody speaks, what the machine makes of it, an interpreter, and engines that do better."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from cases.errors import Refusal
from cases.models import User
from mediation.hearings import services, speaking, speech
from mediation.hearings.models import Hearing
from mediation.hearings.room.places import seating_of
from mediation.hearings.room.snapshot import snapshot
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
WHISPER = "mediation.hearings.engines.whisper.WhisperEngine"
SERVER = "mediation.hearings.engines.server.ServerEngine"


@pytest.fixture
def seated(called: Hearing, citizen: User, lender: User, settings: Settings) -> Hearing:
    """Called for later; both sides have read their rights; the built-in engine is in use."""
    use(settings, WHISPER)
    for person in (citizen, lender):
        services.join_hearing(hearing_id=called.pk, person=person)
    return called


def use(settings: Settings, engine: str, **options: str) -> None:
    settings.ADAPTERS = {**settings.ADAPTERS, "speech": (engine, options)}
    speech._engine_of.cache_clear()


@pytest.fixture(autouse=True)
def _no_engine_is_left_behind() -> object:
    yield
    speech._engine_of.cache_clear()


def as_(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.parametrize("dialect", ["wu", "minnan", "sichuan"])
def test_a_speaker_is_warned_before_it_begins_and_may_ask_for_an_interpreter(
    dialect: str, seated: Hearing, citizen: User, mediator: User
) -> None:
    assert seated.state == Hearing.State.CALLED
    client, page = as_(citizen), reverse("portal:hearing", args=[seated.pk])
    address = reverse("portal:speaking", args=[seated.pk])
    assert not visible(client.get(page).content.decode())

    client.post(address, {"dialect": dialect, "interpreter": "on"})

    shown = visible(client.get(page).content.decode())
    assert "每一百个字，大约错" in shown
    assert "翻译" in shown
    told = seated.case.notices.get(kind="hearing.ask_interpreter", channel="inbox")
    assert told.to == mediator
    desk = as_(mediator).get(reverse("desk:hearing", args=[seated.pk])).content.decode()
    assert "想要翻译" in desk
    if dialect == "minnan":
        assert "没有引擎公布过" in desk, "nothing is promised"
    else:
        assert speech_models(desk), "and the engines that follow it better stand there"
    services.join_hearing(hearing_id=seated.pk, person=mediator)
    seating = seating_of(seated.pk)
    seats = {seat.person_id: seat for seat in seating.seats}
    for_mediator = snapshot(seating, seats[mediator.pk])["people"]
    assert next(one for one in for_mediator if one["id"] == citizen.pk)["interpreter"]
    for_citizen = snapshot(seating, seats[citizen.pk])["people"]
    assert not any(one["interpreter"] for one in for_citizen)


def visible(page: str) -> str:
    """The warning that stands on the page, without what the list of dialects holds ready."""
    found = re.search(r"data-warning( hidden)?>.*?<div data-words>(.*?)</div>", page, re.DOTALL)
    assert found, "the page asks how one speaks"
    return "" if found[1] else found[2]


def speech_models(page: str) -> list[str]:
    names = ("fireredasr2-aed", "qwen3-asr-1.7b", "sensevoice-small", "fireredasr-aed", "paraformer-large")
    return [name for name in names if name in page]


def test_an_engine_that_follows_the_dialect_needs_no_warning(
    seated: Hearing, citizen: User, mediator: User, settings: Settings
) -> None:
    speaking.say_how_i_speak(hearing_id=seated.pk, person=citizen, dialect="sichuan", asks_interpreter=False)
    assert [one.asks_interpreter for one in speaking.in_need(seated)] == [False]
    use(settings, SERVER, url="http://x", model="m", published="sensevoice-small")
    assert speaking.in_need(seated) == []
    assert (
        "speaking-need" not in as_(mediator).get(reverse("desk:hearing", args=[seated.pk])).content.decode()
    )


def test_the_figures_of_other_engines_are_named_with_their_source(seated: Hearing, citizen: User) -> None:
    speaking.say_how_i_speak(hearing_id=seated.pk, person=citizen, dialect="wu", asks_interpreter=False)
    found = speaking.better_engines(speaking.in_need(seated))
    assert [(model, figure.error) for _dialect, model, figure in found] == [
        ("fireredasr2-aed", 27.0),
        ("qwen3-asr-1.7b", 29.8),
    ]
    assert all(figure.source for _dialect, _model, figure in found)


def test_only_who_sits_here_says_how_they_speak_and_only_a_known_way(
    seated: Hearing, citizen: User, mediator: User
) -> None:
    stranger = UserFactory.create(citizen=True)
    for person, dialect in ((stranger, "wu"), (citizen, "klingon"), (citizen, "")):
        with pytest.raises(Refusal):
            speaking.say_how_i_speak(
                hearing_id=seated.pk, person=person, dialect=dialect, asks_interpreter=False
            )
    address = reverse("portal:speaking", args=[seated.pk])
    assert as_(stranger).post(address, {"dialect": "wu"}).status_code == 404
    script = {"accept": "application/json"}
    assert as_(citizen).post(address, {"dialect": "klingon"}, headers=script).status_code == 422
    assert as_(citizen).post(address, {"dialect": "wu"}, headers=script).status_code == 204
    assert not seated.case.notices.filter(kind="hearing.ask_interpreter").exists(), "nobody has asked"
