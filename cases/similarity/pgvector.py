"""Vectors in PostgreSQL: half precision and an HNSW index of pgvector, behind the interface of `search.Nearby`.

For libraries that no longer fit the memory of one process. The nearest 200 have their cosine; every other case
counts as being as far as the last of them.
"""

import hashlib
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from django.db import connection, transaction

from cases.similarity.search import Scores

NEAREST = 200
SEARCHED = 200  # hnsw.ef_search: how many the index looks at; more is slower and misses less
NEIGHBOURS = 16  # m: how many neighbours a vector has in the index
LOOKED_AT = 128  # ef_construction: among how many they are chosen
BUILD_MEMORY = "4GB"  # a build that does not fit in is many times slower; a million vectors take about 2 GB
BUILDERS = 2  # processes that build besides the first
ROWS_AT_ONCE = 5_000
COPY_BEGIN = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
COPY_END = b"\xff\xff"


class PgVectors:
    """One table for each model and width. `keep` writes the rows anew; `cosines` asks the index."""

    def __init__(self, *, model: str, width: int, nearest: int = NEAREST, searched: int = SEARCHED) -> None:
        mark = hashlib.sha256(f"{model} {width} {NEIGHBOURS} {LOOKED_AT}".encode()).hexdigest()[:12]
        self.table = f"precedent_vectors_{mark}"
        self.width = width
        self._nearest, self._searched = nearest, searched
        self._size = 0

    def keep(self, vectors: npt.NDArray[np.float32]) -> None:
        """Write all vectors, row numbers as in the library; searches see the old ones until this is whole."""
        self._size = len(vectors)
        digest = hashlib.sha256(np.ascontiguousarray(vectors).data).hexdigest()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS vector")
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [self.table])
            cursor.execute(
                "SELECT obj_description(to_regclass(%s), 'pg_class')",
                [self.table],
            )
            (kept,) = cursor.fetchone()
            if kept == digest:
                return  # another process has written the same rows
            cursor.execute(f"DROP TABLE IF EXISTS {self.table}")
            cursor.execute(
                f"CREATE TABLE {self.table} (at integer PRIMARY KEY, v halfvec({int(self.width)}))"
            )
            with cursor.copy(f"COPY {self.table} (at, v) FROM STDIN (FORMAT BINARY)") as copy:
                for block in _blocks(vectors):
                    copy.write(block)
            cursor.execute("SELECT set_config('maintenance_work_mem', %s, true)", [BUILD_MEMORY])
            cursor.execute("SELECT set_config('max_parallel_maintenance_workers', %s, true)", [str(BUILDERS)])
            cursor.execute(
                f"CREATE INDEX ON {self.table} USING hnsw (v halfvec_cosine_ops) "
                f"WITH (m = {NEIGHBOURS}, ef_construction = {LOOKED_AT})"
            )
            cursor.execute(f"COMMENT ON TABLE {self.table} IS '{digest}'")

    def cosines(self, vector: npt.NDArray[np.float32]) -> Scores:
        found = np.zeros(self._size, dtype=np.float32)
        rows = self.nearest(vector)
        if rows:
            found[:] = min(near for _at, near in rows) if len(rows) < self._size else 0.0
            for at, near in rows:
                if at < self._size:
                    found[at] = near
        return found

    def nearest(self, vector: npt.NDArray[np.float32]) -> list[tuple[int, float]]:
        """Row numbers and cosines of the nearest, the nearest first."""
        asked = "[" + ",".join(f"{part:.5f}" for part in vector) + "]"
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('hnsw.ef_search', %s, true)", [str(self._searched)])
            cursor.execute("SELECT set_config('hnsw.iterative_scan', 'relaxed_order', true)")
            cursor.execute(
                f"SELECT at, 1 - (v <=> %s::halfvec) FROM {self.table} "  # noqa: S608 - a hash of our own
                "ORDER BY v <=> %s::halfvec LIMIT %s",
                [asked, asked, self._nearest],
            )
            return [(int(at), float(near)) for at, near in cursor.fetchall() if near == near]


def _blocks(vectors: npt.NDArray[np.float32]) -> Iterator[bytes]:
    """The rows as COPY reads them in binary: (row number, halfvec), all numbers with the high byte first."""
    width = vectors.shape[1]
    number, sign = ">i4", ">i2"
    row = np.dtype(
        [
            ("fields", sign),
            ("at_bytes", number),
            ("at", number),
            ("v_bytes", number),
            ("width", sign),
            ("unused", sign),
            ("v", ">f2", (width,)),
        ]
    )
    yield COPY_BEGIN
    for begin in range(0, len(vectors), ROWS_AT_ONCE):
        part = vectors[begin : begin + ROWS_AT_ONCE]
        block = np.zeros(len(part), dtype=row)
        block["fields"], block["at_bytes"], block["v_bytes"] = 2, 4, 4 + 2 * width
        block["at"], block["width"], block["v"] = np.arange(begin, begin + len(part)), width, part
        yield block.tobytes()
    yield COPY_END
