"""How far the machine's ranges held in the centre's own settled cases: by level, by cause, by group."""

from dataclasses import dataclass

from django.utils.functional import Promise

from cases.claims import ClaimKind
from cases.similarity.suggest import wilson
from cases.similarity.suggest_calibrate import LEVELS, NOMINAL
from cases.similarity.suggest_groups import GroupRow, fairness, too_few_to_tell, withheld
from mediation.suggestions.stock import ToldStock, shelf


@dataclass(frozen=True, slots=True)
class HeldRow:
    """Of `n` foretold cases a share `covered` fell inside; `least` and `most` are Wilson's 95 % bounds."""

    name: str | Promise
    promised: float
    covered: float
    least: float
    most: float
    n: int

    @property
    def is_short(self) -> bool:
        """Whether even the kindest reading lies below what was promised."""
        return self.most < self.promised


@dataclass(frozen=True, slots=True)
class Report:
    """What the page about the machine shows. `samples`: how many of the cases are invented.

    Groups of fewer than ten cases are only named (`few`): their figures would say nothing, or too much about a person.
    So are those groups that would give them away, being all that is left of the whole; and so are causes
    (`few_causes`).
    """

    n: int
    samples: int
    version: str
    levels: tuple[HeldRow, ...]
    causes: tuple[HeldRow, ...]
    groups: tuple[GroupRow, ...]
    few: tuple[str | Promise, ...]
    few_causes: tuple[str | Promise, ...]


_kept: dict[str, Report] = {}


def report() -> Report:
    """The report on the stock of now; worked out once for each stock."""
    known = shelf()
    if known.version not in _kept:
        _kept.clear()
        _kept[known.version] = _work_out(known)
    return _kept[known.version]


def _work_out(known: ToldStock) -> Report:
    stock = known.stock
    levels = [(f"{level:.0%}", level, *stock.foretold.coverage(level)) for level in LEVELS]
    causes = [_row(_cause(cause), NOMINAL, *held) for cause, held in stock.held.items() if held[1]]
    few_causes = too_few_to_tell(causes)
    groups = fairness(stock, known.stories) if len(stock) else []
    hidden = withheld(groups)
    return Report(
        n=len(stock),
        samples=sum(case.is_sample for case in stock.cases),
        version=known.version,
        levels=tuple(_row(*one) for one in levels if one[3]),
        causes=tuple(row for row in causes if row not in few_causes),
        groups=tuple(row for row in groups if row not in hidden),
        few=tuple(row.group for row in groups if row in hidden),
        few_causes=tuple(row.name for row in causes if row in few_causes),
    )


def _row(name: str | Promise, promised: float, held: int, asked: int) -> HeldRow:
    least, most = wilson(held, asked)
    return HeldRow(name, promised, held / asked, least, most, asked)


def _cause(cause: str) -> str | Promise:
    return ClaimKind(cause).label if cause in ClaimKind.values else cause
