import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import evidence.sealing


class Migration(migrations.Migration):
    dependencies = [
        ("hearings", "0002_written_lines"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Stream",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("place", models.CharField(blank=True, max_length=12)),
                (
                    "dialect",
                    models.CharField(
                        choices=[
                            ("mandarin", "Mandarin"),
                            ("sichuan", "Sichuan"),
                            ("cantonese", "Cantonese"),
                            ("wu", "Wu (Shanghai, Jiangsu, Zhejiang)"),
                            ("minnan", "Southern Min"),
                            ("hakka", "Hakka"),
                            ("northeast", "Northeastern"),
                            ("zhongyuan", "Central Plains (Henan, Shaanxi)"),
                            ("other", "Another way of speaking"),
                        ],
                        default="mandarin",
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("ended", "Ended"), ("sealed", "Sealed")],
                        db_index=True,
                        default="open",
                        max_length=6,
                    ),
                ),
                (
                    "started_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, help_text="the instant of sample 0"
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("sealed_samples", models.PositiveBigIntegerField(default=0)),
                (
                    "torn",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="[from, to] in samples: broken packets, now silence",
                    ),
                ),
                (
                    "captioned_samples",
                    models.PositiveBigIntegerField(default=0, help_text="all speech before it has its final"),
                ),
                (
                    "captioner",
                    models.CharField(blank=True, help_text="the program that captions it", max_length=80),
                ),
                (
                    "caption_beat_at",
                    models.DateTimeField(blank=True, help_text="its last sign of life", null=True),
                ),
                (
                    "hearing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="streams",
                        to="hearings.hearing",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"ordering": ["started_at"]},
        ),
        migrations.CreateModel(
            name="Caption",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("index", models.PositiveIntegerField()),
                ("start_s", models.FloatField(help_text="seconds of the hearing's clock")),
                ("end_s", models.FloatField()),
                ("text", evidence.sealing.SealedTextField()),
                ("confidence", models.FloatField()),
                ("doubtful", models.BooleanField()),
                (
                    "stream",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="captions",
                        to="hearings.stream",
                    ),
                ),
            ],
            options={
                "ordering": ["start_s", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("stream", "index"), name="one_caption_an_index")
                ],
            },
        ),
        migrations.AddField(
            model_name="recording",
            name="began_at",
            field=models.DateTimeField(
                blank=True, help_text="the instant of its first sound, if known", null=True
            ),
        ),
        migrations.AddField(
            model_name="recording",
            name="stream",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="recordings",
                to="hearings.stream",
            ),
        ),
    ]
