"""The page of a hearing: who is here, rights, consent, recordings, its end. Works alike behind every door."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.forms import Form
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse

from cases.models import Case, User
from cases.roles import Role
from mediation.hearings import marks, services
from mediation.hearings.content import speaker_name
from mediation.hearings.forms import EndForm, RecordingForm, WriteForm
from mediation.hearings.models import Attendance, Hearing, Part, Recording
from mediation.hearings.pages import apart
from mediation.hearings.pages.acting import tried
from mediation.hearings.pages.spoken import spoken_here
from mediation.hearings.rights import RIGHTS
from mediation.hearings.room import presence, seats
from mediation.hearings.room.saying import say_in_writing
from mediation.hearings.transcription import may_follow, progress_of, try_again
from mediation.http import HouseRequest, page, refusals_shown_on

NOT_CHANGED = 304


@dataclass(frozen=True, slots=True)
class Seat:
    """One person of the hearing as the page shows them; `seat` is None for somebody who has not come yet."""

    name: str
    role: str
    seat: Attendance | None
    is_here: bool
    is_me: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A recording as the page shows it, with the addresses it needs."""

    recording: Recording
    title: str
    speaker: str
    sound: str
    news: str
    part: str
    again: str
    socket: str

    @property
    def counted(self) -> dict[str, int]:
        """How many `lines` it has, once they are there; of those that nobody has listened to yet, in how many the
        machine was in doubt (`unsure`), and in how many something needs an ear (`unchecked`). Reads them all.
        """
        if self.recording.state != Recording.State.DONE:
            return {"lines": 0}
        lines = list(self.recording.segments.prefetch_related("corrections"))
        return {
            "lines": len(lines),
            "unsure": sum(map(marks.is_unsure, lines)),
            "unchecked": marks.count_unchecked(lines),
        }

    @property
    def is_going_on(self) -> bool:
        """Whether its text is still awaited."""
        return self.recording.state in {Recording.State.PENDING, Recording.State.RUNNING}


def find_hearing(request: HouseRequest, pk: int) -> Hearing:
    """The hearing, where this person may see its case and is a side or its mediator; else 404."""
    return get_object_or_404(
        Hearing.objects.select_related("case__centre", "case__mediator", "transcript__deposit"),
        pk=pk,
        case__in=Case.objects.visible_to(request.user),
    )


def show_hearing(request: HouseRequest, door: str, pk: int) -> HttpResponse:
    """The page of a hearing."""
    return show(request, door, find_hearing(request, pk))


def show(request: HouseRequest, door: str, hearing: Hearing, **forms: Form) -> HttpResponse:
    """The whole page; a bound form with errors makes it 422."""
    case, person = hearing.case, request.user
    presence.notice(hearing.pk, person.pk)
    seats = seats_of(hearing, person)
    mine = next((seat.seat for seat in seats if seat.is_me), None)
    state = _state_of(hearing, seats, mine)
    context: dict[str, Any] = {
        **state,
        "etag": _etag_of(door, state, person),
        "case": case,
        "door": door,
        "is_mediator": person.role == Role.MEDIATOR,
        "rights": RIGHTS,
        "rows": rows_of(door, hearing, person),
        "written": list(hearing.written_lines.prefetch_related("corrections")),
        "record_form": RecordingForm(case=case, own_role=person.role),
        "end_form": EndForm(),
        "line_form": WriteForm(case=case, initial={"speaker": Role.CITIZEN}),
        "urls": urls_of(door, hearing),
        **spoken_here(hearing, mine, person),
        **apart.context_of(hearing),
        **forms,
    }
    return page(request, f"{door}/hearing.html", **context)


def _state_of(hearing: Hearing, seats: Sequence[Seat], mine: Attendance | None) -> dict[str, Any]:
    taken = [seat.seat for seat in seats if seat.seat]
    may_record = services.may_record(hearing)
    refused = any(seat.records_agreed is False for seat in taken)
    answered = mine and mine.records_agreed
    marks = [hearing.state, may_record, refused, bool(mine), answered, hearing.recordings.count()]
    return {
        "hearing": hearing,
        "seats": seats,
        "mine": mine,
        "is_open": hearing.state == Hearing.State.OPEN,
        "is_ended": hearing.state == Hearing.State.ENDED,
        "may_record": may_record,
        "all_here": all(seat.seat for seat in seats),
        "refused": refused,
        "waiting_for_answer": any(seat.records_agreed is None for seat in taken),
        "mark": hashlib.sha256(repr(marks).encode()).hexdigest()[:16],
    }


def seats_of(hearing: Hearing, person: User) -> list[Seat]:
    """The mediator and both sides, come or not, and whoever else sits for a side."""
    case = hearing.case
    taken = list(hearing.attendances.select_related("person"))
    here = presence.here(hearing.pk, [seat.person_id for seat in taken])
    seats = [
        Seat(
            str(seat.person),
            str(Part(seat.part).label if seat.part else Role(seat.person.role).label),
            seat,
            seat.person_id in here or seat.person_id == person.pk,
            seat.person_id == person.pk,
        )
        for seat in taken
    ]
    roles = {seat.person.role for seat in taken if not seat.part}
    absent = {
        Role.MEDIATOR: str(case.mediator or ""),
        Role.CITIZEN: str(case.claimant or ""),
        Role.INSTITUTION: str(case.respondent or ""),
    }
    seats += [
        Seat(name, str(role.label), None, False, False) for role, name in absent.items() if role not in roles
    ]
    order = [Role.MEDIATOR.label, Role.CITIZEN.label, Role.INSTITUTION.label, Part.HELPER.label]
    labels = [str(label) for label in [*order, Part.INTERPRETER.label]]
    return sorted(seats, key=lambda seat: labels.index(seat.role))


def rows_of(door: str, hearing: Hearing, person: User) -> list[Row]:
    """The recordings of the hearing, first made first."""
    found = hearing.recordings.select_related("exhibit__deposit", "case", "hearing").order_by(
        "asked_at", "pk"
    )
    return [row_of(door, recording) for recording in found if may_follow(person, recording)]


def row_of(door: str, recording: Recording) -> Row:
    """One recording with its addresses."""
    exhibit = recording.exhibit
    return Row(
        recording,
        f"{exhibit.number:02d} {exhibit.title}",
        speaker_name(recording.case, recording.speaker),
        reverse("exhibit_file", args=[exhibit.pk]),
        reverse(f"{door}:recording_news", args=[recording.pk]),
        reverse(f"{door}:recording_part", args=[recording.pk]),
        reverse(f"{door}:try_recording_again", args=[recording.pk]),
        f"/ws/recordings/{recording.pk}/",
    )


def urls_of(door: str, hearing: Hearing) -> dict[str, str]:
    """Where the forms of the page go."""
    names = ["hearing", "transcript", "hearing_live", "join_hearing", "answer_recording", "add_recording"]
    names += ["announce_recording", "hearing_room", "speaking"]
    names += ["end_hearing", "write_line"] if door == "desk" else ["agree_apart", "say_apart"]
    urls = {name: reverse(f"{door}:{name}", args=[hearing.pk]) for name in names}
    return {
        **urls,
        "facts": reverse(f"{door}:facts", args=[hearing.case.docket]),
        "case": reverse("open_case", args=[hearing.case_id]),
    }


def live(request: HouseRequest, door: str, pk: int) -> HttpResponse:
    """Who is here, for a page that asks again every few seconds; 304 while nothing has changed."""
    hearing = find_hearing(request, pk)
    presence.notice(hearing.pk, request.user.pk)
    seats = seats_of(hearing, request.user)
    mine = next((seat.seat for seat in seats if seat.is_me), None)
    state = _state_of(hearing, seats, mine)
    etag = f'"{_etag_of(door, state, request.user)}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=NOT_CHANGED, headers={"ETag": etag})
    context = {**state, "door": door, "is_mediator": request.user.role == Role.MEDIATOR}
    html = render_to_string("components/hearing_here.html", context, request)
    return HttpResponse(html, headers={"ETag": etag})


def _etag_of(door: str, state: dict[str, Any], person: User) -> str:
    """A digest of what the live part shows, without the safety tokens that differ every time."""
    context = {**state, "door": door, "is_mediator": person.role == Role.MEDIATOR}
    drawn = render_to_string("components/hearing_here.html", context)
    return hashlib.sha256(drawn.encode()).hexdigest()[:32]


def join(request: HouseRequest, door: str, pk: int) -> HttpResponse:
    """Take a seat, having been shown rights and duties."""
    return _act(request, door, pk, lambda: services.join_hearing(hearing_id=pk, person=request.user))


def answer(request: HouseRequest, door: str, pk: int) -> HttpResponse:
    """Say yes or no to being recorded; anything else is no answer."""
    if request.POST.get("agrees") not in {"yes", "no"}:
        return redirect(f"{door}:hearing", pk)
    agrees = request.POST["agrees"] == "yes"
    return _act(
        request,
        door,
        pk,
        lambda: services.answer_recording(hearing_id=pk, person=request.user, agrees=agrees),
    )


def check_identity(request: HouseRequest, door: str, pk: int, person: int) -> HttpResponse:
    """The mediator has seen who this is."""
    hearing = find_hearing(request, pk)
    get_object_or_404(hearing.attendances, person_id=person)
    return _act(
        request,
        door,
        pk,
        lambda: services.check_identity(hearing_id=pk, mediator=request.user, person_id=person),
    )


def end(request: HouseRequest, door: str, pk: int) -> HttpResponse:
    """End the hearing with its result, and go on to the transcript."""
    hearing, form = find_hearing(request, pk), EndForm(request.POST)
    if form.is_valid():
        with refusals_shown_on(form):
            services.end_hearing(hearing_id=pk, mediator=request.user, result=form.cleaned_data["result"])
            return redirect(f"{door}:transcript", pk)
    return show(request, door, hearing, form=form, end_form=form)


def write_line(request: HouseRequest, door: str, pk: int) -> HttpResponse:
    """The mediator writes down what was said."""
    hearing = find_hearing(request, pk)
    form = WriteForm(request.POST, case=hearing.case)
    if form.is_valid():
        with refusals_shown_on(form):
            services.write_line(
                hearing_id=pk,
                mediator=request.user,
                speaker=form.cleaned_data["speaker"],
                text=form.cleaned_data["text"],
            )
            return redirect(reverse(f"{door}:hearing", args=[pk]) + "#write")
    return show(request, door, hearing, form=form, line_form=form)


def _act(request: HouseRequest, door: str, pk: int, act: Callable[[], object]) -> HttpResponse:
    """Do one thing without a form; a refusal is shown at the top of the page."""
    hearing, form = find_hearing(request, pk), tried(act)
    if form.errors:
        return show(request, door, hearing, form=form)
    return redirect(f"{door}:hearing", pk)


def _find_recording(request: HouseRequest, pk: int) -> Recording:
    return get_object_or_404(
        Recording.objects.select_related("case", "exhibit__deposit", "hearing"),
        pk=pk,
        case__in=Case.objects.visible_to(request.user),
        hearing__isnull=False,
    )


def news(request: HouseRequest, door: str, pk: int) -> HttpResponse:
    """How far a transcription is, for a page whose socket does not hold."""
    return JsonResponse(progress_of(_find_recording(request, pk)))


def part(request: HouseRequest, door: str, pk: int) -> HttpResponse:
    """The row of a recording, drawn anew when its text is there or cannot be had."""
    recording = _find_recording(request, pk)
    context = {
        "row": row_of(door, recording),
        "is_mediator": request.user.role == Role.MEDIATOR,
        "urls": urls_of(door, recording.hearing) if recording.hearing else {},
    }
    return HttpResponse(render_to_string("components/hearing_recording.html", context, request))


def again(request: HouseRequest, door: str, pk: int) -> HttpResponse:
    """Ask once more for the text of a recording."""
    recording = _find_recording(request, pk)
    assert recording.hearing_id  # noqa: S101 - _find_recording asks for it
    return _act(request, door, recording.hearing_id, lambda: try_again(recording_id=pk, person=request.user))


def agree_apart(request: HouseRequest, door: str, pk: int) -> HttpResponse:
    """Say yes or no to speaking each in their own time; anything else is no answer."""
    if request.POST.get("agrees") not in {"yes", "no"}:
        return redirect(f"{door}:hearing", pk)
    agrees = request.POST["agrees"] == "yes"
    return _act(
        request, door, pk, lambda: seats.agree_apart(hearing_id=pk, person=request.user, agrees=agrees)
    )


def say_apart(request: HouseRequest, door: str, pk: int) -> HttpResponse:
    """Write down, in one's own time, what one wants to say."""
    hearing, form = find_hearing(request, pk), apart.SayForm(request.POST)
    if form.is_valid():
        with refusals_shown_on(form):
            say_in_writing(hearing_id=pk, person=request.user, text=form.cleaned_data["words"])
            return redirect(reverse(f"{door}:hearing", args=[pk]) + "#apart")
    return show(request, door, hearing, form=form, say_form=form)
