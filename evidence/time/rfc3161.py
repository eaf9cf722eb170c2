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
from evidence.time.der import NotDer, require_der

HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
LONGEST_CHAIN = 6
SHORTEST_RSA, LONGEST_RSA = 2048, 16384  # bits
LONGEST_ALGORITHM = 17  # bytes of an algorithm without parameters
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
    except NotDer as error:
        raise TokenRefused(f"the token is no DER: {error}") from error
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


def _must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise TokenRefused(otherwise)


def _check_plain_parts(signed: Any, signer: Any) -> None:
    """What no signature covers has one spelling."""
    _must(signed["version"].native == "v3", "the token has an unknown version")
    by_name = signer["sid"].name == "issuer_and_serial_number" and signer["version"].native == "v1"
    _must(by_name, "the signer is not named by issuer and number")
    digest = signer["digest_algorithm"]
    algorithms = [each["algorithm"].native for each in signed["digest_algorithms"]]
    _must(digest["algorithm"].native in algorithms, "the token names other hashes than its signer")
    for each in (digest, signer["signature_algorithm"], *signed["digest_algorithms"]):
        _must(each["parameters"].dump() in {b"", b"\x05\x00"}, "the token sets parameters")
        _must(len(each.dump()) <= LONGEST_ALGORITHM, "the token sets parameters")


def _certificate_of(signer: Any, certificates: list[Any]) -> Any:
    named = signer["sid"].chosen
    for each in certificates:
        if not isinstance(each, asn1_x509.Certificate):
            raise TokenRefused("the token carries something else than certificates")
        same_issuer = each.issuer.dump() == named["issuer"].dump()
        if same_issuer and each.serial_number == named["serial_number"].native:
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
    names = algorithm["algorithm"].native
    _must(names == "rsassa_pkcs1v15" or algorithm.hash_algo == digest, "the token names two hashes")
    key = x509.load_der_x509_certificate(certificate.dump()).public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            _must(algorithm.signature_algo == "rsassa_pkcs1v15", "the token uses another kind of RSA")
            _must(SHORTEST_RSA <= key.key_size <= LONGEST_RSA, "the key of the authority is too short")
            key.verify(signer["signature"].native, over, padding.PKCS1v15(), HASHES[digest]())
        elif isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
            _must(algorithm.signature_algo == "ecdsa", "the signature does not fit the key")
            key.verify(signer["signature"].native, over, ec.ECDSA(HASHES[digest]()))
        else:
            raise TokenRefused("the token uses an unknown kind of key")
    except InvalidSignature as error:
        raise TokenRefused("the signature of the token does not hold") from error


def _names(attributes: dict[str, Any], certificate: Any) -> bool:
    """Whether the signed attributes name this certificate, in each of their two ways (RFC 3161 §2.4.1, RFC 5816)."""
    der, found = certificate.dump(), []
    for kind in attributes.keys() & {"signing_certificate", "signing_certificate_v2"}:
        _must(len(attributes[kind]) == 1, "an attribute has two values")
        first = attributes[kind][0]["certs"][0]
        old = kind == "signing_certificate"
        used = "sha1" if old else first["hash_algorithm"]["algorithm"].native
        _must(old or used in HASHES, f"the token uses {used}")
        found.append(hashlib.new(used, der, usedforsecurity=False).digest() == first["cert_hash"].native)
    return bool(found) and all(found)


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
