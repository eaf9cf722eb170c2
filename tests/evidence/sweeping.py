"""Run by test_storage in a process of its own, on a database of its own: one thread stores a file and keeps its
transaction open, another sweeps the folders; then the first one commits.
"""

import io
import json
import os
import sys
import threading
import time
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def main() -> None:
    folder = Path(os.environ["SWEEP_FOLDER"])
    os.environ |= {"VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "mediation.conf.test"}
    django.setup()
    from django.db import connection

    name = str(folder / "sweep.sqlite3") if connection.vendor == "sqlite" else f"sweep_{os.getpid()}"
    connection.settings_dict["TEST"]["NAME"] = (
        name  # a real file: threads of one in memory do not wait for each other
    )
    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        sys.stdout.write(json.dumps(race()))
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)


def race() -> dict[str, object]:
    """Both take in a file whose clock is three days behind; one transaction is given up, the other commits late."""
    from django.core.files.storage import default_storage
    from django.db import connection, transaction

    from evidence.deposits import matches, take_in
    from evidence.models import Deposit
    from evidence.origin.provenance import Provenance, Way
    from evidence.safe.orphans import remove_orphans

    stored, commit, paths = threading.Event(), threading.Event(), []

    def hand_in(*, give_up: bool) -> None:
        try:
            with transaction.atomic():
                came = Provenance(how=Way.FORM)
                deposit = take_in(chain="c", file=io.BytesIO(b"a" * 99), name="a.txt", captured=came)
                past = time.time() - 72 * 3600
                os.utime(default_storage.path(deposit.stored), (past, past))
                paths.append(deposit.stored)
                if give_up:
                    transaction.set_rollback(True)
                    return
                stored.set()
                commit.wait(20)
        finally:
            connection.close()

    hand_in(give_up=True)
    other = threading.Thread(target=hand_in, kwargs={"give_up": False})
    other.start()
    stored.wait(20)
    threading.Timer(1, commit.set).start()  # an SQLite sweeper waits for the writer, the other one does not
    during = remove_orphans()
    commit.set()
    other.join(20)
    after = remove_orphans()
    kept = Deposit.objects.get()
    return {
        "kept": matches(kept),
        "named_removed": kept.stored in during + after,
        "orphan_removed": paths[0] in during + after,
        "vendor": connection.vendor,
    }


if __name__ == "__main__":
    main()
