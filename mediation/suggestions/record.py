"""What mediators made of the machine's suggestions: their own record for each, and counts for the office."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from cases.models import Case, User
from mediation.suggestions.models import Suggestion

FEWEST = 10  # decisions; fewer would tell who decided what
LAST = 30


@dataclass(frozen=True, slots=True)
class Decision:
    """One suggestion and what its mediator made of it. Sums in fen; `difference_fen` is None where it was set aside."""

    suggestion: Suggestion

    @property
    def difference_fen(self) -> int | None:
        """The mediator's sum less the machine's middle."""
        if self.suggestion.decided_fen is None or self.suggestion.middle_fen is None:
            return None
        return self.suggestion.decided_fen - self.suggestion.middle_fen

    @property
    def share(self) -> float | None:
        """The difference as a share of the machine's middle."""
        middle = self.suggestion.middle_fen
        return None if self.difference_fen is None or not middle else self.difference_fen / middle


@dataclass(frozen=True, slots=True)
class Record:
    """How often suggestions were adopted, changed or set aside, and by how much they were changed in the middle.

    `rows` are a mediator's own, the newest first; the office sees counts alone, and none under `FEWEST` decisions.
    """

    n: int
    adopted: int
    edited: int
    dismissed: int
    usual_change: float | None
    rows: tuple[Decision, ...]
    is_hidden: bool


def record_for(person: User, *, own: bool) -> Record:
    """The record of this mediator (`own`), or of all whose cases this person of the office may see."""
    decided = Suggestion.objects.exclude(state=Suggestion.State.OFFERED).select_related("case")
    decided = (
        decided.filter(decided_by=person)
        if own
        else decided.filter(case__in=Case.objects.visible_to(person).values("pk"))
    )
    every = [Decision(suggestion) for suggestion in decided.order_by("-decided_at", "-pk")]
    return _counted(every, hidden=not own and len(every) < FEWEST, rows=every[:LAST] if own else [])


def _counted(every: Sequence[Decision], *, hidden: bool, rows: Sequence[Decision]) -> Record:
    states = Counter(one.suggestion.state for one in every)
    changes = [abs(one.share) for one in every if one.share]
    return Record(
        n=len(every),
        adopted=states[Suggestion.State.ADOPTED],
        edited=states[Suggestion.State.EDITED],
        dismissed=states[Suggestion.State.DISMISSED],
        usual_change=median(changes) if changes else None,
        rows=tuple(rows),
        is_hidden=hidden,
    )
