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
    before = tables.added.years, tables.added.limits
    tables.added.years = tuple(years)
    tables.added.limits = {name: tuple(rows) for name, rows in (limits or {}).items()}
    try:
        forget()
        calendar.tables()
        for name in {*limit_tables.TRACKS, *tables.added.limits}:
            limit_tables.all_versions(name)
    except Exception:
        tables.added.years, tables.added.limits = before
        forget()
        raise


def forget() -> None:
    """Drop every answer that was kept, so that the tables are read anew."""
    calendar.forget_years()
    limit_tables.all_versions.cache_clear()
    limit_tables.load_profile.cache_clear()
