"""What a search costs as the library grows: CPU, memory and build time, of a story of 300 characters.

    python benchmarks/similarity_growth.py [--sizes 1000,10000,100000] [--postgres SIZE] [--write] [--json]

Stories are put together from sentences of the sample library, with other amounts; their vectors lie as real ones do
(similarity_cloud.py: run benchmarks/similarity.py before). The query is read by the real model. Each size has a process
of its own: `grown_mb` is by how much its memory grew, from Django's start to the answer, model included (stories, too,
up to 20,000: more lie in a file).
`exact`: whether packed vectors give the ten cases that full ones give. With `--postgres` the same vectors are searched
by pgvector, too: recall@10 against the exact ten, on the wall and as CPU of the server. Of a million only vectors are
compared: the words of a million stories would take 0.6 GB. `--write` puts table and picture into docs/.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
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

from benchmarks.similarity_cloud import Cloud
from benchmarks.similarity_drawing import picture, table
from cases.similarity.compact import Compact
from cases.similarity.e5 import E5Embedder
from cases.similarity.factors import Doc
from cases.similarity.records import kept
from cases.similarity.search import InMemory, Library, Query

DOCS = Path(__file__).resolve().parent.parent / "docs"
WIDTH, LENGTH, ASKED = 384, 300, 20
SEED, SEED_ASKED = 1, 2
WORDS_UP_TO = 100_000
LENDERS = 50


def stories(number: int) -> Iterator[Doc]:
    """Invented cases of about 300 characters, one after another as the site reads them from its database."""
    from cases.services.precedents import SAMPLES

    chance = random.Random(number)
    rows = [json.loads(line) for line in SAMPLES.read_text(encoding="utf-8").splitlines()]
    sentences = [one for row in rows for one in re.findall(r"[^。]+。", row["story"])]
    for at in range(number):
        row = chance.choice(rows)
        parts = chance.sample(sentences, 12)
        text = re.sub(r"\d{2,}", lambda _found: str(chance.randint(100, 99_999)), "".join(parts))[:LENGTH]
        yield Doc(
            key=f"g{at}",
            text=text,
            cause=row["cause"],
            product=row["product"],
            licence=row["licence"],
            claim_fen=chance.randint(100_00, 50_000_00),
            evidence_level=chance.randint(0, 3),
            settled_fen=chance.randint(0, 10_000_00),
            closed_on=date(2026, 1, 1) - timedelta(days=chance.randint(0, 700)),
            parties=frozenset({f"{at:024x}", f"{number + at % LENDERS:024x}"}),
        )


def cpu_ms(act: Callable[[], object], *, times: int = ASKED) -> float:
    act()
    begun = time.process_time()
    for _ in range(times):
        act()
    return round(1000 * (time.process_time() - begun) / times, 2)


def private_mb() -> float:
    """Memory of this process that it shares with nobody."""
    return float(psutil.Process().memory_full_info().uss) / 1e6


def measure(number: int) -> dict[str, Any]:
    """One size, in a process that has done nothing else."""
    folder = Path(tempfile.mkdtemp(prefix="growth-"))
    file = folder / "vectors.npy"
    np.save(file, Cloud().draw(number, seed=SEED))
    command = [sys.executable, __file__, "--one", str(number), "--vectors", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    file.unlink()
    folder.rmdir()
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    row: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return row


def measure_one(number: int, file: Path) -> dict[str, Any]:
    before, before_private = psutil.Process().memory_info().rss / 1e6, private_mb()
    engine = E5Embedder()
    asked = next(stories(1))
    row: dict[str, Any] = {"precedents": number}
    near: Compact | InMemory
    if number > WORDS_UP_TO:
        near = Compact(np.load(file, mmap_mode="r"))
        vectors = np.load(file, mmap_mode="r")
        row["vectors_ms"] = cpu_ms(lambda: _nearest_ten(near, vectors[5]))
        row["read_ms"] = cpu_ms(lambda: engine.encode([asked.text], kind="story"), times=5)
        row["grown_mb"], row["private_mb"] = _grown(before, before_private)
        row["exact"] = all(
            set(_nearest_ten(near, one)) == set(_plain(vectors, one)) for one in vectors[:: number // 5]
        )
        return row
    docs = kept(stories(number))
    begun = time.process_time()
    library = Library(docs, np.load(file))
    row["build_s"] = round(time.process_time() - begun, 1)

    def query() -> Query:
        return Query(
            text=asked.text,
            vector=engine.encode([asked.text], kind="story")[0],
            cause=asked.cause,
            product=asked.product,
            licence=asked.licence,
            claim_fen=asked.claim_fen,
            evidence_level=2,
            until=date(2026, 1, 1),
        )

    read = query()
    row["read_ms"] = cpu_ms(query, times=10)
    row["words_ms"] = cpu_ms(lambda: library.by_words(read))
    row["vectors_ms"] = cpu_ms(lambda: library.by_meaning(read))
    row["search_ms"] = cpu_ms(lambda: library.nearest(read, 10))
    row["whole_ms"] = cpu_ms(lambda: library.nearest(query(), 10), times=10)
    row["index_mb"] = round(library.bytes / 1e6)
    row["grown_mb"], row["private_mb"] = _grown(before, before_private)
    full = Library(docs, nearby=InMemory(np.load(file)))
    asking = [replace(read, vector=one) for one in np.load(file, mmap_mode="r")[:: max(1, number // 20)]]
    row["exact"] = all(
        [hit.doc.key for hit in library.nearest(one).hits] == [hit.doc.key for hit in full.nearest(one).hits]
        for one in asking
    )
    return row


def _grown(before: float, before_private: float) -> tuple[int, int]:
    return round(psutil.Process().memory_info().rss / 1e6 - before), round(private_mb() - before_private)


def _nearest_ten(near: Compact, one: np.ndarray) -> list[int]:
    """The ten nearest by packed vectors, those in doubt compared in full."""
    cosines = near.cosines(one)
    least = np.partition(cosines, len(cosines) - 10)[len(cosines) - 10] - 2 * near.off_by(one)
    rows = np.flatnonzero(cosines >= least)
    return list(map(int, rows[np.argsort(-near.exactly(one, rows))[:10]]))


def _plain(vectors: np.ndarray, one: np.ndarray) -> list[int]:
    scores = np.concatenate(
        [
            vectors[begin : begin + 50_000].astype(np.float64) @ one.astype(np.float64)
            for begin in range(0, len(vectors), 50_000)
        ]
    )
    return list(map(int, np.argsort(-scores)[:10]))


def measure_postgres(number: int) -> dict[str, Any]:
    """The same vectors in PostgreSQL: times on the wall, and as CPU of the server's process."""
    from django.db import connection

    from cases.similarity.pgvector import PgVectors

    cloud = Cloud()
    vectors, asked = cloud.draw(number, seed=SEED), cloud.draw(100, seed=SEED_ASKED)
    right = [set(_plain(vectors, one)) for one in asked]
    store = PgVectors(model="growth", width=WIDTH, nearest=10, searched=100)
    begun = time.perf_counter()
    store.keep(vectors)
    row: dict[str, Any] = {"pg_build_s": round(time.perf_counter() - begun, 1)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), pg_total_relation_size(%s)", [store.table])
        process, size = cursor.fetchone()
    row["pg_mb"] = round(size / 1e6)
    server = psutil.Process(process)
    for mark, nearest, searched in (("", 10, 100), ("_product", 200, 200)):
        store = PgVectors(model="growth", width=WIDTH, nearest=nearest, searched=searched)
        for one in asked:
            store.nearest(one)  # the index comes into memory
        begun, cpu = time.perf_counter(), sum(server.cpu_times()[:2])
        found = [{at for at, _near in store.nearest(one)[:10]} for one in asked]
        row[f"pg_query_ms{mark}"] = round(1000 * (time.perf_counter() - begun) / len(asked), 2)
        row[f"pg_cpu_ms{mark}"] = round(1000 * (sum(server.cpu_times()[:2]) - cpu) / len(asked), 2)
        recall = [len(one & other) / 10 for one, other in zip(found, right, strict=True)]
        row[f"pg_recall{mark}"] = round(float(np.mean(recall)), 4)
    return row


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="1000,10000,100000,1000000")
    parser.add_argument("--postgres", type=int, default=0, help="also ask pgvector, up to so many precedents")
    parser.add_argument("--write", action="store_true", help="write docs/similarity-growth.md and .svg")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--vectors", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    django.setup()
    if chosen.one:
        print(json.dumps(measure_one(chosen.one, chosen.vectors)))
        return
    rows = []
    for size in chosen.sizes.split(","):
        rows.append(measure(int(size)))
        print(rows[-1], file=sys.stderr, flush=True)
    if chosen.postgres:
        from benchmarks.similarity_postgres import database

        with database():
            for row in rows:
                if row["precedents"] <= chosen.postgres:
                    row |= measure_postgres(row["precedents"])
                    print(row, file=sys.stderr, flush=True)
    if chosen.write:
        (DOCS / "similarity-growth.md").write_text(table(rows), encoding="utf-8")
        (DOCS / "pictures" / "similarity-growth.svg").write_text(picture(rows), encoding="utf-8")
    print(
        json.dumps({"rows": rows}, ensure_ascii=False) if chosen.json else "\n".join(str(row) for row in rows)
    )


if __name__ == "__main__":
    main()
