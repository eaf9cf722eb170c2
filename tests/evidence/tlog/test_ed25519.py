"""Ed25519 with nothing left to choose, held to the public vectors."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from evidence.tlog import ed25519
from tests.evidence.tlog.vectors import load

P = 2**255 - 19
SQUARE_ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)

# what the edge cases of CCTV show and our rule refuses; the rest of them we accept
REFUSED_BY_US = {
    "low_order_A",  # the key has small order: it would sign anything
    "non_canonical_A",  # the key in another spelling
    "non_canonical_R",  # the signature in another spelling
    "low_order_residue",  # holds only when multiplied by the cofactor
}


def encoded(x: int, y: int) -> bytes:
    return (y | (x & 1) << 255).to_bytes(32, "little")


def small_order_points() -> list[tuple[int, int]]:
    """All eight, from the doubling formula: those of order 8 have y² = −x²."""
    roots = []
    d = -121665 * pow(121666, -1, P) % P
    # −x² + y² = 1 + d·x²·y² with y² = −x² = u:  2u = 1 − d·u²
    under = pow(4 + 4 * d, (P + 3) // 8, P)
    under = under if under * under % P == (4 + 4 * d) % P else under * SQUARE_ROOT_OF_MINUS_ONE % P
    for u in ((-2 + under) * pow(2 * d, -1, P) % P, (-2 - under) * pow(2 * d, -1, P) % P):
        y = pow(u, (P + 3) // 8, P)
        y = y if y * y % P == u else y * SQUARE_ROOT_OF_MINUS_ONE % P
        if y * y % P == u:
            x = y * SQUARE_ROOT_OF_MINUS_ONE % P
            roots += [(x, y), (P - x, y), (x, P - y), (P - x, P - y)]
    i = SQUARE_ROOT_OF_MINUS_ONE
    return [(0, 1), (0, P - 1), (i, 0), (P - i, 0), *roots]


def test_the_eight_points_of_small_order_are_no_keys() -> None:
    points = small_order_points()

    assert len({encoded(x, y) for x, y in points}) == 8
    for x, y in points:
        assert (-x * x + y * y - 1 + 121665 * pow(121666, -1, P) * x * x * y * y) % P == 0
        for sign in (0, 1):
            assert not ed25519.is_good_key(encoded(sign, y))
            if y + P < 2**255:
                assert not ed25519.is_good_key(encoded(sign, y + P))


def test_every_honest_key_is_good_and_only_in_one_spelling() -> None:
    for seed in range(40):
        key = Ed25519PrivateKey.from_private_bytes(seed.to_bytes(32, "big"))
        public = ed25519.public_bytes(key)
        signature = key.sign(b"text")

        assert ed25519.is_good_key(public)
        assert ed25519.verify(public, b"text", signature)
        assert not ed25519.verify(public, b"test", signature)
        assert not ed25519.verify(public[:31], b"text", signature)
        assert not ed25519.verify(public, b"text", signature + b"\0")
        s = int.from_bytes(signature[32:], "little") + ed25519.ORDER
        assert not ed25519.verify(public, b"text", signature[:32] + s.to_bytes(32, "little"))


def test_what_is_no_point_is_no_key() -> None:
    found = [ed25519.is_good_key(y.to_bytes(32, "little")) for y in range(2, 200)]

    assert 60 < sum(found) < 140  # about half of all numbers belong to a point
    assert not ed25519.is_good_key((P + 2).to_bytes(32, "little"))


def test_a_broken_machine_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(data: bytes) -> None:
        raise ValueError("no Ed25519 here")

    key = Ed25519PrivateKey.generate()
    monkeypatch.setattr(Ed25519PublicKey, "from_public_bytes", refuse)
    assert not ed25519.verify(key.public_key().public_bytes_raw(), b"", key.sign(b""))


def test_wycheproof() -> None:
    cases = [
        (bytes.fromhex(group["publicKey"]["pk"]), case)
        for group in load("wycheproof/ed25519_test.json")["testGroups"]
        for case in group["tests"]
    ]

    assert len(cases) == 151
    for public, case in cases:
        holds = ed25519.verify(public, bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"]))
        assert holds == (case["result"] == "valid"), case


def test_the_edge_cases_of_cctv() -> None:
    cases = load("cctv/ed25519vectors.json")

    accepted = 0
    for case in cases:
        key, signature = bytes.fromhex(case["key"]), bytes.fromhex(case["sig"])
        holds = ed25519.verify(key, case["msg"].encode(), signature)
        assert holds == (not REFUSED_BY_US & set(case["flags"] or [])), case
        accepted += holds
    assert len(cases) == 914
    assert accepted > 0
