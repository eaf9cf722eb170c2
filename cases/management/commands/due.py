"""`manage.py due`: on which day a time limit ends, and why, from the command line or for a whole file of questions."""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from cases.management.lines import AnsweringCommand, Row, Unanswerable, text_in, whole_in
from cases.rules.explanation import explanation_of
from cases.rules.limits import (
    ExtensionError,
    Limit,
    Pause,
    PauseKind,
    PeriodError,
    Stretch,
    Unit,
    due,
    keys_of,
    plain_limit,
    rule_for,
)
from cases.rules.tables import RuleTableError
from cases.services import rulebook

UNITS = {
    **{unit.value: unit for unit in Unit},
    **{f"{unit.value}s": unit for unit in Unit},
    "working_day": Unit.WORKING,
    "working_days": Unit.WORKING,
    "工作日": Unit.WORKING,
    "日": Unit.DAY,
    "月": Unit.MONTH,
    "年": Unit.YEAR,
    "小时": Unit.HOUR,
}
EXAMPLES = """examples:
  manage.py due --start 2026-01-16 --n 30 --unit day --json
  manage.py due --profile self_accepted --limit mediation --start 2026-01-16 --json
  manage.py due --start 2026-03-02 --n 30 --unit day --pause 2026-03-09..2026-03-18:appraisal
  manage.py due --batch questions.jsonl     {"start": "2026-01-16", "n": 30, "unit": "day"}"""


class Command(AnsweringCommand):
    """Counts as the site counts: the same rules, holidays, pauses and extensions, with every reason."""

    help = "Say on which day a period ends, and why."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.epilog = EXAMPLES
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--start", help="the day of the event, itself not counted; for hours the instant")
        parser.add_argument("--n", type=int, help="how many")
        parser.add_argument("--unit", help=", ".join(Unit.values))
        parser.add_argument("--profile", help="a track, with --limit instead of --n and --unit")
        parser.add_argument("--limit", help="the key of a limit, such as mediation")
        parser.add_argument(
            "--filed-on", help="the day the case was filed: its rules hold (without it: --start)"
        )
        parser.add_argument("--extension", type=int, help="units added by consent")
        parser.add_argument(
            "--pause",
            action="append",
            metavar="FIRST..LAST[:KIND]",
            help=f"days that do not count, LAST empty while it lasts; KIND is one of {', '.join(PauseKind.values)}",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        rulebook.keep_up_if_there()
        names = ("start", "n", "unit", "profile", "limit", "filed_on", "extension")
        asked = {name: options[name] for name in names if options[name] is not None}
        if options["pause"]:
            asked["pauses"] = options["pause"]
        self.reply(asked, options)

    def answer(self, asked: Row, *, brief: bool) -> dict[str, Any]:
        start = _moment_in(asked, "start")
        limit = _limit_of(asked, start)
        try:
            result = due(
                limit, start, list(_pauses_in(asked)), extension=whole_in(asked, "extension", default=0)
            )
        except (PeriodError, ExtensionError) as refused:
            raise Unanswerable(str(refused)) from refused
        except OverflowError as error:
            raise Unanswerable(_("The period ends too far away.")) from error
        explained = explanation_of(result)
        told: dict[str, Any] = {
            "due_on": result.due_on.isoformat() if result.due_on else None,
            "explanation": explained.text,
            "overdue_on": result.overdue_on.isoformat() if result.overdue_on else None,
            "provisional": result.provisional,
        }
        if result.due_at:
            told["due_at"] = result.due_at.isoformat()
        return told if brief else told | {"plain": explained.plain, "details": explained.as_json()}

    def in_words(self, told: dict[str, Any]) -> str:
        details = told["details"]
        lines = filter(None, [*details["lines"], details["rule"]["words"]])
        return "\n".join([details["sentence"], *(f"· {line}" for line in lines), told["plain"]])


def _limit_of(asked: Row, start: date) -> Limit:
    if "profile" not in asked and "limit" not in asked:
        unit = UNITS.get(text_in(asked, "unit").lower())
        if unit is None:
            raise Unanswerable(_("“unit” must be one of %(units)s.") % {"units": ", ".join(Unit.values)})
        return plain_limit(whole_in(asked, "n"), unit)
    if "n" in asked or "unit" in asked:
        raise Unanswerable(_("Give “profile” and “limit”, or “n” and “unit”, not both."))
    profile, key = text_in(asked, "profile"), text_in(asked, "limit")
    day = timezone.localdate(start) if isinstance(start, datetime) else start
    filed_on = _day_in(asked, "filed_on") if asked.get("filed_on") is not None else None
    try:
        limit = rule_for(profile, key, start_on=day, filed_on=filed_on)
        known = keys_of(profile)
    except RuleTableError as error:
        raise Unanswerable(str(error)) from error
    if limit is None and key in known:
        raise Unanswerable(_("“%(key)s” was not in force on %(day)s.") % {"key": key, "day": filed_on or day})
    if limit is None:
        raise Unanswerable(
            _("There is no such limit on that day. Known: %(known)s.") % {"known": ", ".join(known)}
        )
    return limit


def _pauses_in(asked: Row) -> Iterator[Pause]:
    """Pauses as “FIRST..LAST:KIND”, as [first, last] or [first, last, kind]; the last empty while it lasts."""
    pauses = asked.get("pauses") or []
    if not isinstance(pauses, list):
        raise Unanswerable(_("“%(name)s” must be a list.") % {"name": "pauses"})
    for pause in pauses:
        if isinstance(pause, str):
            days, _colon, named = pause.partition(":")
            parts: list[Any] = [*days.partition("..")[::2], named]
        else:
            parts = list(pause) if isinstance(pause, list) else []
        first, last, kind = (*parts, None, None, None)[:3]
        if kind and kind not in PauseKind.values:
            raise Unanswerable(
                _("The kind of a pause must be one of %(kinds)s.") % {"kinds": ", ".join(PauseKind.values)}
            )
        until = _day_in({"pause": last}, "pause") if last else None
        yield Stretch(_day_in({"pause": first}, "pause"), until, PauseKind(kind) if kind else None)


def _moment_in(asked: Row, name: str) -> date:
    """A day, or an instant where one was given; without a zone it is local time."""
    text = text_in(asked, name)
    if len(text) <= 10:
        return _day_in(asked, name)
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise Unanswerable(_wrong_day(name, text))
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def _day_in(asked: Row, name: str) -> date:
    text = text_in(asked, name)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Unanswerable(_wrong_day(name, text)) from error


def _wrong_day(name: str, text: str) -> str:
    return _("“%(name)s” must be a real day such as 2026-01-16, not “%(text)s”.") % {
        "name": name,
        "text": text,
    }
