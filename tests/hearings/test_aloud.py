"""A spoken yes to the transcript: a recording of its own, named in the chain and in the paper; silence is none."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from cases.errors import Refusal
from cases.models import Exhibit, User
from evidence import ledger
from evidence.deposits import open_deposit
from evidence.models import Entry
from evidence.origin.provenance import Provenance, Way
from mediation.court.packet import exhibits_for_court
from mediation.hearings import audio, content, services, transcripts
from mediation.hearings.models import Hearing
from tests.hearings.conftest import add_sound
from tests.hearings.sounds import tone

DOORS = {"portal": "citizen", "counter": "lender"}


def confirm_aloud(hearing: Hearing, person: User, file: io.BytesIO, **more: Any) -> Any:
    asked = {
        "digest": services.digest_of(hearing),
        "name": "我确认.wav",
        "captured": Provenance(how=Way.HEARING),
    }
    return services.confirm_aloud(hearing_id=hearing.pk, person=person, file=file, **{**asked, **more})


@pytest.fixture
def asked(ended: Hearing, mediator: User) -> Hearing:
    return services.ask_to_read(hearing_id=ended.pk, mediator=mediator)


def test_a_spoken_yes_is_sealed_with_the_confirmation(
    asked: Hearing, citizen: User, lender: User, mediator: User
) -> None:
    said = confirm_aloud(asked, citizen, tone(1))
    again = confirm_aloud(asked, citizen, tone(1))
    services.read_back(hearing_id=asked.pk, person=lender, confirmed=True)

    assert (said.confirmed, again) == (True, said)
    assert services.confirmed_sides(asked) == {"claimant", "respondent"}
    with open_deposit(said.voice.deposit) as kept:
        assert kept.read() == tone(1).getvalue()
    told = ledger.read(
        Entry.objects.get(chain=asked.case.chain, event="transcript.confirm", role=citizen.role)
    )
    assert told
    assert (told["voice"], told["voice_sha256"]) == (said.voice.number, said.voice.deposit.sha256)
    paper = content.transcript(asked, transcripts.lines_of(asked), services.digest_of(asked))
    assert said.voice.deposit.sha256 in paper["read_back"][0]["answer"]
    assert [place["method"] for place in paper["signatures"]][:2] == [content.ALOUD, content.CONFIRMED]
    assert said.voice not in exhibits_for_court(asked.case), "what is said in the talks stays there"
    assert ledger.first_break(asked.case.chain) is None


@pytest.mark.parametrize("file", [tone(1, loud=0), tone(0.2), tone(130), io.BytesIO(b"nothing")])
def test_silence_is_no_yes(asked: Hearing, citizen: User, file: io.BytesIO) -> None:
    before = Exhibit.objects.count()
    with pytest.raises(Refusal):
        confirm_aloud(asked, citizen, file)
    assert not asked.readbacks.exists()
    assert Exhibit.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_sound_is_listened_to_before_the_database_is_held(
    ended: Hearing, citizen: User, mediator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.ask_to_read(hearing_id=ended.pk, mediator=mediator)
    held = []
    probe = audio.probe

    def probed(path: Path) -> audio.Sound:
        held.append(connection.in_atomic_block)
        return probe(path)

    monkeypatch.setattr(audio, "probe", probed)

    confirm_aloud(ended, citizen, tone(1))
    listened = len(held)
    add_sound(ended, citizen)

    assert 0 < listened < len(held)
    assert not any(held)


def test_nobody_else_and_no_older_text_is_confirmed_aloud(
    asked: Hearing, citizen: User, mediator: User, judge: User
) -> None:
    old = services.digest_of(asked)
    for stranger in (mediator, judge):
        with pytest.raises(Refusal):
            confirm_aloud(asked, stranger, tone(1))
    line = transcripts.lines_of(asked)[0]
    services.correct_segment(segment_id=line.pk, mediator=mediator, text="到账只有九千元。")
    with pytest.raises(Refusal):
        confirm_aloud(asked, citizen, tone(1), digest=old)
    assert not asked.readbacks.exists()


@pytest.mark.parametrize("door", DOORS)
def test_it_is_recorded_on_the_page_and_comes_in_pieces(
    door: str, asked: Hearing, request: pytest.FixtureRequest, client: Client
) -> None:
    client.force_login(request.getfixturevalue(DOORS[door]))
    page = reverse(f"{door}:transcript", args=[asked.pk])
    address, sound = reverse(f"{door}:announce_spoken_yes", args=[asked.pk]), tone(1).getvalue()
    assert address in client.get(page).content.decode()
    described = {"name": "yes.wav", "size": len(sound), "media_type": "audio/wav"}
    assert client.post(address, {**described, "digest": "0" * 64}).status_code == 422

    begun = client.post(address, {**described, "digest": services.digest_of(asked)}).json()
    sent = {"content_type": "application/octet-stream", "headers": {"Upload-Offset": "0"}}
    done = client.patch(begun["url"], sound, **sent)
    assert done.json()["next"].startswith(page)
    voice = asked.readbacks.get().voice
    assert voice is not None
    assert reverse("exhibit_file", args=[voice.pk]) not in client.get(page).content.decode(), (
        "until both say yes"
    )
    other = Client()
    other.force_login(request.getfixturevalue("mediator"))
    assert (
        reverse("exhibit_file", args=[voice.pk])
        in other.get(reverse("desk:transcript", args=[asked.pk])).content.decode()
    )
    other.force_login(request.getfixturevalue(next(who for who in DOORS.values() if who != DOORS[door])))
    stolen = begun["url"].replace(*({"portal": ("/hearing", "/counter/hearing")}.get(door, ("/counter", ""))))
    assert other.patch(stolen, sound, **sent).status_code == 404


def test_each_side_takes_the_confirmed_transcript_along(
    asked: Hearing, citizen: User, lender: User, mediator: User
) -> None:
    for person in (citizen, lender):
        services.read_back(hearing_id=asked.pk, person=person, confirmed=True)
    paper = services.issue_transcript(hearing_id=asked.pk, mediator=mediator)
    for door, person in (("portal", citizen), ("counter", lender)):
        client = Client()
        client.force_login(person)
        page = client.get(reverse(f"{door}:transcript", args=[asked.pk])).content.decode()
        file, vtt = (
            reverse("exhibit_file", args=[paper.pk]),
            reverse(f"{door}:transcript_vtt", args=[asked.pk]),
        )
        assert f"{file}?download=1" in page
        assert vtt in page
        assert client.get(vtt).content.startswith(b"WEBVTT")
        saved = client.get(f"{file}?download=1")
        assert b"".join(saved.streaming_content).startswith(b"%PDF")  # type: ignore[arg-type, union-attr]


def test_before_both_have_confirmed_nothing_leaves(asked: Hearing, citizen: User, client: Client) -> None:
    services.read_back(hearing_id=asked.pk, person=citizen, confirmed=True)
    client.force_login(citizen)
    answer = client.get(reverse("portal:transcript_vtt", args=[asked.pk]))
    assert answer.status_code == 422
    assert b"WEBVTT" not in answer.content
