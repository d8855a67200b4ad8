from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models

AUDIENCES, SHELVES = (2, 3), range(7)
# Every two facets of different kinds as one number: the lower kind's token × 2³² + the other. Without the countries
# where people live, which leave hardly anybody out.
PAIRS = """
    CREATE FUNCTION directory_pairs(facets int[]) RETURNS bigint[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT coalesce(array_agg(one::bigint << 32 | two), '{}')
        FROM unnest(facets) AS one, unnest(facets) AS two
        WHERE one / 1000000 < two / 1000000 AND two % 1000000 < 500000
    $$;
"""
# A search has only one way to go. Told how frequent words are, the planner would read that anew for each shelf, which
# takes more time than a short search.
STATISTICS = "ALTER TABLE members_directoryentry ALTER document SET STATISTICS {0}, ALTER facets SET STATISTICS {0}"
STATISTICS_OF_PAIRS = "ALTER INDEX {} ALTER 3 SET STATISTICS 0"


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
                    template="width_bucket((%(expressions)s >> 6) & 63, ARRAY[1, 2, 4, 8, 16, 32]::bigint[])",
                ),
                output_field=models.SmallIntegerField(),
                db_persist=True,
            ),
        ),
        migrations.RunSQL(PAIRS, "DROP FUNCTION directory_pairs(int[])"),
        migrations.RunSQL(STATISTICS.format(0), STATISTICS.format(-1)),
        *[
            operation
            for audience in AUDIENCES
            for shelf in SHELVES
            for operation in (
                migrations.AddIndex(
                    model_name="directoryentry",
                    index=GinIndex(
                        "document",
                        "facets",
                        models.Func("facets", function="directory_pairs"),
                        condition=models.Q(audience=audience, shelf=shelf),
                        fastupdate=False,
                        name=f"directory_search_{audience}_{shelf}",
                    ),
                ),
                migrations.RunSQL(
                    STATISTICS_OF_PAIRS.format(f"directory_search_{audience}_{shelf}"), migrations.RunSQL.noop
                ),
            )
        ],
    ]
