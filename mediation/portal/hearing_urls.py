"""Addresses of the hearing behind this door."""

from django.urls import path

from mediation.portal import hearing_views

urlpatterns = [
    path("hearing/<int:pk>/", hearing_views.hearing, name="hearing"),
    path("hearing/<int:pk>/room/", hearing_views.talking, name="hearing_room"),
    path("hearing/guest/<str:secret>/", hearing_views.guest, name="hearing_guest"),
    path("hearing/<int:pk>/apart/", hearing_views.agree_apart, name="agree_apart"),
    path("hearing/<int:pk>/words/", hearing_views.say_apart, name="say_apart"),
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
    path("hearing/<int:pk>/transcript/answer/", hearing_views.read_back, name="read_back"),
    path("facts/<str:docket>/confirm/", hearing_views.confirm_facts, name="confirm_facts"),
]
