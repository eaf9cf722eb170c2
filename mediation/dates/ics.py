"""A calendar file (RFC 5545), written by hand: whole days and moments, folded lines, escaped text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

LONGEST_LINE = 75  # octets, without the line break
PRODUCT = "-//Mediation//Due days//ZH"


@dataclass(frozen=True, slots=True)
class Event:
    """One entry: on a whole day, or at a moment for so many minutes. `tentative` marks a day that may still move."""

    uid: str
    on: date
    summary: str
    description: str = ""
    url: str = ""
    at: datetime | None = None
    minutes: int = 60
    tentative: bool = False


def calendar_text(name: str, events: Iterable[Event], *, now: datetime) -> str:
    """The whole file. Lines end in CRLF as the standard asks."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(name)}",
        "X-WR-TIMEZONE:Asia/Shanghai",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        *(line for event in events for line in _lines_of(event, now)),
        "END:VCALENDAR",
    ]
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _lines_of(event: Event, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"DTSTAMP:{_moment(now)}"
    if event.at:
        yield f"DTSTART:{_moment(event.at)}"
        yield f"DTEND:{_moment(event.at + timedelta(minutes=event.minutes))}"
    else:
        yield f"DTSTART;VALUE=DATE:{event.on:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{event.on + timedelta(days=1):%Y%m%d}"
        yield "TRANSP:TRANSPARENT"
    yield f"SUMMARY:{_escaped(event.summary)}"
    if event.description:
        yield f"DESCRIPTION:{_escaped(event.description)}"
    if event.url:
        yield f"URL:{event.url}"
    yield f"STATUS:{'TENTATIVE' if event.tentative else 'CONFIRMED'}"
    yield "END:VEVENT"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for sign, told in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n")):
        text = text.replace(sign, told)
    return text


def _folded(line: str) -> Iterator[str]:
    """Pieces of at most 75 octets; each but the first begins with a blank. No character is cut in two."""
    piece, size, room = "", 0, LONGEST_LINE
    for letter in line:
        width = len(letter.encode())
        if size + width > room:
            yield piece
            piece, size = " ", 1
        piece, size = piece + letter, size + width
    yield piece
