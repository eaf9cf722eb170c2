"""Receipts: one entry, one path, one checkpoint; they fit a QR code and prove themselves."""

from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from evidence.canonical import canonical
from evidence.tlog import cosignatures, notes
from evidence.tlog.checkpoints import Checkpoint
from evidence.tlog.merkle import SHA256, ProofRefused, inclusion_path, root_at
from evidence.tlog.notes import COSIGNATURE, ED25519, SignedNote, VerifierKey
from evidence.tlog.policies import Policy, PolicyRefused
from evidence.tlog.proofs import LARGEST_RECEIPT, Receipt
from tests.evidence.tlog.test_merkle import AlikeLeaves
from tests.evidence.tlog.trees import Grove, entries

ORIGIN = "log.example/2026"
LOG, WITNESS = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2))
POLICY = (
    f"log {VerifierKey.of(ORIGIN, ED25519, LOG.public_key().public_bytes_raw())}\n"
    f"witness court {VerifierKey.of('court.example', COSIGNATURE, WITNESS.public_key().public_bytes_raw())}\n"
    "quorum court\n"
).encode()


def envelope(**changes: object) -> bytes:
    record = {
        "at": "2026-09-21T08:00:00.123Z", "c256": "c" * 64, "case": "a" * 32, "csm3": "d" * 64, "log": ORIGIN,
        "prev": "0" * 64, "seen": {"root": SHA256.empty.hex(), "size": 0}, "seq": 1, "typ": "record",
        "v": "mediation-evidence/1",
    }  # fmt: skip
    return canonical({**record, **changes})


def signed(size: int, root: bytes, *, witnessed: bool = True) -> SignedNote:
    text = Checkpoint(ORIGIN, size, root).text()
    lines = [cosignatures.make(WITNESS, "court.example", text, 1_790_000_000)] if witnessed else []
    return SignedNote(text, (notes.sign(LOG, ORIGIN, text), *lines))


def made(entry: bytes, index: int = 5, size: int = 11, **how: bool) -> Receipt:
    data = entries(size)
    data[index] = entry
    subtree = Grove(SHA256, data).subtree
    path = tuple(inclusion_path(SHA256, subtree, index, size))
    return Receipt(index, path, signed(size, root_at(SHA256, subtree, size), **how), entry)


def test_a_receipt_proves_its_entry() -> None:
    text = made(envelope()).serialise()
    checked = Receipt.parse(text).check(POLICY)

    assert text.startswith("c2sp.org/tlog-proof@v1\nextra eyJhdCI6")
    assert (checked.envelope, checked.index) == (envelope(), 5)
    assert checked.accepted.checkpoint.size == 11
    assert checked.accepted.witnesses == {"court": 1_790_000_000}
    assert Receipt.parse(text).serialise() == text
    assert Receipt.parse(text.encode()).check(Policy.parse(POLICY)) == checked


def test_a_lone_entry_needs_no_path() -> None:
    receipt = made(envelope(), index=0, size=1)

    assert receipt.path == ()
    assert Receipt.parse(receipt.serialise()).check(POLICY).index == 0


def test_a_receipt_from_a_log_of_a_thousand_million_fits_a_qr_code() -> None:
    size = 10**9
    subtree = AlikeLeaves(SHA256).subtree
    long_name = "w" * 60
    note = signed(size, root_at(SHA256, subtree, size))
    note = note.with_lines([cosignatures.make(LOG, long_name, note.text, 1_790_000_000)])
    receipt = Receipt(size - 2, tuple(inclusion_path(SHA256, subtree, 5, size)), note, envelope(seq=10**6))

    assert len(receipt.serialise()) <= LARGEST_RECEIPT


def test_nobody_saw_it_or_somebody_else_did() -> None:
    with pytest.raises(ProofRefused, match="too few"):
        Receipt.parse(made(envelope(), witnessed=False).serialise()).check(POLICY)
    with pytest.raises(ProofRefused, match="no key"):
        made(envelope()).check(b"quorum none\n")
    with pytest.raises(PolicyRefused):
        made(envelope()).check(b"no policy")


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (b"not JSON", "no envelope"),
        (envelope().replace(b",", b", "), "canonical"),
        (envelope(log="other.example"), "another log"),
        (envelope(at="2026-02-30T08:00:00.123Z"), "no instant"),
        (envelope(more=1), "no envelope"),
        (
            canonical(
                {"log": ORIGIN, "root": "0" * 64, "size": 5, "typ": "sm3-root", "v": "mediation-evidence/1"}
            ),
            "no envelope",
        ),
    ],
)
def test_what_is_no_entry_of_this_log_has_no_receipt(entry: bytes, why: str) -> None:
    with pytest.raises(ProofRefused, match=why):
        made(entry).check(POLICY)


def test_the_entry_stands_where_the_receipt_says() -> None:
    good = made(envelope())
    for index in (0, 4, 6, 10, 11, 2**62):
        with pytest.raises(ProofRefused):
            Receipt(index, good.path, good.note, good.extra).check(POLICY)
    with pytest.raises(ProofRefused):
        Receipt(5, good.path, good.note, envelope(seq=2)).check(POLICY)
    with pytest.raises(ProofRefused):
        Receipt(5, good.path[:-1], good.note, good.extra).check(POLICY)


TEXT = made(envelope()).serialise()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        TEXT[:-1],
        TEXT + "\n",
        TEXT.replace("@v1", "@v2"),
        TEXT.replace("extra ", "extra  "),
        TEXT.replace("extra ", "Extra "),
        TEXT.replace("index 5", "index 05"),
        TEXT.replace("index 5", "index -5"),
        TEXT.replace("index 5", "index ٥"),
        TEXT.replace("index 5", "index 9223372036854775808"),
        TEXT.replace("index 5", "index 5 "),
        TEXT.replace("index 5\n", ""),
        TEXT.replace("index 5\n", "index 5\nAAAA\n"),
        TEXT.replace("index 5\n", "index 5\n\n"),
        TEXT.replace("\n\n", "\n"),
        TEXT.replace("\n\n", "\n\n\n"),
        TEXT.replace("\n", "\r\n"),
        "\n".join(line for line in TEXT.split("\n") if not line.startswith("extra ")),
        "\n".join("extra " if line.startswith("extra ") else line for line in TEXT.split("\n")),
        TEXT.replace("index 5\n", "index 5\n" + ("A" * 43 + "=\n") * 60),
        TEXT + "\ud800",
    ],
)
def test_any_other_spelling_is_no_receipt(text: str) -> None:
    with pytest.raises(ProofRefused):
        Receipt.parse(text).check(POLICY)


def test_what_does_not_fit_is_not_written() -> None:
    good = made(envelope())
    for wrong in (
        Receipt(-1, good.path, good.note, good.extra),
        Receipt(2**63, good.path, good.note, good.extra),
        Receipt(5, good.path, good.note, b""),
        Receipt(5, good.path, good.note, bytes(1025)),
        Receipt(5, (bytes(32),) * 64, good.note, good.extra),
        Receipt(5, (bytes(32),) * 60, good.note, good.extra),
    ):
        with pytest.raises(ProofRefused):
            wrong.serialise()


def test_a_receipt_is_utf8() -> None:
    with pytest.raises(ProofRefused, match="receipt"):
        Receipt.parse(TEXT.encode().replace(b"log", b"l\xffg"))


@given(st.integers(0, len(TEXT.encode()) - 1), st.integers(0, 7))
def test_a_receipt_with_any_byte_changed_proves_nothing(at: int, bit: int) -> None:
    whole = bytearray(TEXT.encode())
    whole[at] ^= 1 << bit

    with pytest.raises(ProofRefused):
        Receipt.parse(bytes(whole)).check(POLICY)


@given(st.text(max_size=80))
def test_any_text_is_no_receipt(text: str) -> None:
    with suppress(ProofRefused):
        raise AssertionError(Receipt.parse(text))
