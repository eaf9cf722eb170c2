import hashlib
import json
from datetime import UTC, datetime

import pytest
import time_machine
from pytest_django.fixtures import Settings

from evidence.canonical import canonical
from evidence.errors import TokenRefused, TryLater
from evidence.models import Anchor
from evidence.timestamps import LocalTimestamps, anchor_heads, current_authority

DIGEST = hashlib.sha256(b"head").digest()


@time_machine.travel("2025-03-07T17:59:00+08:00", tick=False)
def test_a_local_token_says_when_and_of_what() -> None:
    token = LocalTimestamps().stamp(DIGEST)

    assert LocalTimestamps().verify(token, DIGEST) == datetime(2025, 3, 7, 9, 59, tzinfo=UTC)


def test_a_token_for_another_digest_is_refused() -> None:
    with pytest.raises(TokenRefused, match="another digest"):
        LocalTimestamps().verify(LocalTimestamps().stamp(DIGEST), bytes(32))


def test_a_token_with_another_time_is_refused() -> None:
    told = json.loads(LocalTimestamps().stamp(DIGEST))
    told["at"] = "2020-01-01T00:00:00.000Z"

    with pytest.raises(TokenRefused, match="signature"):
        LocalTimestamps().verify(canonical(told), DIGEST)


def test_a_token_of_another_site_is_refused(settings: Settings) -> None:
    token = LocalTimestamps().stamp(DIGEST)
    settings.PERSONAL_DATA_KEY = "another site"

    with pytest.raises(TokenRefused, match="another key"):
        LocalTimestamps().verify(token, DIGEST)


class Failing(LocalTimestamps):
    name = "failing"

    def stamp(self, digest: bytes) -> bytes:
        raise TryLater("the authority is asleep")


def test_an_authority_that_sleeps_leaves_the_heads_for_the_next_run(told: str, settings: Settings) -> None:
    honest = settings.ADAPTERS
    settings.ADAPTERS = {**honest, "timestamps": (f"{__name__}.Failing", {})}
    with pytest.raises(TryLater):
        anchor_heads()
    assert not Anchor.objects.exists()

    settings.ADAPTERS = honest
    assert current_authority().problems() == []
    assert [anchor.chain for anchor in anchor_heads()] == [told]
