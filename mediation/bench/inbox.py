"""The applications of one court, sorted by what waits for whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import User
from mediation.agreements.models import Term
from mediation.bench.clocks import CourtClock, next_clock
from mediation.court.models import JointApplication
from mediation.court.services import for_bench

State = JointApplication.State
GROUPS: dict[str, tuple[Promise, frozenset[str]]] = {
    "open": (_("To do"), frozenset({State.SENT, State.ACCEPTED, State.SUPPLEMENT})),
    "new": (_("Not yet taken up"), frozenset({State.SENT})),
    "review": (_("Under review"), frozenset({State.ACCEPTED})),
    "papers": (_("Waiting for papers"), frozenset({State.SUPPLEMENT})),
    "decided": (_("Decided"), frozenset({State.CONFIRMED, State.DISMISSED})),
    "all": (_("All"), frozenset(State.values)),
}
TONES = {State.SENT: "blue", State.ACCEPTED: "teal", State.SUPPLEMENT: "amber", State.CONFIRMED: "green"}


@dataclass(frozen=True, slots=True)
class Row:
    """One application with its next clock."""

    application: JointApplication
    clock: CourtClock | None
    names: tuple[str, ...]
    amount_fen: int

    @property
    def tone(self) -> str:
        """The colour of its state."""
        return TONES.get(State(self.application.state), "")

    @property
    def urgency(self) -> tuple[bool, date, int]:
        """What waits first: running clocks by their day, then the newest."""
        return (self.clock is None, self.clock.due_on if self.clock else date.max, -self.application.pk)


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the lists above the table."""

    url: str
    label: str | Promise
    count: int
    current: bool


def rows_for(judge: User, *, wanted: str = "") -> list[Row]:
    """Every application of the judge's court, what waits first; `wanted` narrows by number, docket or name."""
    rows = [row_of(application) for application in for_bench(judge)]
    return sorted((row for row in rows if _meets(row, wanted)), key=lambda row: row.urgency)


def row_of(application: JointApplication) -> Row:
    """One application as a row."""
    terms = application.agreement.proposal.terms.all()
    return Row(
        application,
        next_clock(application),
        tuple(party.name for party in application.case.parties.all()),
        sum(term.amount_fen or 0 for term in terms if term.kind == Term.Kind.PAY),
    )


def in_group(rows: Sequence[Row], group: str) -> list[Row]:
    """The rows of one list; an unknown name gives those that are to do."""
    _label, states = GROUPS.get(group, GROUPS["open"])
    return [row for row in rows if row.application.state in states]


def tabs(rows: Sequence[Row], current: str, *, wanted: str) -> list[Tab]:
    """The lists with their counts. A search keeps its words from list to list."""
    shown = current if current in GROUPS else "open"
    return [
        Tab(
            "?" + urlencode({"list": key, **({"q": wanted} if wanted else {})}),
            label,
            len(in_group(rows, key)),
            key == shown,
        )
        for key, (label, _states) in GROUPS.items()
    ]


def _meets(row: Row, wanted: str) -> bool:
    needle = wanted.strip().casefold()
    application = row.application
    told = (application.number, application.case.docket or "", application.agreement.number, *row.names)
    return not needle or any(needle in text.casefold() for text in told)
