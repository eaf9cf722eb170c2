"""Where the pages of this door are: filing a dispute, following it, sitting in the talks."""

from django.urls import path

from cases.roles import Role
from mediation.hearings.pages import addresses, guests
from mediation.parties.pages import pages_of
from mediation.portal import case_views, intake_urls

app_name = "portal"
urlpatterns = [
    *intake_urls.urlpatterns,
    path("my-cases/", case_views.my_cases, name="my_cases"),
    *pages_of(case_views.PORTAL),
    path("hearing/guest/<str:secret>/", guests.come, name="hearing_guest"),
    *addresses.pages_of("portal", Role.CITIZEN),
]
