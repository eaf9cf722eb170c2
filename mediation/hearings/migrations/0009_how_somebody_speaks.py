from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("hearings", "0008_court_consents"),
    ]

    operations = [
        migrations.AddField(
            model_name="attendance",
            name="speaks",
            field=models.CharField(blank=True, max_length=12),
        ),
        migrations.AddField(
            model_name="attendance",
            name="asks_interpreter",
            field=models.BooleanField(default=False),
        ),
    ]
