"""SM3, by OpenSSL and by ourselves."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.tlog import sm3

FASTEST, OURS = sm3.new, sm3.choose(openssl=False)


@pytest.mark.parametrize("start", [FASTEST, OURS])
@pytest.mark.parametrize(
    ("data", "digest"),
    [
        (b"", "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"),
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),  # GB/T 32905 A.1
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),  # A.2
    ],
)
def test_the_examples_of_the_standard(start: sm3.Start, data: bytes, digest: str) -> None:
    assert start(data).hexdigest() == digest
    assert start(data).digest() == bytes.fromhex(digest)
    assert sm3.digest(data).hex() == digest


@given(st.lists(st.binary(max_size=150), max_size=5))
def test_both_say_the_same_of_bytes_that_come_in_pieces(pieces: list[bytes]) -> None:
    theirs, ours = FASTEST(), OURS()
    for piece in pieces:
        theirs.update(piece)
        twin = ours.copy()
        ours.update(piece)
        ours.digest()  # asking changes nothing

    assert ours.digest() == theirs.digest() == FASTEST(b"".join(pieces)).digest()
    if pieces:
        twin.update(pieces[-1])
        assert twin.digest() == ours.digest()


@pytest.mark.parametrize("length", [54, 55, 56, 57, 63, 64, 65, 119, 120, 128])
def test_both_fill_the_last_block_alike(length: int) -> None:
    assert OURS(b"x" * length).digest() == FASTEST(b"x" * length).digest()


def test_ours_steps_in_where_openssl_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> None:
        raise ValueError(f"unsupported hash type {name}")

    monkeypatch.setattr(hashlib, "new", refuse)
    assert sm3.choose() is sm3.PurePython
    monkeypatch.setattr(hashlib, "algorithms_available", {"sha256"})
    assert sm3.choose() is sm3.PurePython
