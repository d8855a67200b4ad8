"""Pages know which translations lack; their versions are kept with those of all that staff write."""

import django.contrib.postgres.fields
from django.db import migrations, models

TEXTS, OTHERS = ["title", "lead", "body"], ["fr", "nl", "de"]


def note_what_lacks(apps, schema_editor):
    for page in apps.get_model("portal", "Page").objects.all():
        page.lacking = sorted(
            code
            for code in OTHERS
            if any(getattr(page, f"{name}_en") and not getattr(page, f"{name}_{code}") for name in TEXTS)
        )
        page.save(update_fields=["lacking"])


class Migration(migrations.Migration):
    dependencies = [("portal", "0001_initial")]

    operations = [
        migrations.AddField(
            "page",
            "lacking",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=2),
                default=list,
                editable=False,
                size=None,
                verbose_name="languages without text",
            ),
        ),
        migrations.AddField(
            "page",
            "stale",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=2),
                default=list,
                editable=False,
                size=None,
                verbose_name="out of date",
            ),
        ),
        migrations.AddField("page", "made_from", models.JSONField(default=dict, editable=False)),
        migrations.DeleteModel("HistoricalPage"),
        migrations.RunPython(note_what_lacks, migrations.RunPython.noop),
    ]
