"""Before the witnesses: who answers what, and when a checkpoint counts."""

import contextlib
import http.server
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone, translation
from pytest_django.fixtures import Settings

from evidence.errors import TryLater
from evidence.log import monitor, publishing, stamping, witnessing
from evidence.log.coverage import is_covered
from evidence.log.policy import policy_path
from evidence.log.signing import policy_log_lines, sm2_signer
from evidence.models import CheckpointRow, Entry, LogState, Token, WitnessState
from evidence.time.timestamps import LocalTimestampAuthority
from evidence.tlog import cosignatures, ed25519
from evidence.tlog.checkpoints import Checkpoint
from evidence.tlog.merkle import SHA256, check_consistency
from evidence.tlog.notes import COSIGNATURE, SignedNote, VerifierKey, from_base64
from tests.evidence.log.conftest import Write, integrated, published

pytestmark = pytest.mark.django_db
Answer = tuple[int, str, dict[str, str]]


@dataclass
class Scripted:
    """A witness that says what the test wants; without a script it cosigns whatever it is shown."""

    name: str
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    script: list[Any] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    ahead_s: int = 0
    url: str = ""

    @property
    def vkey(self) -> VerifierKey:
        return VerifierKey.of(f"{self.name}.example", COSIGNATURE, ed25519.public_bytes(self.key))

    def answer(self, body: str) -> Answer:
        self.heard.append(body)
        said = self.script.pop(0) if self.script else self.cosign(body)
        return said(body) if callable(said) else said

    def cosign(self, body: str) -> Answer:
        text = SignedNote.parse(body.partition("\n\n")[2]).text
        line = cosignatures.make(self.key, self.vkey.name, text, int(time.time()) + self.ahead_s)
        return 200, str(line), {}

    def proof(self, number: int = -1) -> tuple[int, list[bytes], Checkpoint]:
        """What it was asked: old size, consistency proof, checkpoint."""
        head, _, note = self.heard[number].partition("\n\n")
        old, *path = head.split("\n")
        return (
            int(old.removeprefix("old ")),
            [from_base64(one) for one in path],
            Checkpoint.parse(SignedNote.parse(note).text),
        )


def slowly(seconds: float) -> Callable[[str], Answer]:
    def answer(_body: str) -> Answer:
        time.sleep(seconds)
        return 200, "", {}

    return answer


def size_said(size: int) -> Answer:
    return 409, f"{size}\n", {"Content-Type": "text/x.tlog.size"}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Scripted]]:
    witnesses: dict[str, Scripted] = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            name = self.path.split("/")[1]
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            assert self.path.endswith("/add-checkpoint")
            status, text, headers = witnesses[name].answer(body)
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, value)
            self.end_headers()
            with contextlib.suppress(BrokenPipeError):  # who asked may have gone
                self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    monkeypatch.setattr(witnessing, "WAITS_S", 0.5)
    monkeypatch.setattr(publishing, "WAITS_S", 0.5)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        for name in ("court", "association", "auditor"):
            witnesses[name] = Scripted(name, url=f"http://127.0.0.1:{server.server_port}/{name}")
        yield witnesses
        server.shutdown()
        thread.join()


def ask_for(witnesses: dict[str, Scripted], quorum: str, settings: Settings) -> None:
    """A policy with these witnesses."""
    sm2_signer()
    lines = [f"witness {one.name} {one.vkey}" for one in witnesses.values()]
    policy_path().write_text(
        "\n".join(
            [*policy_log_lines(), *lines, f"group enough {quorum} {' '.join(witnesses)}", "quorum enough", ""]
        )
    )
    settings.WITNESSES = {one.name: one.url for one in witnesses.values()}


@pytest.fixture
def court(server: dict[str, Scripted], write: Write, settings: Settings) -> Scripted:
    """The only witness of the policy; one entry waits for it."""
    write("a")
    integrated()
    ask_for({"court": server["court"]}, "all", settings)
    return server["court"]


def test_a_cosigned_checkpoint_is_published_with_the_line_of_the_witness(court: Scripted) -> None:
    told = published()

    assert (told.is_published, list(told.witnesses), told.problems) == (True, ["court"], {})
    row = CheckpointRow.objects.get()
    assert "— court.example " in row.cosigned
    assert LogState.objects.get().published_size == row.size == WitnessState.objects.get(kind="witness").size
    assert is_covered(Entry.objects.get())
    assert publishing.publish() is None


def test_the_next_checkpoint_comes_with_a_proof_from_the_last_one(court: Scripted, write: Write) -> None:
    published()
    for _ in range(3):
        write(*"abcab")
        integrated()
        assert published().is_published

    (_, _, first), (old, path, second) = court.proof(0), court.proof(1)
    assert (court.proof(0)[:2], old) == ((0, []), first.size)
    check_consistency(SHA256, first.size, second.size, path, first.root, second.root)


def test_a_witness_that_is_elsewhere_says_where_and_is_asked_again(court: Scripted, write: Write) -> None:
    published()
    write(*"abc")
    size = integrated().size
    WitnessState.objects.update(size=0)
    court.script = [size_said(3)]

    assert published().is_published
    old, path, checkpoint = court.proof()
    assert (old, checkpoint.size, bool(path)) == (3, size, True)


def test_a_checkpoint_that_the_witness_knows_is_cosigned_again(court: Scripted) -> None:
    size = CheckpointRow.objects.get().size
    court.script = [size_said(size)]

    assert published().is_published
    assert court.proof()[:2] == (size, [])


REFUSALS = {
    "unknown log": ((404, "", {}), "does not know this log"),
    "unknown key": ((403, "", {}), "trusts no key"),
    "another history": ((422, "", {}), "another history"),
    "unreadable": ((400, "", {}), "cannot read"),
    "broken": ((500, "", {}), "refuses — 500"),
    "no number": ((599, "", {}), "refuses — 599"),
    "moved": ((302, "", {"Location": "http://127.0.0.1:9/"}), "refuses — 302"),
    "conflict without a size": ((409, "3\n", {}), "refuses — 409"),
    "conflict with nonsense": ((409, "-3\n", {"Content-Type": "text/x.tlog.size"}), "refuses — 409"),
    "a larger log": (size_said(10**6), "a larger log already"),
    "nothing": ((200, "", {}), "no list of signatures"),
    "prose": ((200, "yes\n", {}), "no list of signatures"),
    "a flood": ((200, "— a b\n" * 10_000, {}), "no list of signatures"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_is_not_cosigned_is_not_published_and_the_monitor_says_why(court: Scripted, case: str) -> None:
    answer, words = REFUSALS[case]
    court.script = [answer, answer]

    told = published()

    assert not told.is_published
    assert words in told.problems["court"]
    assert "too few witnesses" in told.refused
    assert not is_covered(Entry.objects.get())
    assert LogState.objects.get().published_size == 0
    health = monitor.health()
    assert {alarm.code for alarm in health.alarms} >= {"policy", "outside"}
    assert words.partition(" — ")[0] in health.witnesses[0].problem


def test_the_office_reads_of_it_in_its_own_language(court: Scripted) -> None:
    court.script = [(503, "", {})]
    published()

    with translation.override("zh-hans"):
        health = monitor.health()
        assert health.witnesses[0].problem == "见证方拒绝签名 (503)"
        assert "见证的人数不够" in health.policy_problem


def test_a_witness_that_says_one_size_again_and_again_is_left_alone(court: Scripted) -> None:
    court.script = [size_said(1), size_said(1), size_said(1)]

    assert "again and again" in published().problems["court"]
    assert len(court.heard) == 2


def test_a_signature_by_another_key_counts_for_nothing(court: Scripted) -> None:
    stranger = Scripted("stranger")
    court.script = [stranger.cosign]
    assert "another key" in published().problems["court"]

    false_friend = Scripted("court")
    false_friend.key, own = court.key, Ed25519PrivateKey.generate()

    def forged(body: str) -> Answer:
        text = SignedNote.parse(body.partition("\n\n")[2]).text
        real = SignedNote.parse(f"{text}\n{court.cosign(body)[1]}").lines[0]
        wrong = own.sign(b"something else")
        return 200, str(type(real)(real.name, real.key_id, real.signature[:8] + wrong)), {}

    court.script = [forged]
    told = published()
    assert "wrong" in told.problems["court"]
    assert not told.is_published


def test_a_silent_witness_costs_little_time(court: Scripted) -> None:
    court.script = [slowly(3)]
    begun = time.monotonic()

    told = published()

    assert time.monotonic() - begun < 2.5
    assert not told.is_published
    assert told.problems["court"]
    assert published().is_published  # the next attempt finds it awake


def test_two_of_three_are_enough_and_the_third_is_not_waited_for(
    server: dict[str, Scripted], write: Write, settings: Settings
) -> None:
    write("a")
    integrated()
    ask_for(server, "2", settings)
    server["auditor"].script = [slowly(2)]
    begun = time.monotonic()

    told = published()

    assert time.monotonic() - begun < 1.5
    assert (told.is_published, set(told.witnesses)) == (True, {"court", "association"})
    assert "auditor" in told.problems


def test_one_of_three_is_not_enough(server: dict[str, Scripted], write: Write, settings: Settings) -> None:
    write("a")
    integrated()
    ask_for(server, "2", settings)
    for name in ("court", "auditor"):
        server[name].script = [(503, "", {})]

    told = published()

    assert (told.is_published, set(told.witnesses)) == (False, {"association"})


def test_a_policy_that_cannot_be_read_publishes_nothing(court: Scripted) -> None:
    good = policy_path().read_text()
    policy_path().write_text("quorum\n")

    told = published()

    assert (told.is_published, "line 1" in told.refused) == (False, True)
    assert "line 1" in monitor.health().policy_problem
    policy_path().write_text(good)
    assert published().is_published
    assert monitor.health().policy_problem == ""


def test_a_witness_without_an_address_is_only_missed(court: Scripted, settings: Settings) -> None:
    settings.WITNESSES = {}

    told = published()

    assert (told.is_published, told.problems) == (False, {})
    assert "too few" in told.refused


def test_addresses_stand_in_a_file_or_in_the_policy(
    court: Scripted, settings: Settings, tmp_path: Any
) -> None:
    settings.WITNESSES = tmp_path / "witnesses.txt"
    settings.WITNESSES.write_text(f"# ours\ncourt {court.url}/\nnobody http://127.0.0.1:9\n")

    assert published().is_published


def test_a_clock_that_differs_is_an_alarm(court: Scripted) -> None:
    court.ahead_s = 30
    published()

    [alarm] = [alarm for alarm in monitor.health().alarms if alarm.code == "clock"]
    assert "court" in str(alarm.words)


class Failing(LocalTimestampAuthority):
    """Asleep, until the test wakes it."""

    asleep = True

    def stamp(self, digest: bytes) -> bytes:
        if self.asleep:
            raise TryLater("the authority is asleep")
        return super().stamp(digest)


def test_without_a_timestamp_checkpoints_still_count_and_it_is_fetched_later(
    write: Write, settings: Settings, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ADAPTERS = {
        **settings.ADAPTERS,
        "timestamps": (f"{__name__}.Failing", {"folder": str(tmp_path)}),
    }
    [entry] = write("a")
    integrated()
    assert published().is_published
    assert is_covered(entry)

    assert stamping.stamp_newest() == []
    assert LogState.objects.get().seen_size == 0
    assert {alarm.code for alarm in monitor.health().alarms} == {"outside"}
    later = timezone.now() + timedelta(seconds=61)
    with time_machine.travel(later):
        assert {alarm.code for alarm in monitor.health().alarms} == {"outside", "stamp"}
    monkeypatch.setattr(Failing, "asleep", False)
    [token] = stamping.stamp_newest()
    assert token.checkpoint.size == LogState.objects.get().seen_size
    assert monitor.health().alarms == []
    assert stamping.stamp_newest() == []


def test_new_entries_name_the_newest_stamped_checkpoint(write: Write) -> None:
    [first] = write("a")
    integrated()
    published()
    [second] = write("a")
    stamping.stamp_newest()
    [third] = write("a")

    assert '"size":0}' in first.envelope
    assert '"size":0}' in second.envelope
    row = Token.objects.get().checkpoint
    assert f'"seen":{{"root":"{row.root}","size":{row.size}}}' in third.envelope
