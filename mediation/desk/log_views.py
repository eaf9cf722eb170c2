"""日志: how the log of all entries is doing, for the people of the office."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cases.roles import Role
from evidence.log.monitor import Health, Outsider, health
from mediation.http import HouseRequest, open_to, page


@require_GET
@open_to(Role.OFFICER, Role.MEDIATOR)
def log(request: HouseRequest) -> HttpResponse:
    """Lag, last checkpoint, witnesses, clocks, alarms."""
    found = health()
    return page(request, "desk/log.html", health=found, figures=_figures(found), outside=_outside(found))


@require_GET
@open_to(Role.OFFICER, Role.MEDIATOR)
def log_news(_request: HouseRequest) -> JsonResponse:
    """The same for a program that watches; 503 while there is an alarm."""
    found = health()
    told = {
        "lag_s": round(found.lag_s, 1),
        "uncovered": found.uncovered,
        "published_size": found.published_size,
        "alarms": [alarm.code for alarm in found.alarms],
    }
    return JsonResponse(told, status=200 if found.is_well else 503)


def _figures(found: Health) -> list[dict[str, Any]]:
    is_late = any(alarm.code == "delay" for alarm in found.alarms)
    age = found.checkpoint_age_s
    return [
        {"number": found.uncovered, "label": _("entries to be sealed"), "tone": "late" if is_late else ""},
        {"number": f"{found.lag_s:.0f} s", "label": _("longest wait now"), "tone": "late" if is_late else ""},
        {"number": found.published_size, "label": _("items in the log"), "note": found.origin},
        {"number": "—" if age is None else _age(age), "label": _("since the last checkpoint")},
    ]


def _age(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 1:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"


def _outside(found: Health) -> list[tuple[str, list[Outsider]]]:
    return [(_("Witnesses"), found.witnesses), (_("Time authorities"), found.clocks)]
