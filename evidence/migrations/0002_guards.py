"""Triggers that refuse, whoever asks: no row of the evidence is changed, replaced or deleted, by SQL neither.

Allowed are only: emptying the body of an entry that is no erasure; emptying the name and provenance of a deposit;
stepping a chain head forward by one; overwriting a chain key. Altering one of these tables on SQLite rebuilds it
without its triggers: such a migration must install them again (`fsck_evidence` notices).
"""

from django.db import migrations

TABLES = {
    "evidence_entry": ("chain", "seq"),
    "evidence_deposit": ("chain", "seq"),
    "evidence_anchor": ("chain", "seq", "authority"),
    "evidence_chainhead": ("chain",),
    "evidence_chainkey": ("chain",),
}
PRIMARY = {"evidence_chainhead": "chain", "evidence_chainkey": "chain"}
FIXED = {
    "evidence_entry": ("id", "chain", "seq", "event", "role", "at", "prev", "hash", "envelope"),
    "evidence_deposit": ("id", "chain", "seq", "media_type", "size", "sha256", "stored", "at"),
    "evidence_anchor": ("id", "chain", "seq", "head", "token", "authority", "at"),
    "evidence_chainhead": ("chain",),
}
ALLOWED = {  # the one change that each table allows, beside leaving its fixed columns alone
    "evidence_entry": "NEW.body IS NULL AND OLD.event <> 'erasure'",
    "evidence_deposit": "NEW.name IS NULL AND NEW.captured IS NULL",
    "evidence_anchor": "1 = 0",
    "evidence_chainhead": "NEW.seq = OLD.seq + 1",
}


def install(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor not in INSTALL:
        raise NotImplementedError(f"evidence needs SQLite or PostgreSQL, not {vendor}")
    for statement in INSTALL[vendor]():
        schema_editor.execute(statement, params=None)


def remove(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for table in TABLES:
        for what in ("no_delete", "no_change", "no_replace", "no_truncate"):
            on = f" ON {table}" if vendor == "postgresql" else ""
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_{what}{on}", params=None)
    if vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS evidence_refuse()", params=None)


def for_sqlite():
    for table, unique in TABLES.items():
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table}: kept for good'); END"
        yield f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}"
        # INSERT OR REPLACE deletes without asking the trigger above.
        pk = PRIMARY.get(table, "id")
        same = " AND ".join(f"{column} = NEW.{column}" for column in unique)
        clash = f"EXISTS (SELECT 1 FROM {table} WHERE {pk} = NEW.{pk} OR ({same}))"  # noqa: S608
        if "hash" in FIXED.get(table, ()):
            clash += f" OR EXISTS (SELECT 1 FROM {table} WHERE hash = NEW.hash)"  # noqa: S608
        yield f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {clash} {refuse}"
    for table, columns in FIXED.items():
        same = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in columns)
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table}: kept for good'); END"
        yield (
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE ON {table} "
            f"WHEN NOT (({ALLOWED[table]}) AND {same}) {refuse}"
        )


def for_postgresql():
    yield (
        "CREATE FUNCTION evidence_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '%: kept for good', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$"
    )
    for table in TABLES:
        yield (
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION evidence_refuse()"
        )
        yield (
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION evidence_refuse()"
        )
    for table, columns in FIXED.items():
        same = " AND ".join(f"NEW.{column} IS NOT DISTINCT FROM OLD.{column}" for column in columns)
        yield (
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE ON {table} FOR EACH ROW "
            f"WHEN (NOT (({ALLOWED[table]}) AND {same})) EXECUTE FUNCTION evidence_refuse()"
        )


INSTALL = {"sqlite": for_sqlite, "postgresql": for_postgresql}


class Migration(migrations.Migration):
    dependencies = [("evidence", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
