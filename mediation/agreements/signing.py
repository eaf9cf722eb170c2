"""Port Signer 签署: what stands behind “I sign”. 电子签名法 Art 13 asks for sole control and for detectable changes."""

import hashlib
import hmac
import json
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.utils import timezone

from evidence.errors import TryLater


class Signer(Protocol):
    """Signs a digest for a person who is signed in."""

    name: str

    def sign(self, *, digest: str, person: str, at: datetime) -> str:
        """Return a token that binds digest (SHA-256, hex), person and instant. Raise TryLater or NeverWill."""
        ...

    def verify(self, *, digest: str, person: str, token: str) -> bool:
        """Whether the token was made for this digest and person."""
        ...

    def problems(self) -> list[str]:
        """What an operator must mend before this signer can serve; empty when ready."""
        ...


class ClickSigner:
    """A click by a person who signed in, sealed by the site's key: detects changes, proves no certificate.

    A licensed certificate authority's signer takes its place by setting (电子签名法 Art 16).
    """

    name = "click"

    def _seal(self, text: str) -> str:
        key = hashlib.sha256(b"mediation click signature\n" + settings.SECRET_KEY.encode()).digest()
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    def sign(self, *, digest: str, person: str, at: datetime) -> str:
        """A JSON token: what was signed, by whom, when, and the seal over all three."""
        told = {
            "digest": digest,
            "person": person,
            "at": timezone.localtime(at).isoformat(timespec="seconds"),
        }
        text = json.dumps(told, sort_keys=True)
        return json.dumps({**told, "seal": self._seal(text)}, sort_keys=True)

    def verify(self, *, digest: str, person: str, token: str) -> bool:
        """Whether the token is ours and tells of this digest and person."""
        try:
            told = json.loads(token)
            seal = told.pop("seal")
        except (ValueError, KeyError, AttributeError):
            return False
        return (
            hmac.compare_digest(str(seal), self._seal(json.dumps(told, sort_keys=True)))
            and told.get("digest") == digest
            and told.get("person") == person
        )

    def problems(self) -> list[str]:
        """Nothing is needed."""
        return []


class FailingSigner:
    """The failing twin: never answers."""

    name = "failing"

    def sign(self, *, digest: str, person: str, at: datetime) -> str:
        """Always raise TryLater."""
        raise TryLater("the signing service does not answer")

    def verify(self, *, digest: str, person: str, token: str) -> bool:
        """Never true."""
        return False

    def problems(self) -> list[str]:
        """Says that it never works."""
        return ["this signer always fails"]
