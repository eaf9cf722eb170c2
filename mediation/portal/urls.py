"""Where the pages of this door are: filing a dispute, following it, sitting in the talks."""

from django.urls import path

from mediation.parties.pages import pages_of
from mediation.portal import case_views, hearing_urls, intake_urls

app_name = "portal"
urlpatterns = [
    *intake_urls.urlpatterns,
    path("my-cases/", case_views.my_cases, name="my_cases"),
    *pages_of(case_views.PORTAL),
    *hearing_urls.urlpatterns,
]
