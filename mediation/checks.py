"""`manage.py check` asks every port what is missing, so that an operator reads it before a person meets it."""

from typing import Any

from django.conf import settings
from django.core import checks

from mediation.adapters import adapter
from mediation.hearings.room import connecting


@checks.register("mail")
def mail_can_leave(app_configs: object, **kwargs: Any) -> list[checks.CheckMessage]:
    """A mail server that is half set would let every letter wait; this is said at once, not only with --deploy."""
    return _problems_of("notifier.email", "mediation.W002")


@checks.register("connecting")
def browsers_find_each_other(app_configs: object, **kwargs: Any) -> list[checks.CheckMessage]:
    """A relay that is half set is told to nobody; this is said at once, too."""
    return [
        checks.Warning(problem, hint="STUN_URLS, TURN_URLS, TURN_SECRET", id="mediation.W003")
        for problem in connecting.problems()
    ]


@checks.register("adapters", deploy=True)
def ports_are_ready(app_configs: object, **kwargs: Any) -> list[checks.CheckMessage]:
    """One warning for each thing that an adapter says it lacks."""
    found: list[checks.CheckMessage] = []
    for name in settings.ADAPTERS:
        found += _problems_of(name, "mediation.W001")
    return found


def _problems_of(name: str, number: str) -> list[checks.CheckMessage]:
    try:
        problems = adapter(name).problems()
    except ImportError as error:
        problems = [str(error)]
    return [checks.Warning(problem, hint=f"settings.ADAPTERS[{name!r}]", id=number) for problem in problems]
