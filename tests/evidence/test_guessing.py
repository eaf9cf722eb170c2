"""What a person said cannot be found by guessing it, neither in the open log nor in the database after an erasure."""

import json
from hashlib import sha256

import pytest
from django.db import connection, transaction

from evidence import ledger
from evidence.canonical import canonical
from evidence.erasure import erase_chain
from evidence.models import Deposit, Entry
from evidence.tlog import sm3
from tests.evidence import guessing
from tests.evidence.conftest import Take

GUESSES = 20_000  # a million in benchmarks/evidence.py
NUMBER = next(n for at, n in enumerate(guessing.numbers(GUESSES)) if at == GUESSES // 2)


def write(guess: str) -> bytes:
    """The body of the act without its salt, which comes last."""
    body = canonical({"event": guessing.EVENT, "record": {"phone": guess}, "role": guessing.ROLE, "salt": ""})
    return body.removesuffix(b'"}')


@pytest.fixture
def entry(db: None) -> Entry:
    with transaction.atomic():
        return ledger.append(chain="a", event=guessing.EVENT, record={"phone": NUMBER}, role=guessing.ROLE)


def test_a_plain_hash_gives_the_number_away_and_our_log_does_not(entry: Entry) -> None:
    told = guessing.publish(entry.envelope.encode(), NUMBER)

    assert guessing.against_the_hash(told, guessing.numbers(GUESSES)) == NUMBER
    assert guessing.against_the_log(told, guessing.numbers(GUESSES), write) is None


def test_whoever_knows_the_salt_finds_it_so_the_guesser_guesses_rightly(entry: Entry) -> None:
    """Otherwise the test above would prove nothing."""
    told = guessing.publish(entry.envelope.encode(), NUMBER)
    salt = bytes.fromhex(json.loads(ledger.read_body(entry) or b"")["salt"])

    assert guessing.against_the_log(told, guessing.numbers(GUESSES), write, [salt]) == NUMBER


def test_after_an_erasure_not_even_the_whole_database_and_its_key_confirm_a_guess(
    take: Take, entry: Entry
) -> None:
    """The number in a body, and in a small file whose content is guessed."""
    text = f"我的电话是{NUMBER}\n".encode()
    take("电话.txt", text, chain="a")
    before = everything()
    assert sha256(text).hexdigest() in before  # so a guess of the file would have been confirmed

    erase_chain("a", reason="asked", by="office")

    left = everything()
    for digest in (sha256(text).hexdigest(), sm3.new(text).hexdigest(), sha256(NUMBER.encode()).hexdigest()):
        assert digest not in left
    assert NUMBER not in left
    assert {entry.body for entry in Entry.objects.filter(seq__lt=3)} == {None}
    assert {(one.name, one.captured, one.sha256, one.sm3) for one in Deposit.objects.all()} == {
        (None, None, "", "")
    }
    told = guessing.publish(Entry.objects.get(seq=1).envelope.encode(), NUMBER)
    assert guessing.against_the_log(told, guessing.numbers(GUESSES), write) is None
    assert ledger.first_break("a") is None


def test_two_people_with_one_number_cannot_be_seen_to_be_the_same(entry: Entry) -> None:
    with transaction.atomic():
        other = ledger.append(chain="b", event=guessing.EVENT, record={"phone": NUMBER}, role=guessing.ROLE)
    ours, theirs = json.loads(entry.envelope), json.loads(other.envelope)

    assert {key for key in ours if ours[key] == theirs[key]} <= {
        "at",
        "log",
        "prev",
        "seen",
        "seq",
        "typ",
        "v",
    }


def everything() -> str:
    """All that the evidence tables hold, as text and as hex."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith("evidence_"):
                cursor.execute(f"SELECT * FROM {table}")  # noqa: S608
                found += [
                    bytes(cell) if isinstance(cell, memoryview) else cell for row in cursor for cell in row
                ]
    texts = [
        cell.decode("utf-8", "replace") + cell.hex() if isinstance(cell, bytes) else str(cell)
        for cell in found
    ]
    return "\n".join(texts)
