"""Where WebSockets lead."""

from django.urls import path

from mediation.hearings.live.sound import SoundConsumer
from mediation.hearings.room.consumers import ProgressConsumer, RoomConsumer

sockets = [
    path("ws/recordings/<int:pk>/", ProgressConsumer.as_asgi()),
    path("ws/hearings/<int:pk>/", RoomConsumer.as_asgi()),
    path("ws/hearings/<int:pk>/sound/", SoundConsumer.as_asgi()),
]
