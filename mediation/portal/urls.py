"""Where the pages of this door are: filing a dispute, following it, sitting in the talks."""

from mediation.portal import case_urls, file_urls, hearing_urls, intake_urls

app_name = "portal"
urlpatterns = [
    *intake_urls.urlpatterns,
    *case_urls.urlpatterns,
    *file_urls.urlpatterns,
    *hearing_urls.urlpatterns,
]
