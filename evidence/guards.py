"""The triggers of migration 0004, by name, so that their absence is noticed."""

from django.db import connections

KEPT = (
    "entry",
    "deposit",
    "chainhead",
    "chainkey",
    "leaf",
    "tile",
    "checkpointrow",
    "token",
    "logstate",
    "logkey",
)
FIXED = ({*KEPT} - {"chainkey"}) | {"outbox"}
TABLES = (*KEPT, "outbox")
TRIGGERS = {
    "sqlite": {
        *(f"evidence_{table}_{what}" for table in KEPT for what in ("no_delete", "no_replace")),
        *(f"evidence_{table}_no_change" for table in FIXED),
        "evidence_outbox_no_loss",
    },
    "postgresql": {
        *(f"evidence_{table}_no_delete" for table in KEPT),
        *(f"evidence_{table}_no_truncate" for table in TABLES),
        *(f"evidence_{table}_no_change" for table in FIXED),
        "evidence_outbox_no_loss",
    },
}
_NAMES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'",
}


def missing_guards(using: str = "default") -> list[str]:
    """The triggers that should protect the evidence tables of this database and are not there."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(_NAMES[connection.vendor])
        there = {row[0] for row in cursor.fetchall()}
    return sorted(TRIGGERS[connection.vendor] - there)
