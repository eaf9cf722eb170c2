"""Somebody with all rights over the database, and what `fsck_evidence` says: which attack is caught by what."""

import io
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.files.storage import default_storage
from django.core.management import call_command
from pytest_django.fixtures import Settings

from evidence.canonical import canonical, link_hash
from evidence.log import audit, chains, integrator, publishing, stamping
from evidence.log.policy import policy_path
from evidence.log.signing import policy_log_lines, sm2_signer
from evidence.log.trees import TREES
from evidence.log.witnessing import Cosigned
from evidence.models import CheckpointRow, Deposit, Entry, Leaf, LogState, Tile, Token
from evidence.tlog import cosignatures, ed25519
from evidence.tlog.notes import COSIGNATURE, SignedNote, VerifierKey
from tests.evidence.log.conftest import Intruder, Write, integrated, leaves, published, root_of

pytestmark = pytest.mark.django_db
TARGET = 6  # index of the third entry of case a, in the second checkpoint


def found() -> list[audit.Finding]:
    """What is wrong with the log, but for the triggers that the intruder took away."""
    return [one for one in audit.findings() if "trigger" not in one.text]


@pytest.fixture
def witnessed(db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A policy with one witness, who cosigns whatever is shown to it as long as the test likes."""
    key = Ed25519PrivateKey.generate()
    vkey = VerifierKey.of("court.example", COSIGNATURE, ed25519.public_bytes(key))

    def ask(_url: str, *, old: int, proof: object, note: str) -> Cosigned:
        text = SignedNote.parse(note).text
        return Cosigned((cosignatures.make(key, vkey.name, text, int(time.time())),))

    monkeypatch.setattr(publishing, "ask_witness", ask)
    sm2_signer()
    policy_path().write_text("\n".join([*policy_log_lines(), f"witness court {vkey}", "quorum court", ""]))
    settings.WITNESSES = {"court": "https://court.example"}


def test_an_honest_log_has_no_findings(logged: list[Entry]) -> None:
    stamping.stamp_newest()

    assert list(audit.findings()) == []


def edit(intruder: Intruder) -> None:
    """Change one thing in the envelope."""
    told = "UPDATE evidence_entry SET envelope = replace(envelope, %s, %s) WHERE chain = 'a' AND seq = 3"
    intruder.do(told, '"at":"2', '"at":"1')


def edit_and_rehash(intruder: Intruder) -> None:
    """The same, with the hash of the row made right."""
    edit(intruder)
    entry = Entry.objects.get(chain="a", seq=3)
    intruder.do(
        "UPDATE evidence_entry SET hash = %s WHERE id = %s", link_hash(entry.envelope.encode()), entry.pk
    )


def rechain(intruder: Intruder) -> None:
    """Change one body's commitment and link everything after it anew, up to the head."""
    prev = Entry.objects.get(chain="a", seq=2).hash
    for entry in Entry.objects.filter(chain="a", seq__gte=3).order_by("seq"):
        told = json.loads(entry.envelope) | {"prev": prev, "at": "2025-01-01T00:00:00.000Z"}
        envelope = canonical(told)
        link = link_hash(envelope)
        intruder.do(
            "UPDATE evidence_entry SET envelope = %s, prev = %s, hash = %s, at = '2025-01-01 00:00:00+00:00'"
            " WHERE id = %s",
            envelope.decode(),
            prev,
            link,
            entry.pk,
        )
        prev = link
    intruder.do("UPDATE evidence_chainhead SET hash = %s WHERE chain = 'a'", prev)


def rechain_and_rehash_the_leaves(intruder: Intruder) -> None:
    """And write the hashes of the leaves into the lowest tiles."""
    rechain(intruder)
    for tree, hash_ in TREES.items():
        hashes = b"".join(hash_.leaf(one) for one in leaves())
        intruder.do("UPDATE evidence_tile SET hashes = %s WHERE tree = %s", hashes, tree)


def rebuild_with_the_key_of_the_log(intruder: Intruder) -> None:
    """And make every tile and checkpoint anew, signed with the stolen key of the log."""
    rechain(intruder)
    sizes = [row.size for row in CheckpointRow.objects.order_by("size")]
    order = [*Leaf.objects.filter(entry__isnull=False).order_by("index").values_list("index", "entry_id")]
    for table in ("leaf", "tile", "token", "checkpointrow"):
        intruder.do(f"DELETE FROM evidence_{table}")  # noqa: S608
    intruder.do("UPDATE evidence_logstate SET size = 0, published_size = 0, seen_size = 0")
    integrator._memory.forget()
    for size in sizes:
        for index, pk in order:
            if index < size and not Leaf.objects.filter(entry_id=pk).exists():
                intruder.do("INSERT INTO evidence_outbox (entry_id) VALUES (%s)", pk)
        assert integrated().size == size
    intruder.do(
        "UPDATE evidence_checkpointrow SET cosigned = note, published_at = at WHERE size = %s", sizes[-1]
    )
    intruder.do("UPDATE evidence_logstate SET published_size = %s", sizes[-1])


def cut_the_end(intruder: Intruder) -> None:
    """Delete the last entry of a case, and step its head back."""
    last = Entry.objects.get(chain="a", seq=4)
    intruder.do("DELETE FROM evidence_entry WHERE id = %s", last.pk)
    intruder.do("UPDATE evidence_chainhead SET seq = 3, hash = %s WHERE chain = 'a'", last.prev)


def cut_the_end_and_its_leaf(intruder: Intruder) -> None:
    """And its leaf, and what comes after it."""
    index = Entry.objects.get(chain="a", seq=4).leaf.index
    cut_the_end(intruder)
    intruder.do('DELETE FROM evidence_leaf WHERE "index" >= %s', index)


def swap_two_leaves(intruder: Intruder) -> None:
    """Exchange the places of two entries of different cases."""
    one, two = Entry.objects.get(chain="a", seq=3), Entry.objects.get(chain="b", seq=2)
    first, second = one.leaf.index, two.leaf.index
    intruder.do('UPDATE evidence_leaf SET entry_id = NULL WHERE "index" = %s', first)
    intruder.do('UPDATE evidence_leaf SET entry_id = %s WHERE "index" = %s', one.pk, second)
    intruder.do('UPDATE evidence_leaf SET entry_id = %s WHERE "index" = %s', two.pk, first)


def another_key(intruder: Intruder) -> None:
    """Sign the last checkpoint with a key that is not the log's."""
    row = CheckpointRow.objects.last()
    note = SignedNote.parse(row.note)
    forged = note.lines[0].__class__(note.lines[0].name, note.lines[0].key_id, b"\1" * 64)
    intruder.do(
        "UPDATE evidence_checkpointrow SET note = %s WHERE size = %s",
        SignedNote(note.text, (forged,)).serialise(),
        row.size,
    )


Attack = Callable[[Intruder], None]
MATRIX: list[
    tuple[Attack, bool, int | None]
] = [  # attack, whether a witness vouches, first bad index (None: unnoticed)
    (edit, False, TARGET),
    (edit_and_rehash, False, TARGET),
    (rechain, False, TARGET),
    (
        rechain_and_rehash_the_leaves,
        False,
        TARGET - 1,
    ),  # somewhere in the second checkpoint, which begins there
    (rebuild_with_the_key_of_the_log, False, None),  # a stolen key is enough where nobody else vouches
    (
        rebuild_with_the_key_of_the_log,
        True,
        10,
    ),  # and is not where a witness does: the checkpoint itself is bad
    (cut_the_end, False, 8),
    (cut_the_end_and_its_leaf, False, 8),
    (swap_two_leaves, False, TARGET),
    (another_key, False, 10),
]


@pytest.mark.parametrize(("attack", "vouched", "index"), MATRIX, ids=lambda x: getattr(x, "__name__", str(x)))
def test_which_attack_is_caught_and_where(
    attack: Attack,
    vouched: bool,
    index: int | None,
    request: pytest.FixtureRequest,
    intruder: Intruder,
) -> None:
    if vouched:
        request.getfixturevalue("witnessed")
    request.getfixturevalue("logged")
    assert list(audit.findings()) == []
    names = {e.leaf.index: (e.chain, e.seq) for e in Entry.objects.select_related("leaf")}
    assert names[TARGET] == ("a", 3)

    attack(intruder)

    assert audit.first_bad_index(found()) == index, [str(one) for one in found()]


def test_the_command_names_the_first_bad_index_and_ends_with_one(
    logged: list[Entry], intruder: Intruder
) -> None:
    rechain(intruder)
    out = io.StringIO()

    with pytest.raises(SystemExit) as stop:
        call_command("fsck_evidence", stdout=out)

    assert stop.value.code == 1
    assert f"log #{TARGET}: the bytes are not those that the sha256 tree holds" in out.getvalue()
    assert f"first bad index of the log: {TARGET}" in out.getvalue()
    assert "evidence_leaf_no_change is missing" in out.getvalue()


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE evidence_tile SET hashes = substr(hashes, 1, 320) WHERE tree = 'sm3'", "sm3 tree"),
        ("DELETE FROM evidence_tile WHERE tree = 'sm3'", "sm3 tree"),
        (
            "UPDATE evidence_leaf SET data = replace(data, 'heads', 'hears') WHERE data LIKE '%%heads%%'",
            "sha256 tree",
        ),
        ("UPDATE evidence_checkpointrow SET heads_root = root", "are not those of checkpoint 5"),
        ("UPDATE evidence_checkpointrow SET sm3_note = note", "has not signed"),
        (
            "UPDATE evidence_checkpointrow SET cosigned = sm3_note WHERE published_at IS NOT NULL",
            "another text",
        ),
        ("UPDATE evidence_logstate SET size = 7", "does not end"),
        ("UPDATE evidence_logstate SET published_size = 5", "newest published"),
        ("DELETE FROM evidence_checkpointrow WHERE size = 11", "does not end"),
        ("INSERT INTO evidence_outbox (entry_id) SELECT min(id) FROM evidence_entry", "waits for it still"),
        ("INSERT INTO evidence_outbox (entry_id) VALUES (999)", "is not there"),
        ("UPDATE evidence_token SET checkpoint_id = 5", "does not hold"),
        ("UPDATE evidence_token SET at = '2020-01-01 00:00:00+00:00'", "another time"),
        ("DELETE FROM evidence_logkey WHERE kind = 'sm2'", "has not signed"),
    ],
)
def test_everything_else_that_is_touched_is_found(
    logged: list[Entry], intruder: Intruder, sql: str, words: str
) -> None:
    if "token" in sql:
        stamping.stamp_newest()
    intruder.do(sql)

    assert words in " ".join(str(one) for one in found()), [str(one) for one in found()]


def test_a_swapped_file_is_found_under_its_index(told: str, settings: Settings) -> None:
    integrated()
    deposit = Deposit.objects.get()
    path = Path(settings.MEDIA_ROOT) / deposit.stored
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"x")

    [finding] = found()
    assert (finding.index, "does not match" in finding.text) == (1, True)
    default_storage.delete(deposit.stored)
    assert audit.first_bad_index(found()) == 1


@pytest.mark.parametrize("change", ["sha256 = 'x'", "sm3 = 'x'", "size = 9", "seq = 9"])
def test_a_deposit_that_says_something_else_is_found(told: str, intruder: Intruder, change: str) -> None:
    integrated()
    intruder.do(f"UPDATE evidence_deposit SET {change}")  # noqa: S608

    assert found()


def test_a_record_of_the_log_that_nobody_signed_is_found(write: Write) -> None:
    write("a")
    origin = LogState.objects.get().origin
    record = canonical(
        {
            "log": origin,
            "new": "x",
            "old": "y",
            "sig_new": "",
            "sig_old": "",
            "typ": "key",
            "v": "mediation-evidence/1",
        }
    )
    integrator.integrate(own=[record])

    assert [(one.index, "both keys" in one.text) for one in found()] == [(1, True)]


def test_timestamps_of_another_authority_are_left_to_the_reader(
    logged: list[Entry], intruder: Intruder
) -> None:
    stamping.stamp_newest()
    intruder.do("UPDATE evidence_token SET authority = 'elsewhere'")

    assert found() == []
    assert Token.objects.count() == 1


class TestTheCore:
    """Chains and root over leaves in memory, as benchmarks measure it."""

    def test_it_follows_every_chain_and_knows_the_root(self, logged: list[Entry]) -> None:
        data = leaves()
        origin = LogState.objects.get().origin

        for strictly in (False, True):
            told = chains.audit_leaves(origin, data, strictly=strictly)
            assert (told.root, told.flaws) == (root_of(data), [])

    def test_each_break_is_told_once(self, logged: list[Entry]) -> None:
        data = leaves()
        origin = LogState.objects.get().origin
        data[TARGET] = data[TARGET].replace(b'"seq":3', b'"seq":4')

        assert [flaw.index for flaw in chains.audit_leaves(origin, data).flaws] == [TARGET + 2]
        strict = chains.audit_leaves(origin, data, strictly=True).flaws
        assert [flaw.index for flaw in strict] == [TARGET, TARGET + 2, TARGET + 2]


def test_a_log_of_many_tiles_is_read_through(write: Write, intruder: Intruder) -> None:
    for _ in range(3):
        write(*(f"case {n % 5}" for n in range(200)))
        integrated()
    assert found() == []
    published()
    entry = Entry.objects.get(leaf__index=300)
    intruder.do(
        "UPDATE evidence_entry SET envelope = replace(envelope, 'seq', 'sEq') WHERE id = %s", entry.pk
    )

    assert audit.first_bad_index(found()) == 300
    assert Tile.objects.filter(tree="sha256", level=1).exists()
