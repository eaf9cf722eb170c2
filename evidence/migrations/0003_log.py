"""One log for all chains. What an earlier format wrote stays with the program that wrote it: a database with entries
is refused here, in words, before anything is changed.
"""

import importlib

import django.db.models.deletion
from django.db import migrations, models

import evidence.models

TOO_OLD = """

    This database holds evidence in a format from before the first release, which this version cannot carry on.
    Nothing was changed. Start with a fresh folder: put the old one aside (mv var var-before) or set VAR_DIR to a new
    one, or DATABASE_URL to an empty database; then start again. The old folder stays readable by the old version.
"""


class DatabaseTooOld(Exception):
    """Entries in the old format."""


def refuse_old_entries(apps, schema_editor):
    if apps.get_model("evidence", "Entry").objects.using(schema_editor.connection.alias).exists():
        raise DatabaseTooOld(TOO_OLD)


guards = importlib.import_module("evidence.migrations.0002_guards")


class Migration(migrations.Migration):
    dependencies = [
        ("evidence", "0002_guards"),
    ]

    operations = [
        migrations.RunPython(refuse_old_entries, migrations.RunPython.noop),
        migrations.RunPython(guards.remove, guards.install),
        migrations.CreateModel(
            name="CheckpointRow",
            fields=[
                ("size", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ("root", models.CharField(max_length=64)),
                ("sm3_root", models.CharField(max_length=64)),
                ("heads_root", models.CharField(max_length=64)),
                ("cases", models.PositiveBigIntegerField()),
                ("note", models.TextField()),
                ("sm3_note", models.TextField()),
                ("at", models.DateTimeField()),
                ("cosigned", models.TextField(blank=True, default="")),
                ("published_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "checkpoint",
                "verbose_name_plural": "checkpoints",
                "ordering": ["size"],
            },
        ),
        migrations.CreateModel(
            name="Leaf",
            fields=[
                ("index", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ("data", models.TextField(null=True)),
            ],
            options={
                "verbose_name": "leaf",
                "verbose_name_plural": "leaves",
                "ordering": ["index"],
            },
        ),
        migrations.CreateModel(
            name="LogKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(choices=[("ed25519", "Ed25519"), ("sm2", "SM2")], max_length=16)),
                ("name", models.CharField(max_length=80)),
                ("vkey", models.CharField(max_length=255, unique=True)),
                ("keeper", models.CharField(max_length=32)),
                ("sealed_handle", models.BinaryField()),
                ("from_size", models.PositiveBigIntegerField(null=True)),
                ("to_size", models.PositiveBigIntegerField(null=True)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "log key",
                "verbose_name_plural": "log keys",
                "ordering": ["kind", "id"],
            },
        ),
        migrations.CreateModel(
            name="LogState",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("origin", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("published_size", models.PositiveBigIntegerField(default=0)),
                ("published_root", models.CharField(max_length=64)),
                ("seen_size", models.PositiveBigIntegerField(default=0)),
                ("seen_root", models.CharField(max_length=64)),
                ("epoch", models.PositiveBigIntegerField(default=0)),
                ("holder", models.CharField(blank=True, default="", max_length=80)),
                ("lease_until", models.DateTimeField(null=True)),
                ("asked", models.BooleanField(default=False)),
                ("problem", models.CharField(blank=True, default="", max_length=300)),
            ],
            options={
                "verbose_name": "state of the log",
                "verbose_name_plural": "states of the log",
            },
        ),
        migrations.CreateModel(
            name="Outbox",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="waiting",
                        serialize=False,
                        to="evidence.entry",
                    ),
                ),
            ],
            options={
                "verbose_name": "entry to be logged",
                "verbose_name_plural": "entries to be logged",
            },
        ),
        migrations.CreateModel(
            name="Tile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("tree", models.CharField(choices=[("sha256", "SHA-256"), ("sm3", "SM3")], max_length=6)),
                ("level", models.PositiveSmallIntegerField()),
                ("n", models.PositiveBigIntegerField()),
                ("hashes", models.BinaryField()),
            ],
            options={
                "verbose_name": "tile",
                "verbose_name_plural": "tiles",
            },
        ),
        migrations.CreateModel(
            name="Token",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("authority", models.CharField(max_length=64)),
                ("der", models.BinaryField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "timestamp",
                "verbose_name_plural": "timestamps",
                "ordering": ["checkpoint", "id"],
            },
        ),
        migrations.CreateModel(
            name="WitnessState",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("witness", "Witness"), ("clock", "Time authority")], max_length=8
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("good_at", models.DateTimeField(null=True)),
                ("seen_at", models.DateTimeField(null=True)),
                ("drift_s", models.FloatField(null=True)),
                ("bad_at", models.DateTimeField(null=True)),
                ("problem", models.CharField(blank=True, default="", max_length=300)),
            ],
            options={
                "verbose_name": "witness",
                "verbose_name_plural": "witnesses",
                "ordering": ["kind", "name"],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "name"), name="evidence_witness_once")
                ],
            },
        ),
        migrations.DeleteModel(
            name="Anchor",
        ),
        migrations.AddField(
            model_name="chainhead",
            name="generation",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="chainhead",
            name="tag",
            field=models.CharField(default=evidence.models.fresh_tag, max_length=32),
        ),
        migrations.AddField(
            model_name="deposit",
            name="sm3",
            field=models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="entry",
            name="hash",
            field=models.CharField(max_length=64),
        ),
        migrations.AddConstraint(
            model_name="chainhead",
            constraint=models.UniqueConstraint(fields=("tag",), name="evidence_chainhead_one_tag"),
        ),
        migrations.AddIndex(
            model_name="checkpointrow",
            index=models.Index(
                condition=models.Q(("published_at__isnull", False)),
                fields=["size"],
                name="evidence_checkpoint_published",
            ),
        ),
        migrations.AddField(
            model_name="leaf",
            name="entry",
            field=models.OneToOneField(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="leaf",
                to="evidence.entry",
            ),
        ),
        migrations.AddConstraint(
            model_name="logkey",
            constraint=models.UniqueConstraint(
                condition=models.Q(("from_size__isnull", False), ("to_size__isnull", True)),
                fields=("kind",),
                name="evidence_logkey_one_in_use",
            ),
        ),
        migrations.AddConstraint(
            model_name="logkey",
            constraint=models.UniqueConstraint(
                condition=models.Q(("from_size__isnull", True)),
                fields=("kind",),
                name="evidence_logkey_one_prepared",
            ),
        ),
        migrations.AddConstraint(
            model_name="tile",
            constraint=models.UniqueConstraint(fields=("tree", "level", "n"), name="evidence_tile_one_place"),
        ),
        migrations.AddField(
            model_name="token",
            name="checkpoint",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tokens",
                to="evidence.checkpointrow",
            ),
        ),
        migrations.AddConstraint(
            model_name="token",
            constraint=models.UniqueConstraint(
                fields=("checkpoint", "authority"), name="evidence_token_once"
            ),
        ),
    ]
