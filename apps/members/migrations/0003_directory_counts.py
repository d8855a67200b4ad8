from django.db import migrations

# Statement by statement: a batch of a rebuild that changes no number writes nothing.
COUNTS = """
    CREATE FUNCTION count_the_directory() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            INSERT INTO members_directorycount (audience, is_expert, token, people)
            SELECT audience, is_expert, token, count(*) FROM added, unnest(0 || facets) AS token
            GROUP BY audience, is_expert, token;
        ELSIF TG_OP = 'DELETE' THEN
            INSERT INTO members_directorycount (audience, is_expert, token, people)
            SELECT audience, is_expert, token, -count(*) FROM removed, unnest(0 || facets) AS token
            GROUP BY audience, is_expert, token;
        ELSE
            INSERT INTO members_directorycount (audience, is_expert, token, people)
            SELECT audience, is_expert, token, sum(n) FROM (
                SELECT audience, is_expert, unnest(0 || facets) AS token, 1 AS n FROM added
                UNION ALL
                SELECT audience, is_expert, unnest(0 || facets), -1 FROM removed
            ) AS changes
            GROUP BY audience, is_expert, token HAVING sum(n) <> 0;
        END IF;
        RETURN NULL;
    END $$;

    CREATE TRIGGER directory_is_counted_in AFTER INSERT ON members_directoryentry
        REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_the_directory();
    CREATE TRIGGER directory_is_counted_out AFTER DELETE ON members_directoryentry
        REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION count_the_directory();
    CREATE TRIGGER directory_is_counted_anew AFTER UPDATE ON members_directoryentry
        REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_the_directory();

    INSERT INTO members_directorycount (audience, is_expert, token, people)
    SELECT audience, is_expert, token, count(*) FROM members_directoryentry, unnest(0 || facets) AS token
    GROUP BY audience, is_expert, token;
"""
NONE = """
    DROP TRIGGER directory_is_counted_in ON members_directoryentry;
    DROP TRIGGER directory_is_counted_out ON members_directoryentry;
    DROP TRIGGER directory_is_counted_anew ON members_directoryentry;
    DROP FUNCTION count_the_directory();
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0002_profile_in_full")]

    operations = [migrations.RunSQL(COUNTS, NONE)]
