"""The page of a transcript: for the mediator to correct, for both sides to read, hear and confirm."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.forms import Form
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse

from cases.models import Case
from cases.roles import Role, Side
from mediation.hearings import marks, services, showing
from mediation.hearings.content import short_name
from mediation.hearings.diarization import services as diarization
from mediation.hearings.forms import LineForm, ReadBackForm, speakers
from mediation.hearings.marks import Piece
from mediation.hearings.models import Correction, Hearing, ReadBack, Segment
from mediation.hearings.pages import room
from mediation.hearings.pages.acting import tried
from mediation.hearings.pages.voices import Proposed, Voices, voices_of
from mediation.hearings.transcripts import hearing_of, last_words
from mediation.http import HouseRequest, page, refusals_shown_on
from mediation.seals import acknowledge, last_seq

UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the page shows it. `heard` is what the machine heard, where a person reads it otherwise; `times` is
    when each word was said (marks.times_of).
    """

    segment: Segment
    speaker: str
    pieces: list[Piece]
    heard: str
    is_unsure: bool
    is_unchecked: bool
    save: str
    times: str
    proposed: Proposed | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A recording with its lines, or (without a recording) lines that the mediator wrote."""

    row: room.Row | None
    lines: list[Line]
    peaks: list[float]
    unnamed: int
    name_speakers: str
    voices: Voices | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a side has said to the transcript: yes, no, old (the text was changed since), or nothing."""

    side: str
    name: str
    state: str
    back: ReadBack | None


def show_transcript(request: HouseRequest, door: str, pk: int) -> HttpResponse:
    """The page of a transcript."""
    return show(request, door, room.find_hearing(request, pk))


def show(request: HouseRequest, door: str, hearing: Hearing, **forms: Form) -> HttpResponse:
    """The whole page; a bound form with errors makes it 422."""
    lines = services.lines_of(hearing)
    digest = services.digest_of(hearing, lines)
    is_mediator = request.user.role == Role.MEDIATOR
    answers = answers_of(hearing, digest)
    party = hearing.case.party_of(request.user)
    parts = _parts(request, door, hearing, lines)
    context: dict[str, Any] = {
        "hearing": hearing,
        "case": hearing.case,
        "door": door,
        "is_mediator": is_mediator,
        "may_edit": is_mediator and not hearing.transcript_id,
        "parts": parts,
        "has_sound": any(part.row for part in parts),
        "has_glosses": any(piece.note for part in parts for line in part.lines for piece in line.pieces),
        "speakers": speakers(hearing.case),
        "count": len(lines),
        "unchecked": marks.count_unchecked(lines),
        "unnamed": sum(1 for line in lines if line.text and not line.speaker),
        "going_on": any(part.row and part.row.is_going_on for part in parts),
        "asked": bool(hearing.read_asked_at),
        "changed": bool(hearing.read_asked_digest) and hearing.read_asked_digest != digest,
        "answers": answers,
        "mine": next((one for one in answers if party and one.side == party.side), None),
        "all_confirmed": all(one.state == "yes" for one in answers),
        "is_ended": hearing.state == Hearing.State.ENDED,
        "read_form": ReadBackForm(initial={"digest": digest}),
        "digest": digest,
        "spoken_extra": f"digest={digest}",
        **_showing(hearing, party.side if party else ""),
        "urls": _urls_of(door, hearing),
        **forms,
    }
    return page(request, f"{door}/transcript.html", **context)


def _showing(hearing: Hearing, side: str) -> dict[str, Any]:
    """May the court read it: this side's own answer, and of the other side only a yes."""
    answers = showing.answers_of(hearing)
    return {
        "my_showing": answers.get(side),
        "other_shows": any(agrees for one, agrees in answers.items() if one != side),
    }


def _urls_of(door: str, hearing: Hearing) -> dict[str, str]:
    of_desk = ["ask_to_read", "issue_transcript", "corrections", "transcript_json"]
    names = of_desk if door == "desk" else ["read_back", "announce_spoken_yes", "show_to_court"]
    extra = {name: reverse(f"{door}:{name}", args=[hearing.pk]) for name in ["transcript_vtt", *names]}
    if hearing.transcript_id:
        extra["paper"] = reverse("exhibit_file", args=[hearing.transcript_id])
    return {**room.urls_of(door, hearing), **extra}


def _parts(request: HouseRequest, door: str, hearing: Hearing, lines: list[Segment]) -> list[Part]:
    parts = []
    for row in room.rows_of(door, hearing, request.user):
        said = [line for line in lines if line.recording_id == row.recording.pk]
        named = reverse("desk:name_speakers", args=[row.recording.pk]) if door == "desk" else ""
        voices = voices_of(row.recording, said) if door == "desk" else None
        proposed = voices.by_line if voices else {}
        parts.append(
            Part(
                row,
                [line_of(door, line, proposed.get(line.pk)) for line in said],
                [peak / 100 for peak in row.recording.peaks],
                sum(1 for line in said if not line.speaker),
                named,
                voices,
            )
        )
    written = [line_of(door, line) for line in lines if line.recording_id is None]
    return [*parts, Part(None, written, [], 0, "")] if written else parts


def line_of(door: str, line: Segment, proposed: Proposed | None = None) -> Line:
    """One line, with its marks. All see which lines are in doubt and what dialect words mean; which words are in doubt
    is for the mediator.
    """
    words = line.text
    pieces = marks.pieces_of(line) if door == "desk" else marks.glossed(words, line)
    return Line(
        line,
        short_name(line.case, line.speaker),
        pieces,
        line.heard if line.recording_id and line.heard != words else "",
        marks.is_unsure(line),
        marks.is_unchecked(line),
        reverse("desk:correct_line", args=[line.pk]) if door == "desk" else "",
        marks.times_of(line),
        proposed,
    )


def answers_of(hearing: Hearing, digest: str) -> list[Answer]:
    """What each side has said, as the text reads now."""
    last, found = last_words(hearing), []
    for party in hearing.case.parties.all():
        back = last.get(party.side)
        if back is None:
            state = "none"
        elif not back.confirmed:
            state = "no"
        else:
            state = "yes" if back.digest == digest else "old"
        found.append(Answer(party.side, f"{Side(party.side).label} {party.name}", state, back))
    return found


def correct(request: HouseRequest, door: str, pk: int) -> HttpResponse:
    """Correct a line or say who spoke; answers a script with the line drawn anew, a plain form with the page."""
    segment = get_object_or_404(
        Segment.objects.select_related("hearing__case", "recording__hearing__case", "recording__exhibit"),
        pk=pk,
    )
    hearing = hearing_of(segment)
    if hearing is None or not Case.objects.visible_to(request.user).filter(pk=hearing.case_id).exists():
        return HttpResponse(status=404)
    wants_json = "application/json" in request.headers.get("Accept", "")
    form = LineForm(request.POST, case=hearing.case)
    if form.is_valid():
        with refusals_shown_on(form):
            sent = form.cleaned_data
            if sent["undo"]:
                services.take_reading_back(segment_id=pk, mediator=request.user)
            elif sent["confirms"] and segment.recording_id:
                diarization.confirm_proposals(
                    recording_id=segment.recording_id, mediator=request.user, segment_id=pk
                )
            elif sent["reopens"] and segment.recording_id:
                diarization.reopen_proposals(
                    recording_id=segment.recording_id, mediator=request.user, segment_id=pk
                )
            else:
                services.correct_segment(
                    segment_id=pk,
                    mediator=request.user,
                    text=sent["text"] if "text" in request.POST else None,
                    speaker=sent["speaker"] if "speaker" in request.POST else None,
                    checked=sent["checked"],
                )
            if wants_json:
                return _line_drawn(request, door, hearing, pk)
            return redirect(reverse(f"{door}:transcript", args=[hearing.pk]) + f"#line-{pk}")
    if wants_json:
        said = " ".join(str(message) for messages in form.errors.values() for message in messages)
        return JsonResponse({"message": said}, status=UNPROCESSABLE)
    return show(request, door, room.find_hearing(request, hearing.pk), form=form)


def _line_drawn(request: HouseRequest, door: str, hearing: Hearing, pk: int) -> JsonResponse:
    lines = services.lines_of(hearing)
    line = next(line for line in lines if line.pk == pk)
    recording = line.recording
    voices = (
        voices_of(recording, [one for one in lines if one.recording_id == recording.pk])
        if recording
        else None
    )
    drawn = line_of(door, line, voices.by_line.get(pk) if voices else None)
    context = {"line": drawn, "may_edit": True, "speakers": speakers(hearing.case)}
    return JsonResponse(
        {
            "is_unchecked": drawn.is_unchecked,
            "html": render_to_string("components/hearing_line.html", context, request),
            "voices": render_to_string("components/hearing_voices.html", {"voices": voices}, request)
            if voices
            else "",
            "unchecked": marks.count_unchecked(lines),
            "unnamed": sum(1 for line in lines if line.text and not line.speaker),
            "asks_again": bool(hearing.read_asked_digest)
            and hearing.read_asked_digest != services.digest_of(hearing, lines),
        }
    )


def name_speakers(request: HouseRequest, door: str, pk: int) -> HttpResponse:
    """Say who spoke, wherever that is open in a recording."""
    hearing = get_object_or_404(Hearing, recordings=pk, case__in=Case.objects.visible_to(request.user))
    speaker = request.POST.get("speaker", "")
    return _act(
        request,
        door,
        hearing.pk,
        lambda: services.name_speakers(recording_id=pk, mediator=request.user, speaker=speaker),
    )


def ask(request: HouseRequest, door: str, pk: int) -> HttpResponse:
    """Ask both sides to read the transcript."""
    return _act(request, door, pk, lambda: services.ask_to_read(hearing_id=pk, mediator=request.user))


def issue(request: HouseRequest, door: str, pk: int) -> HttpResponse:
    """Make the paper."""
    return _act(request, door, pk, lambda: services.issue_transcript(hearing_id=pk, mediator=request.user))


def answer(request: HouseRequest, door: str, pk: int) -> HttpResponse:
    """A side confirms the transcript or says what is wrong with it."""
    hearing, form = room.find_hearing(request, pk), ReadBackForm(request.POST)
    since = last_seq(hearing.case)
    if form.is_valid():
        with refusals_shown_on(form):
            services.read_back(
                hearing_id=pk,
                person=request.user,
                confirmed=form.cleaned_data["answer"] == "yes",
                objection=form.cleaned_data["objection"],
                digest=form.cleaned_data["digest"],
            )
            acknowledge(request, hearing.case, since=since)
            return redirect(f"{door}:transcript", pk)
    return show(request, door, hearing, form=form, read_form=form)


def corrections(request: HouseRequest, door: str, pk: int) -> HttpResponse:
    """Every human reading of every line: when, by whom, what stood there before."""
    hearing = room.find_hearing(request, pk)
    rows = []
    for line in services.lines_of(hearing):
        before = [line.heard]
        for correction in sorted(line.corrections.all(), key=lambda one: one.pk):
            rows.append(_change(line, before[-1], correction))
            before = before if correction.taken_back_at else [*before, correction.text]
    rows.sort(key=lambda row: row["at"], reverse=True)
    return page(
        request,
        f"{door}/corrections.html",
        hearing=hearing,
        case=hearing.case,
        rows=rows,
        urls=_urls_of(door, hearing),
    )


def _change(line: Segment, before: str, correction: Correction) -> dict[str, Any]:
    return {
        "at": correction.at,
        "by": str(correction.by),
        "line": line,
        "old": before,
        "new": correction.text,
        "same": before == correction.text,
        "taken_back_at": correction.taken_back_at,
    }


def _act(request: HouseRequest, door: str, pk: int, act: Callable[[], object]) -> HttpResponse:
    hearing, form = room.find_hearing(request, pk), tried(act)
    if form.errors:
        return show(request, door, hearing, form=form)
    return redirect(f"{door}:transcript", pk)
