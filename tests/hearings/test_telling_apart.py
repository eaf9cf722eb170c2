"""Several voices in one channel: a person names some lines, the machine proposes the rest where it is sure, and the
person decides. It never names a line itself, and what it is not sure of stays open.
"""

import io
import json
import os
import pickle
import wave
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings as site
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from cases.errors import Refusal
from cases.models import User
from cases.roles import Role
from evidence.models import Entry
from mediation.hearings import services as hearings
from mediation.hearings import tasks, transcription
from mediation.hearings.audio import RATE_HZ, Samples, decode
from mediation.hearings.diarization import ge2e_weights, proposing, services
from mediation.hearings.diarization.ge2e import Ge2ePrinter
from mediation.hearings.diarization.models import SpeakerProposal, VoiceMatching
from mediation.hearings.diarization.prints import Prints
from mediation.hearings.models import Hearing, Recording, Segment
from tests.factories import UserFactory

LOW, HIGH, BOTH, SILENT = 200, 400, 300, 0  # hertz: what the printer of these tests tells voices by
SAID = [LOW, HIGH, LOW, HIGH, LOW, HIGH, BOTH, SILENT, HIGH]
LINE_S = 2.0
CLIPS = Path(os.environ.get("SHARED_DIR", site.BASE_DIR.parent / "shared")) / "data" / "speech"


class PitchPrinter:
    """Tells voices by how high they are: a line between two of them is like neither."""

    name, version = "pitch", "1"

    def prints_of(self, samples: Samples) -> Prints:
        loudest = float(np.argmax(np.abs(np.fft.rfft(samples)))) * RATE_HZ / len(samples)
        slope = np.pi / 6 + (loudest - LOW) / (HIGH - LOW) * np.pi / 6
        return np.tile(np.float32([np.cos(slope), np.sin(slope)]), (6, 1))

    def problems(self) -> list[str]:
        return []


class NoPrinter(PitchPrinter):
    def problems(self) -> list[str]:
        return ["install it"]


@pytest.fixture(autouse=True)
def compared_by_pitch(settings: Settings) -> None:
    settings.ADAPTERS = {**settings.ADAPTERS, "voices": (f"{__name__}.PitchPrinter", {})}


def call_of(hertz: list[int]) -> io.BytesIO:
    times = np.arange(int(LINE_S * RATE_HZ)) / RATE_HZ
    sound = np.concatenate([np.sin(times * each * 2 * np.pi) * 9000 for each in hertz]).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        written.writeframes(sound.tobytes())
    file.seek(0)
    return file


@pytest.fixture
def call(hearing: Hearing, mediator: User) -> Recording:
    """A telephone call of nine lines, written down; the mediator has named the first four."""
    recording = hearings.add_recording(
        hearing_id=hearing.pk, person=mediator, file=call_of(SAID), name="电话.wav", dialect="mandarin"
    )
    transcription.transcribe(recording.pk)
    recording.refresh_from_db()
    recording.segments.all().delete()
    for index, _hertz in enumerate(SAID):
        recording.segments.create(
            index=index, start_s=index * LINE_S, end_s=(index + 1) * LINE_S, heard=f"第{index}句", notes={}
        )
    for index, role in enumerate([Role.CITIZEN, Role.INSTITUTION] * 2):
        hearings.correct_segment(segment_id=line(recording, index).pk, mediator=mediator, speaker=role)
    return recording


def line(recording: Recording, index: int) -> Segment:
    return recording.segments.get(index=index)


def speakers(recording: Recording) -> list[str]:
    return list(recording.segments.values_list("speaker", flat=True))


def ask(recording: Recording, mediator: User, *, agreed: bool = True) -> VoiceMatching:
    """Asked, and done: the worker of these tests works at once, when the transaction ends."""
    asked = services.ask_for_proposals(recording_id=recording.pk, mediator=mediator, agreed=agreed)
    services.match_voices(asked.pk)
    asked.refresh_from_db()
    return asked


@pytest.mark.django_db
def test_the_sure_lines_are_proposed_and_the_rest_stays_open(call: Recording, mediator: User) -> None:
    asked = ask(call, mediator)
    assert (asked.state, asked.problem) == ("done", "")
    proposed = {one.segment.index: one.speaker for one in services.proposals_of(call)}
    assert proposed == {4: Role.CITIZEN, 5: Role.INSTITUTION, 8: Role.INSTITUTION}
    assert speakers(call)[4:] == [""] * 5  # the machine names nobody by itself
    assert asked.compared == 4  # silence is not compared; the voice between the two is, and stays open


@pytest.mark.django_db
def test_a_person_confirms_one_or_all_and_undoes_it(call: Recording, mediator: User) -> None:
    ask(call, mediator)
    one = line(call, 4).pk
    assert services.confirm_proposals(recording_id=call.pk, mediator=mediator, segment_id=one) == 1
    assert speakers(call)[4:] == [Role.CITIZEN, "", "", "", ""]
    assert services.confirm_proposals(recording_id=call.pk, mediator=mediator) == 2
    assert speakers(call)[4:] == [Role.CITIZEN, Role.INSTITUTION, "", "", Role.INSTITUTION]
    hearings.correct_segment(segment_id=line(call, 8).pk, mediator=mediator, speaker=Role.MEDIATOR)

    assert services.reopen_proposals(recording_id=call.pk, mediator=mediator) == 2
    assert speakers(call)[4:] == ["", "", "", "", Role.MEDIATOR]  # named by hand since: that stays
    with pytest.raises(Refusal, match="没有确认过的提示"):
        services.reopen_proposals(recording_id=call.pk, mediator=mediator)
    assert services.confirm_proposals(recording_id=call.pk, mediator=mediator) == 2


@pytest.mark.django_db
def test_comparing_again_forgets_no_confirmation(call: Recording, mediator: User) -> None:
    ask(call, mediator)
    services.confirm_proposals(recording_id=call.pk, mediator=mediator, segment_id=line(call, 4).pk)
    again = ask(call, mediator)
    assert {one.segment.index for one in again.proposals.all()} == {5, 8}
    assert {one.segment.index for one in services.proposals_of(call)} == {4, 5, 8}
    assert services.reopen_proposals(recording_id=call.pk, mediator=mediator) == 1
    assert speakers(call)[4] == ""


@pytest.mark.django_db
def test_a_confirmed_line_that_is_opened_by_hand_can_be_confirmed_again(
    call: Recording, mediator: User
) -> None:
    ask(call, mediator)
    services.confirm_proposals(recording_id=call.pk, mediator=mediator)
    hearings.correct_segment(segment_id=line(call, 5).pk, mediator=mediator, speaker="")
    assert services.confirm_proposals(recording_id=call.pk, mediator=mediator) == 1
    assert speakers(call)[5] == Role.INSTITUTION


@pytest.mark.django_db
def test_a_proposal_put_right_by_hand_teaches_and_a_confirmed_one_does_not(
    call: Recording, mediator: User
) -> None:
    ask(call, mediator)
    services.confirm_proposals(recording_id=call.pk, mediator=mediator)
    assert {who: len(lines) for who, lines in services.samples_of(call).items()} == {
        Role.CITIZEN: 2,
        Role.INSTITUTION: 2,
    }
    for index in (5, 8):
        hearings.correct_segment(segment_id=line(call, index).pk, mediator=mediator, speaker=Role.MEDIATOR)
    assert len(services.samples_of(call)[Role.MEDIATOR]) == 2


@pytest.mark.django_db
def test_the_chain_tells_who_proposed_and_who_confirmed_but_keeps_no_voice(
    call: Recording, mediator: User
) -> None:
    ask(call, mediator)
    services.confirm_proposals(recording_id=call.pk, mediator=mediator)
    services.reopen_proposals(recording_id=call.pk, mediator=mediator)
    told = [
        (entry.event, entry.role) for entry in Entry.objects.filter(chain=call.case.chain).order_by("seq")
    ]
    assert told[-4:] == [
        ("transcript.ask_speakers", Role.MEDIATOR),
        ("transcript.propose_speakers", Role.SYSTEM),
        ("transcript.confirm_speakers", Role.MEDIATOR),
        ("transcript.reopen_speakers", Role.MEDIATOR),
    ]
    kept = {field.name for model in (VoiceMatching, SpeakerProposal) for field in model._meta.get_fields()}
    assert not {name for name in kept if "print" in name or "embedding" in name}


@pytest.mark.django_db
def test_nothing_is_compared_unasked_or_with_too_little(
    call: Recording, mediator: User, settings: Settings
) -> None:
    with pytest.raises(Refusal, match="勾选他们同意"):
        ask(call, mediator, agreed=False)
    with pytest.raises(Refusal, match="分给您"):
        ask(call, UserFactory.create(mediator=True))
    hearings.correct_segment(segment_id=line(call, 3).pk, mediator=mediator, speaker="")
    with pytest.raises(Refusal, match="两句长一点"):
        ask(call, mediator)
    call.segments.update(notes={"channel": 1})
    with pytest.raises(Refusal, match="分开写"):
        ask(call, mediator)
    settings.ADAPTERS = {**settings.ADAPTERS, "voices": (f"{__name__}.NoPrinter", {})}
    with pytest.raises(Refusal, match="没有装"):
        ask(call, mediator)
    assert not VoiceMatching.objects.exists()


@pytest.mark.django_db
def test_what_a_worker_lost_is_said_and_not_tried_again_by_itself(call: Recording, mediator: User) -> None:
    asked = services.ask_for_proposals(recording_id=call.pk, mediator=mediator, agreed=True)
    again = services.ask_for_proposals(recording_id=call.pk, mediator=mediator, agreed=True)
    assert again == asked
    VoiceMatching.objects.update(
        state=VoiceMatching.State.RUNNING, beat_at=timezone.now() - 2 * transcription.lost_after()
    )
    assert services.give_up_lost() == 1
    services.match_voices(asked.pk)  # the late worker finds nothing to do
    asked.refresh_from_db()
    assert (asked.state, asked.proposals.count()) == ("failed", 0)
    assert "再按一次" in asked.problem
    assert ask(call, mediator).state == "done"


@pytest.mark.django_db
def test_what_waits_behind_other_work_is_not_said_to_have_failed(call: Recording, mediator: User) -> None:
    asked = services.ask_for_proposals(recording_id=call.pk, mediator=mediator, agreed=True)
    assert services.still_waiting() == []
    VoiceMatching.objects.update(beat_at=timezone.now() - 2 * transcription.lost_after())
    assert services.give_up_lost() == 0
    assert tasks.sweep() == 1
    asked.refresh_from_db()
    assert (asked.state, asked.proposals.count()) == ("done", 3)


@pytest.mark.django_db
def test_silent_lines_named_somebodys_are_told_and_nothing_is_proposed(
    call: Recording, mediator: User
) -> None:
    for index in (6, 7):  # a voice, and silence
        hearings.correct_segment(segment_id=line(call, index).pk, mediator=mediator, speaker=Role.MEDIATOR)
    asked = ask(call, mediator)
    assert (asked.state, asked.proposals.count()) == ("failed", 0)
    assert "调解员" in asked.problem


@pytest.mark.django_db
def test_the_page_leads_from_the_button_to_the_undo(call: Recording, mediator: User, citizen: User) -> None:
    client = Client()
    client.force_login(mediator)
    page = reverse("desk:transcript", args=[call.hearing_id])
    compare = reverse("desk:compare_voices", args=[call.pk])
    assert compare in client.get(page).content.decode()
    assert client.post(compare).status_code == 422  # nobody was asked
    assert not VoiceMatching.objects.exists()
    asks = client.get(page).content.decode()
    assert "没注明过的人，系统会把他的话提示成别人说的" in asks
    assert "，调解员 0" in asks  # how many lines are named, of everybody
    ask(call, mediator)
    shown = client.get(page).content.decode()
    assert "确认全部提示：3 句" in shown
    assert "这些提示里就有错的" in shown
    assert shown.count('name="confirms"') == 3

    saved = client.post(
        reverse("desk:correct_line", args=[line(call, 5).pk]),
        {"confirms": "on"},
        headers={"Accept": "application/json"},
    ).json()
    assert "说话人：系统提示" in saved["html"]
    assert saved["unnamed"] == 4
    assert "确认全部提示：2 句" in saved["voices"]
    client.post(reverse("desk:correct_line", args=[line(call, 5).pk]), {"reopens": "on"})
    assert client.post(reverse("desk:confirm_voices", args=[call.pk])).status_code == 302
    assert "撤回这些确认" in client.get(page).content.decode()
    client.post(reverse("desk:reopen_voices", args=[call.pk]))
    assert speakers(call)[4:] == [""] * 5
    assert client.get(reverse("desk:voices_news", args=[call.pk])).json()["state"] == "done"
    client.force_login(citizen)
    theirs = client.get(reverse("portal:transcript", args=[call.hearing_id])).content.decode()
    assert compare not in theirs
    assert "听声音" not in theirs


@pytest.mark.django_db
def test_without_the_package_the_page_says_that_a_person_names_the_lines(
    call: Recording, mediator: User, settings: Settings
) -> None:
    settings.ADAPTERS = {**settings.ADAPTERS, "voices": (f"{__name__}.NoPrinter", {})}
    client = Client()
    client.force_login(mediator)
    shown = client.get(reverse("desk:transcript", args=[call.hearing_id])).content.decode()
    assert "没有装声音比对" in shown
    assert reverse("desk:compare_voices", args=[call.pk]) not in shown


def voice(degrees: float, *, stretches: int = 6) -> Prints:
    slope = np.radians(degrees)
    return np.tile(np.float32([np.cos(slope), np.sin(slope), 0]), (stretches, 1))


NAMED = {Role.CITIZEN: [voice(20), voice(24)], Role.INSTITUTION: [voice(60), voice(64)]}


def test_a_line_near_the_middle_far_from_all_or_of_two_voices_is_left_open() -> None:
    found = proposing.propose(NAMED, voice(25))
    assert found
    assert (found.speaker, found.is_very_sure) == (Role.CITIZEN, True)
    assert proposing.propose(NAMED, voice(42.5)) is None
    assert proposing.propose(NAMED, np.float32([[0.5, 0.1, 0.86]])) is None  # somebody nobody has named
    two = np.concatenate([voice(22, stretches=8), voice(62, stretches=3)])
    assert proposing.propose(NAMED, two) is None
    assert proposing.propose({Role.CITIZEN: NAMED[Role.CITIZEN]}, voice(22)) is None


def test_silence_and_short_lines_are_not_compared() -> None:
    times = np.arange(3 * RATE_HZ) / RATE_HZ
    speech = (np.sin(times * 1400) * 0.3).astype(np.float32)
    assert proposing.has_voice(speech)
    assert not proposing.has_voice(speech[:RATE_HZ])
    assert not proposing.has_voice(speech * 0)
    assert not proposing.has_voice(np.where(times < 0.5, speech, 0).astype(np.float32))


class Harm:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("echo harmed",)


def test_a_file_of_weights_can_run_nothing() -> None:
    with pytest.raises(pickle.UnpicklingError, match="system"):
        ge2e_weights.unpacked(pickle.dumps(Harm()))


def test_another_file_than_the_published_one_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "pretrained.pt"
    other.write_bytes(b"weights")
    with pytest.raises(ge2e_weights.Damaged):
        ge2e_weights.read(other)


@pytest.fixture
def clips() -> list[Path]:
    if Ge2ePrinter().problems():
        pytest.skip("the package of requirements-voices.txt is not installed")
    manifest = CLIPS / "manifest.json"
    if not manifest.is_file():
        pytest.skip(f"no recordings of speech in {CLIPS}")
    found = [CLIPS / clip["file"] for clip in json.loads(manifest.read_text()) if clip["id"].startswith("a3")]
    return sorted(found, key=lambda path: -path.stat().st_size)[:4]


def test_real_voices_are_closer_to_themselves_than_to_others(clips: list[Path]) -> None:
    printer = Ge2ePrinter()
    halves = [
        [printer.prints_of(half).mean(axis=0) for half in np.array_split(decode(path), 2)] for path in clips
    ]
    for (one, again), (other, _more) in pairwise(halves):
        assert float(one @ again) > float(one @ other)
        assert float(one @ again) > float(again @ other)
