"""Ports that are forgotten after each test."""

from collections.abc import Iterator

import pytest
from channels.layers import get_channel_layer
from django.core.cache import cache

from mediation import adapters


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
