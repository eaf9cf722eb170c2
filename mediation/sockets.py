"""Where WebSockets lead."""

from django.urls import path

from mediation.hearings.consumers import ProgressConsumer, RoomConsumer
from mediation.hearings.live.sound import SoundConsumer

sockets = [
    path("ws/recordings/<int:pk>/", ProgressConsumer.as_asgi()),
    path("ws/hearings/<int:pk>/", RoomConsumer.as_asgi()),
    path("ws/hearings/<int:pk>/sound/", SoundConsumer.as_asgi()),
]
