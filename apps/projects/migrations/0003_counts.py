from django.db import migrations, models

# Statement by statement; what changes neither facets nor state writes nothing.
COUNTS = """
    CREATE FUNCTION count_the_projects() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            INSERT INTO projects_projectcount (state, given, token, projects)
            SELECT state, given, token, count(*)
            FROM added, unnest(0 || facets) AS given, unnest(0 || facets) AS token
            GROUP BY state, given, token;
        ELSIF TG_OP = 'DELETE' THEN
            INSERT INTO projects_projectcount (state, given, token, projects)
            SELECT state, given, token, -count(*)
            FROM removed, unnest(0 || facets) AS given, unnest(0 || facets) AS token
            GROUP BY state, given, token;
        ELSE
            INSERT INTO projects_projectcount (state, given, token, projects)
            SELECT state, given, token, sum(n)
            FROM (
                SELECT added.state, added.facets, 1 AS n FROM added JOIN removed USING (id)
                WHERE (added.state, added.facets) IS DISTINCT FROM (removed.state, removed.facets)
                UNION ALL
                SELECT removed.state, removed.facets, -1 FROM added JOIN removed USING (id)
                WHERE (added.state, added.facets) IS DISTINCT FROM (removed.state, removed.facets)
            ) AS changes, unnest(0 || facets) AS given, unnest(0 || facets) AS token
            GROUP BY state, given, token HAVING sum(n) <> 0;
        END IF;
        RETURN NULL;
    END $$;

    CREATE TRIGGER projects_are_counted_in AFTER INSERT ON projects_project
        REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_the_projects();
    CREATE TRIGGER projects_are_counted_out AFTER DELETE ON projects_project
        REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION count_the_projects();
    CREATE TRIGGER projects_are_counted_anew AFTER UPDATE ON projects_project
        REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_the_projects();

    INSERT INTO projects_projectcount (state, given, token, projects)
    SELECT state, given, token, count(*)
    FROM projects_project, unnest(0 || facets) AS given, unnest(0 || facets) AS token
    GROUP BY state, given, token;
"""
NONE = """
    DROP TRIGGER projects_are_counted_in ON projects_project;
    DROP TRIGGER projects_are_counted_out ON projects_project;
    DROP TRIGGER projects_are_counted_anew ON projects_project;
    DROP FUNCTION count_the_projects();
"""


class Migration(migrations.Migration):
    dependencies = [("projects", "0002_lists")]

    operations = [
        migrations.CreateModel(
            name="ProjectCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published"), ("withdrawn", "Withdrawn")],
                        max_length=10,
                    ),
                ),
                ("given", models.IntegerField()),
                ("token", models.IntegerField()),
                ("projects", models.IntegerField()),
            ],
            options={"indexes": [models.Index(fields=["given", "state"], name="projectcount_given")]},
        ),
        migrations.AddIndex(
            model_name="project",
            index=models.Index(
                condition=models.Q(("state", "published")), fields=["public_from"], name="project_scheduled"
            ),
        ),
        migrations.RunSQL(COUNTS, NONE),
    ]
