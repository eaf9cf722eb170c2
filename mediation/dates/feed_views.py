"""The feed of a person's due days for a calendar program: its secret address, and what is read there."""

from datetime import timedelta
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases.models import CalendarFeed, User
from cases.services.feeds import make_address, person_behind, revoke_address
from mediation.dates.deadlines import Deadline, deadlines_of, told_of
from mediation.dates.ics import Event, calendar_text
from mediation.http import page

BACK, AHEAD = timedelta(days=31), timedelta(days=400)
MOST_EVENTS = 2_000
NEW = "new-calendar-address"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def feed_settings(request: HttpRequest) -> HttpResponse:
    """Make the address, see that there is one, end it. The address itself is shown once, when it is made."""
    person = cast("User", request.user)
    if request.method == "POST":
        if "end" in request.POST:
            revoke_address(person=person)
            messages.success(request, _("The address no longer works."))
        else:
            request.session[NEW] = make_address(person=person)
        return redirect("feed_settings")
    token = request.session.pop(NEW, "")
    address = request.build_absolute_uri(reverse("feed", args=[token])) if token else ""
    feed = CalendarFeed.objects.filter(person=person).first()
    response = page(request, "front/feed.html", feed=feed, address=address)
    patch_cache_control(response, private=True, no_store=True)
    return response


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar file. Dockets and names of limits only: calendars are kept where we have no say."""
    person = person_behind(token)
    if person is None:
        raise Http404
    today = timezone.localdate()
    with translation.override(settings.LANGUAGE_CODE):
        found = deadlines_of(person, first=today - BACK, last=today + AHEAD)[:MOST_EVENTS]
        prefetch_related_objects([one.case for one in found], "pauses")
        events = [_event(one, request) for one in found if one.state != "paused"]
        text = calendar_text(_("Mediation: due days"), events, now=timezone.now())
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="mediation.ics"'
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    patch_cache_control(response, private=True, max_age=900)
    return response


def _event(one: Deadline, request: HttpRequest) -> Event:
    link = reverse("open_case", args=[one.case.pk])
    notes = [told_of(one, one.case.pauses.all())]
    if one.late_on and one.late_on != one.on:
        notes.append(_("Late only after %(day)s.") % {"day": one.late_on.isoformat()})
    return Event(
        uid=f"{one.key}@{request.get_host().partition(':')[0]}",
        on=one.on,
        summary=f"{one.name} {one.case.docket}",
        description="\n".join(filter(None, notes)),
        url=f"{settings.SITE_URL}{link}" if settings.SITE_URL else request.build_absolute_uri(link),
        at=one.at,
        tentative=one.provisional,
    )
