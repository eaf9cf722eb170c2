"""The port `media`: what carries sound and picture between the browsers of a hearing."""

from typing import Protocol


class Media(Protocol):
    """`relays` says whether a server stands between the browsers; one that does is janus.Janus or speaks like it."""

    relays: bool
    most_guests: int

    def problems(self) -> list[str]:
        """What an operator must mend before this can serve; empty when ready."""


class Mesh:
    """Every browser talks to every other. Needs no server; more than five people would be too much for a phone."""

    relays = False
    most_guests = 2

    def problems(self) -> list[str]:
        """Nothing is needed."""
        return []
