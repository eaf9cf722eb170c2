"""What was said, for other programs: WebVTT and JSON, of a machine's text or of a confirmed transcript."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import User
from cases.roles import Role, Side
from mediation.hearings import models, speech, transcripts
from mediation.hearings.diarization.models import SpeakerProposal
from mediation.hearings.room.places import is_of_the_case
from mediation.hearings.wording.glosses import glosses_in
from mediation.hearings.wording.text import doubtful, needs_ear

FORMAT = "mediation-transcript/1"


def as_vtt(lines: Iterable[speech.Segment]) -> str:
    """Subtitles; a line in doubt begins with a question mark in brackets."""
    return _vtt(
        (line.start_s, line.end_s, "", ("[?] " if doubtful(line) else "") + line.text) for line in lines
    )


def as_json(lines: Iterable[speech.Segment], *, engine: str, dialect: str) -> str:
    """One line of JSON: each segment as heard and as written out, with all that a person must check and glosses."""
    record = {"format": FORMAT, "engine": engine, "dialect": dialect}
    return json.dumps({**record, "segments": [_machine(line, dialect) for line in lines]}, ensure_ascii=False)


def confirmed_vtt(*, hearing_id: int, person: User) -> str:
    """The confirmed transcript as subtitles, `<v speaker>`. Raises Refusal as `confirmed_json`."""
    _hearing, lines, began = _confirmed(hearing_id, person)
    return _vtt((*_times(line, began), _voice(line), line.text) for line in lines if line.text)


def confirmed_json(*, hearing_id: int, person: User) -> str:
    """The confirmed transcript with all its layers: heard by which engine, corrected and confirmed by whom.

    Raises Refusal for who is not of the case, and before both sides have confirmed the text as it reads now.
    """
    hearing, lines, began = _confirmed(hearing_id, person)
    prefetch_related_objects(lines, "speaker_proposals__matching", "speaker_proposals__confirmed_by")
    return json.dumps(
        {
            "format": FORMAT,
            "case": hearing.case.docket,
            "hearing": hearing.number,
            "sha256": transcripts.digest_of(hearing, lines),
            "confirmed": [
                {
                    "side": side,
                    "by": str(back.person),
                    "at": back.at.isoformat(),
                    "voice": {"exhibit": back.voice.number, "sha256": back.voice.deposit.sha256}
                    if back.voice
                    else None,
                }
                for side, back in transcripts.last_words(hearing).items()
            ],
            "segments": [_layers(line, began) for line in lines],
        },
        ensure_ascii=False,
    )


def _confirmed(hearing_id: int, person: User) -> tuple[models.Hearing, list[models.Segment], float]:
    hearing = models.Hearing.objects.select_related("case").get(pk=hearing_id)
    if not is_of_the_case(hearing.case, person):
        raise Refusal(_("You are not part of this hearing."))
    if hearing.state != models.Hearing.State.ENDED or transcripts.confirmed_sides(hearing) != set(
        Side.values
    ):
        raise Refusal(_("Both sides must first confirm the transcript as it reads now."))
    began = (hearing.opened_at or hearing.starts_at).timestamp()
    return hearing, transcripts.lines_of(hearing), began


def _times(line: models.Segment, began: float) -> tuple[float, float]:
    """Seconds of the hearing's clock; where only the recording's own are known, those."""
    first = line.recording.began_at if line.recording else line.written_at
    shift = max(first.timestamp() - began, 0.0) if first else 0.0
    return shift + line.start_s, shift + max(line.end_s, line.start_s + 1.0)


def _voice(line: models.Segment) -> str:
    return str(Role(line.speaker).label) if line.speaker else ""


def _layers(line: models.Segment, began: float) -> dict[str, Any]:
    start, end = _times(line, began)
    recording = line.recording
    return {
        "start": round(start, 2),
        "end": round(end, 2),
        "speaker": line.speaker,
        "text": line.text,
        "heard": {
            "given": line.notes.get("raw", line.heard),
            "written": line.heard,
            "engine": recording.engine,
            "confidence": line.confidence,
            "words": _words(speech.Word(*word) for word in line.notes.get("words", [])),
            "dialect": recording.dialect,
            "exhibit": recording.exhibit.number,
            "sha256": recording.exhibit.deposit.sha256,
        }
        if recording
        else None,
        "glosses": _glosses(line.text, recording.dialect) if recording else [],
        "speaker_proposed": [_proposed(one) for one in line.speaker_proposals.all()],
        "corrections": [
            {"text": one.text, "by": str(one.by), "at": one.at.isoformat()} for one in line.corrections.all()
        ],
    }


def _proposed(proposal: SpeakerProposal) -> dict[str, Any]:
    """Whom the machine took for the speaker, by how much, and who confirmed that."""
    return {
        "speaker": proposal.speaker,
        "margin": proposal.margin,
        "engine": proposal.matching.engine,
        "confirmed_by": str(proposal.confirmed_by or ""),
        "confirmed_at": proposal.confirmed_at.isoformat() if proposal.confirmed_at else "",
    }


def _words(words: Iterable[speech.Word]) -> list[dict[str, Any]]:
    """Of what was heard, written out: seconds of the recording. Empty where the engine gave no times."""
    return [
        {"text": word.text, "start": word.start_s, "end": word.end_s, "confidence": word.sure}
        for word in words
    ]


def _machine(line: speech.Segment, dialect: str) -> dict[str, Any]:
    return {
        "start": line.start_s,
        "end": line.end_s,
        "channel": line.channel,
        "text": line.text,
        "heard": line.heard_raw,
        "confidence": line.confidence,
        "doubtful": doubtful(line),
        "words": _words(line.words),
        "check": [
            {
                "start": span.start,
                "end": span.end,
                "kind": span.kind,
                "text": span.text,
                "beside": span.beside,
            }
            for span in needs_ear(line)
        ],
        "glosses": _glosses(line.text, dialect),
    }


def _glosses(text: str, dialect: str) -> list[dict[str, Any]]:
    """What the dialect words at these places of the text mean (大意), and where the list has it from."""
    return [
        {"start": one.start, "end": one.end, "meaning": one.entry.meaning, "source": one.entry.source}
        for one in glosses_in(text, dialect)
    ]


def _vtt(rows: Iterable[tuple[float, float, str, str]]) -> str:
    return "\n\n".join(["WEBVTT", *_cues(rows)]) + "\n"


def _cues(rows: Iterable[tuple[float, float, str, str]]) -> Iterator[str]:
    for start, end, voice, text in rows:
        shown = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", " ")
        yield f"{_clock(start)} --> {_clock(end)}\n{f'<v {voice}>' if voice else ''}{shown}"


def _clock(seconds: float) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{thousandths:03}"
