"""People at their microphones, and what comes out of one."""

import numpy as np
import pytest

from cases.models import User
from mediation.hearings.models import Hearing
from mediation.hearings.room import seats

RATE = 16_000


def noise(seconds: float, seed: int = 1) -> bytes:
    return np.random.default_rng(seed).integers(-9000, 9000, int(seconds * RATE), "<i2").tobytes()


def message(offset: int, payload: bytes, form: int = 0) -> bytes:
    return offset.to_bytes(8, "big") + bytes([form]) + payload


@pytest.fixture
def seated(hearing: Hearing, mediator: User, citizen: User, lender: User) -> Hearing:
    for person in (citizen, lender):
        seats.admit(hearing_id=hearing.pk, mediator=mediator, person_id=person.pk)
    return hearing
