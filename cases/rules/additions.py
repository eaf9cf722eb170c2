"""What staff add to the law as data: next year's holidays, a new version of a rule. Nothing is overwritten.

Whoever keeps the rows calls `install` at start and after each change; the rows have the shape of the TOML tables.
"""

from collections.abc import Mapping, Sequence

from cases.rules import calendar, limit_tables, tables
from cases.rules.tables import Row


def install(*, years: Sequence[Row] = (), limits: Mapping[str, Sequence[Row]] | None = None) -> None:
    """Let these rows count from now on, in place of those installed before. All or nothing.

    `years` are tables of holidays with their `year`; `limits` are rows by track, each with `replaces` where it ends
    an older version. Raises RuleTableError, and changes nothing, when one of them is refused.
    """
    rows = {name: tuple(some) for name, some in (limits or {}).items()}
    check(years=years, limits=rows)
    tables.added.years, tables.added.limits = tuple(years), rows
    forget()


def check(*, years: Sequence[Row] = (), limits: Mapping[str, Sequence[Row]] | None = None) -> None:
    """Look whether these rows could be installed. Raises RuleTableError when one of them is refused."""
    rows = limits or {}
    calendar.tables_with(years)
    for name in {*limit_tables.TRACKS, *rows}:
        limit_tables.versions_with(name, rows.get(name, ()))


def forget() -> None:
    """Drop every answer that was kept, so that the tables are read anew."""
    calendar.forget_years()
    limit_tables.all_versions.cache_clear()
    limit_tables.load_profile.cache_clear()
