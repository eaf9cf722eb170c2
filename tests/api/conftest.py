"""Browsers of each role that speak JSON."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from tests.bench.conftest import application, signed_case  # noqa: F401 - the same cases as at the court's door


@pytest.fixture(autouse=True)
def _fresh_pace() -> None:
    cache.clear()


@pytest.fixture
def speak() -> Callable[[Any], APIClient]:
    """A client in which this person is signed in; nobody for None."""

    def made(person: Any = None) -> APIClient:
        client = APIClient()
        if person is not None:
            client.force_login(person)
        return client

    return made
