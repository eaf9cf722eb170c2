"""A database with evidence of the earlier format is refused in words, and left as it is."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from benchmarks.evidence_appends import prepare
prepare("", Path({folder!r}))
from django.core.management import call_command
from django.db import connection
call_command("migrate", "evidence", "0002", verbosity=0)
if {filled}:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO evidence_entry (chain, seq, event, role, at, prev, hash, envelope)"
            " VALUES ('a', 1, 'case.file', '', '2025-01-01', '0', '1', '{{}}')"
        )
try:
    call_command("migrate", verbosity=0)
except Exception as error:
    print("refused:", str(error).strip())
with connection.cursor() as cursor:
    cursor.execute("SELECT count(*) FROM evidence_entry")
    print("entries:", cursor.fetchone()[0])
    print("anchors:", "evidence_anchor" in connection.introspection.table_names(cursor))
    cursor.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'")
    print("triggers:", cursor.fetchone()[0] > 0)
"""


def migrate(folder: Path, *, filled: bool) -> str:
    program = PROGRAM.format(root=str(ROOT), folder=str(folder), filled=filled)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_old_entries_are_refused_and_kept(tmp_path: Path) -> None:
    said = migrate(tmp_path, filled=True)

    assert "refused: This database holds evidence in a format from before the first release" in said
    assert "Start with a fresh folder" in said
    assert "entries: 1\nanchors: True\ntriggers: True" in said


def test_an_old_database_without_entries_is_brought_along(tmp_path: Path) -> None:
    said = migrate(tmp_path, filled=False)

    assert said == "entries: 0\nanchors: False\ntriggers: True\n"
