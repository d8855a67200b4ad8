from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0003_directory_counts")]

    operations = [
        migrations.RemoveIndex(model_name="directoryentry", name="directory_search_2"),
        migrations.RemoveIndex(model_name="directoryentry", name="directory_search_3"),
        migrations.AddField(
            model_name="directoryentry",
            name="shelf",
            field=models.GeneratedField(
                expression=models.Func(
                    models.F("profile_id"),
                    template="width_bucket((%(expressions)s >> 6) & 63, ARRAY[1, 4, 16]::bigint[])",
                ),
                output_field=models.SmallIntegerField(),
                db_persist=True,
            ),
        ),
        *[
            migrations.AddIndex(
                model_name="directoryentry",
                index=GinIndex(
                    condition=models.Q(audience=audience, shelf=shelf),
                    fastupdate=False,
                    fields=["document", "facets"],
                    name=f"directory_search_{audience}_{shelf}",
                ),
            )
            for audience in (2, 3)
            for shelf in range(4)
        ],
    ]
