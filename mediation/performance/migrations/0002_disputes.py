"""When a payment was disputed, and that the mediator found it not to have arrived."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("performance", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="payment", name="disputed_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="payment", name="rejected_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="payment",
            name="rejected_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
