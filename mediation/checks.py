"""`manage.py check` asks every port what is missing, so that an operator reads it before a person meets it."""

from typing import Any

from django.conf import settings
from django.core import checks

from mediation.adapters import adapter


@checks.register("adapters", deploy=True)
def ports_are_ready(app_configs: object, **kwargs: Any) -> list[checks.CheckMessage]:
    """One warning for each thing that an adapter says it lacks."""
    found: list[checks.CheckMessage] = []
    for name in settings.ADAPTERS:
        try:
            problems = adapter(name).problems()
        except ImportError as error:
            problems = [str(error)]
        found += [
            checks.Warning(problem, hint=f"settings.ADAPTERS[{name!r}]", id="mediation.W001")
            for problem in problems
        ]
    return found
