"""From the talks to the court: nothing without both sides' yes; with it, every layer and the hash of the sound."""

import io
import json
import subprocess
import sys
import uuid
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from cases.errors import Refusal
from cases.models import User
from cases.roles import Role
from cases.services.exhibits import add_exhibit
from evidence.log.policy import policy_bytes
from evidence.origin.provenance import Provenance, Way
from mediation.court.packet import write_packet
from mediation.hearings import services, showing, transcription, transcripts
from mediation.hearings.live import sealing, streams
from mediation.hearings.live.keeping import SoundFile
from mediation.hearings.models import Hearing
from mediation.hearings.room import seats, talk
from tests.hearings.live.conftest import noise
from tests.hearings.sounds import tone

CORRECTED, PRIVATE, SAID = "到账只有九千元。", "底线是八百元", noise(2)


@pytest.fixture
def issued(heard: Hearing, mediator: User, citizen: User, lender: User, settings: Settings) -> Hearing:
    """A transcript that was corrected, confirmed by one side aloud, and made a paper; some of the talk was private."""
    settings.EVIDENCE_WAIT_S = 10
    add_exhibit(
        case_id=heard.case_id, file=io.BytesIO("借一万元".encode()), name="合同.txt", by=citizen,
        role=Role.CITIZEN, kind="contract",
    )  # fmt: skip
    for person in (citizen, lender):
        seats.admit(hearing_id=heard.pk, mediator=mediator, person_id=person.pk)
        services.check_identity(hearing_id=heard.pk, mediator=mediator, person_id=person.pk)
    seats.begin_caucus(hearing_id=heard.pk, mediator=mediator, side="claimant")
    assert talk.say(hearing_id=heard.pk, person=citizen, text=PRIVATE, language="zh-hans")[1] == "claimant"
    seats.end_caucus(hearing_id=heard.pk, mediator=mediator)
    speak(heard, citizen)
    for recording in heard.recordings.all():
        services.name_speakers(recording_id=recording.pk, mediator=mediator, speaker=Role.CITIZEN)
    line = transcripts.lines_of(heard)[0]
    services.correct_segment(segment_id=line.pk, mediator=mediator, text=CORRECTED)
    services.end_hearing(hearing_id=heard.pk, mediator=mediator, result="双方同意退还服务费。")
    services.ask_to_read(hearing_id=heard.pk, mediator=mediator)
    captured = Provenance(how=Way.HEARING)
    services.confirm_aloud(
        hearing_id=heard.pk, person=citizen, digest=transcripts.digest_of(Hearing.objects.get(pk=heard.pk)),
        file=tone(1), name="我确认.wav", captured=captured,
    )  # fmt: skip
    services.read_back(hearing_id=heard.pk, person=lender, confirmed=True)
    services.issue_transcript(hearing_id=heard.pk, mediator=mediator)
    return Hearing.objects.get(pk=heard.pk)


def speak(hearing: Hearing, person: User) -> None:
    """Into a microphone of the room."""
    stream = streams.begin_stream(hearing_id=hearing.pk, person=person, stream_id=uuid.uuid4(), dialect="wu")
    sound = SoundFile(stream.pk)
    sound.open(make=True)
    sound.append(0, SAID)
    sound.close()
    streams.end_stream(stream_id=stream.pk)
    sealing.seal_stream(stream.pk)
    transcription.transcribe(stream.recordings.get().pk)


def packet_of(hearing: Hearing, folder: Path) -> dict[str, bytes]:
    """The packet of the case, which a stranger's Python accepts, file by file."""
    path = folder / "packet.zip"
    path.unlink(missing_ok=True)
    write_packet(hearing.case, path)
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    (folder / "verify.py").write_bytes(files["verify.py"])
    (folder / "policy.txt").write_bytes(policy_bytes())
    checked = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", "packet.zip", "--policy", "policy.txt"], cwd=folder,
        capture_output=True, text=True, encoding="utf-8", check=False, timeout=60,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout + checked.stderr
    return files


def told_in(files: dict[str, bytes]) -> dict[str, list[dict[str, Any]]]:
    """What the bodies tell that may be read, by event."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name, content in files.items():
        if name.startswith("data/bodies/"):
            body = json.loads(content)
            found.setdefault(body["event"], []).append(body["record"])
    return found


def test_the_court_reads_nothing_of_the_talks_without_both(
    issued: Hearing, citizen: User, tmp_path: Path
) -> None:
    showing.answer_showing(hearing_id=issued.pk, person=citizen, agrees=True)
    files = packet_of(issued, tmp_path)
    assert not {event for event in told_in(files) if event.startswith(("transcript.", "recording."))}
    assert not any("笔录" in name for name in files)
    everything = b"".join(files.values())
    assert CORRECTED.encode() not in everything


def test_with_both_it_reads_every_layer_and_the_hash_of_the_sound(
    issued: Hearing, citizen: User, lender: User, tmp_path: Path
) -> None:
    for person in (citizen, lender):
        showing.answer_showing(hearing_id=issued.pk, person=person, agrees=True)
    files = packet_of(issued, tmp_path)
    told = told_in(files)

    paper = next(content for name, content in files.items() if "笔录" in name)
    assert paper.startswith(b"%PDF")
    assert told["transcript.issue"][0]["sha256"] == sha256(paper).hexdigest()
    assert told["transcript.heard"][0]["engine"] == "scripted 1"
    assert told["transcript.correct"][0]["new"] == CORRECTED
    text = transcripts.digest_of(issued)
    assert [one["sha256"] for one in told["transcript.confirm"]] == [text, text]
    assert [bool(one.get("voice_sha256")) for one in told["transcript.confirm"]] == [True, False]
    assert len(told["transcript.open_to_court"]) == 2
    sealed = {one["samples_sha256"] for one in told["recording.seal"]}
    assert sealed == {sha256(SAID).hexdigest()}
    hashes = {recording.exhibit.deposit.sha256 for recording in issued.recordings.all()}
    assert hashes <= {one["sha256"] for one in told["deposit.take_in"]}
    everything = b"".join(files.values())
    assert PRIVATE.encode() not in everything
    assert b"caucus" not in everything
    assert b"fLaC" not in everything, "the sound itself stays where it is"


def test_a_yes_can_be_taken_back(issued: Hearing, citizen: User, lender: User, tmp_path: Path) -> None:
    for person in (citizen, lender):
        showing.answer_showing(hearing_id=issued.pk, person=person, agrees=True)
    showing.answer_showing(hearing_id=issued.pk, person=lender, agrees=False)
    assert "transcript.heard" not in told_in(packet_of(issued, tmp_path))


@pytest.mark.parametrize(("door", "who"), [("portal", "citizen"), ("counter", "lender")])
def test_each_side_answers_on_its_page(
    door: str, who: str, issued: Hearing, request: pytest.FixtureRequest, client: Client
) -> None:
    client.force_login(request.getfixturevalue(who))
    page, address = (reverse(f"{door}:{name}", args=[issued.pk]) for name in ("transcript", "show_to_court"))
    assert 'value="yes"' in client.get(page).content.decode()
    assert client.post(address, {"agrees": "perhaps"}).headers["Location"] == page
    assert not issued.court_consents.exists(), "anything else is no answer"
    client.post(address, {"agrees": "yes"})
    assert issued.court_consents.get().agrees
    assert "您同意了" in client.get(page).content.decode()


def test_one_sides_yes_asks_the_other_and_a_no_is_told_to_nobody(
    issued: Hearing, citizen: User, lender: User, client: Client
) -> None:
    told = issued.case.notices.filter(channel="inbox")
    assert {notice.to for notice in told.filter(kind="transcript.issue")} == {citizen, lender}

    showing.answer_showing(hearing_id=issued.pk, person=citizen, agrees=True)
    asked = told.get(kind="transcript.open_to_court")
    assert asked.to == lender
    assert "不回答不算同意" in asked.body
    page = reverse("counter:transcript", args=[issued.pk])
    assert page + "#court" in case_page(client, lender, issued), "it stands among what waits for this side"
    assert page + "#court" not in case_page(client, citizen, issued)

    client.force_login(lender)
    assert "对方愿意给法院看" in client.get(page).content.decode()
    client.post(reverse("counter:show_to_court", args=[issued.pk]), {"agrees": "no"})
    assert page + "#court" not in case_page(client, lender, issued), "answered"
    assert not told.filter(kind="transcript.close_to_court").exists()
    assert "您没有同意" in client.get(page).content.decode()
    client.force_login(citizen)
    seen = client.get(reverse("portal:transcript", args=[issued.pk])).content.decode()
    assert "您同意了" in seen
    assert "没有同意" not in seen

    showing.answer_showing(hearing_id=issued.pk, person=lender, agrees=True)
    assert "双方都" in told.get(kind="transcript.open_to_court", to=citizen).body


def case_page(client: Client, person: User, hearing: Hearing) -> str:
    door = "portal" if person.role == Role.CITIZEN else "counter"
    client.force_login(person)
    return client.get(reverse(f"{door}:case", args=[hearing.case.docket])).content.decode()


def test_only_the_sides_answer_and_only_about_a_paper(
    ended: Hearing, citizen: User, mediator: User, judge: User
) -> None:
    for person in (citizen, mediator, judge):
        with pytest.raises(Refusal):
            showing.answer_showing(hearing_id=ended.pk, person=person, agrees=True)
    assert not ended.court_consents.exists()
