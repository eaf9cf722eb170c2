"""verify.py stands alone: Python 3.8, standard library only, no network, one file that can be read at a sitting."""

import ast
import shutil
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

import pytest

from evidence.verify.verify import verify
from tests.evidence.bags import Bag, Shape, make, receipt_of
from tests.evidence.verify.asking import VERIFY_PY, answered, run


@pytest.fixture(scope="module")
def bag() -> Bag:
    return make(Shape(seed=4, records=6, withheld=1))


@pytest.fixture
def packet(bag: Bag, tmp_path: Path) -> Path:
    (tmp_path / "policy.txt").write_bytes(bag.policy)
    (tmp_path / "证据包.zip").write_bytes(bag.packet)
    return tmp_path / "证据包.zip"


def test_it_is_written_in_the_language_of_3_8() -> None:
    source = VERIFY_PY.read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 8))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    assert {name.split(".")[0] for name in imported} <= set(sys.stdlib_module_names)
    assert not imported & {"socket", "urllib", "http", "ssl", "subprocess", "os", "ctypes", "pickle"}
    later = (
        "removeprefix",
        "removesuffix",
        "strict=",
        "bit_count",
        "functools.cache",
        "pairwise",
        "datetime.UTC",
    )
    assert [word for word in later if word in source] == []


def test_it_is_small_enough_to_read() -> None:
    assert len(VERIFY_PY.read_bytes()) <= 69 * 1024  # four of them to follow changes of key


@pytest.mark.parametrize("version", ["3.8", "3.9", "3.10", "3.12", "3.13"])
def test_it_runs_under_other_pythons_where_there_are_any(version: str, packet: Path) -> None:
    found = [str(path) for path in Path.home().glob(f".pyenv/versions/{version}.*/bin/python")]
    found += [path for path in [shutil.which(f"python{version}")] if path]
    for program in found:
        words = ["-I", "-S", str(VERIFY_PY), str(packet), "--policy", str(packet.with_name("policy.txt"))]
        if subprocess.run([program, "-c", ""], capture_output=True, check=False).returncode == 0:
            done = subprocess.run([program, *words], capture_output=True, check=False)
            assert (done.returncode, done.stderr) == (0, b"")
            return
    pytest.skip(f"no Python {version} here")


def test_as_anybody_runs_it(packet: Path, bag: Bag) -> None:
    policy = packet.with_name("policy.txt")
    assert run(packet).returncode == 2
    assert run(packet, "--policy", policy).returncode == 0
    assert run(packet, "--policy-fingerprint", bag.policy_fingerprint).returncode == 0
    grouped = " ".join(bag.policy_fingerprint[at : at + 4] for at in range(0, 64, 4)).upper()
    assert run(packet, "--policy-fingerprint", grouped).returncode == 0
    done = run(packet, "--policy", policy, "--tsa-fingerprint", bag.tsa, "--json")
    assert (done.returncode, answered(done)["verdict"]) == (0, "holds")
    packet.write_bytes(bag.packet[:-1])
    assert run(packet, "--policy", policy).returncode == 1


def test_it_says_in_plain_words_what_was_seen(packet: Path, bag: Bag) -> None:
    said = run(packet, "--policy", packet.with_name("policy.txt"), "--all").stdout
    for words in (
        "结论：一致",
        "能证明",
        "不能证明",
        "见证方",
        "时间戳",
        "不早于",
        "不晚于",
        "没有核对",
        "正文没有交来",
    ):
        assert words in said
    assert bag.case in said


def test_it_names_the_first_thing_that_does_not_hold(packet: Path, bag: Bag) -> None:
    from tests.evidence.bagparts import zip_of

    name = next(n for n in bag.members if n.startswith("data/files/"))
    packet.write_bytes(zip_of({**bag.members, name: b"other"}))
    said = run(packet, "--policy", packet.with_name("policy.txt")).stdout
    assert "结论：对不上" in said
    assert f"第一处：{name}" in said
    assert "现在   5 字节" in said


def test_without_a_network_it_answers_the_same(packet: Path) -> None:
    program = shutil.which("unshare")
    wall = [program, "-r", "-n"] if program else []
    if not wall or subprocess.run([*wall, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no name space without a network to be had here")
    assert run(packet, "--policy", packet.with_name("policy.txt"), prefix=wall).returncode == 0


def test_output_that_cannot_take_chinese_is_no_reason_to_fall(packet: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-S", str(VERIFY_PY), str(packet)],
        capture_output=True,
        check=False,
        env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
    )
    assert (done.returncode, done.stderr) == (2, b"")


def test_two_megabytes_and_two_hundred_records_take_a_tenth_of_a_second() -> None:
    """Measured here with room for a slow machine; the figure itself is in the benchmarks."""
    bag = make(Shape(seed=1, records=200, files=20, file_bytes=100_000, others=300))
    started = time.process_time()
    assert verify(bag.packet, bag.policy)["verdict"] == "holds"
    assert time.process_time() - started < 0.5


def test_a_receipt_holds(bag: Bag, tmp_path: Path) -> None:
    (tmp_path / "policy.txt").write_bytes(bag.policy)
    path = tmp_path / "r.tlog-proof"
    entry = bag.world.entries[bag.case][2]
    path.write_bytes(receipt_of(bag, entry))
    assert len(path.read_bytes()) <= 2953
    answer = answered(run(path, "--policy", tmp_path / "policy.txt", "--json"))
    assert answer["verdict"] == "holds"
    assert (answer["records"][0]["seq"], answer["records"][0]["index"]) == (3, entry.index)
    assert run(path).returncode == 2
    assert "结论：一致" in run(path, "--policy", tmp_path / "policy.txt").stdout


def test_a_big_file_is_never_held_in_memory(tmp_path: Path) -> None:
    bag = make(Shape(seed=2, records=3, files=1, file_bytes=60_000_000, withheld=0))
    (tmp_path / "big.zip").write_bytes(bag.packet)
    with (tmp_path / "big.zip").open("rb") as file:
        tracemalloc.start()
        answer = verify(file, bag.policy)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert answer["verdict"] == "holds"
    assert peak < 8_000_000
