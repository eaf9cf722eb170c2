"""A text-message gateway over HTTPS: the house's own signed request, and what every gateway needs."""

import hashlib
import hmac
import json
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from mediation.notices.models import Notice
from mediation.notices.notifier import Handed, NeverWill, TryLater, text_of

LARGEST_ANSWER = 65536  # bytes
LONGEST_ANSWER = 200  # characters that are kept of it
REFUSED_FOR_GOOD = {
    400,
    404,
    410,
    413,
    422,
}  # the message itself is wrong; anything else may pass, or be mended


def exchange(
    url: str, *, body: bytes, headers: Mapping[str, str], timeout_s: float
) -> tuple[int, dict[str, Any]]:
    """POST to a gateway: the status and the JSON object that it answered, empty where an error had none.

    Raises TryLater when nothing came back in time, or nothing that can be read.
    """
    request = urllib.request.Request(url, data=body, method="POST", headers=dict(headers))  # noqa: S310 — see problems()
    try:
        with urllib.request.urlopen(request, timeout=timeout_s) as response:  # noqa: S310
            status, text = response.status, response.read(LARGEST_ANSWER)
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read(LARGEST_ANSWER) if error.fp else b""
    except (OSError, ValueError) as error:
        raise TryLater(str(error)[:LONGEST_ANSWER]) from error
    try:
        answer = json.loads(text)
    except ValueError as error:
        if status < 400:
            raise TryLater(str(error)[:LONGEST_ANSWER]) from error
        answer = {}
    if not isinstance(answer, dict):
        raise TryLater("the gateway's answer is no JSON object")
    return status, answer


def travels_safely(url: str) -> bool:
    """Whether the address is HTTPS, or on this very machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}
    )


def said(code: object, message: object) -> str:
    """A gateway's code and words, as they are kept."""
    return f"{code or ''} {message or ''}".strip()[:LONGEST_ANSWER]


def sign_lines(secret: str, *, path: str, timestamp: str, nonce: str, body: bytes) -> str:
    """HMAC-SHA256 in hex over: POST, the path, the Unix time in seconds, a nonce, the hex SHA-256 of the body."""
    lines = ["POST", path, timestamp, nonce, hashlib.sha256(body).hexdigest()]
    return hmac.new(secret.encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest()


class HttpSmsNotifier:
    """A text-message gateway over HTTPS: JSON in a POST that is signed with HMAC-SHA256.

    Signed are, one a line: POST, the path, the Unix time in seconds, a nonce, the hex SHA-256 of the body. They
    travel as X-Access-Key, X-Timestamp, X-Nonce and X-Signature (hex). The body holds `phone`, `sign` (the
    registered signature of the sender, 短信签名), `template` and `text`, and `id`, which stays the same when a message
    is sent again, so that the gateway can drop the second. It answers {"code": "OK", "id": …}, or another code and
    `message`.
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

    def send(self, notice: Notice) -> Handed:
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
        status, answer = exchange(self.url, body=body, headers=self._headers(body), timeout_s=self.timeout_s)
        code, told = str(answer.get("code", "")), said(answer.get("code"), answer.get("message"))
        if status >= 400:
            failure = NeverWill if status in REFUSED_FOR_GOOD else TryLater
            raise failure(f"HTTP {status} {told}".strip())
        if code in self.final_codes:
            raise NeverWill(told)
        if code != "OK":
            raise TryLater(told)
        return Handed(answer=told, receipt=str(answer.get("id") or notice.code)[:80])

    def problems(self) -> list[str]:
        """Names every setting that is missing, and an address that is not HTTPS."""
        missing = [name for name in ("url", "access_key", "secret", "sign") if not getattr(self, name)]
        found = [f"HttpSmsNotifier: {name} is not set" for name in missing]
        if self.url and not travels_safely(self.url):
            found.append("HttpSmsNotifier: url must begin with https://")
        return found

    def signature(self, *, timestamp: str, nonce: str, body: bytes) -> str:
        """The hex HMAC of one request."""
        return sign_lines(
            self.secret, path=urlsplit(self.url).path or "/", timestamp=timestamp, nonce=nonce, body=body
        )

    def _headers(self, body: bytes) -> dict[str, str]:
        timestamp, nonce = str(int(time.time())), secrets.token_hex(16)
        return {
            "Content-Type": "application/json; charset=utf-8",
            "X-Access-Key": self.access_key,
            "X-Timestamp": timestamp,
            "X-Nonce": nonce,
            "X-Signature": self.signature(timestamp=timestamp, nonce=nonce, body=body),
        }
