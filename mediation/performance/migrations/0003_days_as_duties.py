"""Instalments planned before this get their duties: a reminder before the day, a word after it."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import migrations

MORNING = time(8)
HERE = ZoneInfo("Asia/Shanghai")


def write_duties(apps: Any, schema_editor: Any) -> None:
    """One row for each thing that is still to come about an instalment that is due."""
    duty = apps.get_model("cases", "Duty")
    rows = apps.get_model("performance", "Instalment").objects.filter(state="due", case__stage="performance")
    for one in rows.iterator():
        days = {"instalment_late": one.due_on + timedelta(days=1)}
        if one.reminded_at is None:
            days["instalment_soon"] = one.due_on - timedelta(days=3)
        for step, day in days.items():
            duty.objects.create(
                case_id=one.case_id,
                step=step,
                about=str(one.pk),
                for_due_on=one.due_on,
                for_overdue_on=one.due_on,
                due_at=datetime.combine(day, MORNING, tzinfo=HERE),
            )


def remove_duties(apps: Any, schema_editor: Any) -> None:
    """Back to the sweep that looked at the instalments themselves."""
    apps.get_model("cases", "Duty").objects.filter(clock__isnull=True).delete()


class Migration(migrations.Migration):
    dependencies = [("performance", "0002_disputes"), ("cases", "0005_agreed_days")]

    operations = [migrations.RunPython(write_duties, remove_duties)]
