"""Where the pages of this door are: filing a dispute, following it, sitting in the talks."""

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern

app_name = "portal"
urlpatterns: list[URLPattern] = []
for _topic in ("intake_urls", "case_urls", "hearing_urls"):
    if find_spec(f"mediation.portal.{_topic}"):
        urlpatterns += import_module(f"mediation.portal.{_topic}").urlpatterns
