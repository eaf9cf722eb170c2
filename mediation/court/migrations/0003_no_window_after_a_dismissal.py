"""Windows for objections belong to confirmations (民诉法解释 Art 372); a dismissal leaves new talks or a suit (CPC 206)."""

from typing import Any

from django.db import migrations, models


def clear_dismissals(apps: Any, schema_editor: Any) -> None:
    """Dismissals given before this lose the days that never applied to them."""
    rulings = apps.get_model("court", "Ruling").objects.filter(kind="dismiss")
    rulings.update(objection_until=None, third_party_until=None)


class Migration(migrations.Migration):
    dependencies = [("court", "0002_delivery")]

    operations = [
        migrations.AlterField(
            model_name="ruling",
            name="objection_until",
            field=models.DateField(
                blank=True, null=True, help_text="for the parties: 15 days from receipt of a confirmation"
            ),
        ),
        migrations.AlterField(
            model_name="ruling",
            name="third_party_until",
            field=models.DateField(
                blank=True,
                null=True,
                help_text="for interested persons: 6 months from a confirmation, if they knew at once",
            ),
        ),
        migrations.RunPython(clear_dismissals, migrations.RunPython.noop),
    ]
