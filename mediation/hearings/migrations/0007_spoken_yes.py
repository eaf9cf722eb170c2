import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0001_initial"),
        ("hearings", "0006_heard_notes"),
    ]

    operations = [
        migrations.AddField(
            model_name="readback",
            name="voice",
            field=models.ForeignKey(
                blank=True,
                help_text="their spoken yes",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.exhibit",
            ),
        ),
    ]
