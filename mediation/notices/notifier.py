"""Port Notifier: how one message leaves the house. Here: inbox, file (demo), console; see also sms, aliyun and mail."""

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mediation.notices.models import Notice

log = logging.getLogger(__name__)


class TryLater(Exception):
    """It may work another time: the row stays PENDING and is tried again."""


class NeverWill(Exception):
    """It cannot work, for instance a number that does not exist: the row says so and a person looks."""


@dataclass(frozen=True, slots=True)
class Handed:
    """What the channel answered when it took a message; `receipt` is the number under which it knows the message."""

    answer: str = ""
    receipt: str = ""
    has_arrived: bool = False  # it is in the receiver's own system already


class Notifier(Protocol):
    """One way to a person."""

    def send(self, notice: Notice) -> Handed | None:
        """Hand the message over. Raise TryLater if it may work later, NeverWill if it cannot."""

    def problems(self) -> list[str]:
        """What an operator must mend before this way can serve; empty when ready. Changes nothing."""


def sender_of(notice: Notice) -> str:
    """Who writes: the centre, or the house."""
    centre = notice.case.centre if notice.case else None
    return centre.name if centre else _("Mediation for new citizens")


def link_of(notice: Notice) -> str:
    """The address that leads to the case; opened by its receiver it says that this very message was opened."""
    if not notice.link or not settings.SITE_URL:
        return ""
    path, mark, part = notice.link.partition("#")
    return f"{settings.SITE_URL}{path}?m={notice.code}{mark}{part}"


def text_of(notice: Notice) -> str:
    """The message as it is read on a phone, in the language of the site: who writes, what for, how to check it."""
    with translation.override(settings.LANGUAGE_CODE):
        parts = [f"【{sender_of(notice)}】{notice.body}"]
        if link := link_of(notice):
            parts.append(link)
        if notice.code:
            parts.append(
                _("Is this from us? Check on our site with the code %(code)s.") % {"code": notice.code}
            )
        return " ".join(parts)


class InboxNotifier:
    """On the site: the row itself is the message, so there is nothing left to do."""

    def send(self, notice: Notice) -> Handed:
        """Nothing leaves the house: with the row it is in the receiver's account."""
        return Handed(has_arrived=True)

    def problems(self) -> list[str]:
        """None: it needs nothing."""
        return []


class FileNotifier:
    """Writes each message as one line of JSON into `folder`, one file a day. For trying the site out: no gateway."""

    def __init__(self, *, folder: str) -> None:
        self.folder = Path(folder)

    def send(self, notice: Notice) -> None:
        """Append the message to the file of the day, readable for its owner alone. Raises TryLater on a full disk."""
        now = timezone.localtime()
        line = {"at": now.isoformat(timespec="seconds"), **self.told(notice)}
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self.folder / f"{now:%Y-%m-%d}.jsonl"
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(handle, "a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            raise TryLater(str(error)) from error

    def told(self, notice: Notice) -> dict[str, str]:
        """What is written down of a message."""
        return {"phone": notice.phone, "text": text_of(notice)}

    def latest(self, count: int) -> list[dict[str, str]]:
        """The last `count` messages, newest first, each with at, phone, text."""
        found: list[dict[str, str]] = []
        for line in self._lines_from_the_end():
            found.append(json.loads(line))
            if len(found) == count:
                break
        return found

    def _lines_from_the_end(self) -> Iterator[str]:
        for path in sorted(self.folder.glob("*.jsonl"), reverse=True):
            yield from reversed(path.read_text(encoding="utf-8").splitlines())

    def problems(self) -> list[str]:
        """Says so when the folder cannot be written to."""
        place = next(place for place in [self.folder, *self.folder.parents] if place.exists())
        return [] if os.access(place, os.W_OK) else [f"{self.folder} cannot be written to"]


class ConsoleNotifier:
    """Writes each message into the log. For developing."""

    def send(self, notice: Notice) -> None:
        """One line at level WARNING, so that it is seen."""
        log.warning("to %s: %s", notice.phone or notice.to, text_of(notice))

    def problems(self) -> list[str]:
        """None: it needs nothing."""
        return []


class FailingNotifier:
    """Never delivers: for tests. `for_good` chooses between the two ways to fail."""

    def __init__(self, *, for_good: bool = False) -> None:
        self.for_good = for_good
        self.asked = 0

    def send(self, notice: Notice) -> None:
        """Fail."""
        self.asked += 1
        raise NeverWill("no such number") if self.for_good else TryLater("the gateway is down")

    def problems(self) -> list[str]:
        """One, naturally."""
        return ["FailingNotifier never delivers"]
