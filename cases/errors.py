"""How we refuse, in words. A refusal is lawful and expected: shown on the form (422), or as problem+json (409)."""

from evidence.errors import Refusal

__all__ = ["NotAdmissible", "Refusal", "StepRefused"]


class StepRefused(Refusal):
    """The case is not where this step starts, or the person may not take it."""


class NotAdmissible(Refusal):
    """A dispute that cannot be accepted yet: every objection at once."""
