"""Signed notes, keys, checkpoints and cosignatures: one spelling, and a wrong line spoils the note."""

from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from evidence.tlog import checkpoints, cosignatures, notes, sm2
from evidence.tlog.checkpoints import Checkpoint
from evidence.tlog.notes import COSIGNATURE, ED25519, SM2, Line, NoteRefused, SignedNote, VerifierKey

ORIGIN = "log.example/2026"
LOG = Ed25519PrivateKey.from_private_bytes(b"1" * 32)
WITNESS = Ed25519PrivateKey.from_private_bytes(b"2" * 32)
LOG_KEY = VerifierKey.of(ORIGIN, ED25519, LOG.public_key().public_bytes_raw())
WITNESS_KEY = VerifierKey.of("witness.example/w", COSIGNATURE, WITNESS.public_key().public_bytes_raw())
TEXT = Checkpoint(ORIGIN, 7, bytes(32)).text()
NOTE = SignedNote(
    TEXT,
    (notes.sign(LOG, ORIGIN, TEXT), cosignatures.make(WITNESS, "witness.example/w", TEXT, 1_790_000_000)),
)

# the example in the documentation of the Go package where signed notes come from
FAMOUS_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
FAMOUS = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_a_famous_note_holds() -> None:
    key = VerifierKey.parse(FAMOUS_KEY)

    assert notes.verify(SignedNote.parse(FAMOUS), key)
    assert notes.verify(SignedNote.parse(FAMOUS.encode()), key)
    assert SignedNote.parse(FAMOUS).serialise() == FAMOUS
    with pytest.raises(NoteRefused, match="PeterNeumann"):
        notes.verify(SignedNote.parse(FAMOUS.replace("answer", "Answer")), key)


def test_a_note_says_who_signed_it() -> None:
    note = SignedNote.parse(NOTE.serialise())

    assert note == NOTE
    assert notes.verify(note, LOG_KEY)
    assert cosignatures.verify(note, WITNESS_KEY) == 1_790_000_000
    assert Checkpoint.parse(note.text) == checkpoints.parse(TEXT) == Checkpoint(ORIGIN, 7, bytes(32))


def test_a_cosignature_covers_time_and_text() -> None:
    message = cosignatures.cosigned_message(TEXT, 1_790_000_000)

    assert message == b"cosignature/v1\ntime 1790000000\n" + TEXT.encode()
    earlier = NOTE.lines[1].signature.replace(
        (1_790_000_000).to_bytes(8, "big"), (1_780_000_000).to_bytes(8, "big")
    )
    with pytest.raises(NoteRefused):
        cosignatures.verify(
            SignedNote(TEXT, (Line("witness.example/w", WITNESS_KEY.key_id, earlier),)), WITNESS_KEY
        )


@pytest.mark.parametrize("at_s", [-1, 2**63])
def test_no_witness_was_there_before_or_after_time(at_s: int) -> None:
    with pytest.raises(NoteRefused):
        cosignatures.make(WITNESS, "w", TEXT, at_s)


def test_a_time_that_cannot_be_is_refused_even_when_signed() -> None:
    signed = (2**63).to_bytes(8, "big") + WITNESS.sign(cosignatures.cosigned_message(TEXT, 2**63))

    with pytest.raises(NoteRefused):
        cosignatures.verify(
            SignedNote(TEXT, (Line(WITNESS_KEY.name, WITNESS_KEY.key_id, signed),)), WITNESS_KEY
        )


def test_an_unknown_key_says_nothing() -> None:
    stranger = VerifierKey.of("stranger", ED25519, WITNESS.public_key().public_bytes_raw())
    namesake = VerifierKey.of(ORIGIN, ED25519, WITNESS.public_key().public_bytes_raw())

    assert not notes.verify(NOTE, stranger)
    assert not notes.verify(NOTE, namesake)
    unseen = VerifierKey.of("stranger", COSIGNATURE, LOG_KEY.public)
    assert cosignatures.verify(NOTE, unseen) is None
    with pytest.raises(NoteRefused, match="witness"):
        cosignatures.verify(NOTE, LOG_KEY)


def test_one_wrong_line_by_a_known_key_spoils_the_note_wherever_it_stands() -> None:
    wrong = Line(ORIGIN, LOG_KEY.key_id, bytes(64))

    for lines in ((wrong,), (wrong, *NOTE.lines), (*NOTE.lines, wrong)):
        with pytest.raises(NoteRefused):
            notes.verify(SignedNote(TEXT, lines), LOG_KEY)
    assert cosignatures.verify(SignedNote(TEXT, (wrong, *NOTE.lines)), WITNESS_KEY)


def test_the_first_of_two_times_counts() -> None:
    later = cosignatures.make(WITNESS, "witness.example/w", TEXT, 1_790_000_005)
    note = SignedNote(TEXT, (*NOTE.lines, later))

    assert cosignatures.verify(note, WITNESS_KEY) == 1_790_000_000
    assert NOTE.with_lines([later]) == NOTE
    assert SignedNote(TEXT, NOTE.lines[:1]).with_lines([NOTE.lines[1], later]) == NOTE


def test_sm2_signs_notes_too() -> None:
    private = sm2.generate()
    key = VerifierKey.of(f"{ORIGIN}/sm3", SM2, sm2.public_of(private))
    note = SignedNote.parse(SignedNote(TEXT, (notes.sign_sm2(private, f"{ORIGIN}/sm3", TEXT),)).serialise())

    assert notes.verify(note, key)
    assert VerifierKey.parse(str(key)) == key
    with pytest.raises(NoteRefused):
        notes.verify(SignedNote(TEXT.replace("7", "8"), note.lines), key)


@pytest.mark.parametrize(
    "key", [LOG_KEY, WITNESS_KEY, VerifierKey.parse(FAMOUS_KEY)], ids=lambda key: key.name
)
def test_a_key_is_written_and_read(key: VerifierKey) -> None:
    assert VerifierKey.parse(str(key)) == key


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        FAMOUS_KEY.replace("c74f20a3", "c74f20a4"),
        FAMOUS_KEY.replace("c74f20a3", "C74F20A3"),
        FAMOUS_KEY.replace("PeterNeumann", "Peter Neumann"),
        FAMOUS_KEY.replace("PeterNeumann", ""),
        FAMOUS_KEY + "=",
        FAMOUS_KEY[:-1],
        FAMOUS_KEY + "\n",
        FAMOUS_KEY.replace("ARpc", "Ahpc"),  # ECDSA, which we do not use
        "weak+00000000+" + notes.to_base64(ED25519 + bytes(32)),
        "none+00000000+",
    ],
)
def test_what_is_no_key_is_refused(vkey: str) -> None:
    with pytest.raises(NoteRefused):
        VerifierKey.parse(vkey)


LINE = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
WHOLE = "a text\n\n" + LINE


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n",
        "text\n",
        "text\n\n",
        LINE,
        "\n" + LINE,
        "\n\n" + LINE,
        "\n" + WHOLE,
        "a\n\n" + WHOLE,  # signed-note allows empty lines in the text; we do not
        WHOLE + "\n",
        WHOLE + "tail",
        WHOLE + "\n" + LINE,
        WHOLE[:-1],
        WHOLE.replace("\n\n", "\n"),
        WHOLE.replace("\n\n", "\n\n\n"),
        WHOLE.replace("\n", "\r\n"),
        WHOLE.replace("a text", "a\ttext"),
        WHOLE.replace("a text", "a\x00text"),
        WHOLE.replace("a text", "a\ud800text"),
        WHOLE.replace("—", "-"),
        WHOLE.replace("— ", "—"),
        WHOLE.replace("— ", "—  "),
        WHOLE.replace("=", ""),
        WHOLE.replace("=", " ="),
        WHOLE.replace("=", "=="),
        WHOLE.replace("JnAM=", "JnAN="),
        WHOLE.replace("/", "_"),
        WHOLE.replace("Peter", "Peter+"),
        WHOLE.replace("Peter", "Peter\u2003"),
        WHOLE.replace("Peter", "Peter\x01"),
        WHOLE.replace("PeterNeumann ", ""),
        "a text\n\n— name x08goA==\n",  # four bytes: a key id without a signature
        WHOLE + 16 * LINE,
    ],
)
def test_any_other_spelling_is_no_note(note: str) -> None:
    with pytest.raises(NoteRefused):
        SignedNote.parse(note)


def test_a_note_is_utf8_and_has_sixteen_lines_at_most() -> None:
    with pytest.raises(NoteRefused, match="UTF-8"):
        SignedNote.parse(b"te\xffxt\n\n" + LINE.encode())
    assert len(SignedNote.parse(f"新市民\n\n{LINE * 16}").lines) == 16


NO_ROOT = "A" * 43 + "="


@pytest.mark.parametrize(
    "size", ["07", "+7", "-7", "7.0", "٧", "", " 7", "7 ", "1e3", str(2**53), "1" * 5000]
)
def test_a_size_has_one_spelling(size: str) -> None:
    with pytest.raises(NoteRefused):
        Checkpoint.parse(f"log\n{size}\n{NO_ROOT}\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "log\n7\n",
        f"log\n7\n{NO_ROOT}",
        f"log\n7\n{NO_ROOT}\n\n",
        f"log\n7\n{NO_ROOT}\nmore\n",
        f"\n7\n{NO_ROOT}\n",
        f"log\n7\n{NO_ROOT[1:]}\n",
        f"log\n7\n{NO_ROOT[:-1]}\n",
        f"log\n7\n{NO_ROOT[:-2]}B=\n",
        "log\n7\nAAAA\n",
    ],
)
def test_any_other_text_is_no_checkpoint(text: str) -> None:
    with pytest.raises(NoteRefused):
        Checkpoint.parse(text)


@pytest.mark.parametrize("checkpoint", [Checkpoint("", 1, bytes(32)), Checkpoint("a\nb", 1, bytes(32)),
                                        Checkpoint("a", -1, bytes(32)), Checkpoint("a", 1, bytes(31)),
                                        Checkpoint("a", 2**53, bytes(32))])  # fmt: skip
def test_what_cannot_be_a_checkpoint_is_not_written(checkpoint: Checkpoint) -> None:
    with pytest.raises(NoteRefused):
        checkpoint.text()


@given(st.integers(0, 2**53 - 1), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_is_written_and_read(size: int, root: bytes) -> None:
    checkpoint = Checkpoint("log.example/a", size, root)

    assert Checkpoint.parse(checkpoint.text()) == checkpoint


def test_a_line_is_made_of_what_lines_are_made_of() -> None:
    assert notes.line("a", b"1234", b"5") == Line.parse("— a MTIzNDU=")
    for wrong in (("a b", b"1234", b"5"), ("a", b"123", b"5"), ("a", b"1234", b"")):
        with pytest.raises(NoteRefused):
            notes.line(*wrong)


@given(st.data())
def test_a_note_with_any_byte_changed_is_another_note(draw: st.DataObject) -> None:
    """No byte of a note is idle: what still parses has lost a signature or another text."""
    whole = bytearray(NOTE.serialise().encode())
    at = draw.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= 1 << draw.draw(st.integers(0, 7))

    def seen() -> tuple[bool, int | None]:
        note = SignedNote.parse(bytes(whole))
        return notes.verify(note, LOG_KEY), cosignatures.verify(note, WITNESS_KEY)

    with suppress(NoteRefused):
        assert seen() != (True, 1_790_000_000)
