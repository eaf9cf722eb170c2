"""What the ground floor says when it cannot do what it was asked.

`Refusal` is lawful and is shown to people. `TryLater` and `NeverWill` are the two ways a port may fail.
Everything else here is a mistake of the program and is left to rise.
"""

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


class DepositRefused(Refusal):
    """A file that cannot be taken in; the message says what the person can do instead."""


class PacketRefused(Refusal):
    """A packet that would not hold together, for instance with a file whose entry is left out."""


class TryLater(Exception):
    """The world outside did not answer; the debt stays in its row and is tried again."""


class StorageUnreachable(TryLater):
    """The storage of sealed files does not answer, or answers with an error of its own."""


class NeverWill(Exception):
    """The world outside said no for good; a person has to look."""


class OutsideTransaction(RuntimeError):
    """An entry was about to be appended outside a transaction: the fact and its entry must stand or fall
    together.
    """


class Immutable(RuntimeError):
    """Somebody tried to change or delete what is kept for good."""


class CannotUnseal(ValueError):
    """Sealed bytes that do not open: another key, another place, or changed bytes."""


class Erased(LookupError):
    """What was asked for has been erased on purpose, and the chain says so."""


class TokenRefused(ValueError):
    """A timestamp token that does not fit the digest or the authority."""
