"""Table and picture of benchmarks/evidence_growth.py, for docs/."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

Row = Mapping[str, Any]


class Line(NamedTuple):
    """One line of a panel: what it is, where its figures stand, and its colour."""

    words: str
    of: str
    colour: str


OURS, MORE, NAIVE = "#1f5f8b", "#3a8f5c", "#b5482f"
PANELS: Sequence[tuple[str, Sequence[Line]]] = (
    (
        "每件事的代价（毫秒 CPU）",
        (Line("追加一条", "append_ms", OURS), Line("一个检查点", "checkpoint_ms", MORE)),
    ),
    (
        "整份日志重读一遍（秒 CPU）",
        (Line("两棵树、各链、写法", "reread_s", OURS), Line("只算一遍哈希链", "naive_check_s", NAIVE)),
    ),
    (
        "核对一个案件（秒 CPU）",
        (
            Line("证据包，200 条", "check_cpu_s", OURS),
            Line("哈希链：须读全部", "naive_check_s", NAIVE),
        ),
    ),
    (
        "证明一条在其中（字节）",
        (Line("包含证明", "proof_bytes", OURS), Line("哈希链：须交出全部", "naive_proof_bytes", NAIVE)),
    ),
)
WIDE, HIGH, LEFT, TOP, GAP = 300, 190, 62, 34, 24
TABLE: Sequence[tuple[str, Callable[[Row], str]]] = (
    ("案件数", lambda r: f"{r['cases']:,}"),
    ("叶子数（条目、收尾记录）", lambda r: f"{r['leaves']:,}"),
    ("追加一条，毫秒 CPU", lambda r: f"{r['append_ms']:.2f}"),
    ("并入日志，微秒 CPU／条（一千条一批）", lambda r: f"{r['integrate_us_per_entry']:.0f}"),
    ("只有一条的检查点，毫秒 CPU", lambda r: f"{r['checkpoint_ms']:.1f}"),
    ("程序重新起来后的第一个检查点，秒 CPU", lambda r: f"{r['start_s']:.2f}"),
    ("整份重读（`fsck_evidence` 的日志部分），秒 CPU", lambda r: f"{r['reread_s']:.2f}"),
    ("　朴素：只把哈希链算一遍，秒 CPU", lambda r: f"{r['naive_check_s']:.2f}"),
    ("包含证明，字节（＝32·⌈log₂ 叶子数⌉）", lambda r: f"{r['proof_bytes']}"),
    ("　朴素：交出整条链，字节", lambda r: f"{r['naive_proof_bytes']:,}"),
    ("200 条分散的记录，一份合证，字节／条", lambda r: f"{r['proof_bytes_per_record']:.0f}"),
    ("　朴素：一条一份，字节／条", lambda r: f"{r['proof_bytes_per_record_one_by_one']:.0f}"),
    ("回执，字节", lambda r: f"{r['receipt_bytes']:,}"),
    ("证据包（200 条、20 个文件、2 MB），字节", lambda r: f"{r['packet_bytes']:,}"),
    ("　其中全部证明（两棵树、时间戳、各案末尾），字节", lambda r: f"{r['packet_proof_bytes']:,}"),
    ("　其中时间戳，个", lambda r: f"{r['packet_timestamps']}"),
    ("制作证据包，秒 CPU", lambda r: f"{r['packet_s']:.2f}"),
    ("`verify.py` 核验，秒 CPU（含启动）", lambda r: f"{r['check_cpu_s']:.3f}"),
    ("`verify.html` 核验，秒", lambda r: "—" if r["page_s"] is None else f"{r['page_s']:.2f}"),
    ("数据库，字节／条", lambda r: f"{r['database_bytes_per_entry']:,}"),
)


def table(rows: Sequence[Row]) -> str:
    """A row for each figure, a column for each size."""
    lines = ["| | " + " | ".join(f"{row['entries']:,} 条" for row in rows) + " |"]
    lines.append("|---" + "|---:" * len(rows) + "|")
    lines += [f"| {words} | " + " | ".join(of(row) for row in rows) + " |" for words, of in TABLE]
    return "\n".join(lines) + "\n"


def picture(rows: Sequence[Row]) -> str:
    """Four panels, both axes by powers of ten."""
    wide, high = 2 * (WIDE + LEFT + GAP), 2 * (HIGH + TOP + 46)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}"'
        ' font-family="Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, sans-serif" font-size="12">',
        f'<rect width="{wide}" height="{high}" fill="#ffffff"/>',
    ]
    for number, (title, lines) in enumerate(PANELS):
        x, y = (number % 2) * (WIDE + LEFT + GAP) + LEFT, (number // 2) * (HIGH + TOP + 46) + TOP
        parts += _panel(rows, title, lines, x, y)
    return "\n".join([*parts, "</svg>", ""])


def _panel(rows: Sequence[Row], title: str, lines: Sequence[Line], x: float, y: float) -> list[str]:
    values = [float(row[line.of]) for row in rows for line in lines]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    first, last = math.log10(rows[0]["entries"]), math.log10(rows[-1]["entries"])

    def across(entries: float) -> float:
        return x + 18 + (math.log10(entries) - first) / ((last - first) or 1) * (WIDE - 36)

    def up(value: float) -> float:
        return y + HIGH - (math.log10(value) - low) / ((high - low) or 1) * HIGH

    parts = [f'<text x="{x}" y="{y - 14}" font-weight="bold">{escape(title)}</text>']
    for power in range(low, high + 1):
        at = up(10.0**power)
        parts.append(f'<path d="M{x} {at:.1f}h{WIDE}" stroke="#d9dde3"/>')
        parts.append(
            f'<text x="{x - 6}" y="{at + 4:.1f}" text-anchor="end" fill="#555">{_power(power)}</text>'
        )
    for row in rows:
        at, words = across(row["entries"]), _power(round(math.log10(row["entries"])))
        parts.append(
            f'<text x="{at:.1f}" y="{y + HIGH + 16}" text-anchor="middle" fill="#555">{words}</text>'
        )
    for number, line in enumerate(lines):
        points = [(across(row["entries"]), up(float(row[line.of]))) for row in rows]
        path = " ".join(f"{px:.1f},{py:.1f}" for px, py in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{line.colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{px:.1f}" cy="{py:.1f}" r="3" fill="{line.colour}"/>' for px, py in points]
        key = x + number * (WIDE / 2)
        parts.append(f'<rect x="{key}" y="{y + HIGH + 25}" width="10" height="10" fill="{line.colour}"/>')
        parts.append(f'<text x="{key + 15}" y="{y + HIGH + 34}">{escape(line.words)}</text>')
    return parts


def _power(power: int) -> str:
    """A power of ten as people write it."""
    if -2 <= power <= 3:
        return f"{10.0**power:g}"
    return "10" + str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
