"""The rule book at the desk: every limit in every version, what two rules say, the holidays; and what staff add."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cases.models import RuleAddition
from cases.roles import Role
from cases.rules import limits
from cases.rules.calendar import PACKAGE_TO, tables, year
from cases.rules.caps import Cap, Licence, caps_for
from cases.rules.delivery import delivery_rules
from cases.rules.escalating import agreed_steps, escalation
from cases.rules.notices import EARLIEST_YEAR
from cases.rules.tables import Status
from cases.services.rulebook import add_holidays, add_version
from cases.tasks import recount_after_commit
from mediation.dates.shelves import entries_of, shelves_of
from mediation.desk.rule_forms import HolidayForm, VersionForm, known_days
from mediation.http import HouseRequest, open_to, page, refusals_shown_on

SHOWN_ADDITIONS = 20


@require_GET
@open_to(Role.OFFICER, Role.MEDIATOR)
def rules(request: HouseRequest) -> HttpResponse:
    """Every limit and cap with its article and how far that was checked; what held on another day, with ?on=."""
    on = _day(request.GET.get("on", ""))
    return page(
        request,
        "desk/rules.html",
        shelves=shelves_of(on),
        conflicts=limits.load_conflicts(),
        steps=[*escalation().values(), *agreed_steps().values()],
        delivery=delivery_rules(on),
        caps=_caps(on),
        on=on,
        statuses=list(Status),
        years=_years(),
        additions=RuleAddition.objects.select_related("by", "recount").order_by("-pk")[:SHOWN_ADDITIONS],
        may_add=request.user.role == Role.OFFICER,
    )


def _years() -> list[dict[str, Any]]:
    """The years that matter now: what is known of each."""
    this = timezone.localdate().year
    known = sorted({*tables(), this, this + 1, this + 2})
    return [{"number": number, "table": year(number)} for number in known if number >= this - 1]


def _caps(on: date) -> list[tuple[Cap, str]]:
    """Each cap in force, with the licences it is for."""
    found: dict[str, tuple[Cap, list[str]]] = {}
    for licence in Licence:
        for cap in caps_for(licence, on):
            found.setdefault(cap.key, (cap, []))[1].append(str(licence.label))
    return [(cap, "、".join(licences)) for cap, licences in found.values()]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return timezone.localdate()


@require_http_methods(["GET", "POST"])
@open_to(Role.OFFICER)
def holidays(request: HouseRequest) -> HttpResponse:
    """Enter a year's holiday notice. Nothing is overwritten: a later entry for the year counts over an earlier one."""
    number = _year(request.GET.get("year", ""))
    form = HolidayForm(request.POST or None, initial=known_days(number))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        with refusals_shown_on(form):
            added = add_holidays(
                officer=request.user,
                year=told["year"],
                source=told["source"],
                days_off=told["days_off"],
                make_up=told["make_up"],
            )
            return _added(request, added)
    return page(request, "desk/holidays.html", form=form, number=number, table=year(number))


def _year(text: str) -> int:
    """The year that was asked for, or the first one without a notice."""
    if text.isdecimal() and EARLIEST_YEAR <= int(text) <= PACKAGE_TO:
        return int(text)
    number = timezone.localdate().year
    while year(number).is_notified and number < PACKAGE_TO:
        number += 1
    return number


@require_http_methods(["GET", "POST"])
@open_to(Role.OFFICER, Role.MEDIATOR)
def limit(request: HouseRequest, track: str, key: str) -> HttpResponse:
    """One limit with all its versions; officers may add the next one."""
    if track not in limits.TRACKS or (entry := entries_of(track, timezone.localdate()).get(key)) is None:
        raise Http404
    may_add = request.user.role == Role.OFFICER
    form = VersionForm(request.POST or None, replaces=entry.newest) if may_add else None
    if request.method == "POST":
        if form is None:
            raise Http404
        if form.is_valid():
            with refusals_shown_on(form):
                added = add_version(
                    officer=request.user,
                    track=track,
                    replaces=entry.newest.version,
                    tracks=form.cleaned_data["tracks"],
                    new=form.version(),
                )
                return _added(request, added)
    title = limits.profile_title(track)
    return page(request, "desk/rule.html", form=form, entry=entry, track=track, title=title)


def _added(request: HouseRequest, added: RuleAddition) -> HttpResponse:
    recount_after_commit()
    messages.success(
        request,
        _("Added as number %(number)s. The running clocks are being counted anew.") % {"number": added.pk},
    )
    return redirect("desk:rules")
