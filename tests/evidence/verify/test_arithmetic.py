"""The verifier's own mathematics against public vectors and against libraries."""

import hashlib
import json
import os
import random
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from evidence.verify import verify as v
from tests.evidence.bagparts import Authority, Heads, Key, Tree, sha256

VECTORS = Path(os.environ.get("SHARED_VECTORS", Path(__file__).resolve().parents[4] / "shared" / "vectors"))


def vectors(*parts: str) -> Path:
    path = VECTORS.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the public vectors {'/'.join(parts)} are not here")
    return path


def test_ed25519_decides_every_wycheproof_vector_rightly() -> None:
    data = json.loads(vectors("wycheproof", "ed25519_test.json").read_text())
    seen = 0
    for group in data["testGroups"]:
        key = bytes.fromhex(group["publicKey"]["pk"])
        for test in group["tests"]:
            holds = v.ed25519_holds(key, bytes.fromhex(test["sig"]), bytes.fromhex(test["msg"]))
            assert holds == (test["result"] == "valid"), test["tcId"]
            seen += 1
    assert seen >= 150


def test_ed25519_is_strict_on_every_cctv_vector() -> None:
    """RFC 8032 without the cofactor, one spelling, no key of small order: the flags say what that means."""
    data = json.loads(vectors("cctv", "ed25519vectors.json").read_text())
    refused = {"low_order_A", "non_canonical_A", "non_canonical_R", "low_order_residue"}
    for test in data:
        holds = v.ed25519_holds(bytes.fromhex(test["key"]), bytes.fromhex(test["sig"]), test["msg"].encode())
        assert holds == (not refused & set(test["flags"] or ())), test


def test_sm3_in_plain_python_is_sm3() -> None:
    chance = random.Random(3)
    abc = v.SlowSm3()
    abc.update(b"abc")
    assert abc.digest().hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    for size in [*range(130), 1000]:
        data = chance.randbytes(size)
        slow = v.SlowSm3()
        slow.update(data[: size // 3])
        slow.update(data[size // 3 :])
        assert slow.digest() == hashlib.new("sm3", data).digest()


def test_sm2_holds_for_right_signatures_alone() -> None:
    chance = random.Random(4)
    for _ in range(20):
        key = Key("a/sm3", b"\xffSM2-SM3", chance.randbytes(31))
        signature = key.sign("text")
        assert v.sm2_holds(key.public, signature, b"text")
        assert not v.sm2_holds(key.public, signature, b"texu")
        assert not v.sm2_holds(key.public, signature[32:] + signature[:32], b"text")
        zero = bytes(32)
        assert not v.sm2_holds(key.public, zero + signature[32:], b"text")
        assert not v.sm2_holds(key.public, signature[:32] + zero, b"text")
        r = int.from_bytes(signature[:32], "big")
        assert not v.sm2_holds(key.public, signature[:32] + (v.SM2.n - r).to_bytes(32, "big"), b"text")
        assert not v.sm2_holds(key.public, signature + b"\0", b"text")
        off = key.public[:-1] + bytes([key.public[-1] ^ 1])
        assert not v.sm2_holds(off, signature, b"text")


def test_p256_agrees_with_the_library() -> None:
    chance = random.Random(6)
    for _ in range(20):
        secret = ec.derive_private_key(chance.getrandbits(255) + 1, ec.SECP256R1())
        numbers = secret.public_key().public_numbers()
        public = b"\4" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
        data = chance.randbytes(40)
        r, s = decode_dss_signature(secret.sign(data, ec.ECDSA(hashes.SHA384())))
        digest = hashlib.sha384(data).digest()
        assert v.ecdsa_holds(public, r, s, digest)
        assert not v.ecdsa_holds(public, r, s + 1, digest)
        assert not v.ecdsa_holds(public, 0, s, digest)
        assert not v.ecdsa_holds(public, r, v.P256.n + s, digest)
        assert not v.ecdsa_holds(public, r, s, hashlib.sha384(data + b"x").digest())


def _merkle(kind: str) -> list[dict[str, Any]]:
    return [
        json.loads(path.read_text()) for path in sorted(vectors("merkle", "testdata", kind).rglob("*.json"))
    ]


def _raw(text: str | None) -> bytes:
    import base64

    return base64.b64decode(text or "")


def test_inclusion_decides_the_public_vectors() -> None:
    for test in _merkle("inclusion"):
        path = [_raw(part) for part in test["proof"] or []]
        try:
            root = v.inclusion_root(_raw(test["leafHash"]), test["leafIdx"], test["treeSize"], path)
            right = root == _raw(test["root"]) and len(_raw(test["leafHash"])) == 32
        except v.Wrong:
            right = False
        assert right != test["wantErr"], test["desc"]


def test_consistency_decides_the_public_vectors() -> None:
    for test in _merkle("consistency"):
        if test["size1"] == 0:
            continue  # a milestone of nothing is refused by its form
        path = [_raw(part) for part in test["proof"] or []]
        try:
            v.check_consistency(test["size1"], test["size2"], _raw(test["root1"]), _raw(test["root2"]), path)
            right = True
        except v.Wrong:
            right = False
        assert right != test["wantErr"], test["desc"]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33])
def test_multiproofs_of_every_small_tree(size: int) -> None:
    chance = random.Random(size)
    leaves = [chance.randbytes(5) for _ in range(size)]
    tree = Tree(sha256, leaves)
    for _ in range(60):
        indices = sorted(chance.sample(range(size), chance.randint(1, size)))
        proof = tree.multiproof(indices, size)
        given = {index: leaves[index] for index in indices}
        assert v.multiproof_root(sha256, given, size, proof) == tree.root(size)
        for wrong in (proof + bytes(32), proof[:-32], proof + b"\0"):
            if wrong != proof:
                with pytest.raises(v.Wrong):
                    v.multiproof_root(sha256, given, size, wrong)


def test_heads_of_a_hundred_cases() -> None:
    chance = random.Random(2)
    heads = {chance.randbytes(16).hex(): (chance.randint(1, 99), chance.randbytes(32)) for _ in range(100)}
    tree = Heads(heads)
    for case, (count, head) in heads.items():
        path: list[Any] = tree.path(case)
        assert v.heads_root(case, count, head, path) == tree.root()
        assert v.heads_root(case, count + 1, head, path) != tree.root()
        with pytest.raises(v.Wrong):
            v.heads_root(case, count, head, [path[0], *path])


@pytest.mark.parametrize("kind", ["rsa", "ec"])
@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
def test_every_bit_of_a_token_matters(kind: str, digest: str) -> None:
    from datetime import UTC, datetime

    authority = Authority(kind)
    token = authority.token(b"text", datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC), digest=digest)
    at, certificate = v.check_token(token, b"text")
    assert (v.written(at), certificate) == ("2026-05-06T07:08:09Z", authority.fingerprint)
    chance = random.Random(digest + kind)
    for place in chance.sample(range(len(token) * 8), 400):
        changed = bytearray(token)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(v.Wrong):
            v.check_token(bytes(changed), b"text")


def test_instants() -> None:
    from datetime import UTC, datetime, timedelta

    for seconds in (0, 1, 951_782_400, 1_772_323_200, 253_402_300_799):
        assert v.written(seconds) == (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).strftime(
            "%Y-%m-%dT%H:%M:%SZ"
        )
    assert v.written(253_402_300_800) is None
    assert v.instant("2026-02-29T00:00:00.000Z") is None
    assert v.instant("1970-01-01T00:00:01.002Z") == 1.002


EPOCH, LATEST = datetime.fromisoformat("1970-01-01"), datetime.fromisoformat("9999-12-31")


@given(st.datetimes(EPOCH, LATEST))
def test_instants_are_those_of_the_calendar(at: datetime) -> None:
    text = f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"
    seconds = v.instant(text)
    assert seconds is not None
    assert abs(seconds - (at - EPOCH).total_seconds()) < 0.0015
    assert v.written(seconds) == f"{text[:19]}Z"


@pytest.mark.parametrize(
    "text",
    [
        "2023-02-29T00:00:00.000Z", "2100-02-29T00:00:00.000Z", "2024-13-01T00:00:00.000Z",
        "2024-00-01T00:00:00.000Z", "2024-01-00T00:00:00.000Z", "2024-04-31T00:00:00.000Z",
        "2024-01-01T24:00:00.000Z", "2024-01-01T00:60:00.000Z", "2024-01-01T00:00:60.000Z", "",
    ],
)  # fmt: skip
def test_no_such_day_or_hour_is_no_instant(text: str) -> None:
    assert v.instant(text) is None
