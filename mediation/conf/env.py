"""Reading settings from the environment; nothing here knows what a setting means."""

import hashlib
import os
import secrets
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

LONGEST_SOCKET_PATH = 100


def read_env_file(path: Path) -> None:
    """Put the `NAME=value` lines of `path` into the environment, where it has no such name yet. No value: no line."""
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        name, sign, value = line.strip().partition("=")
        value = value.strip().strip("\"'")
        if sign and value and not name.startswith("#"):
            os.environ.setdefault(name.strip(), value)


def text(name: str, default: str = "") -> str:
    """What the variable says; an empty one says nothing, like one that is not there."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    """Whether the variable says yes (1, true, yes, on)."""
    value = text(name)
    return value.lower() in {"1", "true", "yes", "on"} if value else default


def words(name: str, default: str) -> list[str]:
    """The comma-separated words of the variable."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def secret(name: str, folder: Path) -> str:
    """The secret of the variable, or one made at the first start and kept in `folder` for its owner alone."""
    if value := text(name):
        return value
    path = folder / f"{name.lower()}.secret"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _write_once(path, secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def _write_once(path: Path, content: str) -> None:
    """Make the file whole or not at all: a program that starts at the same moment must not read half a secret."""
    handle, written = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")  # for its owner alone
    try:
        with os.fdopen(handle, "w") as file:
            file.write(content)
        os.link(written, path)
    except FileExistsError:
        pass  # another program was first
    finally:
        Path(written).unlink()


def database(name: str, sqlite: Path) -> dict[str, Any]:
    """Django's settings for the database that the variable names (postgres://user:password@host:port/name?option=…).

    Without the variable: SQLite in `sqlite`, with write-ahead logging and immediate transactions, so that writers
    wait for each other instead of failing. What is committed outlives a loss of power.
    """
    url = text(name)
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": sqlite,
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def short_socket(folder: Path) -> Path:
    """Where the embedded broker listens: in `folder`, or under the temporary folder where that path is too long.

    A Unix socket's path has at most 107 bytes.
    """
    inside = folder / "valkey.sock"
    if len(bytes(inside)) <= LONGEST_SOCKET_PATH:
        return inside
    name = hashlib.sha256(bytes(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"mediation-{name}.sock"
