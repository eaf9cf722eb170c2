import ast
import hashlib
import io
import json
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from pytest_django.fixtures import Settings

from evidence import ledger, verifier
from evidence.canonical import canonical
from evidence.erasure import erase_chain
from evidence.errors import PacketRefused
from evidence.models import Deposit, Entry
from evidence.packet import PacketSummary, build_packet
from evidence.timestamps import anchor_heads
from tests.evidence import samples

VERIFIER = Path(verifier.__file__)


def open_to_court(entry: Entry) -> bool:
    return not entry.event.startswith("caucus.")


def build(chain: str, target: Path, **more: object) -> PacketSummary:
    files = [(deposit, "01-screenshot.jpg") for deposit in Deposit.objects.of(chain)]
    more = {
        "include_body": open_to_court,
        "deposits": files,
        "extra": {"record-sheet.pdf": samples.PDF},
        **more,
    }
    return build_packet(chain=chain, target=target, **more)  # type: ignore[arg-type]


@pytest.fixture
def packet(told: str, tmp_path: Path) -> Path:
    anchor_heads()
    build(told, tmp_path / "packet.zip")
    return tmp_path / "packet.zip"


def ask(path: Path) -> tuple[int, dict[str, Any]]:
    """As a stranger would: another process, no site-packages, nothing of ours on the path."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", VERIFIER, path, "--json"],
        capture_output=True,
        cwd="/",
        check=False,
        timeout=60,
    )
    return done.returncode, json.loads(done.stdout)


def holds(data: bytes) -> bool:
    """The same check in this process, for thousands of tries; also that nothing but its own refusal comes
    out.
    """
    try:
        verifier.verify(io.BytesIO(data))
    except verifier.DoesNotHold:
        return False
    return True


def rewrite(packet: Path, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """A forger's packet: content changed, and every list of the bag made to fit."""
    with zipfile.ZipFile(packet) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)

    def manifest(names: list[str]) -> bytes:
        return "".join(
            f"{hashlib.sha256(files[n]).hexdigest()}  {n}\n" for n in sorted(names, key=str.encode)
        ).encode()

    payload = [n for n in files if n.startswith("data/")]
    oxum = f"Payload-Oxum: {sum(len(files[n]) for n in payload)}.{len(payload)}"
    info = files["bag-info.txt"].decode().split("\n")
    files["bag-info.txt"] = "\n".join(oxum if line.startswith("Payload") else line for line in info).encode()
    files["manifest-sha256.txt"] = manifest(payload)
    tags = [n for n in files if not n.startswith("data/") and n != "tagmanifest-sha256.txt"]
    files["tagmanifest-sha256.txt"] = manifest(tags)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in sorted(files, key=str.encode):
            info_ = zipfile.ZipInfo(name)
            info_.create_system, info_.external_attr = 3, 0o100644 << 16
            archive.writestr(info_, files[name])
    return target.getvalue()


def test_a_stranger_finds_that_all_holds(packet: Path, told: str) -> None:
    code, found = ask(packet)

    assert (code, found["verdict"]) == (0, "一致"), found
    assert (found["entries"], found["bodies"], found["files"]) == (5, 4, 1)
    assert found["without_body"] == [3]
    assert found["extras"] == [{"path": "data/record-sheet.pdf", "entries": []}]
    assert found["does_not_prove"]
    export = ledger.read(Entry.objects.get(chain=told, event="packet.export"))
    assert export is not None
    assert export["fingerprint"] == found["fingerprint"]
    assert ledger.first_break(told) is None


def test_the_words_for_people_name_what_was_not_shown(packet: Path) -> None:
    done = subprocess.run([sys.executable, "-I", "-S", VERIFIER, packet], capture_output=True, check=True)
    text = done.stdout.decode()

    assert text.endswith("一致\n")
    assert "未附：第 3 条" in text
    assert "篡改" not in text
    assert "真实" not in text


def test_what_was_said_in_confidence_is_not_in_the_packet(packet: Path) -> None:
    assert "最多让到八千".encode() not in packet.read_bytes()
    assert b'"caucus.note"' in packet.read_bytes()


def test_the_verifier_in_the_packet_is_ours(packet: Path) -> None:
    with zipfile.ZipFile(packet) as archive:
        assert archive.read("verify.py") == VERIFIER.read_bytes()
        assert archive.testzip() is None


def test_a_forgers_tools_do_make_an_honest_packet(packet: Path) -> None:
    """Otherwise the tests that forge would prove nothing."""
    assert rewrite(packet, lambda files: None) == packet.read_bytes()


def every_byte(data: bytes, rng: random.Random, tries: int) -> list[int]:
    assert holds(data)
    missed = []
    for _ in range(tries):
        place = rng.randrange(len(data))
        mutant = bytearray(data)
        mutant[place] ^= rng.randrange(1, 256)
        if holds(bytes(mutant)):
            missed.append(place)
    return missed


def test_fifty_single_changed_bytes_are_all_found(packet: Path) -> None:
    assert every_byte(packet.read_bytes(), random.Random(50), 50) == []


@pytest.mark.slow
def test_every_single_byte_matters(packet: Path) -> None:
    data = packet.read_bytes()
    rng = random.Random(500)
    assert every_byte(data, rng, 500) == []
    with zipfile.ZipFile(packet) as archive:
        headers = [info.header_offset for info in archive.infolist()]
    framing = [place for start in headers for place in range(start, start + 60)]
    framing += range(archive.start_dir, len(data))
    for place in framing:
        mutant = bytearray(data)
        mutant[place] ^= 1 << rng.randrange(8)
        assert not holds(bytes(mutant)), f"byte {place}"
    for place in rng.sample(range(len(data)), 200):
        assert not holds(data[:place]), f"cut at {place}"
        assert not holds(data[:place] + data[place + 1 :]), f"byte {place} gone"
        assert not holds(data[:place] + b"\x00" + data[place:]), f"byte put at {place}"


@pytest.mark.parametrize("more", [b"\x00", b"PK\x05\x06" + bytes(18), b"x" * 1000])
def test_something_before_or_after_the_archive_is_found(packet: Path, more: bytes) -> None:
    assert holds(packet.read_bytes())
    assert not holds(packet.read_bytes() + more)
    assert not holds(more + packet.read_bytes())


def a_line_less(files: dict[str, bytes]) -> None:
    lines = files["data/chain.jsonl"].splitlines(keepends=True)
    files["data/chain.jsonl"] = b"".join(lines[:1] + lines[2:])


def two_lines_swapped(files: dict[str, bytes]) -> None:
    lines = files["data/chain.jsonl"].splitlines(keepends=True)
    files["data/chain.jsonl"] = b"".join([lines[0], lines[1], lines[3], lines[2], *lines[4:]])


def the_end_cut(files: dict[str, bytes]) -> None:
    lines = files["data/chain.jsonl"].splitlines(keepends=True)
    files["data/chain.jsonl"] = b"".join(lines[:-1])
    del files["data/bodies/000005.json"]


def another_amount(files: dict[str, bytes]) -> None:
    files["data/bodies/000004.json"] = files["data/bodies/000004.json"].replace(b"80000", b"90000")


def another_picture(files: dict[str, bytes]) -> None:
    files["data/files/01-screenshot.jpg"] = samples.picture("PNG")


def another_picture_and_list(files: dict[str, bytes]) -> None:
    another_picture(files)
    content = files["data/files/01-screenshot.jpg"]
    listed = json.loads(files["data/files.json"])
    listed["files"][0].update(sha256=hashlib.sha256(content).hexdigest(), size=len(content))
    files["data/files.json"] = canonical(listed)


def a_file_nobody_deposited(files: dict[str, bytes]) -> None:
    files["data/files/02-more.pdf"] = samples.PDF


def a_file_beside(files: dict[str, bytes]) -> None:
    files["more.txt"] = b"x"


def a_body_nobody_wrote(files: dict[str, bytes]) -> None:
    files["data/bodies/000003.json"] = canonical({"salt": "0" * 64, "record": {"said": "不让"}})


def another_head(files: dict[str, bytes]) -> None:
    head = json.loads(files["data/head.json"])
    files["data/head.json"] = canonical({**head, "head": "0" * 64})


def an_anchor_elsewhere(files: dict[str, bytes]) -> None:
    head = json.loads(files["data/head.json"])
    head["anchors"][0]["seq"] = 4
    files["data/head.json"] = canonical(head)


def spaces_in_a_line(files: dict[str, bytes]) -> None:
    files["data/chain.jsonl"] = files["data/chain.jsonl"].replace(b'","c256"', b'", "c256"', 1)


@pytest.mark.parametrize(
    ("change", "item"),
    [
        (a_line_less, "第 2 条"),
        (two_lines_swapped, "第 3 条"),
        (the_end_cut, "data/head.json"),
        (another_amount, "data/bodies/000004.json"),
        (another_picture, "data/files/01-screenshot.jpg"),
        (another_picture_and_list, "data/files/01-screenshot.jpg"),
        (a_file_nobody_deposited, "data/files.json"),
        (a_file_beside, "more.txt"),
        (a_body_nobody_wrote, "data/bodies/000003.json"),
        (another_head, "data/head.json"),
        (an_anchor_elsewhere, "data/head.json 第 1 个时间戳"),
        (spaces_in_a_line, "第 1 条"),
    ],
)
def test_a_forgery_with_fitting_lists_is_found_and_named(
    packet: Path, change: Callable[[dict[str, bytes]], None], item: str
) -> None:
    forged = packet.with_name("forged.zip")
    forged.write_bytes(rewrite(packet, change))

    code, found = ask(forged)
    assert (code, found["verdict"], found["item"]) == (1, "对不上", item)


def test_what_is_not_there_cannot_be_checked(tmp_path: Path) -> None:
    code, found = ask(tmp_path / "nothing.zip")

    assert (code, found["verdict"]) == (2, "无法核验")


def test_the_same_packet_twice_is_the_same_but_for_its_time(
    told: str, time_stands_still: None, tmp_path: Path
) -> None:
    first, second = io.BytesIO(), io.BytesIO()
    for target in (first, second):
        deposits = [(deposit, "01.jpg") for deposit in Deposit.objects.of(told)]
        entries = Entry.objects.exclude(event="packet.export")
        assert entries.count() == 5
        build_packet(chain=told, target=target, include_body=open_to_court, deposits=deposits)
    assert holds(first.getvalue())
    assert holds(second.getvalue())
    with zipfile.ZipFile(first) as one, zipfile.ZipFile(second) as two:
        assert one.read("data/files/01.jpg") == two.read("data/files/01.jpg")
        assert two.read("data/chain.jsonl").startswith(one.read("data/chain.jsonl"))


@pytest.fixture
def time_stands_still() -> Iterator[None]:
    with time_machine.travel("2025-03-07T17:59:00+08:00", tick=False):
        yield


def test_an_erased_chain_still_makes_a_packet_that_says_so(told: str, tmp_path: Path) -> None:
    erase_chain(told, reason="asked", by="office")
    build(told, tmp_path / "erased.zip", deposits=[])

    code, found = ask(tmp_path / "erased.zip")
    assert code == 0
    assert found["without_body"] == [1, 2, 3, 4, 5]
    assert found["erasures"] == [{"entry": 6, "up_to": 5}]


def test_an_erased_file_is_refused_by_name(told: str, tmp_path: Path) -> None:
    erase_chain(told, reason="asked", by="office")

    with pytest.raises(PacketRefused, match=r"01-screenshot\.jpg.*erased"):
        build(told, tmp_path / "packet.zip")
    assert not list(tmp_path.glob("*packet*"))


def test_a_file_whose_entry_stays_out_is_refused(told: str, tmp_path: Path) -> None:
    with pytest.raises(PacketRefused, match="together with its own entry"):
        build(told, tmp_path / "packet.zip", include_body=lambda entry: False)


def test_a_stored_file_that_was_touched_stops_the_packet(
    told: str, settings: Settings, tmp_path: Path
) -> None:
    path = Path(settings.MEDIA_ROOT) / Deposit.objects.get(chain=told).stored
    path.write_bytes(path.read_bytes()[:-1])

    with pytest.raises(PacketRefused, match="does not match"):
        build(told, tmp_path / "packet.zip")
    assert not Entry.objects.filter(event="packet.export").exists()
    assert not list(tmp_path.glob("*packet*"))


@pytest.mark.parametrize("name", ["../a.pdf", "a//b.pdf", "/a.pdf", "a\\b.pdf", "a ", "con\n.pdf"])
def test_a_name_that_some_system_cannot_unpack_is_a_mistake_of_the_program(
    told: str, tmp_path: Path, name: str
) -> None:
    with pytest.raises(ValueError, match="no name for a file"):
        build(told, tmp_path / "packet.zip", extra={name: b"x"})


def test_two_files_of_one_name_are_refused(told: str, tmp_path: Path) -> None:
    with pytest.raises(PacketRefused, match="Two files"):
        build(told, tmp_path / "packet.zip", extra={"A.pdf": b"x", "a.PDF": b"y"})


def test_the_verifier_needs_nothing_but_python() -> None:
    tree = ast.parse(VERIFIER.read_text(encoding="utf-8"), feature_version=(3, 8))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names <= set(sys.stdlib_module_names)
    assert VERIFIER.stat().st_size < 64 * 1024
