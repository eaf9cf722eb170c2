"""The mediator's link in the hands of a helper or an interpreter: rights first, then a name, then the waiting room."""

from typing import Any

from django import forms
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from cases.errors import Refusal
from mediation.entrance import gate
from mediation.hearings.models import Attendance, Invitation
from mediation.hearings.rights import RIGHTS
from mediation.hearings.room import seats
from mediation.http import page, refusals_shown_on

BACKEND = "django.contrib.auth.backends.ModelBackend"
STAYS_S = 24 * 3600
NOT_FOUND = 404


class NameForm(forms.Form):
    """Who comes."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=seats.LONGEST_NAME,
        error_messages={"required": _("Please write your name.")},
    )


@require_http_methods(["GET", "POST"])
def come(request: HttpRequest, secret: str) -> HttpResponse:
    """Show whom the link is for; a POST with a name uses it up and signs this browser in as that guest, for a day.

    Who is signed in already is asked to use another browser, so that nobody loses a session or a draft.
    """
    try:
        invitation = seats.invitation_of(secret)
    except Refusal as refusal:
        return page(request, "portal/hearing_guest_ended.html", status=NOT_FOUND, why=list(refusal))
    if request.user.is_authenticated:
        return page(request, "portal/hearing_guest.html", **_context(invitation), taken=str(request.user))
    form = NameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_shown_on(form):
            gate.count_or_refuse(request, "code tries")
            seat = seats.come_as_guest(secret=secret, name=form.cleaned_data["name"])
            return _let_in(request, seat)
    return page(request, "portal/hearing_guest.html", form=form, **_context(invitation))


def _let_in(request: HttpRequest, seat: Attendance) -> HttpResponse:
    login(request, seat.person, backend=BACKEND)
    request.session.set_expiry(STAYS_S)
    return redirect("portal:hearing_room", seat.hearing_id)


def _context(invitation: Invitation) -> dict[str, Any]:
    return {"invitation": invitation, "hearing": invitation.hearing, "rights": RIGHTS}
