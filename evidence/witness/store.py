"""What a witness remembers, in one SQLite file: every checkpoint that it cosigned, whole, and every well-signed one
that it refused. Rows are only ever added (triggers), and are on the disk before an answer goes out.
"""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

FILE = "witness.sqlite3"
CONTRADICTION, UNPROVEN = "contradiction", "unproven"
SCHEMA = """
CREATE TABLE IF NOT EXISTS cosigned (
    id INTEGER PRIMARY KEY AUTOINCREMENT, origin TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL,
    at_s INTEGER NOT NULL, note TEXT NOT NULL, UNIQUE (origin, size));
CREATE TABLE IF NOT EXISTS refused (
    id INTEGER PRIMARY KEY AUTOINCREMENT, origin TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL,
    at_s INTEGER NOT NULL, note TEXT NOT NULL, kind TEXT NOT NULL, UNIQUE (origin, size, root, kind));
CREATE TRIGGER IF NOT EXISTS cosigned_grows BEFORE INSERT ON cosigned
    WHEN EXISTS (SELECT 1 FROM cosigned WHERE origin = NEW.origin AND size >= NEW.size)
    BEGIN SELECT RAISE(ABORT, 'a witness never goes back'); END;
CREATE TRIGGER IF NOT EXISTS cosigned_no_change BEFORE UPDATE ON cosigned BEGIN SELECT RAISE(ABORT, 'kept'); END;
CREATE TRIGGER IF NOT EXISTS cosigned_no_delete BEFORE DELETE ON cosigned BEGIN SELECT RAISE(ABORT, 'kept'); END;
CREATE TRIGGER IF NOT EXISTS refused_no_change BEFORE UPDATE ON refused BEGIN SELECT RAISE(ABORT, 'kept'); END;
CREATE TRIGGER IF NOT EXISTS refused_no_delete BEFORE DELETE ON refused BEGIN SELECT RAISE(ABORT, 'kept'); END;
"""
_COLUMNS = "origin, size, root, at_s, note"
_NEXT_ORIGIN = "SELECT min(origin) FROM cosigned WHERE origin > ?"
# An unproven checkpoint that was cosigned later is explained, and no longer shown.
_OPEN = (
    f"SELECT {_COLUMNS}, kind FROM refused AS r WHERE NOT EXISTS (SELECT 1 FROM cosigned AS c "  # noqa: S608
    "WHERE c.origin = r.origin AND c.size = r.size AND c.root = r.root) ORDER BY id DESC LIMIT ?"
)


class StoreInUse(RuntimeError):
    """Another witness works in this folder."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A checkpoint as the witness saw it; `note` is the signed note, with our cosignature where we gave one."""

    origin: str
    size: int
    root: bytes
    at_s: int
    note: str
    kind: str = ""


class Store:
    """The memory of one witness; one process at a time."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = folder / FILE
        self._hold = _held(folder / "witness.lock")
        self._one_at_a_time = threading.Lock()
        self._writer = self._open()
        self._writer.executescript(SCHEMA)
        self._path.chmod(0o600)

    def close(self) -> None:
        """Let another process have the folder."""
        self._writer.close()
        self._hold.close()

    @contextmanager
    def writing(self) -> Iterator["Writing"]:
        """Look and write as one act: nobody else writes in between. All of it is on the disk at the end, or none."""
        with self._one_at_a_time:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield Writing(self._writer)
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    def latest(self, origin: str) -> Seen | None:
        """The last checkpoint of the log that was cosigned."""
        with closing(self._open()) as connection:
            return _latest(connection, origin)

    def latest_of_all(self) -> list[Seen]:
        """The last checkpoint of each log that was cosigned."""
        with closing(self._open()) as connection:
            origins, origin = [], ""
            while origin := connection.execute(_NEXT_ORIGIN, (origin,)).fetchone()[0]:
                origins.append(origin)
            return [seen for origin in origins if (seen := _latest(connection, origin))]

    def history(self, origin: str, *, after: int = 0, limit: int = 100) -> list[Seen]:
        """Cosigned checkpoints of the log of more than `after` leaves, smallest first, at most `limit`."""
        sql = f"SELECT {_COLUMNS} FROM cosigned WHERE origin = ? AND size > ? ORDER BY size LIMIT ?"  # noqa: S608
        with closing(self._open()) as connection:
            return [Seen(*row) for row in connection.execute(sql, (origin, after, limit))]

    def refused(self, *, limit: int = 100) -> list[Seen]:
        """Well-signed checkpoints that do not fit what was cosigned, newest first."""
        with closing(self._open()) as connection:
            return [Seen(*row) for row in connection.execute(_OPEN, (limit,))]

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=20, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        return connection


class Writing:
    """The memory while nobody else can write."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def latest(self, origin: str) -> Seen | None:
        """The last checkpoint of the log that was cosigned."""
        return _latest(self._connection, origin)

    def newest_at_s(self) -> int:
        """The time of the newest cosignature on any log; 0 before the first."""
        row = self._connection.execute("SELECT at_s FROM cosigned ORDER BY id DESC LIMIT 1").fetchone()
        return int(row[0]) if row else 0

    def other_root(self, seen: Seen) -> bool:
        """Whether a checkpoint of the same size and another root was cosigned."""
        sql = "SELECT 1 FROM cosigned WHERE origin = ? AND size = ? AND root <> ?"
        return self._connection.execute(sql, (seen.origin, seen.size, seen.root)).fetchone() is not None

    def add(self, seen: Seen) -> None:
        """Remember a cosigned checkpoint. Raises sqlite3.IntegrityError for one that is not larger than the last."""
        sql = f"INSERT INTO cosigned ({_COLUMNS}) VALUES (?, ?, ?, ?, ?)"  # noqa: S608
        self._connection.execute(sql, (seen.origin, seen.size, seen.root, seen.at_s, seen.note))

    def add_refused(self, seen: Seen, kind: str) -> None:
        """Remember a well-signed checkpoint that was refused; once."""
        sql = f"INSERT OR IGNORE INTO refused ({_COLUMNS}, kind) VALUES (?, ?, ?, ?, ?, ?)"  # noqa: S608
        self._connection.execute(sql, (seen.origin, seen.size, seen.root, seen.at_s, seen.note, kind))


def _latest(connection: sqlite3.Connection, origin: str) -> Seen | None:
    sql = f"SELECT {_COLUMNS} FROM cosigned WHERE origin = ? ORDER BY size DESC LIMIT 1"  # noqa: S608
    row = connection.execute(sql, (origin,)).fetchone()
    return Seen(*row) if row else None


def _held(path: Path) -> IO[bytes]:
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise StoreInUse(f"Another witness works in {path.parent}.") from error
    return file
