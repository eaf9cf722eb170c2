"""Where the pages of this door are: the inbox, a case, sitting in the talks."""

from django.urls import path

from cases.roles import Role
from mediation.counter import views
from mediation.hearings.pages import addresses
from mediation.parties.pages import pages_of

app_name = "counter"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    *pages_of(views.COUNTER),
    *addresses.pages_of("counter", Role.INSTITUTION),
]
