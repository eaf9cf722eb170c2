"""A thousand packets that are not honest, twenty of each class and more; none of them holds."""

import pytest

from evidence.verify.verify import verify
from tests.evidence.mutants import KINDS, mutant


@pytest.mark.parametrize("kind", KINDS)
def test_no_mutant_holds(kind: str) -> None:
    for seed in range(20):
        made = mutant(kind, seed)
        answer = verify(made.packet, made.policy, made.policy_fingerprint, made.tsa)
        assert (answer["verdict"], answer["item"] is None) == ("differs", False), seed


def test_the_classes_are_many_and_a_mutant_is_always_the_same() -> None:
    assert len(KINDS) >= 20
    assert mutant(KINDS[0], 5) == mutant(KINDS[0], 5)
