"""The bytes of RFC 3161: asking for a timestamp, reading the answer, and holding a token to what it must be.

Accepted are tokens as docs/evidence-format.md §7 describes them: SHA-256 imprint, one signer, RSA PKCS #1 v1.5 or
ECDSA P-256 with SHA-256, SHA-384 or SHA-512, and the certificate of the signer inside.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from evidence.errors import TokenRefused

HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
LONGEST_CHAIN = 6
DEEPEST = 40
ANSWERS = {0, 1}  # granted, granted with modifications
WAITING = 3
TRY_AGAIN = {"time_not_available", "system_failure"}


class Response(core.Sequence):  # type: ignore[misc]
    """A TimeStampResp; without a token when the authority declined."""

    _fields = [
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


class Declined(Exception):
    """The authority answered, and did not stamp. `for_now` tells whether to ask again."""

    def __init__(self, why: str, *, for_now: bool) -> None:
        super().__init__(why)
        self.for_now = for_now


@dataclass(frozen=True, slots=True)
class Token:
    """A token whose signature holds: when, by which certificate, and what else it carries."""

    at: datetime
    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...]
    nonce: int | None


def request(digest: bytes, nonce: int) -> bytes:
    """The DER of a TimeStampReq for a SHA-256 digest, asking for the certificate too."""
    return bytes(
        tsp.TimeStampReq(
            {
                "version": "v1",
                "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest},
                "nonce": nonce,
                "cert_req": True,
            }
        ).dump()
    )


def token_of(response: bytes) -> bytes:
    """The token inside a TimeStampResp. Raises Declined, or TokenRefused for bytes that are none."""
    try:
        read = Response.load(response, strict=True)
        status, words = int(read["status"]["status"]), read["status"]["status_string"].native or []
        failure = read["status"]["fail_info"].native or set()
        if status not in ANSWERS:
            why = "; ".join([*words, *sorted(failure)]) or f"status {status}"
            raise Declined(why, for_now=status == WAITING or bool(failure & TRY_AGAIN))
        return bytes(read["time_stamp_token"].dump())
    except (ValueError, TypeError, KeyError) as error:
        raise TokenRefused("the answer is no RFC 3161 response") from error


def read_token(der: bytes, digest: bytes) -> Token:
    """The token, once its form, its imprint and its signature hold. Raises TokenRefused.

    Whether its certificate deserves trust is another question: `is_trusted`.
    """
    try:
        require_der(der)
        content = cms.ContentInfo.load(der, strict=True)
        _must(content["content_type"].native == "signed_data", "this is no signed token")
        signed = content["content"]
        wrapped = signed["encap_content_info"]
        _must(wrapped["content_type"].native == "tst_info", "this is no timestamp")
        told = wrapped["content"].parsed
        imprint = told["message_imprint"]
        _must(
            imprint["hash_algorithm"]["algorithm"].native == "sha256"
            and bytes(imprint["hashed_message"]) == digest,
            "the token is for another digest",
        )
        _must(len(signed["signer_infos"]) == 1, "the token does not have one signer")
        signer = signed["signer_infos"][0]
        _check_plain_parts(signed, signer)
        certificates = [each.chosen for each in signed["certificates"] or []]
        own = _certificate_of(signer, certificates)
        _check_signature(signer, own, bytes(wrapped["content"]))
        parsed = x509.load_der_x509_certificate(own.dump())
        _check_purpose(parsed, told["gen_time"].native)
        others = tuple(
            x509.load_der_x509_certificate(each.dump()) for each in certificates if each is not own
        )
        return Token(told["gen_time"].native, parsed, others, told["nonce"].native)
    except TokenRefused:
        raise
    except (
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        UnsupportedAlgorithm,
        x509.ExtensionNotFound,
    ) as error:
        raise TokenRefused(f"the token cannot be read: {error}") from error


def is_trusted(token: Token, anchors: Sequence[x509.Certificate]) -> bool:
    """Whether the certificate of the token is one of `anchors`, or was issued under one of them, and all
    certificates on the way were valid at the time of the token.
    """
    current = token.certificate
    for _step in range(LONGEST_CHAIN):
        if not current.not_valid_before_utc <= token.at <= current.not_valid_after_utc:
            return False
        if current in anchors:
            return True
        issuers = [each for each in (*anchors, *token.others) if _issued(each, current)]
        if not issuers or issuers[0] == current:
            return False
        current = issuers[0]
    return False


def require_der(data: bytes) -> None:
    """Raise TokenRefused unless all lengths are definite and in their one spelling, and nothing follows."""
    if _skip(data, 0, len(data)) != len(data):
        raise TokenRefused("bytes follow the token")


def _skip(data: bytes, at: int, end: int, depth: int = 0) -> int:
    """The place after the element at `at`, whose every part is DER in its lengths."""
    if end - at < 2 or data[at] & 0x1F == 0x1F or depth > DEEPEST:
        raise TokenRefused("the token is no DER")
    constructed, length, start = data[at] & 0x20, data[at + 1], at + 2
    if length & 0x80:
        count = length & 0x7F
        spelled = data[start : start + count]
        length, start = int.from_bytes(spelled, "big"), start + count
        if not 1 <= count <= 4 or len(spelled) != count or length < 0x80 or spelled[0] == 0:
            raise TokenRefused("the token is no DER")
    if start + length > end:
        raise TokenRefused("the token is cut short")
    inner = start
    while constructed and inner < start + length:
        inner = _skip(data, inner, start + length, depth + 1)
    return start + length


def _must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise TokenRefused(otherwise)


def _check_plain_parts(signed: Any, signer: Any) -> None:
    """What no signature covers has one spelling."""
    _must(signed["version"].native in {"v3", "v4", "v5"}, "the token has an unknown version")
    by_name = signer["sid"].name == "issuer_and_serial_number"
    _must(signer["version"].native == ("v1" if by_name else "v3"), "the signer has an unknown version")
    digest = signer["digest_algorithm"]
    algorithms = [each["algorithm"].native for each in signed["digest_algorithms"]]
    _must(algorithms == [digest["algorithm"].native], "the token names other hashes than its signer")
    for each in (digest, signer["signature_algorithm"], signed["digest_algorithms"][0]):
        _must(each["parameters"].dump() in {b"", b"\x05\x00"}, "the token sets parameters")


def _certificate_of(signer: Any, certificates: list[Any]) -> Any:
    told = signer["sid"]
    for each in certificates:
        if not isinstance(each, asn1_x509.Certificate):
            continue
        if told.name == "issuer_and_serial_number":
            named = told.chosen
            same_issuer = each.issuer.dump() == named["issuer"].dump()
            if same_issuer and each.serial_number == named["serial_number"].native:
                return each
        elif each.key_identifier == told.chosen.native:
            return each
    raise TokenRefused("the token does not carry the certificate of its signer")


def _check_signature(signer: Any, certificate: Any, content: bytes) -> None:
    attributes = {each["type"].native: each["values"] for each in signer["signed_attrs"]}
    _must(len(attributes) == len(signer["signed_attrs"]), "an attribute stands twice")
    digest = signer["digest_algorithm"]["algorithm"].native
    _must(digest in HASHES, f"the token uses {digest}")
    _must(
        attributes["content_type"].native == ["tst_info"]
        and attributes["message_digest"].native == [hashlib.new(digest, content).digest()],
        "the signature is over something else",
    )
    _must(_names(attributes, certificate), "the token names another certificate")
    over = b"\x31" + signer["signed_attrs"].dump()[1:]  # signed as SET OF, RFC 5652 §5.4
    algorithm = signer["signature_algorithm"]
    key = x509.load_der_x509_certificate(certificate.dump()).public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            _must(algorithm.signature_algo == "rsassa_pkcs1v15", "the token uses another kind of RSA")
            key.verify(
                signer["signature"].native, over, padding.PKCS1v15(), HASHES[_hash(algorithm, digest)]()
            )
        elif isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
            _must(algorithm.signature_algo == "ecdsa", "the signature does not fit the key")
            key.verify(signer["signature"].native, over, ec.ECDSA(HASHES[_hash(algorithm, digest)]()))
        else:
            raise TokenRefused("the token uses an unknown kind of key")
    except InvalidSignature as error:
        raise TokenRefused("the signature of the token does not hold") from error


def _hash(algorithm: Any, digest: str) -> str:
    """The hash that the signature algorithm names; plain `rsaEncryption` leaves it to the digest algorithm."""
    if algorithm["algorithm"].native in {"rsassa_pkcs1v15", "ecdsa"}:
        return digest
    return str(algorithm.hash_algo)


def _names(attributes: dict[str, Any], certificate: Any) -> bool:
    """Whether the signed attributes name this certificate (RFC 3161 §2.4.1, RFC 5816)."""
    der = certificate.dump()
    if "signing_certificate_v2" in attributes:
        first = attributes["signing_certificate_v2"][0]["certs"][0]
        used = first["hash_algorithm"]["algorithm"].native
        return bool(hashlib.new(used, der).digest() == first["cert_hash"].native)
    if "signing_certificate" in attributes:
        first = attributes["signing_certificate"][0]["certs"][0]
        return bool(hashlib.sha1(der, usedforsecurity=False).digest() == first["cert_hash"].native)
    return False


def _check_purpose(certificate: x509.Certificate, at: datetime) -> None:
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    _must(
        usage.critical and list(usage.value) == [ExtendedKeyUsageOID.TIME_STAMPING],
        "the certificate is not for timestamps alone",
    )
    _must(
        certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc,
        "the certificate was not valid at the time of the token",
    )


def _issued(issuer: x509.Certificate, subject: x509.Certificate) -> bool:
    try:
        subject.verify_directly_issued_by(issuer)
        return issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound, UnsupportedAlgorithm):
        return False


def signed_token(told: Any, *, certificate: x509.Certificate, key: rsa.RSAPrivateKey) -> bytes:
    """The DER of a TimeStampToken over a TSTInfo, with SigningCertificateV2 and the certificate inside."""
    own = asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
    content = told.dump()
    attributes = cms.CMSAttributes(
        [
            {"type": "content_type", "values": ["tst_info"]},
            {"type": "message_digest", "values": [hashlib.sha256(content).digest()]},
            {
                "type": "signing_certificate_v2",
                "values": [{"certs": [{"cert_hash": hashlib.sha256(own.dump()).digest()}]}],
            },
        ]
    )
    signature = key.sign(attributes.dump(), padding.PKCS1v15(), hashes.SHA256())
    signed = cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": [{"algorithm": "sha256"}],
            "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(content)},
            "certificates": [own],
            "signer_infos": [
                {
                    "version": "v1",
                    "sid": {
                        "issuer_and_serial_number": {"issuer": own.issuer, "serial_number": own.serial_number}
                    },
                    "digest_algorithm": {"algorithm": "sha256"},
                    "signed_attrs": attributes,
                    "signature_algorithm": {"algorithm": "sha256_rsa"},
                    "signature": signature,
                }
            ],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump())
