"""Time from outside: a timestamp authority (时间戳服务) signs that it saw a digest (RFC 3161).

settings.ADAPTERS["timestamps"] names the authority; further keys that begin with `timestamps.` name further ones.
"""

import base64
import os
import secrets
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC, datetime
from email.message import Message
from functools import cache, cached_property
from pathlib import Path
from typing import IO, Protocol, cast

from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from evidence.errors import NeverWill, TokenRefused, TryLater
from evidence.sealing import seal, unseal
from evidence.time import rfc3161

LONGEST_ANSWER = 64 * 1024
LONGEST_NAME = 64
WAITS_S = 10.0
DEMO_POLICY = "1.3.6.1.4.1.32473.1"  # an example's number (RFC 5612): nobody's promise
TRY_AGAIN_STATUS = {408, 425, 429}


class TimestampAuthority(Protocol):
    """Somebody who attests that a digest was there at an instant: an RFC 3161 service."""

    name: str

    def stamp(self, digest: bytes) -> bytes:
        """The DER of a TimeStampToken for the 32-byte SHA-256 digest. Raise TryLater if it may work later, NeverWill
        if it cannot.
        """

    def verify(self, token: bytes, digest: bytes) -> datetime:
        """The instant that the token attests for this digest. Raise TokenRefused when it attests nothing of it, or
        comes from somebody else.
        """

    def problems(self) -> list[str]:
        """What an operator must mend before this authority can serve; empty when ready. Changes nothing."""


class HttpTimestampAuthority:
    """An RFC 3161 service over HTTP.

    `certificates` is a PEM file: the certificates of the service itself, or of those who issue them. Nothing else is
    trusted. `name` (default: its host) must differ from those of other authorities. `user` and `password` are for
    services that ask for them (Basic). `timeout_s` holds for each wait.
    """

    def __init__(
        self,
        *,
        url: str,
        certificates: str,
        name: str = "",
        user: str = "",
        password: str = "",
        timeout_s: float = WAITS_S,
    ) -> None:
        self.name = (name or urllib.parse.urlsplit(url).hostname or url)[:LONGEST_NAME]
        self._url, self._path, self._timeout_s = url, Path(certificates), timeout_s
        self._login = (
            base64.b64encode(f"{user}:{password}".encode()).decode("ascii") if user or password else ""
        )

    def stamp(self, digest: bytes) -> bytes:
        """A token from the service, after it was verified, with the nonce of this request."""
        nonce = secrets.randbits(63) | 1 << 62
        anchors = self._anchors()
        answer = self._post(rfc3161.request(digest, nonce))
        try:
            der = rfc3161.token_of(answer)
            token = rfc3161.read_token(der, digest)
        except rfc3161.Declined as error:
            raise (TryLater if error.for_now else NeverWill)(f"{self.name} did not stamp: {error}") from error
        except TokenRefused as error:
            raise NeverWill(f"{self.name}: {error}") from error
        if token.nonce != nonce:
            raise NeverWill(f"{self.name} answered another question (the nonce differs)")
        if not rfc3161.is_trusted(token, anchors):
            raise NeverWill(f"{self.name} signs with a certificate that {self._path} does not vouch for")
        return der

    def verify(self, token: bytes, digest: bytes) -> datetime:
        """The instant of a token under the trusted certificates."""
        read = rfc3161.read_token(token, digest)
        try:
            anchors = self._anchors()
        except NeverWill as error:
            raise TokenRefused(str(error)) from error
        if not rfc3161.is_trusted(read, anchors):
            raise TokenRefused("the token comes from a certificate that nobody vouched for")
        return read.at

    def problems(self) -> list[str]:
        """The file of certificates is there and can be read, and the address is an address."""
        found = []
        if not self._url.startswith(("http://", "https://")):
            found.append(f"The address of the timestamp authority is no http(s) address: {self._url}")
        try:
            self._anchors()
        except NeverWill as error:
            found.append(str(error))
        return found

    def _anchors(self) -> list[x509.Certificate]:
        try:
            return x509.load_pem_x509_certificates(self._path.read_bytes())
        except (OSError, ValueError) as error:
            raise NeverWill(
                f"Put the certificates of the timestamp authority, as PEM, into {self._path}."
            ) from error

    def _post(self, query: bytes) -> bytes:
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        if self._login:
            headers["Authorization"] = f"Basic {self._login}"
        asked = urllib.request.Request(self._url, query, headers)  # noqa: S310 — problems() looks at the scheme
        until, body = time.monotonic() + 3 * self._timeout_s, b""
        try:
            with _OPENER.open(asked, timeout=self._timeout_s) as answer:
                while (piece := answer.read1(LONGEST_ANSWER)) and len(body) <= LONGEST_ANSWER:
                    body += piece
                    if time.monotonic() > until:
                        raise TryLater(f"{self.name} answers too slowly")
        except urllib.error.HTTPError as error:
            for_now = error.code >= 500 or error.code in TRY_AGAIN_STATUS
            raise (TryLater if for_now else NeverWill)(f"{self.name} answers {error.code}") from error
        except (OSError, ValueError) as error:
            raise TryLater(f"{self.name} does not answer: {error}") from error
        if len(body) > LONGEST_ANSWER:
            raise NeverWill(f"{self.name} answers with too many bytes")
        return body


class LocalTimestampAuthority:
    """The clock of this machine with a key of its own, in the form of RFC 3161. For the demo.

    It proves nothing to a person who does not trust this site, and its certificate says so. Key and certificate
    (RSA-2048) are made at first use and kept sealed in `folder`.
    """

    name = "local"
    title = "本机时间戳（仅供演示）LOCAL DEMO"

    def __init__(self, *, folder: str) -> None:
        self._file = Path(folder) / "local-timestamps.sealed"

    def stamp(self, digest: bytes) -> bytes:
        """A token with the time of this machine, to the millisecond."""
        key, certificate = self._identity
        now = timezone.now().astimezone(UTC)
        told = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": DEMO_POLICY,
                "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest},
                "serial_number": secrets.randbits(127),
                "gen_time": now.replace(microsecond=now.microsecond // 1000 * 1000),
            }
        )
        return rfc3161.signed_token(told, certificate=certificate, key=key)

    def verify(self, token: bytes, digest: bytes) -> datetime:
        """The instant of a token that this machine signed for the digest."""
        read = rfc3161.read_token(token, digest)
        if read.certificate != self.certificate:
            raise TokenRefused("the token was signed with another key")
        return read.at

    def problems(self) -> list[str]:
        """It works everywhere, and is worth something in a demo alone."""
        if getattr(settings, "USE_DEMO", True):
            return []
        return ["The clock of this machine proves nothing to others: set TIMESTAMP_URL."]

    @property
    def certificate(self) -> x509.Certificate:
        """Its certificate, which says that it is for the demo."""
        return self._identity[1]

    @cached_property
    def _identity(self) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
        if not self._file.exists():
            self._make()
        key, _, certificate = unseal(self._file.read_bytes(), about=_ABOUT).partition(_BETWEEN)
        private = serialization.load_pem_private_key(key, None)
        return cast("rsa.RSAPrivateKey", private), x509.load_pem_x509_certificate(certificate)

    def _make(self) -> None:
        """Write the file whole or not at all; of two processes that try, one wins."""
        key = rsa.generate_private_key(65537, 2048)
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        certificate = _self_signed(key, self.title).public_bytes(serialization.Encoding.PEM)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._file.parent) as draft:
            draft.write(seal(private + _BETWEEN + certificate, about=_ABOUT))
            draft.flush()
            os.fsync(draft.fileno())
            try:
                os.link(draft.name, self._file)
            except FileExistsError:
                return


class FailingTimestampAuthority:
    """An authority that never answers: for tests."""

    name = "failing"

    def __init__(self, *, for_good: bool = False) -> None:
        self._error = NeverWill if for_good else TryLater

    def stamp(self, digest: bytes) -> bytes:
        """Refused."""
        raise self._error("the timestamp authority does not answer")

    def verify(self, token: bytes, digest: bytes) -> datetime:
        """Refused."""
        raise TokenRefused("the timestamp authority does not answer")

    def problems(self) -> list[str]:
        """One."""
        return ["The timestamp authority does not answer."]


def current_authority() -> TimestampAuthority:
    """The authority that settings.ADAPTERS["timestamps"] names, as (dotted path, keyword arguments)."""
    return _built("timestamps")


def current_authorities() -> list[TimestampAuthority]:
    """All authorities that the settings name: `timestamps`, `timestamps.second` …"""
    return [_built(key) for key in sorted(settings.ADAPTERS) if key.partition(".")[0] == "timestamps"]


def _built(key: str) -> TimestampAuthority:
    path, options = settings.ADAPTERS[key]
    return _authority(path, tuple(sorted(options.items())))


@cache
def _authority(path: str, options: tuple[tuple[str, object], ...]) -> TimestampAuthority:
    return cast("TimestampAuthority", import_string(path)(**dict(options)))


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """What was asked of one address is not sent to another."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        """None: the redirect is an error of its status."""
        return


_OPENER = urllib.request.build_opener(_NoRedirect)
_ABOUT = "local timestamp authority"
_BETWEEN = b"\0"


def _self_signed(key: rsa.RSAPrivateKey, title: str) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, title)])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2000, 1, 1, tzinfo=UTC))  # demo cases lie in the past
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
                key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
