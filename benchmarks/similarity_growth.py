"""What a search costs as the library grows: CPU, memory and build time, of a story of 300 characters.

    python benchmarks/similarity_growth.py [--sizes 1000,10000,100000] [--postgres] [--write] [--json]

Stories are put together from sentences of the sample library, with other amounts; their vectors are drawn at random
around a thousand centres, which costs a search the same as real ones. The query is read by the real model. `exact`:
whether the ten nearest by meaning are those of a plain comparison in double precision. With `--postgres` the same
vectors are searched by pgvector, too: recall@10 against the exact ten. Of a million only vectors are compared: the
words of a million stories would take 1.3 GB. `--write` puts table and picture into docs/.
"""

import argparse
import json
import os
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediation.conf.test")
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="mediation-bench-"))
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import django
import numpy as np
import psutil  # type: ignore[import-untyped]

from benchmarks.similarity_drawing import picture, table
from cases.similarity.e5 import E5Embedder
from cases.similarity.factors import Doc
from cases.similarity.search import InMemory, Library, Query

DOCS = Path(__file__).resolve().parent.parent / "docs"
CENTRES, WIDTH, LENGTH, ASKED = 1_000, 384, 300, 20
WORDS_UP_TO = 100_000


def stories(number: int) -> list[Doc]:
    """Invented cases of about 300 characters."""
    from cases.services.precedents import SAMPLES

    chance = random.Random(number)
    rows = [json.loads(line) for line in SAMPLES.read_text(encoding="utf-8").splitlines()]
    sentences = [one for row in rows for one in re.findall(r"[^。]+。", row["story"])]
    docs = []
    for at in range(number):
        row = chance.choice(rows)
        parts = chance.sample(sentences, 12)
        text = re.sub(r"\d{2,}", lambda _found: str(chance.randint(100, 99_999)), "".join(parts))[:LENGTH]
        docs.append(
            Doc(
                key=f"g{at}",
                text=text,
                cause=row["cause"],
                product=row["product"],
                licence=row["licence"],
                claim_fen=chance.randint(100_00, 50_000_00),
                evidence_level=chance.randint(0, 3),
                settled_fen=chance.randint(0, 10_000_00),
                closed_on=date(2026, 1, 1) - timedelta(days=chance.randint(0, 700)),
            )
        )
    return docs


def drawn(number: int) -> np.ndarray:
    chance = np.random.default_rng(number)
    centres = chance.standard_normal((CENTRES, WIDTH), dtype=np.float32)
    rows = np.empty((number, WIDTH), dtype=np.float32)
    for begin in range(0, number, 50_000):
        part = rows[begin : begin + 50_000]
        part[:] = centres[chance.integers(0, CENTRES, len(part))]
        part += 0.7 * chance.standard_normal(part.shape, dtype=np.float32)
        part /= np.linalg.norm(part, axis=1, keepdims=True)
    return rows


def cpu_ms(act: Callable[[], object], *, times: int = ASKED) -> float:
    act()
    begun = time.process_time()
    for _ in range(times):
        act()
    return round(1000 * (time.process_time() - begun) / times, 2)


def measure(number: int, engine: E5Embedder, asked: Doc) -> dict[str, Any]:
    before = psutil.Process().memory_info().rss
    vectors = drawn(number)
    near = InMemory(vectors)
    query_vector = engine.encode([asked.text], kind="query")[0]
    row: dict[str, Any] = {"precedents": number, "vectors_mb": round(vectors.nbytes / 1e6)}
    row["read_ms"] = cpu_ms(lambda: engine.encode([asked.text], kind="query"), times=5)
    row["vectors_ms"] = cpu_ms(lambda: near.cosines(query_vector))
    row["exact"] = all(
        set(np.argsort(-near.cosines(one))[:10]) == set(_plain(vectors, one))
        for one in vectors[:: number // 5]
    )
    if number > WORDS_UP_TO:
        return row
    docs = stories(number)
    begun = time.process_time()
    library = Library(docs, vectors)
    row["build_s"] = round(time.process_time() - begun, 1)
    query = Query(
        text=asked.text,
        vector=query_vector,
        cause=asked.cause,
        product=asked.product,
        licence=asked.licence,
        claim_fen=asked.claim_fen,
        evidence_level=2,
        until=date(2026, 1, 1),
    )
    row["words_ms"] = cpu_ms(lambda: library.by_words(query))
    row["search_ms"] = cpu_ms(lambda: library.nearest(query, 10))
    row["whole_ms"] = cpu_ms(
        lambda: library.nearest(
            Query(
                text=asked.text,
                vector=engine.encode([asked.text], kind="query")[0],
                cause=asked.cause,
                product=asked.product,
                licence=asked.licence,
                claim_fen=asked.claim_fen,
                evidence_level=2,
                until=date(2026, 1, 1),
            ),
            10,
        ),
        times=5,
    )
    row["index_mb"] = round((vectors.nbytes + library.bytes) / 1e6)
    row["grown_mb"] = round((psutil.Process().memory_info().rss - before) / 1e6)
    return row


def _plain(vectors: np.ndarray, one: np.ndarray) -> list[int]:
    scores = np.concatenate(
        [
            vectors[begin : begin + 50_000].astype(np.float64) @ one.astype(np.float64)
            for begin in range(0, len(vectors), 50_000)
        ]
    )
    return list(map(int, np.argsort(-scores)[:10]))


def measure_postgres(number: int) -> dict[str, Any]:
    """The same vectors in PostgreSQL: build and query times on the wall, since the work is done elsewhere."""
    from django.db import connection

    from cases.similarity.pgvector import PgVectors

    vectors = drawn(number)
    store = PgVectors(model="growth", width=WIDTH, nearest=10, searched=100)
    begun = time.perf_counter()
    store.keep(vectors)
    row: dict[str, Any] = {"pg_build_s": round(time.perf_counter() - begun, 1)}
    asked = drawn(number + 1)[:50]
    begun = time.perf_counter()
    found = [{at for at, _near in store.nearest(one)} for one in asked]
    row["pg_query_ms"] = round(1000 * (time.perf_counter() - begun) / len(asked), 2)
    right = [set(_plain(vectors, one)) for one in asked]
    row["pg_recall"] = round(
        float(np.mean([len(one & other) / 10 for one, other in zip(found, right, strict=True)])), 4
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size(%s)", [store.table])
        row["pg_mb"] = round(cursor.fetchone()[0] / 1e6)
    return row


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="1000,10000,100000,1000000")
    parser.add_argument("--postgres", type=int, default=0, help="also ask pgvector, up to so many precedents")
    parser.add_argument("--write", action="store_true", help="write docs/similarity-growth.md and .svg")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    chosen = parser.parse_args()
    django.setup()
    engine = E5Embedder()
    asked = stories(1)[0]
    rows = [measure(int(size), engine, asked) for size in chosen.sizes.split(",")]
    if chosen.postgres:
        from benchmarks.similarity_postgres import database

        with database():
            for row in rows:
                if row["precedents"] <= chosen.postgres:
                    row |= measure_postgres(row["precedents"])
    if chosen.write:
        (DOCS / "similarity-growth.md").write_text(table(rows), encoding="utf-8")
        (DOCS / "pictures" / "similarity-growth.svg").write_text(picture(rows), encoding="utf-8")
    print(
        json.dumps({"rows": rows}, ensure_ascii=False) if chosen.json else "\n".join(str(row) for row in rows)
    )


if __name__ == "__main__":
    main()
