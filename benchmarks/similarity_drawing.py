"""Table and picture of benchmarks/similarity_growth.py, for docs/."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
COLUMNS = (
    ("先例数", "precedents"),
    ("读懂来文（毫秒 CPU）", "read_ms"),
    ("语义逐件比对（毫秒 CPU）", "vectors_ms"),
    ("字词（毫秒 CPU）", "words_ms"),
    ("检索合计（毫秒 CPU）", "search_ms"),
    ("从来文到结果（毫秒 CPU）", "whole_ms"),
    ("结果精确", "exact"),
    ("进程增大（MB）", "grown_mb"),
    ("其中独占（MB）", "private_mb"),
    ("建库（秒 CPU）", "build_s"),
    ("pgvector 建索引（秒）", "pg_build_s"),
    ("pgvector 占盘（MB）", "pg_mb"),
    ("取 10 件（毫秒）", "pg_query_ms"),
    ("其中 CPU", "pg_cpu_ms"),
    ("召回@10", "pg_recall"),
    ("取 200 件（毫秒）", "pg_query_ms_product"),
    ("其中 CPU", "pg_cpu_ms_product"),
    ("召回@10", "pg_recall_product"),
)
LINES = (
    ("从来文到结果", "whole_ms", "#1f5f8b"),
    ("语义逐件比对", "vectors_ms", "#3a8f5c"),
    ("pgvector 取 10 件", "pg_query_ms", "#b5482f"),
)
WIDTH, HEIGHT, LEFT, TOP = 640, 340, 70, 30


def table(rows: Sequence[Row]) -> str:
    """Markdown, with the picture above."""
    heads = "| " + " | ".join(name for name, _key in COLUMNS) + " |"
    lines = ["| " + " | ".join(_cell(row.get(key)) for _name, key in COLUMNS) + " |" for row in rows]
    return "\n".join(
        [
            "# 先例库增大时检索的代价",
            "",
            "`python benchmarks/similarity_growth.py --postgres 1000000 --write`。单核；来文 300 字。",
            "先例由样例库的句子拼成；向量取两个相近的真实句向量之间的一点，再加噪声（`similarity_cloud.py`）。",
            "进程增大：从 Django 启动之后到第一次结果，连模型在内；两万件以上，案件原文在无名文件里。",
            "独占部分不与其他进程共用。",
            "",
            "![增长图](pictures/similarity-growth.svg)",
            "",
            heads,
            "|" + "---:|" * len(COLUMNS),
            *lines,
            "",
            "一百万件只比对向量：字词索引约需 0.6 GB，超出单个进程应占的内存。",
            "向量可改放 PostgreSQL（`VECTOR_STORE=pgvector`）：halfvec，HNSW（m=16，ef_construction=128）。",
            "取 10 件：ef_search=100。取 200 件：产品所用，ef_search=200。毫秒为墙上时间，CPU 为数据库进程所用；",
            "机器繁忙时墙上时间可为 CPU 的数倍。",
            "",
        ]
    )


def _cell(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"{value:,}"


def picture(rows: Sequence[Row]) -> str:
    """Both axes logarithmic."""
    most = max(float(row[key]) for row in rows for _n, key, _c in LINES if row.get(key))
    high = math.ceil(math.log10(max(10.0, most)))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="sans-serif" font-size="13"><title>先例数与检索毫秒</title>'
        '<rect width="100%" height="100%" fill="#fff"/>'
    ]
    for power in range(-1, high + 1):
        y = _y(10.0**power, high)
        parts.append(
            f'<path d="M{LEFT} {y:.1f}H{WIDTH - 20}" stroke="#ddd"/>'
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g} ms</text>'
        )
    for row in rows:
        x = _x(row["precedents"], rows)
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - 30}" text-anchor="middle">{row["precedents"]:,}</text>')
    for at, (name, key, colour) in enumerate(LINES):
        dots = [(_x(row["precedents"], rows), _y(float(row[key]), high)) for row in rows if row.get(key)]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in dots)
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>' if dots else "")
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>' for x, y in dots]
        parts.append(f'<text x="{LEFT + 150 * at}" y="{HEIGHT - 8}" fill="{colour}">● {name}</text>')
    return "".join([*parts, "</svg>\n"])


def _x(number: float, rows: Sequence[Row]) -> float:
    low, top = math.log10(rows[0]["precedents"]), math.log10(max(rows[-1]["precedents"], 2))
    return LEFT + 30 + (WIDTH - LEFT - 100) * (math.log10(number) - low) / max(top - low, 0.1)


def _y(value: float, high: int) -> float:
    return TOP + (HEIGHT - TOP - 60) * (high - math.log10(max(value, 0.1))) / (high + 1)
