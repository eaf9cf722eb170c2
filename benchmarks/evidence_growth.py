"""How costs grow with the log: `python benchmarks/evidence_growth.py [--sizes 10000,100000] [--json] [--write]`.

One log on SQLite grows from size to size; at each it is measured what an append costs, what a pass of the integrator
costs for each entry, one checkpoint, a fresh start, reading everything anew, a proof, a packet, and its check. Seconds
are of CPU time, medians. `--write` puts table and picture into docs/.
"""

import argparse
import json
import math
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.evidence_drawing import picture, table  # noqa: E402
from benchmarks.evidence_logs import BuiltLog, chain_hash  # noqa: E402
from benchmarks.evidence_page import NoBrowser, page_seconds  # noqa: E402

SIZES = (10_000, 100_000, 1_000_000)
VERIFY = ROOT / "evidence" / "verify" / "verify.py"


def cpu(act: Callable[[], object], times: int = 1) -> float:
    """Seconds of CPU that it takes, the median of so many times."""
    found = []
    for _ in range(times):
        begun = time.process_time()
        act()
        found.append(time.process_time() - begun)
    return statistics.median(found)


def measure_at(log: BuiltLog, size: int) -> dict[str, Any]:
    """Let the log grow to so many entries and measure."""
    from evidence.log.coverage import wait_until_covered
    from evidence.log.receipts import make_receipt
    from evidence.models import ChainHead, Entry, LogState

    case = log.grow_to(size)
    written = write_costs()
    first = Entry.objects.of(case).first()
    if first is None or not wait_until_covered(first, 60):
        raise SystemExit("the case is not covered")
    leaves = LogState.objects.get().size
    packets: list[Path] = []
    packet_s = cpu(lambda: packets.append(log.packet_of(case)))
    return {
        "entries": size,
        "cases": ChainHead.objects.count(),
        **written,
        "reread_s": round(cpu(reread), 2),
        "receipt_bytes": len(make_receipt(first).encode()),
        **proof_sizes(leaves, case),
        "packet_s": round(packet_s, 3),
        **packet_sizes(packets[-1]),
        **check(packets[-1], log.folder / "policy.txt"),
        "naive_check_s": round(cpu(lambda: chain_hash(log.links())), 3),
        "naive_proof_bytes": sum(len(data) for data in log.links()),
        "database_bytes_per_entry": round((log.folder / "evidence.sqlite3").stat().st_size / size),
    }


def write_costs() -> dict[str, Any]:
    """What it costs now to append, to log a thousand entries, to log one, and to log one after a fresh start."""
    from evidence.log import integrator

    append_s = cpu(append, 200)
    one_pass()
    many_s, checkpoint_s, start_s = [], [], []
    for _ in range(5):
        append(many=1_000)
        many_s.append(cpu(one_pass))
        append()
        checkpoint_s.append(cpu(one_pass))
    for _ in range(3):
        append()
        integrator._memory.forget()  # noqa: SLF001 — as a process that has just begun
        start_s.append(cpu(one_pass))
    checkpoint = statistics.median(checkpoint_s)
    return {
        "append_ms": round(append_s * 1e3, 3),
        "integrate_us_per_entry": round((statistics.median(many_s) - checkpoint) / 999 * 1e6, 1),
        "checkpoint_ms": round(checkpoint * 1e3, 2),
        "start_s": round(statistics.median(start_s), 3),
    }


def append(many: int = 1) -> None:
    """So many entries in one transaction."""
    from django.db import transaction

    from evidence import ledger

    with transaction.atomic():
        told = [ledger.Told("case.note", {"n": n}, "officer") for n in range(many)]
        ledger.append_many(chain="one more", told=told)


def one_pass() -> None:
    """The integrator once."""
    from evidence.log import integrator

    if integrator.integrate() is None:
        raise SystemExit("there was nothing to log")


def reread() -> None:
    """The whole log anew."""
    from evidence.log.rereading import reread_log

    if flaws := list(reread_log()):
        raise SystemExit(str(flaws[0]))


def proof_sizes(leaves: int, case: str) -> dict[str, Any]:
    """Bytes of one inclusion proof, of as many as the case has records, and of all these in one."""
    from evidence.log.trees import subtree
    from evidence.models import Leaf
    from evidence.tlog.merkle import SHA256, inclusion_path, multiproof

    roots = subtree("sha256")
    places = list(Leaf.objects.filter(entry__chain=case).order_by("index").values_list("index", flat=True))
    paths = [32 * len(inclusion_path(SHA256, roots, index, leaves)) for index in places]
    return {
        "leaves": leaves,
        "proof_bytes": max(paths),
        "proof_bytes_wanted": 32 * math.ceil(math.log2(leaves)),
        "proof_bytes_per_record": round(len(multiproof(SHA256, roots, places, leaves)) / len(places), 1),
        "proof_bytes_per_record_one_by_one": round(sum(paths) / len(places), 1),
    }


def packet_sizes(packet: Path) -> dict[str, Any]:
    """What the packet holds."""
    with zipfile.ZipFile(packet) as archive:
        sizes = {one.filename: one.file_size for one in archive.infolist()}
    proofs = sum(size for name, size in sizes.items() if name.startswith("data/proof/"))
    return {
        "packet_records": sum(name.startswith("data/bodies/") for name in sizes),
        "packet_files": sum(name.startswith("data/files/") for name in sizes),
        "packet_bytes": packet.stat().st_size,
        "packet_timestamps": sum(name.endswith(".tsr") for name in sizes),
        "packet_proof_bytes": proofs,
    }


def check(packet: Path, policy: Path, times: int = 15) -> dict[str, Any]:
    """CPU seconds of verify.py as anybody starts it, those of an empty program beside it, and those of the page."""
    command = [sys.executable, "-I", "-S", str(VERIFY), str(packet), "--policy", str(policy), "--json"]
    found = [_children_cpu(command) for _ in range(times)]
    empty = [_children_cpu([sys.executable, "-I", "-S", "-c", ""]) for _ in range(times)]
    return {
        "check_cpu_s": round(statistics.median(found), 3),
        "check_cpu_s_least": round(min(found), 3),
        "empty_program_cpu_s": round(statistics.median(empty), 3),
        **page_check(packet, policy),
    }


def _children_cpu(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode or (done.stdout and json.loads(done.stdout)["verdict"] != "holds"):
        raise SystemExit(f"the packet does not hold: {done.stdout[:2000]!r} {done.stderr[-2000:]!r}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def page_check(packet: Path, policy: Path, times: int = 5) -> dict[str, Any]:
    """Seconds in verify.html, on the clock and of its thread's work; None without a browser."""
    try:
        clock, work = page_seconds(packet, policy, times)
    except NoBrowser:
        return {"page_s": None, "page_work_s": None}
    return {"page_s": clock, "page_work_s": work}


def measure(sizes: tuple[int, ...]) -> list[dict[str, Any]]:
    """A row for each size, rising. Once in a process."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="bench-growth-", ignore_cleanup_errors=True) as folder:
        log = BuiltLog(Path(folder))
        log.begin()
        for size in sizes:
            rows.append(measure_at(log, size))
            print(f"{size} entries are measured", file=sys.stderr)
    return rows


PAGE = """# 日志变大时，代价怎样变

一份日志在 SQLite 上从 {first:,} 条长到 {last:,} 条，每到一处量一次。秒都是 CPU 时间，取中位数；
“朴素”是同一次运行里用一条普通哈希链做同一件事。重做：`{command}`（约需一刻钟和 3 GB 磁盘）。

![四幅图：横轴是条目数，纵轴是代价，都按十倍一格](pictures/evidence-growth.svg)

{table}
量于 {machine}，{python}，机器上同时有别的程序：请看比例和走势，不看绝对值。

- 追加、并入、检查点不随日志变大而变贵：只动树的右边缘和有变化的案件。
- 重读是线性的。它同时重算两棵树、各案的链、每条的写法、每个检查点的签名和各案末尾表。
- 一条的证明每翻一倍只多 32 字节。哈希链要证明一条在其中，须交出全部条目。
- 核验一个案件的时间与日志大小几乎无关；时间戳最多带 64 个，每个约 1.7 KB。

## In English

One log on SQLite grows from 10⁴ to 10⁶ entries. Appending, logging and signing do not get dearer with its size;
reading everything anew is linear; a proof grows by 32 bytes with each doubling; checking one case hardly depends on
the log. “朴素” is a plain hash chain in the same run.
"""


def write(rows: list[dict[str, Any]], command: str) -> None:
    """Put the page and its picture into docs/."""
    text = PAGE.format(
        first=rows[0]["entries"], last=rows[-1]["entries"], command=command, table=table(rows), machine=machine(),
        python=f"Python {platform.python_version()}",
    )  # fmt: skip
    (ROOT / "docs" / "evidence-growth.md").write_text(text)
    (ROOT / "docs" / "pictures" / "evidence-growth.svg").write_text(picture(rows))


def machine() -> str:
    """What this was measured on, in a few words."""
    models = [
        line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")
    ]
    memory = next((line.split()[1] for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), "0")
    return f"{models[0] if models else platform.machine()}，{os.cpu_count()} 核，{int(memory) / 2**20:.0f} GB 内存"


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


def main() -> None:
    """Measure, print, and write where that is asked for."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sizes", default=",".join(map(str, SIZES)))
    options.add_argument("--json", action="store_true")
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    rows = measure(tuple(int(one) for one in chosen.sizes.split(",")))
    print(json.dumps(rows) if chosen.json else table(rows))
    if chosen.write:
        write(rows, "python benchmarks/evidence_growth.py --write")


if __name__ == "__main__":
    main()
