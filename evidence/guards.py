"""The triggers of migration 0002, by name, so that their absence is noticed."""

from django.db import connections

TRIGGERS = {
    "sqlite": {
        *(f"evidence_{table}_no_delete" for table in ("entry", "deposit", "anchor", "chainhead", "chainkey")),
        *(
            f"evidence_{table}_no_replace"
            for table in ("entry", "deposit", "anchor", "chainhead", "chainkey")
        ),
        *(f"evidence_{table}_no_change" for table in ("entry", "deposit", "anchor", "chainhead")),
    },
    "postgresql": {
        *(f"evidence_{table}_no_delete" for table in ("entry", "deposit", "anchor", "chainhead", "chainkey")),
        *(
            f"evidence_{table}_no_truncate"
            for table in ("entry", "deposit", "anchor", "chainhead", "chainkey")
        ),
        *(f"evidence_{table}_no_change" for table in ("entry", "deposit", "anchor", "chainhead")),
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
