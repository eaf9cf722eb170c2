"""The electronic seal under a finished document (签章): PAdES with a trusted time, so that a changed byte shows.

A seal tells where a document came from and that it is as it was issued. What a court makes of the certificate behind it
is the court's: the site's own is marked as self-made in its very name (电子签名法 Arts 13, 16).
"""

import asyncio
import logging
import os
import tempfile
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from functools import cached_property
from io import BytesIO
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Protocol

from asn1crypto import cms, keys, x509
from cryptography import x509 as certificates
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils import timezone
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from evidence.errors import NeverWill
from evidence.sealing import seal, unseal
from evidence.time.timestamps import TimestampAuthority, current_authority

# It warns that nothing will be fetched; nothing has to be.
logging.getLogger("pyhanko.sign.signers.pdf_signer").setLevel(logging.ERROR)
FIELD = "Seal"
DIGEST = "sha256"
SELF_MADE = "自制证书，并非依法设立的电子认证服务机构签发"
ABOUT = "document seal"
VALID_YEARS = 10
DOCUMENT_SIGNING = certificates.ObjectIdentifier("1.3.6.1.5.5.7.3.36")


class DocumentSeal(Protocol):
    """Somebody who can seal a PDF."""

    name: str
    is_self_made: bool

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in hex: to be printed on the document before it is sealed."""

    def seal(self, pdf: bytes, *, reason: str) -> bytes:
        """The PDF with the seal added to its end. Raise TryLater if it may work later, NeverWill if it cannot."""

    def problems(self) -> list[str]:
        """What an operator must mend before this seal can be used; empty when ready. Changes nothing."""


class Pkcs12Seal:
    """A seal with the key and the certificate of a PKCS#12 file, as certification authorities hand them out."""

    name = "pkcs12"
    is_self_made = False

    def __init__(self, path: str, password: str = "") -> None:
        self.path, self._password = Path(path), password.encode() or None

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in hex."""
        certificate = self._parts.cert
        if certificate is None:
            raise NeverWill(f"{self.path} holds no certificate")
        return certificate.certificate.fingerprint(hashes.SHA256()).hex()

    def seal(self, pdf: bytes, *, reason: str) -> bytes:
        """Sealed with the time of the timestamp authority (PAdES B-T); B-LTA where every certificate is at hand."""
        stamper = _Stamper(current_authority())
        signer = self._signer
        meta: dict[str, Any] = {
            "field_name": FIELD,
            "md_algorithm": DIGEST,
            "subfilter": SigSeedSubFilter.PADES,
            "reason": reason,
        }
        if self.is_self_made and (own := stamper.certificate_of_its_own()):
            roots = [signer.signing_cert, own]
            meta |= {
                "embed_validation_info": True,
                "use_pades_lta": True,
                "validation_context": ValidationContext(trust_roots=roots, allow_fetching=False),
            }
        sealed = BytesIO()
        pdf_signer = signers.PdfSigner(signers.PdfSignatureMetadata(**meta), signer, timestamper=stamper)
        stamper.serve(
            lambda: pdf_signer.async_sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), output=sealed)
        )
        return sealed.getvalue()

    def problems(self) -> list[str]:
        """Whether the file opens."""
        try:
            return (
                []
                if self._parts.key and self._parts.cert
                else [f"{self.path} holds no key with a certificate"]
            )
        except (OSError, ValueError) as error:
            return [f"the seal {self.path} does not open: {error}"]

    @cached_property
    def _parts(self) -> pkcs12.PKCS12KeyAndCertificates:
        return pkcs12.load_pkcs12(self._bytes(), self._password)

    def _bytes(self) -> bytes:
        return self.path.read_bytes()

    @cached_property
    def _signer(self) -> signers.SimpleSigner:
        parts = self._parts
        if parts.key is None or parts.cert is None:
            raise NeverWill(f"{self.path} holds no key with a certificate")
        plain = parts.key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        chain = [_as_asn1(one.certificate) for one in parts.additional_certs]
        return signers.SimpleSigner(
            signing_cert=_as_asn1(parts.cert.certificate),
            signing_key=keys.PrivateKeyInfo.load(plain),
            cert_registry=SimpleCertificateStore.from_certs(chain),
        )


class SiteSeal(Pkcs12Seal):
    """The site's own seal: key and certificate made at the first use and kept sealed in VAR_DIR.

    It shows that a sheet came from this site and is unchanged. It is no certificate of a licensed authority, and
    says so in its name.
    """

    name = "site"
    is_self_made = True

    def __init__(self, path: str = "") -> None:
        super().__init__(path or str(Path(settings.VAR_DIR) / "document-seal.p12.sealed"))

    def problems(self) -> list[str]:
        """Only a file that does not open; one that is not there yet will be made."""
        return super().problems() if self.path.exists() else []

    def _bytes(self) -> bytes:
        if not self.path.exists():
            _write_once(self.path, seal(_self_made(), about=ABOUT))
        return unseal(self.path.read_bytes(), about=ABOUT)


class _Stamper(TimeStamper):
    """The site's timestamp authority, as pyHanko asks for one.

    pyHanko works in an event loop. That one runs in a thread of its own, so that it does not matter whether the caller
    has one; the authority is asked in the caller's thread, since it may read rows.
    """

    def __init__(self, authority: TimestampAuthority) -> None:
        super().__init__()
        self._authority = authority
        self._asked: SimpleQueue[tuple[bytes, Future[bytes]] | None] = SimpleQueue()

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """A token for the digest."""
        if md_algorithm != DIGEST:
            raise NeverWill(f"the timestamp authority is asked for {DIGEST} alone")
        answer: Future[bytes] = Future()
        self._asked.put((message_digest, answer))
        return cms.ContentInfo.load(await asyncio.wrap_future(answer))

    def serve(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        """Run the work to its end, and stamp what it asks for meanwhile. Raises what either of them raises."""
        with ThreadPoolExecutor(1) as pool:
            done = pool.submit(lambda: asyncio.run(work()))
            done.add_done_callback(lambda _: self._asked.put(None))
            while (asked := self._asked.get()) is not None:
                digest, answer = asked
                try:
                    answer.set_result(self._authority.stamp(digest))
                except BaseException as error:  # whatever it is, the work must end
                    answer.set_exception(error)
            done.result()

    def certificate_of_its_own(self) -> x509.Certificate | None:
        """The authority's certificate where it is its own issuer, so that nothing has to be fetched to judge it."""
        token = cms.ContentInfo.load(self._authority.stamp(bytes(32)))
        self._register_dummy(DIGEST, token)
        found = [choice.chosen for choice in token["content"]["certificates"]]
        return found[0] if len(found) == 1 and found[0].subject == found[0].issuer else None


def _self_made() -> bytes:
    """A fresh key with a certificate of its own, as PKCS#12."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    who = certificates.Name(
        [
            certificates.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            certificates.NameAttribute(NameOID.ORGANIZATION_NAME, SELF_MADE),
            certificates.NameAttribute(NameOID.COMMON_NAME, "在线调解平台存证记录单签章（自制）"),
        ]
    )
    usage = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign"), False
    )
    now = timezone.now()
    certificate = (
        certificates.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(certificates.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=366 * VALID_YEARS))
        .add_extension(certificates.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            certificates.KeyUsage(
                digital_signature=True,
                content_commitment=True,
                encipher_only=False,
                decipher_only=False,
                **usage,
            ),
            critical=True,
        )
        .add_extension(certificates.ExtendedKeyUsage([DOCUMENT_SIGNING]), critical=False)
        .add_extension(certificates.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return pkcs12.serialize_key_and_certificates(
        b"seal", key, certificate, None, serialization.NoEncryption()
    )


def _as_asn1(certificate: certificates.Certificate) -> x509.Certificate:
    return x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _write_once(path: Path, content: bytes) -> None:
    """Make the file whole or not at all; another program that made it first wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, written = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # for its owner alone
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.link(written, path)
    except FileExistsError:
        pass
    finally:
        Path(written).unlink()
