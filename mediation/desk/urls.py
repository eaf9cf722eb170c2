"""Where the pages of this door are."""

from django.urls import URLPattern

app_name = "desk"
urlpatterns: list[URLPattern] = []
