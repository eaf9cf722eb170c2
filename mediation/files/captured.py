"""How a file came to us, as far as a request tells it (在线诉讼规则 第十八条). All doors use it."""

import datetime as dt
import re
from collections.abc import Mapping

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from evidence.origin.devices import LONGEST_AGENT
from evidence.origin.provenance import LONGEST_WORDS, BeforeSending, Checked, Origin, Provenance, Way

SENT_WITH = (
    "sha256",
    "modified",
    "chosen",
    "clock",
    "automated",
)  # what upload.js sends with its first request
ORIGINS = [("", _("I would rather not say")), *Origin.choices]
CHOSEN = {"camera", "picture", "file", "recorder"}
MOST_OFF_S = 50 * 365 * 24 * 3600
A_NUMBER = re.compile(r"\d{1,15}")
HEX_DIGEST = re.compile(r"[0-9a-f]{64}")


def captured_from(
    request: HttpRequest,
    *,
    how: Way,
    where: str,
    role: str = "",
    helper: str = "",
    before: BeforeSending | None = None,
) -> Provenance:
    """What is known of a file that came with this request; `where` is the door. A role is taken from the account."""
    person = request.user if request.user.is_authenticated else None
    return Provenance(
        how=how,
        where=where,
        role=role or (str(person.role) if person else ""),
        account=str(person.pk) if person else "",
        helper=helper,
        agent=request.headers.get("User-Agent", "")[:LONGEST_AGENT],
        before=before or BeforeSending(),
        checked=Checked(encrypted=request.is_secure()),
    )


def sent_with(posted: Mapping[str, str]) -> dict[str, str]:
    """The fields of upload.js that `said_by_browser` reads, to be kept until the file is whole.

    The clock is compared now.
    """
    told = {key: posted.get(key, "")[:64] for key in SENT_WITH}
    clock = _seconds(told["clock"])
    off = None if clock is None else round(clock - timezone.now().timestamp())
    told["clock"] = str(off) if off is not None and abs(off) <= MOST_OFF_S else ""
    return {key: value for key, value in told.items() if value}


def said_by_browser(told: Mapping[str, str]) -> BeforeSending:
    """What the browser said of a file before it sent it, as `sent_with` kept it; nonsense is left out."""
    digest, chosen = told.get("sha256", "").lower(), told.get("chosen", "")
    modified = _seconds(told.get("modified", ""))
    return BeforeSending(
        sha256=digest if HEX_DIGEST.fullmatch(digest) else "",
        modified_at=_instant(modified) if modified else "",
        chosen_by=chosen if chosen in CHOSEN else "",
        clock_off_s=int(told["clock"]) if told.get("clock") else None,
        automated=True if told.get("automated") == "1" else None,
    )


def _seconds(milliseconds: str) -> float | None:
    return int(milliseconds) / 1000 if milliseconds.isascii() and A_NUMBER.fullmatch(milliseconds) else None


def _instant(seconds: float) -> str:
    try:
        return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat(timespec="seconds")
    except (OverflowError, ValueError, OSError):
        return ""


def said_by_person(origin: str, words: str) -> tuple[str, str]:
    """The two answers to 这份材料是怎么来的, in the form that is kept."""
    return (origin if origin in Origin.values else "", " ".join(words.split())[:LONGEST_WORDS])
