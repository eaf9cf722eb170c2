"""Where the pages of this door are: the inbox, a case, sitting in the talks."""

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern

app_name = "counter"
urlpatterns: list[URLPattern] = []
for _topic in ("case_urls", "file_urls", "hearing_urls"):
    if find_spec(f"mediation.counter.{_topic}"):
        urlpatterns += import_module(f"mediation.counter.{_topic}").urlpatterns
