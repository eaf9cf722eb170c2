"""Days written into words: do they exist, are they still to come, do they fit the day of the term."""

import re
from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_lazy as _

from mediation.agreements.drafts import TermDraft
from mediation.agreements.enforceability.findings import CLEAR, DEFINITE, Asked, Finding, Level
from mediation.agreements.schedule import months_after

DAY = re.compile(
    r"(20[0-9]{2})\s*[年/.-]\s*([0-9]{1,2})\s*[月/.-]\s*([0-9]{1,2})\s*[日号]?(\s*(?:之?前|以前|内|止|截止|到期))?"
)
YEARLESS = re.compile(r"(?<![年0-9月])([0-9]{1,2})月([0-9]{1,2})[日号](?:之?前|以前|内)")


def wrong_days(asked: Asked, words: str, *, term: int, field: str, of: TermDraft | None) -> Iterator[Finding]:
    """Days that cannot be, days that have passed, and last days that are not the day of the term."""
    for match in DAY.finditer(words):
        year, month, day, is_last = match.groups()
        try:
            written = date(int(year), int(month), int(day))
        except ValueError:
            text = _("there is no such day.")
            yield Finding("no_such_day", Level.MUST, text, text, CLEAR, term, field, match.group())
            continue
        if not is_last:
            continue
        if written < asked.today:
            text = _("this day has passed before anybody signs.")
            yield Finding(
                "day_passed",
                Level.MUST,
                text,
                _("This day is over already."),
                CLEAR,
                term,
                field,
                match.group(),
            )
        elif of is not None and not _fits(written, of):
            text = _("the words name another last day than the term (%(day)s).")
            plain = _("Two different days are written here. Which one counts?")
            told = {"day": of.due_on.isoformat()}
            yield Finding("days_differ", Level.MUST, text % told, plain, CLEAR, term, field, match.group())
    for match in YEARLESS.finditer(words):
        text = _("a day without its year.")
        plain = _("Of which year? Write the whole date.")
        yield Finding("no_year", Level.MUST, text, plain, DEFINITE, term, field, match.group())


def _fits(written: date, term: TermDraft) -> bool:
    """Whether it is the day of the term, or of one of its instalments."""
    return any(written == months_after(term.due_on, n) for n in range(max(1, min(term.parts, 120))))
