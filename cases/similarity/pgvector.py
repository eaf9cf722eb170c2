"""Vectors in PostgreSQL: half precision and an HNSW index of pgvector, behind the interface of `search.Nearby`.

For libraries that no longer fit the memory of one process. The nearest 1,000 have their cosine; every other case
counts as being as far as the last of them.
"""

import hashlib

import numpy as np
import numpy.typing as npt
from django.db import connection, transaction

from cases.similarity.search import Scores

NEAREST = 1_000
SEARCHED = 400  # hnsw.ef_search: how many the index looks at; more is slower and misses less
ROWS_AT_ONCE = 5_000


class PgVectors:
    """One table for each model and width. `keep` writes the rows anew; `cosines` asks the index."""

    def __init__(self, *, model: str, width: int, nearest: int = NEAREST, searched: int = SEARCHED) -> None:
        mark = hashlib.sha256(f"{model} {width}".encode()).hexdigest()[:12]
        self.table = f"precedent_vectors_{mark}"
        self.width = width
        self._nearest, self._searched = nearest, searched
        self._size = 0

    def keep(self, vectors: npt.NDArray[np.float32]) -> None:
        """Write all vectors, row numbers as in the library; searches see the old ones until this is whole."""
        self._size = len(vectors)
        digest = hashlib.sha256(vectors.tobytes()).hexdigest()
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
            with cursor.copy(f"COPY {self.table} (at, v) FROM STDIN") as copy:
                for at, row in enumerate(vectors):
                    copy.write_row((at, "[" + ",".join(f"{part:.5f}" for part in row) + "]"))
            cursor.execute(f"CREATE INDEX ON {self.table} USING hnsw (v halfvec_cosine_ops)")
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
