"""Run by test_forks in a process of its own: eight threads append to one chain of a real database, on a
clean slate.
"""

import json
import os
import sys
import threading
from pathlib import Path

import django
from django.conf import settings

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
THREADS, EACH = 8, 25


def main() -> None:
    from mediation.conf.env import database

    where = database("DATABASE_URL", Path(os.environ["FORKS_SQLITE"]))
    where["TEST"] = {
        "NAME": os.environ["FORKS_SQLITE"] or f"forks_{os.getpid()}"
    }  # never the database of a site
    settings.configure(
        DATABASES={"default": where},
        INSTALLED_APPS=["evidence"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        PERSONAL_DATA_KEY="only-for-this-test",
        SECRET_KEY="only-for-this-test",
        USE_TZ=True,
        ADAPTERS={"log_keys": ("evidence.log.signing.SealedKeys", {})},
    )
    django.setup()
    from django.db import connection, transaction

    from evidence import ledger, statements

    if os.environ.get("FORKS_NAIVE"):
        ledger._append_at_once = lambda chain, body: None
        statements._LOCK_POSTGRESQL = statements._LOCK
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    chain = "forks"
    start, failures = threading.Barrier(THREADS), []
    with transaction.atomic():
        ledger.append(chain=chain, event="test.begin", record={})

    def write(writer: int) -> None:
        start.wait()
        try:
            for turn in range(EACH):
                with transaction.atomic():
                    ledger.append(chain=chain, event="test.turn", record={"writer": writer, "turn": turn})
        except Exception as error:
            failures.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        sys.stdout.write(json.dumps(tell(chain, failures)))
    finally:
        connection.creation.destroy_test_db(where["NAME"], verbosity=0)


def tell(chain: str, failures: list[str]) -> dict[str, object]:
    from django.db import connection

    from evidence import ledger
    from evidence.models import Entry

    seqs = list(Entry.objects.of(chain).order_by("seq").values_list("seq", flat=True))
    parents = Entry.objects.of(chain).values("prev").distinct().count()
    return {
        "failures": failures,
        "whole": seqs == list(range(1, THREADS * EACH + 2)),
        "parents": parents,
        "break": str(ledger.first_break(chain)),
        "vendor": connection.vendor,
    }


if __name__ == "__main__":
    main()
