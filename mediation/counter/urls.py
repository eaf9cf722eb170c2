"""Where the pages of this door are: the inbox, a case, sitting in the talks."""

from django.urls import path

from mediation.counter import hearing_urls, views
from mediation.parties.pages import pages_of

app_name = "counter"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    *pages_of(views.COUNTER),
    *hearing_urls.urlpatterns,
]
