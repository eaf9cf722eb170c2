"""A hearing in which everybody sits, and ports that are forgotten after each test."""

from collections.abc import Iterator

import pytest
from channels.layers import get_channel_layer
from django.core.cache import cache

from cases.models import User
from mediation import adapters
from mediation.hearings.models import Hearing
from mediation.hearings.room import seats


@pytest.fixture(autouse=True)
def _nothing_left_over() -> Iterator[None]:
    adapters._built.cache_clear()
    cache.clear()
    yield
    adapters._built.cache_clear()
    cache.clear()
    layer = get_channel_layer()
    layer.channels.clear()
    layer.groups.clear()


@pytest.fixture
def sitting(hearing: Hearing, mediator: User, citizen: User, lender: User) -> Hearing:
    """Everybody let in."""
    for person in (citizen, lender):
        seats.admit(hearing_id=hearing.pk, mediator=mediator, person_id=person.pk)
    return hearing
