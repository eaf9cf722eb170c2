"""Port Notifier: how one message leaves the house. Shipped: inbox, file (demo), console, a text-message gateway."""

import hashlib
import hmac
import json
import logging
import os
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mediation.notices.models import Notice

log = logging.getLogger(__name__)
REFUSED_FOR_GOOD = {
    400,
    404,
    410,
    413,
    422,
}  # the message itself is wrong; anything else may pass, or be mended


class TryLater(Exception):
    """It may work another time: the row stays PENDING and is tried again."""


class NeverWill(Exception):
    """It cannot work, for instance a number that does not exist: the row says so and a person looks."""


class Notifier(Protocol):
    """One way to a person."""

    def send(self, notice: Notice) -> None:
        """Hand the message over. Raise TryLater if it may work later, NeverWill if it cannot."""

    def problems(self) -> list[str]:
        """What an operator must mend before this way can serve; empty when ready. Changes nothing."""


def text_of(notice: Notice) -> str:
    """The message as it is read on a phone, in the language of the site: who writes, what for, how to check it."""
    with translation.override(settings.LANGUAGE_CODE):
        sender = (
            notice.case.centre.name if notice.case and notice.case.centre else _("Mediation for new citizens")
        )
        parts = [f"【{sender}】{notice.body}"]
        if notice.link and settings.SITE_URL:
            parts.append(f"{settings.SITE_URL}{notice.link}")
        if notice.code:
            parts.append(
                _("Is this from us? Check on our site with the code %(code)s.") % {"code": notice.code}
            )
        return " ".join(parts)


class InboxNotifier:
    """On the site: the row itself is the message, so there is nothing left to do."""

    def send(self, notice: Notice) -> None:
        """Nothing leaves the house."""

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
        line = {"at": now.isoformat(timespec="seconds"), "phone": notice.phone, "text": text_of(notice)}
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self.folder / f"{now:%Y-%m-%d}.jsonl"
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(handle, "a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            raise TryLater(str(error)) from error

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


class HttpSmsNotifier:
    """A text-message gateway over HTTPS: JSON in a POST that is signed with HMAC-SHA256.

    Signed are, one a line: POST, the path, the Unix time in seconds, a nonce, the hex SHA-256 of the body. They
    travel as X-Access-Key, X-Timestamp, X-Nonce and X-Signature (hex). The body holds `phone`, `sign` (the
    registered signature of the sender, 短信签名), `template` and `text`, and `id`, which stays the same when a message
    is sent again, so that the gateway can drop the second. It answers {"code": "OK"}, or another code and `message`.
    """

    def __init__(
        self,
        *,
        url: str,
        access_key: str,
        secret: str,
        sign: str,
        template: str = "",
        timeout_s: float = 10.0,
        final_codes: tuple[str, ...] = ("INVALID_PHONE", "BLACKLISTED", "TEMPLATE_REFUSED"),
    ) -> None:
        self.url, self.access_key, self.secret = url, access_key, secret
        self.sign, self.template, self.timeout_s = sign, template, timeout_s
        self.final_codes = set(final_codes)

    def send(self, notice: Notice) -> None:
        """Send it now; gives up after `timeout_s` seconds. Raises TryLater, NeverWill."""
        if not notice.phone:
            raise NeverWill(_("There is no phone number."))
        if problems := self.problems():
            raise TryLater(problems[0])
        body = json.dumps(
            {
                "phone": notice.phone,
                "sign": self.sign,
                "template": self.template,
                "text": text_of(notice),
                "id": notice.code or secrets.token_hex(8),
            },
            ensure_ascii=False,
        ).encode()
        answer = self._post(body)
        code = str(answer.get("code", ""))
        if code in self.final_codes:
            raise NeverWill(f"{code} {answer.get('message', '')}".strip()[:200])
        if code != "OK":
            raise TryLater(f"{code} {answer.get('message', '')}".strip()[:200])

    def problems(self) -> list[str]:
        """Names every setting that is missing, and an address that is not HTTPS."""
        missing = [name for name in ("url", "access_key", "secret", "sign") if not getattr(self, name)]
        found = [f"HttpSmsNotifier: {name} is not set" for name in missing]
        if self.url and urlsplit(self.url).scheme != "https":
            found.append("HttpSmsNotifier: url must begin with https://")
        return found

    def signature(self, *, timestamp: str, nonce: str, body: bytes) -> str:
        """The hex HMAC of one request."""
        lines = ["POST", urlsplit(self.url).path or "/", timestamp, nonce, hashlib.sha256(body).hexdigest()]
        return hmac.new(self.secret.encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest()

    def _post(self, body: bytes) -> dict[str, Any]:
        timestamp, nonce = str(int(time.time())), secrets.token_hex(16)
        request = urllib.request.Request(  # noqa: S310 — problems() lets nothing but https through
            self.url,
            data=body,
            method="POST",
            headers={
                "Content-Type": "application/json; charset=utf-8",
                "X-Access-Key": self.access_key,
                "X-Timestamp": timestamp,
                "X-Nonce": nonce,
                "X-Signature": self.signature(timestamp=timestamp, nonce=nonce, body=body),
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=self.timeout_s) as response:  # noqa: S310
                answer = json.loads(response.read(65536))
        except urllib.error.HTTPError as error:
            failure = NeverWill if error.code in REFUSED_FOR_GOOD else TryLater
            raise failure(f"HTTP {error.code}") from error
        except (OSError, ValueError) as error:
            raise TryLater(str(error)[:200]) from error
        if not isinstance(answer, dict):
            raise TryLater("the gateway's answer is no JSON object")
        return answer


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
