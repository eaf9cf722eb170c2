"""Which class stands behind each port: settings.ADAPTERS names it, this builds it once a process."""

from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


@cache
def _built(name: str, path: str) -> Any:
    return import_string(path)(**settings.ADAPTERS[name][1])


def adapter(name: str) -> Any:
    """The object behind the port `name`. Raises KeyError for a port that the settings do not name."""
    return _built(name, settings.ADAPTERS[name][0])
