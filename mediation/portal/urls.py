"""Where the pages of this door are."""

from django.urls import URLPattern

app_name = "portal"
urlpatterns: list[URLPattern] = []
