"""A packet from a real log, in the hands of a stranger with a copy of the policy."""

import hashlib
import io
import json
import random
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from pytest_django.fixtures import Settings

from evidence import ledger, verify
from evidence.erasure import erase_chain
from evidence.errors import PacketRefused
from evidence.log.coverage import NotCovered
from evidence.log.integrator import integrate
from evidence.log.policy import policy_path
from evidence.log.publishing import publish
from evidence.log.rotation import rotate, update_policy
from evidence.log.signing import ED25519, SM2
from evidence.log.stamping import stamp_newest
from evidence.models import Deposit, Entry
from evidence.packet import PacketSummary, build_packet, milestones
from evidence.tlog.notes import COSIGNATURE, VerifierKey
from tests.evidence import samples

SHIPPED = Path(verify.__file__).parent
SAID = "最多让到八千"


@pytest.fixture(autouse=True)
def _work_is_done_at_once(settings: Settings) -> None:
    settings.EVIDENCE_WAIT_S = 5


def open_to_court(entry: Entry) -> bool:
    return not entry.event.startswith("caucus.")


def build(chain: str, target: Path, **more: Any) -> PacketSummary:
    files = [(deposit, "01-还款截图.jpg") for deposit in Deposit.objects.of(chain)]
    extra = {"record-sheet.pdf": samples.PDF}
    told = {"include_body": open_to_court, "deposits": files, "extra": lambda plan, rows: extra}
    return build_packet(chain=chain, target=target, **{**told, **more})


def ask(path: Path, *, policy: bool | Path = True) -> dict[str, Any]:
    """As a stranger would: another process, no site-packages, nothing of ours on the path."""
    command = [sys.executable, "-I", "-S", str(SHIPPED / "verify.py"), str(path), "--json"]
    trusted = policy_path() if policy is True else policy
    command += ["--policy", str(trusted)] if trusted else []
    done = subprocess.run(command, capture_output=True, cwd="/", check=False, timeout=60)
    found: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == {"holds": 0, "differs": 1, "unclear": 2}[found["verdict"]]
    return found


def a_round() -> None:
    """The log does its work once."""
    integrate()
    publish()
    stamp_newest()


@pytest.fixture
def packet(told: str, tmp_path: Path) -> Path:
    build(told, tmp_path / "packet.zip")
    return tmp_path / "packet.zip"


def test_who_kept_the_policy_of_before_follows_both_new_keys(told: str, tmp_path: Path) -> None:
    a_round()
    before = tmp_path / "policy-of-before.txt"
    before.write_bytes(policy_path().read_bytes())
    build(told, tmp_path / "first.zip")
    changed = [rotate(ED25519), rotate(SM2), rotate(SM2)]
    update_policy()
    build(told, tmp_path / "second.zip")

    with zipfile.ZipFile(tmp_path / "first.zip") as archive:
        assert "data/proof/keys.json" not in archive.namelist()
    found = ask(tmp_path / "second.zip")
    assert found["verdict"] == "holds", found
    assert [(row["old"], row["new"]) for row in found["rotations"]] == [
        (str(one.old), str(one.new)) for one in changed
    ]
    assert not any("换过密钥" in warning for warning in found["warnings"])
    then = ask(tmp_path / "second.zip", policy=before)
    assert then["verdict"] == "holds", then
    assert sum("换过密钥" in warning for warning in then["warnings"]) == 2
    assert ask(tmp_path / "first.zip")["verdict"] == "holds"


def test_a_stranger_finds_that_all_holds(packet: Path, told: str) -> None:
    found = ask(packet)

    assert found["verdict"] == "holds", found
    assert {check["state"] for check in found["checks"]} == {"holds"}
    assert [record["body"] for record in found["records"]] == ["shown", "shown", "withheld", "shown", "shown"]
    assert (found["count"], len(found["files"])) == (5, 1)
    assert all(record["not_after"] for record in found["records"])
    export = ledger.read(Entry.objects.get(chain=told, event="packet.export"))
    assert export is not None
    assert export["fingerprint"] == found["fingerprint"]
    assert ledger.first_break(told) is None


def test_without_a_policy_from_elsewhere_the_packet_vouches_for_nothing(packet: Path) -> None:
    assert ask(packet, policy=False)["verdict"] == "unclear"


def test_what_was_said_in_confidence_is_not_in_the_packet_nor_what_kind_of_thing_it_was(packet: Path) -> None:
    data = packet.read_bytes()
    assert SAID.encode() not in data
    assert b"caucus" not in data
    closed = ask(packet)["records"][2]
    assert (closed["event"], closed["role"]) == (None, None)


def test_the_checkers_in_the_packet_are_the_shipped_ones(packet: Path) -> None:
    with zipfile.ZipFile(packet) as archive:
        for name in ("verify.py", "verify.html"):
            assert archive.read(name) == (SHIPPED / name).read_bytes()
        assert archive.testzip() is None
        assert archive.read("policy.txt") == policy_path().read_bytes()


def test_before_the_log_covers_every_entry_there_is_no_packet(
    told: str, settings: Settings, tmp_path: Path
) -> None:
    a_round()
    with transaction.atomic():
        ledger.append(chain=told, event="agreement.sign", record={"by": "钱某"}, role="institution")
    settings.EVIDENCE_WAIT_S = 0

    with pytest.raises(NotCovered):
        build(told, tmp_path / "packet.zip")
    assert not list(tmp_path.glob("*packet.zip*"))
    assert not Entry.objects.filter(event="packet.export").exists()


def test_a_policy_that_asks_for_a_witness_who_is_silent_keeps_the_packet_back(
    told: str, tmp_path: Path
) -> None:
    a_round()
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    logs = [line for line in policy_path().read_text().splitlines() if line.startswith("log ")]
    silent = VerifierKey.of("silent", COSIGNATURE, public)
    policy_path().write_text("\n".join([*logs, f"witness silent {silent}", "quorum silent", ""]))
    with transaction.atomic():
        ledger.append(chain=told, event="agreement.sign", record={"by": "钱某"}, role="institution")

    with pytest.raises(NotCovered):
        build(told, tmp_path / "packet.zip")


def test_an_entry_lies_between_the_state_it_had_seen_and_the_first_stamp_after_it(
    told: str, take: Any, tmp_path: Path
) -> None:
    take("别案.txt", b"x", chain="another case")
    a_round()
    with transaction.atomic():
        ledger.append(chain=told, event="agreement.sign", record={"by": "钱某"}, role="institution")
    build(told, tmp_path / "packet.zip")

    found = ask(tmp_path / "packet.zip")
    assert found["verdict"] == "holds", found
    first, last = found["records"][0], found["records"][-1]
    assert first["not_before"] is None
    assert last["not_before"] is not None
    assert len(found["times"]) == 2
    assert last["not_after"] >= first["not_after"]


def test_there_is_room_for_so_many_milestones_and_what_is_read_comes_first(
    told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_round()
    for number in range(6):
        with transaction.atomic():
            ledger.append(chain=told, event="caucus.note", record={"said": f"{number}"}, role="mediator")
        a_round()
    monkeypatch.setattr(milestones, "MOST", 2)
    build(told, tmp_path / "packet.zip")

    found = ask(tmp_path / "packet.zip")
    assert found["verdict"] == "holds", found
    sizes = [time["size"] for time in found["times"]]
    assert len(sizes) == 2
    assert sizes[0] == 7  # the first that holds the open entries, and the last that holds all
    assert all(record["not_after"] for record in found["records"])


def test_changed_bytes_are_found(packet: Path) -> None:
    data, chance = packet.read_bytes(), random.Random(50)
    changed = packet.with_name("changed.zip")
    for place in chance.sample(range(len(data)), 20):
        changed.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        found = ask(changed)
        assert (place, found["verdict"]) == (place, "differs")
        assert found["item"]


def test_a_later_packet_shows_that_there_was_an_earlier_one(told: str, tmp_path: Path) -> None:
    build(told, tmp_path / "one.zip")
    build(told, tmp_path / "two.zip")

    found = ask(tmp_path / "two.zip")
    assert (found["verdict"], found["count"]) == ("holds", 6)
    assert found["records"][-1]["typ"] == "export"


def test_an_erased_chain_still_makes_a_packet_that_says_so(told: str, tmp_path: Path) -> None:
    erase_chain(told, reason="asked", by="office")
    build(told, tmp_path / "erased.zip", deposits=[], include_body=lambda entry: False)

    found = ask(tmp_path / "erased.zip")
    assert found["verdict"] == "holds", found
    assert [record["body"] for record in found["records"]] == ["erased"] * 5 + ["shown"]


def test_an_erased_file_is_refused_by_name(told: str, tmp_path: Path) -> None:
    erase_chain(told, reason="asked", by="office")

    with pytest.raises(PacketRefused, match=r"01-还款截图\.jpg.*erased"):
        build(told, tmp_path / "packet.zip")
    assert not list(tmp_path.glob("*packet*"))


def test_a_file_whose_entry_stays_out_is_refused(told: str, tmp_path: Path) -> None:
    with pytest.raises(PacketRefused, match="together with its own entry"):
        build(told, tmp_path / "packet.zip", include_body=lambda entry: False)


def test_a_stored_file_that_was_touched_stops_the_packet(
    told: str, settings: Settings, tmp_path: Path
) -> None:
    path = Path(settings.MEDIA_ROOT) / Deposit.objects.get(chain=told).stored
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1])

    with pytest.raises(PacketRefused, match="does not match"):
        build(told, tmp_path / "packet.zip")
    assert not Entry.objects.filter(event="packet.export").exists()
    assert not list(tmp_path.glob("*packet*"))


@pytest.mark.parametrize("name", ["../a.pdf", "a//b.pdf", "/a.pdf", "a\\b.pdf", "a ", "con\n.pdf", "a."])
def test_a_name_that_some_system_cannot_unpack_is_a_mistake_of_the_program(
    told: str, tmp_path: Path, name: str
) -> None:
    with pytest.raises(ValueError, match="no name for a file"):
        build(told, tmp_path / "packet.zip", extra=lambda plan, rows: {name: b"x"})


def test_two_files_of_one_name_are_refused(told: str, tmp_path: Path) -> None:
    with pytest.raises(PacketRefused, match="Two files"):
        build(told, tmp_path / "packet.zip", extra=lambda plan, rows: {"A.pdf": b"x", "a.PDF": b"y"})


def test_the_view_for_forensic_tools_numbers_the_exhibits(packet: Path) -> None:
    with zipfile.ZipFile(packet) as archive:
        view = json.loads(archive.read("data/prov/case-uco.jsonld"))
        listed = json.loads(archive.read("data/files.json"))["files"]
    by_type: dict[str, list[dict[str, Any]]] = {}
    for node in view["@graph"]:
        by_type.setdefault(node["@type"], []).append(node)
    (record,) = by_type["case-investigation:ProvenanceRecord"]
    (action,) = by_type["case-investigation:InvestigativeAction"]
    assert record["case-investigation:exhibitNumber"] == "01"
    assert {"@id": record["@id"]} in action["uco-action:result"]
    assert listed[0]["sha256"] in json.dumps(by_type["uco-observable:File"])


def test_the_environment_is_told_without_secrets(packet: Path, settings: Settings) -> None:
    with zipfile.ZipFile(packet) as archive:
        told = archive.read("data/environment.json").decode()
    assert json.loads(told)["adapters"]["timestamps"] == settings.ADAPTERS["timestamps"][0]
    for secret in (settings.SECRET_KEY, settings.PERSONAL_DATA_KEY, str(settings.VAR_DIR)):
        assert secret not in told


def test_a_bag_is_a_bag(packet: Path, tmp_path: Path) -> None:
    bagit = pytest.importorskip("bagit")
    with zipfile.ZipFile(packet) as archive:
        archive.extractall(tmp_path / "bag")
    bagit.Bag(str(tmp_path / "bag")).validate()


def test_a_packet_goes_into_an_open_file_too(told: str) -> None:
    target = io.BytesIO()
    summary = build(told, target)
    with zipfile.ZipFile(target) as archive:
        tags = archive.read("tagmanifest-sha256.txt")
    assert hashlib.sha256(tags).hexdigest() == summary.fingerprint
