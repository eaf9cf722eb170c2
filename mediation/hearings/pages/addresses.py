"""The addresses of a hearing, its transcript and the undisputed facts, behind the door of each side or the mediator."""

from collections.abc import Callable

from django.http import HttpResponse
from django.urls import URLPattern, path

from cases.roles import Role
from mediation.hearings.pages import aloud, comparing, facts, files, reading, room, speaking, talks, uploads
from mediation.http import behind

To = Callable[..., Callable[..., HttpResponse]]
HEARING, TRANSCRIPT, FACTS = "hearing/<int:pk>/", "hearing/<int:pk>/transcript", "facts/<str:docket>/"
SPOKEN = "hearing/<int:pk>/transcript/aloud/"
RECORDING, PIECES = "recording/<int:pk>/", "hearing/<int:pk>/recordings/pieces/"


def pages_of(door: str, role: Role) -> list[URLPattern]:
    """What this role finds behind this door; 404 for a hearing that is not theirs."""
    to = behind(door, role)
    return [*_everybodys(to), *(_mediators(to) if role == Role.MEDIATOR else _sides(to))]


def _everybodys(to: To) -> list[URLPattern]:
    return [
        path(HEARING, to(room.show_hearing), name="hearing"),
        path(f"{HEARING}room/", to(talks.show), name="hearing_room"),
        path(f"{HEARING}live/", to(room.live), name="hearing_live"),
        path(f"{HEARING}join/", to(room.join, "POST"), name="join_hearing"),
        path(f"{HEARING}speaking/", to(speaking.say, "POST"), name="speaking"),
        path(f"{HEARING}may-we-record/", to(room.answer, "POST"), name="answer_recording"),
        path(f"{HEARING}recordings/", to(uploads.add, "POST"), name="add_recording"),
        path(PIECES, to(uploads.announce, "POST"), name="announce_recording"),
        path(f"{PIECES}<str:upload_id>/", to(uploads.piece, "PATCH", "HEAD"), name="recording_piece"),
        path(f"{RECORDING}news/", to(room.news), name="recording_news"),
        path(f"{RECORDING}row/", to(room.part), name="recording_part"),
        path(f"{RECORDING}again/", to(room.again, "POST"), name="try_recording_again"),
        path(f"{TRANSCRIPT}/", to(reading.show_transcript), name="transcript"),
        path(f"{TRANSCRIPT}.vtt", to(files.download), {"ending": "vtt"}, name="transcript_vtt"),
        path(FACTS, to(facts.show_facts), name="facts"),
    ]


def _sides(to: To) -> list[URLPattern]:
    return [
        path(f"{HEARING}apart/", to(room.agree_apart, "POST"), name="agree_apart"),
        path(f"{HEARING}words/", to(room.say_apart, "POST"), name="say_apart"),
        path(f"{TRANSCRIPT}/answer/", to(reading.answer, "POST"), name="read_back"),
        path(f"{TRANSCRIPT}/court/", to(files.show_to_court, "POST"), name="show_to_court"),
        path(SPOKEN, to(aloud.announce, "POST"), name="announce_spoken_yes"),
        path(f"{SPOKEN}<str:upload_id>/", to(aloud.piece, "PATCH", "HEAD"), name="spoken_yes_piece"),
        path(f"{FACTS}confirm/", to(facts.confirm, "POST"), name="confirm_facts"),
    ]


def _mediators(to: To) -> list[URLPattern]:
    return [
        path(f"{HEARING}identity/<int:person>/", to(room.check_identity, "POST"), name="check_identity"),
        path(f"{HEARING}end/", to(room.end, "POST"), name="end_hearing"),
        path(f"{HEARING}lines/", to(room.write_line, "POST"), name="write_line"),
        path("hearing/line/<int:pk>/", to(reading.correct, "POST"), name="correct_line"),
        path(f"{RECORDING}speakers/", to(reading.name_speakers, "POST"), name="name_speakers"),
        path(f"{RECORDING}voices/", to(comparing.compare, "POST"), name="compare_voices"),
        path(f"{RECORDING}voices/news/", to(comparing.news), name="voices_news"),
        path(f"{RECORDING}voices/confirm/", to(comparing.confirm, "POST"), name="confirm_voices"),
        path(f"{RECORDING}voices/reopen/", to(comparing.reopen, "POST"), name="reopen_voices"),
        path(f"{TRANSCRIPT}/ask/", to(reading.ask, "POST"), name="ask_to_read"),
        path(f"{TRANSCRIPT}/issue/", to(reading.issue, "POST"), name="issue_transcript"),
        path(f"{TRANSCRIPT}.json", to(files.download), {"ending": "json"}, name="transcript_json"),
        path(f"{TRANSCRIPT}/corrections/", to(reading.corrections), name="corrections"),
        path(f"{FACTS}offer/", to(facts.offer, "POST"), name="offer_facts"),
        path(f"{FACTS}issue/", to(facts.issue, "POST"), name="issue_facts"),
    ]
