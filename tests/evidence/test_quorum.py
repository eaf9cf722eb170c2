"""Two of three: the log of this site before three real witnesses, each a process of its own."""

import http.client
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from pytest_django.fixtures import Settings

from evidence import ledger
from evidence.log import integrator, publishing
from evidence.log.coverage import NotCovered, covering_checkpoint, is_covered
from evidence.log.policy import current_policy, policy_path
from evidence.log.publishing import Publication
from evidence.log.receipts import make_receipt
from evidence.log.rotation import prepare_rotation, rotate, update_policy
from evidence.log.signing import log_signer, policy_log_lines, sm2_signer
from evidence.models import CheckpointRow, Entry
from evidence.sealing import unseal
from evidence.tlog.notes import SignedNote
from evidence.witness.store import CONTRADICTION, Store
from tests.evidence.witness.logs import Log

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("quorum")]


@dataclass
class Witness:
    """One organisation with its own folder, policy file and process."""

    name: str
    folder: Path
    port: int = 0
    process: subprocess.Popen[str] | None = None

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "evidence.witness", "--dir", str(self.folder), *arguments]

    def init(self) -> str:
        done = subprocess.run(
            self._command("--init", "--name", f"{self.name}.example/w"),
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout.strip()

    def start(self, *vkeys: str) -> None:
        logs = [word for vkey in vkeys for word in ("--log", vkey)]
        self.process = subprocess.Popen(
            self._command("--port", str(self.port), *logs), cwd=ROOT, text=True, stdout=subprocess.PIPE
        )
        assert self.process.stdout is not None
        self.process.stdout.readline()
        self.port = int(self.process.stdout.readline().rpartition(":")[2])

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, body: bytes) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("POST", "/add-checkpoint", body)
        status = connection.getresponse().status
        connection.close()
        return status


@dataclass
class Three:
    """Court, association and auditor; two of them are enough."""

    court: Witness
    association: Witness
    auditor: Witness

    def __iter__(self) -> Iterator[Witness]:
        return iter((self.court, self.association, self.auditor))


@pytest.fixture
def three(tmp_path: Path, settings: Settings) -> Iterator[Three]:
    found = Three(*(Witness(name, tmp_path / name) for name in ("court", "association", "auditor")))
    vkeys = {witness.name: witness.init() for witness in found}
    log, _ = str(log_signer().vkey), sm2_signer()
    for witness in found:
        witness.start(log)
    settings.WITNESSES = {witness.name: witness.url for witness in found}
    lines = [f"witness {name} {vkey}" for name, vkey in vkeys.items()]
    policy_path().write_text(
        "\n".join([*policy_log_lines(), *lines, "group both 2 court association auditor", "quorum both", ""])
    )
    yield found
    for witness in found:
        witness.stop()


def write(event: str = "agreement.sign") -> Entry:
    with transaction.atomic():
        entry = ledger.append(chain="例1", event=event, record={"by": "赵某"}, role="citizen")
    assert integrator.integrate()
    return entry


def publish() -> Publication:
    told = publishing.publish()
    assert told is not None
    return told


def test_all_three_see_what_is_written(three: Three) -> None:
    entry = write()
    assert not is_covered(entry)

    told = publish()

    assert told.is_published
    assert len(told.witnesses) >= 2
    accepted = current_policy().accept(
        SignedNote.parse(covering_checkpoint(entry).cosigned), log_signer().vkey.name
    )
    assert set(accepted.witnesses) == set(told.witnesses)
    assert make_receipt(entry)


def test_one_may_be_away_and_comes_back(three: Three) -> None:
    publish_after_writing = [write() and publish()]
    three.auditor.stop()
    publish_after_writing += [write() and publish() for _ in range(3)]
    assert all(told.is_published for told in publish_after_writing)
    assert set(publish_after_writing[-1].witnesses) == {"court", "association"}

    three.auditor.start(str(log_signer().vkey))
    three.court.stop()
    told = write() and publish()

    assert told.is_published  # the auditor was shown the proof from where it had been
    assert set(told.witnesses) == {"association", "auditor"}


def test_with_two_away_nothing_counts_until_one_is_back(three: Three) -> None:
    write() and publish()
    three.court.stop()
    three.auditor.stop()

    signature = write()
    told = publish()

    assert not told.is_published
    assert set(told.problems) == {"court", "auditor"}
    assert not is_covered(signature)
    with pytest.raises(NotCovered):
        make_receipt(signature)

    three.court.start(str(log_signer().vkey))
    assert publish().is_published
    assert is_covered(signature)
    assert make_receipt(signature)


def test_a_log_that_forgot_its_end_is_not_believed_again(three: Three) -> None:
    """The database is brought back from yesterday, and grows another way."""
    write() and publish()

    class Yesterday(Exception):
        pass

    with pytest.raises(Yesterday), transaction.atomic():  # noqa: PT012
        for _ in range(3):
            write() and publish()
        raise Yesterday
    signature = write("ruling.receive")

    told = publish()

    assert not told.is_published
    assert set(told.problems) == {"court", "association", "auditor"}
    assert not is_covered(signature)
    while True:  # it grows past what they saw, and is not believed either
        write()
        told = publish()
        assert not told.is_published
        if "another history" in told.problems["court"]:
            break


def test_a_stolen_key_cannot_show_two_histories(three: Three) -> None:
    write() and publish()
    signer = log_signer()
    private = unseal(bytes(signer.row.sealed_handle), about=f"log key {signer.row.vkey}")
    forged = Log(Ed25519PrivateKey.from_private_bytes(private), signer.vkey.name, story="forged")
    size = int(CheckpointRow.objects.latest("size").size)

    for witness in three:
        assert witness.ask(forged.ask(0, size)) == 409
        assert witness.ask(forged.ask(size, size)) == 409
        assert witness.ask(forged.ask(size, size + 1)) == 422

    assert (write() and publish()).is_published  # the true one goes on
    three.court.stop()
    store = Store(three.court.folder)
    kept = store.refused()
    store.close()
    assert CONTRADICTION in {seen.kind for seen in kept}
    assert {SignedNote.parse(seen.note).text for seen in kept} <= {
        forged.note(size).text, forged.note(size + 1).text,
    }  # fmt: skip


def test_a_witness_that_lost_its_memory_is_taught_anew(three: Three) -> None:
    write() and publish()
    three.court.stop()
    three.association.stop()
    (three.court.folder / "witness.sqlite3").unlink()
    for left in three.court.folder.glob("witness.sqlite3-*"):
        left.unlink()
    three.court.start(str(log_signer().vkey))

    told = write() and publish()

    assert told.is_published
    assert set(told.witnesses) == {"court", "auditor"}


def test_a_new_key_is_shown_to_the_witnesses_first(three: Three) -> None:
    write() and publish()
    keys = [str(log_signer().vkey), str(prepare_rotation())]
    three.court.stop()
    three.court.start(*keys)

    rotate()
    update_policy()
    told = publish()
    assert not told.is_published  # one knows it; two are needed
    assert set(told.witnesses) == {"court"}

    three.auditor.stop()
    three.auditor.start(*keys)
    assert publish().is_published
    assert (write() and publish()).is_published
