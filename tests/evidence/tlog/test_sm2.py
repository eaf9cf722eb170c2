"""SM2 signatures: the example of the standard, both of our ways, and the openssl program."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as properties
from hypothesis import strategies as st

from evidence.tlog import sm2, sm2_openssl
from evidence.tlog import sm2_curve as curve

# GB/T 32918.5 A.2: the signer 1234567812345678 signs “message digest”
PRIVATE = bytes.fromhex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8")
PUBLIC = bytes.fromhex(
    "04"
    "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
MESSAGE = b"message digest"
DIGEST = 0xF0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640
NONCE = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
SIGNATURE = bytes.fromhex(
    "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
    "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
)
OURS = sm2.PurePython()


def both_ways() -> list[sm2.BackEnd]:
    try:
        return [OURS, sm2_openssl.load()]
    except sm2_openssl.Unavailable:
        return [OURS]


ways = pytest.mark.parametrize("way", both_ways(), ids=lambda way: way.name)


@pytest.fixture(params=both_ways(), ids=lambda way: way.name)
def _in_each_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sm2, "back_end", lambda: request.param)


def test_the_example_of_the_standard_is_signed_as_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sm2, "_nonces", lambda secret, e: iter([NONCE]))

    assert sm2.public_of(PRIVATE) == PUBLIC
    assert sm2.digest(PUBLIC, MESSAGE) == DIGEST
    assert OURS.sign(PRIVATE, MESSAGE, sm2.IDENTITY) == SIGNATURE


@pytest.mark.usefixtures("_in_each_way")
def test_the_example_of_the_standard_holds_and_nothing_near_it() -> None:
    assert sm2.verify(PUBLIC, MESSAGE, SIGNATURE)
    assert not sm2.verify(PUBLIC, MESSAGE + b".", SIGNATURE)
    assert not sm2.verify(PUBLIC, MESSAGE, SIGNATURE, b"somebody else")
    for at in range(0, 64, 7):
        changed = bytearray(SIGNATURE)
        changed[at] ^= 1
        assert not sm2.verify(PUBLIC, MESSAGE, bytes(changed))


def number(value: int) -> bytes:
    return value.to_bytes(32, "big")


@pytest.mark.usefixtures("_in_each_way")
@pytest.mark.parametrize(
    "signature",
    [
        b"",
        SIGNATURE[:63],
        SIGNATURE + b"\0",
        number(0) + SIGNATURE[32:],
        SIGNATURE[:32] + number(0),
        number(curve.N) + SIGNATURE[32:],
        SIGNATURE[:32] + number(curve.N),
        number(1) + number(curve.N - 1),  # r + s = 0
        number(2**256 - 1) * 2,
        bytes(64),
    ],
)
def test_numbers_out_of_bounds_hold_nothing(signature: bytes) -> None:
    assert not sm2.verify(PUBLIC, MESSAGE, signature)


@pytest.mark.parametrize(
    "public",
    [
        b"",
        PUBLIC[:64],
        PUBLIC + b"\0",
        b"\x02" + PUBLIC[1:],
        b"\x04" + bytes(64),
        PUBLIC[:64] + bytes([PUBLIC[64] ^ 1]),
        b"\x04" + number(curve.P) + PUBLIC[33:],
    ],
)
def test_what_is_no_point_is_no_key(public: bytes) -> None:
    assert not sm2.is_good_key(public)
    assert not sm2.verify(public, MESSAGE, SIGNATURE)


@pytest.mark.parametrize("private", [b"", bytes(32), number(curve.N - 1), number(curve.N), PRIVATE + b"\0"])
def test_what_is_no_private_key_signs_nothing(private: bytes) -> None:
    with pytest.raises(ValueError, match="private key"):
        sm2.sign(private, MESSAGE)
    with pytest.raises(ValueError, match="private key"):
        sm2.public_of(private)


@ways
@properties(max_examples=15)
@given(secret=st.integers(1, curve.N - 2), message=st.binary(max_size=200), identity=st.binary(max_size=30))
def test_each_way_believes_the_other(way: sm2.BackEnd, secret: int, message: bytes, identity: bytes) -> None:
    private = number(secret)
    public = sm2.public_of(private)
    signature = way.sign(private, message, identity)

    assert len(signature) == 64
    for judge in both_ways():
        assert judge.verify(public, message, signature, identity)
        assert not judge.verify(public, message + b"\0", signature, identity)
        assert not judge.verify(public, message, signature[32:] + signature[:32], identity)


@pytest.mark.parametrize("secret", [1, 2, 3, curve.N - 2, curve.N - 3, 2**255])
def test_keys_at_the_edges_work(secret: int) -> None:
    public = sm2.public_of(number(secret))

    assert sm2.is_good_key(public)
    for one in both_ways():
        for other in both_ways():
            assert other.verify(public, b"", one.sign(number(secret), b"", sm2.IDENTITY), sm2.IDENTITY)


def test_our_nonce_comes_from_key_and_message_alone() -> None:
    signature = OURS.sign(PRIVATE, MESSAGE, sm2.IDENTITY)

    assert OURS.sign(PRIVATE, MESSAGE, sm2.IDENTITY) == signature
    assert OURS.sign(PRIVATE, MESSAGE + b".", sm2.IDENTITY)[:32] != signature[:32]
    assert len(set(zip(range(5), sm2._nonces(7, 9), strict=False))) == 5


def test_a_nonce_that_gives_no_signature_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    e = sm2.digest(PUBLIC, MESSAGE)
    point = curve.affine(curve.times(NONCE, curve.G))
    monkeypatch.setattr(sm2, "digest", lambda *arguments: -point[0] % curve.N)  # then r = 0
    monkeypatch.setattr(sm2, "_nonces", lambda secret, e: iter([NONCE]))
    with pytest.raises(AssertionError, match="end"):
        OURS.sign(PRIVATE, MESSAGE, sm2.IDENTITY)
    assert e == DIGEST


def test_new_keys_are_keys_and_differ() -> None:
    assert len({sm2.public_of(sm2.generate()) for _ in range(3)}) == 3


@given(st.integers(0, 12), st.integers(0, 12))
def test_the_sums_of_points_are_those_of_numbers(one: int, other: int) -> None:
    points = [curve.times(number, curve.G) for number in (one, other, one + other)]

    assert curve.affine(curve.add(points[0], points[1])) == curve.affine(points[2])
    assert curve.affine(curve.times(curve.N - one, curve.G)) == curve.affine(
        curve.times_both(curve.N - one - 1, 1, curve.G)
    )


def test_ours_serves_where_openssl_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> None:
        raise sm2_openssl.Unavailable("none here")

    monkeypatch.setattr(sm2_openssl, "load", absent)
    assert sm2.back_end.__wrapped__().name == "python"

    class Wrong(sm2.PurePython):
        name = "wrong"

        def verify(self, *arguments: bytes) -> bool:
            return True

    monkeypatch.setattr(sm2_openssl, "load", Wrong)
    assert sm2.back_end.__wrapped__().name == "python"


@pytest.mark.parametrize("name", [None, "libthat-is-nowhere.so", "libc.so.6"])
def test_an_openssl_that_is_missing_or_old_is_told(name: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sm2_openssl, "_NAMES", ())
    monkeypatch.setattr(sm2_openssl.ctypes.util, "find_library", lambda wanted: name)

    with pytest.raises(sm2_openssl.Unavailable):
        sm2_openssl.load.__wrapped__()


def test_an_openssl_that_fails_is_told() -> None:
    if len(both_ways()) == 1:
        pytest.skip("no OpenSSL with SM2 here")

    with pytest.raises(sm2_openssl.Unavailable):
        sm2_openssl.load().sign(bytes(32), MESSAGE, sm2.IDENTITY)  # no private key
    with pytest.raises(sm2_openssl.Unavailable):
        sm2_openssl.load().verify(PUBLIC[:64] + b"\0", MESSAGE, SIGNATURE, sm2.IDENTITY)  # no point of it
    with pytest.raises(sm2_openssl.Unavailable):
        sm2_openssl.load().sign(PRIVATE, MESSAGE, b"x" * 2**13)  # an identity of too many bits


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl program here")
@ways
def test_the_openssl_program_agrees(way: sm2.BackEnd, tmp_path: Path) -> None:
    def openssl(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(["openssl", *arguments], capture_output=True, cwd=tmp_path, check=False)

    if openssl("genpkey", "-algorithm", "SM2", "-out", "key.pem").returncode:
        pytest.skip("this openssl has no SM2")
    openssl("pkey", "-in", "key.pem", "-pubout", "-out", "public.pem")
    public = openssl("pkey", "-in", "key.pem", "-pubout", "-outform", "DER").stdout[-65:]
    private = openssl("ec", "-in", "key.pem", "-outform", "DER", "-conv_form", "uncompressed").stdout[7:39]
    (tmp_path / "message").write_bytes(MESSAGE)
    how = ("-rawin", "-digest", "sm3", "-in", "message", "-pkeyopt", "distid:1234567812345678")

    assert sm2.public_of(private) == public
    openssl("pkeyutl", "-sign", "-inkey", "key.pem", "-out", "theirs", *how)
    theirs = sm2_openssl._joined((tmp_path / "theirs").read_bytes())
    assert way.verify(public, MESSAGE, theirs, sm2.IDENTITY)

    ours = way.sign(private, MESSAGE, sm2.IDENTITY)
    (tmp_path / "ours").write_bytes(sm2_openssl._signature(ours))
    assert (
        openssl("pkeyutl", "-verify", "-pubin", "-inkey", "public.pem", "-sigfile", "ours", *how).returncode
        == 0
    )
