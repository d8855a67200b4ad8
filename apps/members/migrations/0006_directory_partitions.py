import django.contrib.postgres.fields
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

AUDIENCES, SHELVES = (2, 3), range(7)
SHELF = "width_bucket((profile_id >> 6) & 63, ARRAY[1, 2, 4, 8, 16, 32]::bigint[])"
# What a search reads of each row that it meets is kept as it is, neither packed nor put elsewhere. It has only one way
# to go: told how frequent words are, the planner would read that anew for each shelf.
TABLE = f"""
    CREATE TABLE directory_made_anew (
        profile_id bigint NOT NULL,
        changed_at timestamptz NOT NULL,
        audience smallint NOT NULL,
        quality smallint NOT NULL CHECK (quality >= 0),
        shelf smallint GENERATED ALWAYS AS ({SHELF}) STORED,
        is_expert boolean NOT NULL,
        facets int[] NOT NULL,
        name_key varchar(100) NOT NULL,
        document tsvector NOT NULL,
        card jsonb NOT NULL,
        CONSTRAINT everyone_finds_experts CHECK (audience <> 3 OR is_expert)
    ) PARTITION BY LIST (audience);
    ALTER TABLE directory_made_anew
        ALTER facets SET STORAGE PLAIN, ALTER name_key SET STORAGE PLAIN,
        ALTER document SET STATISTICS 0, ALTER facets SET STATISTICS 0;
"""
PARTITION = """
    CREATE TABLE members_directoryentry_{0} PARTITION OF directory_made_anew FOR VALUES IN ({0});
    ALTER TABLE members_directoryentry_{0} ALTER document SET STATISTICS 0, ALTER facets SET STATISTICS 0;
"""
FILL = """
    INSERT INTO directory_made_anew
        (profile_id, changed_at, audience, quality, is_expert, facets, name_key, document, card)
    SELECT profile_id, changed_at, audience, quality, is_expert, facets, name_key, document, card
    FROM members_directoryentry ORDER BY profile_id;

    DROP TABLE members_directoryentry;
    ALTER TABLE directory_made_anew RENAME TO members_directoryentry;
    ALTER TABLE members_directoryentry
        ADD CONSTRAINT one_entry_per_audience PRIMARY KEY (profile_id, audience),
        ADD CONSTRAINT entries_of_profiles FOREIGN KEY (profile_id) REFERENCES members_profile
            DEFERRABLE INITIALLY DEFERRED;
"""
# One shelf's index holds words, facets, and every two facets of different kinds: see ``Statement._having``. Without
# fastupdate: its list of what is pending would be read from end to end by each search.
SEARCH = """
    CREATE INDEX directory_search_{0}_{1} ON members_directoryentry_{0}
        USING gin (document, facets, directory_pairs(facets)) WITH (fastupdate = off) WHERE shelf = {1};
    ALTER INDEX directory_search_{0}_{1} ALTER 3 SET STATISTICS 0;
"""
OTHERS = """
    CREATE INDEX directory_names_{0} ON members_directoryentry_{0} USING gin (name_key gin_trgm_ops);
    CREATE INDEX directory_best_{0} ON members_directoryentry_{0} (quality DESC, profile_id);
"""
COUNTING = """
    CREATE TRIGGER directory_is_counted_in AFTER INSERT ON members_directoryentry
        REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_the_directory();
    CREATE TRIGGER directory_is_counted_out AFTER DELETE ON members_directoryentry
        REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION count_the_directory();
    CREATE TRIGGER directory_is_counted_anew AFTER UPDATE ON members_directoryentry
        REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_the_directory();
"""
ALL = [
    TABLE,
    *(PARTITION.format(audience) for audience in AUDIENCES),
    FILL,
    *(SEARCH.format(audience, shelf) for audience in AUDIENCES for shelf in SHELVES),
    *(OTHERS.format(audience) for audience in AUDIENCES),
    COUNTING,
]


class Migration(migrations.Migration):
    """The entries of each audience stand in a partition of their own: a search meets half the pages.

    Not to be undone: the directory can be made anew from the profiles at any time (``rebuild_directory``).
    """

    dependencies = [("members", "0005_matching_in_full")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(statement) for statement in ALL],
            state_operations=[
                migrations.DeleteModel("DirectoryEntry"),
                migrations.CreateModel(
                    "DirectoryEntry",
                    [
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "profile_id",
                                "audience",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        (
                            "profile",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="entries",
                                to="members.profile",
                            ),
                        ),
                        ("changed_at", models.DateTimeField()),
                        (
                            "audience",
                            models.PositiveSmallIntegerField(
                                choices=[(0, "Only me"), (1, "IOM team"), (2, "Members"), (3, "Everyone")]
                            ),
                        ),
                        ("quality", models.PositiveSmallIntegerField(default=0)),
                        (
                            "shelf",
                            models.GeneratedField(
                                expression=models.Func(
                                    models.F("profile_id"), template=SHELF.replace("profile_id", "%(expressions)s")
                                ),
                                output_field=models.SmallIntegerField(),
                                db_persist=True,
                            ),
                        ),
                        ("is_expert", models.BooleanField(default=False)),
                        (
                            "facets",
                            django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None),
                        ),
                        ("name_key", models.CharField(max_length=100)),
                        ("document", django.contrib.postgres.search.SearchVectorField()),
                        ("card", models.JSONField()),
                    ],
                    options={
                        "verbose_name": "directory entry",
                        "verbose_name_plural": "directory entries",
                        "constraints": [
                            models.CheckConstraint(
                                condition=~models.Q(audience=3) | models.Q(is_expert=True),
                                name="everyone_finds_experts",
                            )
                        ],
                    },
                ),
            ],
        )
    ]
