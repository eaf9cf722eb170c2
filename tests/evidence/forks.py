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

    settings.configure(
        DATABASES={"default": database("DATABASE_URL", Path(os.environ["FORKS_SQLITE"]))},
        INSTALLED_APPS=["evidence"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        PERSONAL_DATA_KEY="only-for-this-test",
        SECRET_KEY="only-for-this-test",
        USE_TZ=True,
    )
    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    from evidence import ledger
    from evidence.models import Entry

    call_command("migrate", verbosity=0)
    chain = f"forks-{os.getpid()}"
    start, failures = threading.Barrier(THREADS), []

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
    seqs = list(Entry.objects.of(chain).order_by("seq").values_list("seq", flat=True))
    parents = Entry.objects.of(chain).values("prev").distinct().count()
    report = {
        "failures": failures,
        "whole": seqs == list(range(1, THREADS * EACH + 1)),
        "parents": parents,
        "break": str(ledger.first_break(chain)),
        "vendor": connection.vendor,
    }
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    main()
