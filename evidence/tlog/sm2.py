"""SM2 signatures with SM3 (GB/T 32918.2): r and s in 64 bytes, keys as 0x04, x and y in 65.

The system's OpenSSL signs and verifies where it can be called and proves itself at first use; else Python does.
"""

import secrets
from collections.abc import Iterator
from functools import lru_cache
from typing import Protocol

from evidence.tlog import sm2_curve as curve
from evidence.tlog import sm2_openssl, sm3

IDENTITY = b"1234567812345678"
_SIZE = 32  # bytes of a number


class BackEnd(Protocol):
    """Whoever does the sums. Keys and signatures were looked at before."""

    name: str

    def sign(self, private: bytes, message: bytes, identity: bytes) -> bytes: ...
    def verify(self, public: bytes, message: bytes, signature: bytes, identity: bytes) -> bool: ...


def generate() -> bytes:
    """A new private key, 32 bytes."""
    return (secrets.randbelow(curve.N - 2) + 1).to_bytes(_SIZE, "big")


@lru_cache(maxsize=16)
def public_of(private: bytes) -> bytes:
    """The public half of a private key. Raises ValueError where that is none."""
    point = curve.affine(curve.times(_secret(private), curve.G))
    assert point is not None  # noqa: S101 - the number is below the order
    return b"\x04" + point[0].to_bytes(_SIZE, "big") + point[1].to_bytes(_SIZE, "big")


@lru_cache(maxsize=1024)
def is_good_key(public: bytes) -> bool:
    """Whether this is a point of the curve in its one spelling."""
    x, y = int.from_bytes(public[1:33], "big"), int.from_bytes(public[33:], "big")
    return len(public) == 1 + 2 * _SIZE and public[0] == 4 and curve.is_on_curve(x, y)


def sign(private: bytes, message: bytes, identity: bytes = IDENTITY) -> bytes:
    """The signature of `message`. Raises ValueError where `private` is no key."""
    _secret(private)
    return back_end().sign(private, message, identity)


def verify(public: bytes, message: bytes, signature: bytes, identity: bytes = IDENTITY) -> bool:
    """Whether the signature holds under the key."""
    r, s = _numbers(signature)
    if len(signature) != 2 * _SIZE or not is_good_key(public):
        return False
    if not (0 < r < curve.N and 0 < s < curve.N and (r + s) % curve.N):
        return False
    return back_end().verify(public, message, signature, identity)


def digest(public: bytes, message: bytes, identity: bytes = IDENTITY) -> int:
    """The number that is signed: it binds the message to the signer's identity and key."""
    numbers = (curve.A, curve.B, curve.GX, curve.GY)
    head = (8 * len(identity)).to_bytes(2, "big") + identity
    signer = sm3.digest(head + b"".join(number.to_bytes(_SIZE, "big") for number in numbers) + public[1:])
    return int.from_bytes(sm3.digest(signer + message), "big")


class PurePython:
    """SM2 in Python alone. Its nonce comes from key and message (as in RFC 6979, with SM3), so none repeats."""

    name = "python"

    def sign(self, private: bytes, message: bytes, identity: bytes) -> bytes:
        secret = _secret(private)
        e = digest(public_of(private), message, identity)
        for nonce in _nonces(secret, e):
            point = curve.affine(curve.times(nonce, curve.G))
            assert point is not None  # noqa: S101 - the nonce is below the order
            r = (e + point[0]) % curve.N
            s = pow(1 + secret, -1, curve.N) * (nonce - r * secret) % curve.N
            if r and s and r + nonce != curve.N:
                return r.to_bytes(_SIZE, "big") + s.to_bytes(_SIZE, "big")
        raise AssertionError("the nonces never end")

    def verify(self, public: bytes, message: bytes, signature: bytes, identity: bytes) -> bool:
        r, s = _numbers(signature)
        x, y = _numbers(public[1:])
        point = curve.affine(curve.times_both(s, (r + s) % curve.N, (x, y, 1)))
        return point is not None and (digest(public, message, identity) + point[0]) % curve.N == r


@lru_cache(maxsize=1)
def back_end() -> BackEnd:
    """OpenSSL's where it agrees with ours on a signature each, else ours."""
    ours = PurePython()
    try:
        theirs = sm2_openssl.load()
        private, message = bytes(31) + b"\x07", b"a trial"
        public = public_of(private)
        agreed = theirs.verify(public, message, ours.sign(private, message, IDENTITY), IDENTITY)
        agreed = agreed and not theirs.verify(public, b"", ours.sign(private, message, IDENTITY), IDENTITY)
        agreed = agreed and ours.verify(public, message, theirs.sign(private, message, IDENTITY), IDENTITY)
    except sm2_openssl.Unavailable:
        return ours
    return theirs if agreed else ours


def _secret(private: bytes) -> int:
    number = int.from_bytes(private, "big")
    if len(private) != _SIZE or not 0 < number < curve.N - 1:
        raise ValueError("this is no private key of SM2")
    return number


def _numbers(pair: bytes) -> tuple[int, int]:
    return int.from_bytes(pair[:_SIZE], "big"), int.from_bytes(pair[_SIZE:], "big")


def _nonces(secret: int, e: int) -> Iterator[int]:
    """Numbers below the order that only key and message decide."""
    seed = secret.to_bytes(_SIZE, "big") + (e % curve.N).to_bytes(_SIZE, "big")
    key, value = bytes(_SIZE), b"\x01" * _SIZE
    for mark in (b"\x00", b"\x01"):
        key = _mac(key, value + mark + seed)
        value = _mac(key, value)
    while True:
        value = _mac(key, value)
        if 0 < (nonce := int.from_bytes(value, "big")) < curve.N:
            yield nonce
        key = _mac(key, value + b"\x00")
        value = _mac(key, value)


def _mac(key: bytes, data: bytes) -> bytes:
    """HMAC with SM3; the key is no longer than a block."""
    block = key.ljust(sm3.BLOCK, b"\x00")
    inner = sm3.digest(bytes(byte ^ 0x36 for byte in block) + data)
    return sm3.digest(bytes(byte ^ 0x5C for byte in block) + inner)
