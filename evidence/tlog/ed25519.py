"""Ed25519 (RFC 8032) with nothing left to choose: one spelling for keys and signatures, no weak keys.

A signature holds when s·B = R + h·A, without the cofactor, and every number stands in its one spelling.
"""

from functools import lru_cache
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

KEY, SIGNATURE = 32, 64  # bytes
ORDER = 2**252 + 27742317777372353535851937790883648493
_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_BELOW_SIGN = 2**255 - 1


class SigningKey(Protocol):
    """What signs: an `Ed25519PrivateKey`, or whatever stands before a machine that keeps one."""

    def sign(self, data: bytes, /) -> bytes: ...
    def public_key(self) -> Ed25519PublicKey: ...


def public_bytes(key: SigningKey) -> bytes:
    """The 32 bytes of the public half."""
    return key.public_key().public_bytes_raw()


@lru_cache(maxsize=1024)
def is_good_key(public: bytes) -> bool:
    """Whether this is a point of the curve in its one spelling, and not one of the eight of small order."""
    y = int.from_bytes(public, "little") & _BELOW_SIGN
    if len(public) != KEY or y >= _P:
        return False
    yy = y * y % _P
    xx = (yy - 1) * pow(_D * yy + 1, -1, _P) % _P
    on_curve = pow(xx, (_P - 1) // 2, _P) in (0, 1)
    return on_curve and not _is_of_small_order(xx, yy)


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature holds under the key."""
    if len(signature) != SIGNATURE or not is_good_key(public):
        return False
    r = int.from_bytes(signature[:32], "little") & _BELOW_SIGN
    if r >= _P or int.from_bytes(signature[32:], "little") >= ORDER:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _is_of_small_order(xx: int, yy: int) -> bool:
    """Whether eight times the point is nothing, told from the squares of its coordinates.

    x = 0 has order 1 or 2, y = 0 order 4. Order 8 is where doubling gives y = 0, that is y² = −x².
    """
    return xx == 0 or yy == 0 or (xx + yy) % _P == 0
