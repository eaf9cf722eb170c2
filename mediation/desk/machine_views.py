"""The page about the machine that suggests: how far it held, whom it treats how, and the switch for one's own desk."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.errors import Refusal
from cases.roles import Role
from mediation import plots
from mediation.http import HouseRequest, open_to, page
from mediation.suggestions.choices import choose_for_myself, wants_suggestions
from mediation.suggestions.record import record_for
from mediation.suggestions.report import HeldRow, report


@require_http_methods(["GET", "POST"])
@open_to(Role.OFFICER, Role.MEDIATOR)
def machine(request: HouseRequest) -> HttpResponse:
    """Show the report; a mediator switches suggestions on or off here."""
    if request.method == "POST":
        try:
            choose_for_myself(person=request.user, is_on=request.POST.get("is_on") == "1")
            messages.success(request, _("Your choice is noted. You can change it at any time."))
        except Refusal as refusal:
            for message in refusal:
                messages.error(request, str(message))
        return redirect("desk:machine")
    found = report()
    return page(
        request,
        "desk/machine.html",
        report=found,
        calibration=plots.calibration(_held(found.levels)),
        coverage=plots.coverage(_held(found.causes)),
        short_causes=[row.name for row in found.causes if row.is_short],
        is_on=wants_suggestions(request.user),
        may_choose=request.user.role == Role.MEDIATOR,
        record=record_for(request.user, own=request.user.role == Role.MEDIATOR),
    )


def _held(rows: tuple[HeldRow, ...]) -> list[plots.Held]:
    return [plots.Held(str(row.name), row.promised, row.covered, row.least, row.most, row.n) for row in rows]
