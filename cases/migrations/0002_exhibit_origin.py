"""How a file came about, as the person says."""

import evidence.sealing
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.AddField(
            "exhibit",
            "origin",
            models.CharField(
                blank=True,
                choices=[
                    ("photo", "I took a photo"),
                    ("screenshot", "I took a screenshot"),
                    ("app", "I saved it from an app"),
                    ("other_side", "The other side gave it to me"),
                    ("recording", "I recorded it"),
                    ("other", "In another way"),
                ],
                default="",
                max_length=12,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "exhibit",
            "origin_words",
            evidence.sealing.SealedTextField(blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField("exhibit", "told_seq", models.PositiveIntegerField(blank=True, null=True)),
    ]
