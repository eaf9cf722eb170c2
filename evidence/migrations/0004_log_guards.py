"""Triggers that refuse, whoever asks: no row of the evidence is changed, replaced or deleted, by SQL neither.

Allowed are only: emptying the body of an entry that is no erasure; emptying name, provenance and hashes of a deposit;
stepping a chain head forward; overwriting a chain key; lengthening a tile; publishing a checkpoint, once;
stepping the state of the log forward; giving a log key its first and its last size; deleting a log key that never
signed; taking an entry out of the outbox once it has its leaf. Altering one of these tables on SQLite rebuilds it
without its triggers: such a migration must install them again (`fsck_evidence` notices).
"""

from django.db import migrations

UNIQUE = {  # the columns by which a row could be replaced, beside its primary key
    "evidence_entry": ("chain", "seq"),
    "evidence_deposit": ("chain", "seq"),
    "evidence_chainhead": ("tag",),
    "evidence_chainkey": ("chain",),
    "evidence_leaf": ("entry_id",),
    "evidence_tile": ("tree", "level", "n"),
    "evidence_checkpointrow": ("size",),
    "evidence_token": ("checkpoint_id", "authority"),
    "evidence_logstate": ("id",),
    "evidence_logkey": ("vkey",),
}
PRIMARY = {
    "evidence_chainhead": "chain",
    "evidence_chainkey": "chain",
    "evidence_leaf": '"index"',
    "evidence_checkpointrow": "size",
}
DELETABLE = {"evidence_logkey": "OLD.from_size IS NULL"}
FIXED = {
    "evidence_entry": ("id", "chain", "seq", "event", "role", "at", "prev", "hash", "envelope"),
    "evidence_deposit": ("id", "chain", "seq", "media_type", "size", "stored", "at"),
    "evidence_chainhead": ("chain", "tag"),
    "evidence_leaf": ('"index"', "entry_id", "data"),
    "evidence_tile": ("id", "tree", "level", "n"),
    "evidence_checkpointrow": (
        "size", "root", "sm3_root", "heads_root", "cases", "note", "sm3_note", "at",
    ),
    "evidence_token": ("id", "checkpoint_id", "authority", "der", "at"),
    "evidence_logstate": ("id", "origin"),
    "evidence_logkey": ("id", "kind", "name", "vkey", "keeper", "created_at"),
    "evidence_outbox": ("entry_id",),
}  # fmt: skip
ALLOWED = {  # the one change that each table allows, beside leaving its fixed columns alone
    "evidence_entry": "NEW.body IS NULL AND OLD.event <> 'erasure'",
    "evidence_deposit": (
        "NEW.name IS NULL AND NEW.captured IS NULL"
        " AND NEW.sha256 IN (OLD.sha256, '') AND NEW.sm3 IN (OLD.sm3, '')"
    ),
    "evidence_chainhead": "NEW.seq > OLD.seq AND NEW.generation BETWEEN OLD.generation AND OLD.generation + 1",
    "evidence_leaf": "1 = 0",
    "evidence_tile": (
        "length(NEW.hashes) > length(OLD.hashes) AND length(NEW.hashes) <= 8192"
        " AND substr(NEW.hashes, 1, length(OLD.hashes)) = OLD.hashes"
    ),
    "evidence_checkpointrow": (
        "OLD.published_at IS NULL AND NEW.published_at IS NOT NULL AND NEW.cosigned <> ''"
    ),
    "evidence_token": "1 = 0",
    "evidence_logstate": (
        "NEW.size >= OLD.size AND NEW.epoch >= OLD.epoch AND NEW.published_size >= OLD.published_size"
        " AND NEW.seen_size >= OLD.seen_size"
    ),
    "evidence_logkey": (
        "(OLD.from_size IS NULL OR NEW.from_size = OLD.from_size)"
        " AND (OLD.to_size IS NULL OR NEW.to_size = OLD.to_size)"
    ),
    "evidence_outbox": "1 = 0",
}


def install(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor not in INSTALL:
        raise NotImplementedError(f"evidence needs SQLite or PostgreSQL, not {vendor}")
    for statement in INSTALL[vendor]():
        schema_editor.execute(statement, params=None)


def remove(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for table in (*UNIQUE, "evidence_outbox"):
        for what in ("no_delete", "no_change", "no_replace", "no_truncate", "no_loss"):
            on = f" ON {table}" if vendor == "postgresql" else ""
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_{what}{on}", params=None)
    if vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS evidence_refuse()", params=None)
        schema_editor.execute("DROP FUNCTION IF EXISTS evidence_refuse_loss()", params=None)


def for_sqlite():
    for table, unique in UNIQUE.items():
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table}: kept for good'); END"
        when = f"WHEN NOT ({DELETABLE[table]}) " if table in DELETABLE else ""
        yield f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {when}{refuse}"
        # INSERT OR REPLACE deletes without asking the trigger above.
        pk = PRIMARY.get(table, "id")
        same = " AND ".join(f"{column} = NEW.{column}" for column in unique)
        clash = f"EXISTS (SELECT 1 FROM {table} WHERE {pk} = NEW.{pk} OR ({same}))"
        yield f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {clash} {refuse}"
    for table, columns in FIXED.items():
        same = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in columns)
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table}: kept for good'); END"
        yield (
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE ON {table} "
            f"WHEN NOT (({ALLOWED[table]}) AND {same}) {refuse}"
        )
    yield (
        "CREATE TRIGGER evidence_outbox_no_loss BEFORE DELETE ON evidence_outbox "
        "WHEN NOT EXISTS (SELECT 1 FROM evidence_leaf WHERE entry_id = OLD.entry_id) "
        "BEGIN SELECT RAISE(ABORT, 'evidence_outbox: kept for good'); END"
    )


def for_postgresql():
    yield (
        "CREATE FUNCTION evidence_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '%: kept for good', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$"
    )
    yield (
        "CREATE FUNCTION evidence_refuse_loss() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF EXISTS (SELECT 1 FROM gone WHERE NOT EXISTS "
        "(SELECT 1 FROM evidence_leaf leaf WHERE leaf.entry_id = gone.entry_id)) THEN "
        "RAISE EXCEPTION '%: kept for good', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END IF; "
        "RETURN NULL; END $$"
    )
    for table in UNIQUE:
        when = f"WHEN (NOT ({DELETABLE[table]})) " if table in DELETABLE else ""
        yield (
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            f"FOR EACH ROW {when}EXECUTE FUNCTION evidence_refuse()"
        )
    for table in (*UNIQUE, "evidence_outbox"):
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
    yield (
        "CREATE TRIGGER evidence_outbox_no_loss AFTER DELETE ON evidence_outbox REFERENCING OLD TABLE AS gone "
        "FOR EACH STATEMENT EXECUTE FUNCTION evidence_refuse_loss()"
    )


INSTALL = {"sqlite": for_sqlite, "postgresql": for_postgresql}


class Migration(migrations.Migration):
    dependencies = [("evidence", "0003_log")]

    operations = [migrations.RunPython(install, remove)]
