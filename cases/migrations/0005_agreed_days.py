"""Duties of days that both sides agreed on: they have no clock, but a case and the row they are about."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0004_more_causes"),
    ]

    operations = [
        migrations.AddField(
            model_name="duty",
            name="about",
            field=models.CharField(
                blank=True, help_text="without a clock: the key of the row it is about", max_length=40
            ),
        ),
        migrations.AddField(
            model_name="duty",
            name="case",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="duties",
                to="cases.case",
            ),
        ),
        migrations.AlterField(
            model_name="duty",
            name="clock",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="duties",
                to="cases.clock",
            ),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.UniqueConstraint(
                condition=models.Q(("clock__isnull", True), ("done_at__isnull", True)),
                fields=("case", "step", "about"),
                name="one_open_duty_a_row",
            ),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("case__isnull", True), ("clock__isnull", False)),
                    models.Q(("case__isnull", False), ("clock__isnull", True)),
                    _connector="OR",
                ),
                name="a_duty_has_a_clock_or_a_case",
            ),
        ),
    ]
