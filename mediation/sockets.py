"""Where WebSockets lead."""

from django.urls import path

from mediation.hearings.consumers import ProgressConsumer

sockets = [path("ws/recordings/<int:pk>/", ProgressConsumer.as_asgi())]
