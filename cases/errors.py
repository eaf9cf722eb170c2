"""How we refuse, in words. A refusal is lawful and expected; it is shown on the form (422) or as problem+json (409)."""

from collections.abc import Iterator

from django.utils.functional import Promise


class Refusal(Exception):
    """A lawful “no”, with one or more plain messages that say what to do."""

    def __init__(self, *messages: str | Promise) -> None:
        super().__init__(*messages)
        self.messages: tuple[str | Promise, ...] = messages

    def __iter__(self) -> Iterator[str]:
        return (str(message) for message in self.messages)

    def __str__(self) -> str:
        return " ".join(self)


class StepRefused(Refusal):
    """The case is not where this step starts, or the person may not take it."""


class NotAdmissible(Refusal):
    """A dispute that cannot be accepted yet: every objection at once."""
