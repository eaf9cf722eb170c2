"""The pieces of a packet, made from docs/evidence-format.md alone: trees, heads, notes, SM2, tokens, ZIP.

Nothing here is shared with the program or with the verifiers, so each can be held against the others.
"""

import base64
import hashlib
import json
import random
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from asn1crypto import algos, cms, core, tsp  # type: ignore[import-untyped]
from asn1crypto import x509 as asn1_x509  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

Hash = Callable[[bytes], bytes]


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def sm3(data: bytes) -> bytes:
    return hashlib.new("sm3", data).digest()


def canonical(value: object) -> bytes:
    """RFC 8785 within the page's profile: whole numbers and ASCII keys only."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def below(size: int) -> int:
    """The largest power of two below size (RFC 6962)."""
    return 1 << ((size - 1).bit_length() - 1)


class Tree:
    """An RFC 6962 tree over leaves that may still grow; remembers what it has hashed."""

    def __init__(self, hash_: Hash, leaves: Sequence[bytes]) -> None:
        self.hash, self.leaves = hash_, leaves
        self.known: dict[tuple[int, int], bytes] = {}

    def root(self, end: int, start: int = 0) -> bytes:
        if end == start:
            return self.hash(b"")
        found = self.known.get((start, end))
        if found is None:
            if end - start == 1:
                found = self.hash(b"\0" + self.leaves[start])
            else:
                middle = start + below(end - start)
                found = self.hash(b"\1" + self.root(middle, start) + self.root(end, middle))
            self.known[start, end] = found
        return found

    def multiproof(self, indices: Sequence[int], end: int, start: int = 0) -> bytes:
        if not any(start <= i < end for i in indices):
            return self.root(end, start)
        if end - start == 1:
            return b""
        middle = start + below(end - start)
        return self.multiproof(indices, middle, start) + self.multiproof(indices, end, middle)

    def inclusion(self, index: int, end: int, start: int = 0) -> list[bytes]:
        if end - start == 1:
            return []
        middle = start + below(end - start)
        if index < middle:
            return [*self.inclusion(index, middle, start), self.root(end, middle)]
        return [*self.inclusion(index, end, middle), self.root(middle, start)]

    def consistency(self, old: int, new: int) -> list[bytes]:
        """PROOF(old, D[new]) of RFC 6962 section 2.1.2; empty when they are equal."""

        def walk(m: int, start: int, end: int, whole: bool) -> list[bytes]:
            if m == end - start:
                return [] if whole else [self.root(end, start)]
            k = below(end - start)
            if m <= k:
                return [*walk(m, start, start + k, whole), self.root(end, start + k)]
            return [*walk(m - k, start + k, end, False), self.root(start + k, start)]

        return walk(old, 0, new, True)


class Heads:
    """The prefix tree from case to (count, head)."""

    def __init__(self, heads: Mapping[str, tuple[int, bytes]]) -> None:
        self.leaves = sorted(
            (key := sha256(b"mediation-evidence/1 case\n" + case.encode()), heads_leaf(key, count, head))
            for case, (count, head) in heads.items()
        )

    def root(self) -> bytes:
        return self._root(self.leaves) if self.leaves else sha256(b"mediation-evidence/1 heads empty\n")

    def _split(self, part: list[tuple[bytes, bytes]]) -> tuple[int, int]:
        first, last = int.from_bytes(part[0][0], "big"), int.from_bytes(part[-1][0], "big")
        d = 256 - (first ^ last).bit_length()
        return d, next(i for i, (key, _) in enumerate(part) if bit(key, d))

    def _root(self, part: list[tuple[bytes, bytes]]) -> bytes:
        if len(part) == 1:
            return part[0][1]
        d, at = self._split(part)
        return heads_node(d, self._root(part[:at]), self._root(part[at:]))

    def path(self, case: str) -> list[list[object]]:
        key = sha256(b"mediation-evidence/1 case\n" + case.encode())
        part, found = self.leaves, []
        while len(part) > 1:
            d, at = self._split(part)
            near, far = (part[at:], part[:at]) if bit(key, d) else (part[:at], part[at:])
            found.append([d, self._root(far).hex()])
            part = near
        return found[::-1]


def bit(key: bytes, d: int) -> int:
    return key[d // 8] >> (7 - d % 8) & 1


def heads_leaf(key: bytes, count: int, head: bytes) -> bytes:
    return sha256(b"mediation-evidence/1 heads leaf\n" + key + struct.pack(">Q", count) + head)


def heads_node(d: int, left: bytes, right: bytes) -> bytes:
    return sha256(b"mediation-evidence/1 heads node\n" + bytes([d]) + left + right)


# --- signatures ---------------------------------------------------------------------------------------------

SM2_P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
SM2_N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
SM2_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
SM2_G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)


def _sm2_times(k: int, point: tuple[int, int]) -> tuple[int, int]:
    """k times the point: double and add in Jacobian coordinates (x = X/Z², y = Y/Z³)."""
    p, (ax, ay) = SM2_P, point
    x, y, z = ax, ay, 1
    for at in range(k.bit_length() - 2, -1, -1):
        m, s = 3 * (x - z * z) * (x + z * z), 4 * x * y * y
        x, y, z = (nx := (m * m - 2 * s) % p), (m * (s - nx) - 8 * y**4) % p, 2 * y * z % p
        if k >> at & 1:
            h, r = (ax * z * z - x) % p, (ay * z**3 - y) % p
            v = x * h * h
            x, y, z = (nx := (r * r - h**3 - 2 * v) % p), (r * (v - nx) - y * h**3) % p, z * h % p
    inverse = pow(z, -1, p)
    return x * inverse**2 % p, y * inverse**3 % p


@dataclass(frozen=True)
class Key:
    """A private key that signs notes: `kind` is b"\\1" (log), b"\\4" (witness) or b"\\xffSM2-SM3"."""

    name: str
    kind: bytes
    secret: bytes

    @property
    def public(self) -> bytes:
        if self.kind == b"\xffSM2-SM3":
            return _sm2_public(int.from_bytes(self.secret, "big"))
        raw = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return ed25519.Ed25519PrivateKey.from_private_bytes(self.secret).public_key().public_bytes(*raw)

    @property
    def key_id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + self.kind + self.public)[:4]

    @property
    def vkey(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(self.kind + self.public).decode()}"

    def sign(self, text: str, at: int = 0) -> bytes:
        """The signature as it stands in a note after the key id; `at` (POSIX seconds) is a witness's."""
        if self.kind == b"\xffSM2-SM3":
            return _sm2_sign(int.from_bytes(self.secret, "big"), text.encode())
        key = ed25519.Ed25519PrivateKey.from_private_bytes(self.secret)
        if self.kind == b"\4":
            return struct.pack(">Q", at) + key.sign(f"cosignature/v1\ntime {at}\n{text}".encode())
        return key.sign(text.encode())

    def line(self, text: str, at: int = 0) -> str:
        return f"— {self.name} {base64.b64encode(self.key_id + self.sign(text, at)).decode()}\n"


@lru_cache(maxsize=1000)
def _sm2_public(d: int) -> bytes:
    x, y = _sm2_times(d, SM2_G)
    return b"\4" + x.to_bytes(32, "big") + y.to_bytes(32, "big")


def _sm2_sign(d: int, message: bytes) -> bytes:
    identity = b"1234567812345678"
    curve = b"".join(n.to_bytes(32, "big") for n in (SM2_P - 3, SM2_B, *SM2_G))
    z = sm3(struct.pack(">H", len(identity) * 8) + identity + curve + _sm2_public(d)[1:])
    e = int.from_bytes(sm3(z + message), "big")
    k = int.from_bytes(sha256(b"k" + d.to_bytes(32, "big") + message), "big") % (SM2_N - 1) + 1
    r = (e + _sm2_times(k, SM2_G)[0]) % SM2_N
    s = pow(1 + d, -1, SM2_N) * (k - r * d) % SM2_N
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def note(text: str, lines: Sequence[str]) -> bytes:
    return (text + "\n" + "".join(lines)).encode()


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


# --- time ---------------------------------------------------------------------------------------------------


@lru_cache
def _prime(seed: int) -> int:
    chance = random.Random(seed)
    while True:
        n = chance.getrandbits(1024) | 3 << 1022 | 1
        if all(n % q for q in range(3, 2000, 2)) and (n - 1) % 65537 and pow(2, n - 1, n) == 1:
            return n


@lru_cache
def _rsa_key() -> rsa.RSAPrivateKey:
    p, q = _prime(1), _prime(2)
    d = pow(65537, -1, (p - 1) * (q - 1))
    parts = (d % (p - 1), d % (q - 1), pow(q, -1, p))
    return rsa.RSAPrivateNumbers(p, q, d, *parts, rsa.RSAPublicNumbers(65537, p * q)).private_key()


@dataclass(frozen=True)
class Authority:
    """A time authority with a certificate of its own; kind "rsa" or "ec", always the same for one name."""

    kind: str
    name: str = "Test Time Authority"

    @property
    def key(self) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey:
        if self.kind == "rsa":
            return _rsa_key()
        return ec.derive_private_key(int.from_bytes(sha256(self.name.encode()), "big") >> 3, ec.SECP256R1())

    @property
    def certificate(self) -> bytes:
        return _certificate(self)

    @property
    def fingerprint(self) -> str:
        return sha256(self.certificate).hex()

    def _sign(self, data: bytes, algorithm: hashes.HashAlgorithm) -> bytes:
        key = self.key
        if isinstance(key, rsa.RSAPrivateKey):
            return key.sign(data, padding.PKCS1v15(), algorithm)
        return key.sign(data, ec.ECDSA(algorithm, deterministic_signing=True))

    def token(self, data: bytes, at: datetime, *, digest: str = "sha256") -> bytes:
        """An RFC 3161 TimeStampToken (DER) over SHA-256 of the data; signed with `digest`."""
        inner = tsp.TSTInfo(
            {
                "version": 1,
                "policy": "1.3.6.1.4.1.99999.1",
                "message_imprint": {
                    "hash_algorithm": {"algorithm": "sha256"},
                    "hashed_message": sha256(data),
                },
                "serial_number": int.from_bytes(sha256(data)[:8], "big"),
                "gen_time": at,
            }
        ).dump()
        certificate = asn1_x509.Certificate.load(self.certificate)
        attributes = cms.CMSAttributes(
            [
                {"type": "content_type", "values": ["tst_info"]},
                {"type": "message_digest", "values": [hashlib.new(digest, inner).digest()]},
                {
                    "type": "signing_certificate_v2",
                    "values": [
                        tsp.SigningCertificateV2({"certs": [{"cert_hash": sha256(self.certificate)}]})
                    ],
                },
            ]
        )
        algorithm = {"rsa": f"{digest}_rsa", "ec": f"{digest}_ecdsa"}[self.kind]
        signed = self._sign(attributes.dump(), getattr(hashes, digest.upper())())
        signer = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier(
                    {
                        "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                            {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
                        )
                    }
                ),
                "digest_algorithm": {"algorithm": digest},
                "signed_attrs": attributes,
                "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": algorithm}),
                "signature": signed,
            }
        )
        content = {"content_type": "tst_info", "content": core.ParsableOctetString(inner)}
        body = {
            "version": "v3",
            "digest_algorithms": [{"algorithm": digest}],
            "encap_content_info": content,
            "certificates": [certificate],
            "signer_infos": [signer],
        }
        return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(body)}).dump()


@lru_cache
def _certificate(authority: Authority) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, authority.name)])
    start = datetime(2024, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(authority.key.public_key())
        .serial_number(int.from_bytes(sha256(authority.name.encode())[:8], "big") >> 1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=7300))
        .add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(authority.key, hashes.SHA256(), ecdsa_deterministic=True if authority.kind == "ec" else None)
    )
    return made.public_bytes(serialization.Encoding.DER)


# --- the ZIP with one spelling ------------------------------------------------------------------------------

EPOCH = struct.pack("<HH", 0, 0x21)  # 1980-01-01 00:00


def zip_of(members: Mapping[str, bytes]) -> bytes:
    """The archive with its one spelling; the members' order does not matter here."""
    return zip_in_order(sorted(members.items(), key=lambda item: item[0].encode()))


def zip_in_order(members: Sequence[tuple[str, bytes]]) -> bytes:
    """As zip_of, in the order given, so that wrong orders and doubles can be made."""
    local, central = bytearray(), bytearray()
    for name, data in members:
        raw = name.encode()
        flags = 0 if raw.isascii() else 0x800
        fields = (
            struct.pack("<HHH", 20, flags, 0)
            + EPOCH
            + struct.pack("<III", zlib.crc32(data), len(data), len(data))
        )
        central += (
            b"PK\1\2"
            + struct.pack("<H", 0x0314)
            + fields
            + struct.pack("<HHHHHII", len(raw), 0, 0, 0, 0, 0o100644 << 16, len(local))
            + raw
        )
        local += b"PK\3\4" + fields + struct.pack("<HH", len(raw), 0) + raw + data
    end = struct.pack("<HHHHIIH", 0, 0, len(members), len(members), len(central), len(local), 0)
    return bytes(local) + bytes(central) + b"PK\5\6" + end
