"""Addresses of the hearing behind this door."""

from django.urls import path

from mediation.desk import hearing_views

urlpatterns = [
    path("hearing/<int:pk>/", hearing_views.hearing, name="hearing"),
    path("hearing/<int:pk>/room/", hearing_views.talking, name="hearing_room"),
    path("hearing/<int:pk>/live/", hearing_views.live, name="hearing_live"),
    path("hearing/<int:pk>/join/", hearing_views.join, name="join_hearing"),
    path("hearing/<int:pk>/may-we-record/", hearing_views.answer_recording, name="answer_recording"),
    path("hearing/<int:pk>/recordings/", hearing_views.add_recording, name="add_recording"),
    path("hearing/<int:pk>/recordings/pieces/", hearing_views.announce_recording, name="announce_recording"),
    path(
        "hearing/<int:pk>/recordings/pieces/<str:upload_id>/",
        hearing_views.recording_piece,
        name="recording_piece",
    ),
    path("recording/<int:pk>/news/", hearing_views.recording_news, name="recording_news"),
    path("recording/<int:pk>/row/", hearing_views.recording_part, name="recording_part"),
    path("recording/<int:pk>/again/", hearing_views.try_recording_again, name="try_recording_again"),
    path("hearing/<int:pk>/transcript/", hearing_views.transcript, name="transcript"),
    path("facts/<str:docket>/", hearing_views.facts_page, name="facts"),
    path("hearing/<int:pk>/identity/<int:person>/", hearing_views.check_identity, name="check_identity"),
    path("hearing/<int:pk>/end/", hearing_views.end_hearing, name="end_hearing"),
    path("hearing/<int:pk>/lines/", hearing_views.write_line, name="write_line"),
    path("hearing/line/<int:pk>/", hearing_views.correct_line, name="correct_line"),
    path("recording/<int:pk>/speakers/", hearing_views.name_speakers, name="name_speakers"),
    path("hearing/<int:pk>/transcript/ask/", hearing_views.ask_to_read, name="ask_to_read"),
    path("hearing/<int:pk>/transcript/issue/", hearing_views.issue_transcript, name="issue_transcript"),
    path("hearing/<int:pk>/transcript.vtt", hearing_views.transcript_vtt, name="transcript_vtt"),
    path("hearing/<int:pk>/transcript.json", hearing_views.transcript_json, name="transcript_json"),
    path("hearing/<int:pk>/transcript/corrections/", hearing_views.corrections, name="corrections"),
    path("facts/<str:docket>/offer/", hearing_views.offer_facts, name="offer_facts"),
    path("facts/<str:docket>/issue/", hearing_views.issue_facts, name="issue_facts"),
]
