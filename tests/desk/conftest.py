"""Signed-in browsers for the people of the office."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case, User

Sent = Callable[..., object]


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def as_officer(officer) -> Client:
    return signed_in(officer)


@pytest.fixture
def as_mediator(mediator) -> Client:
    return signed_in(mediator)


@pytest.fixture
def as_lender(lender) -> Client:
    return signed_in(lender)


def act_url(case: Case, name: str) -> str:
    return reverse("desk:act", args=[case.docket, name])


def case_url(case: Case) -> str:
    return reverse("desk:case", args=[case.docket])
