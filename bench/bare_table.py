"""The rows of the yardstick."""

from django.db import connection

ROWS = 10_000


def make() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS bench_thing (id serial PRIMARY KEY, title text, text text, made_at timestamptz)"
        )
        cursor.execute("SELECT count(*) FROM bench_thing")
        if not cursor.fetchone()[0]:
            cursor.execute(
                """
                INSERT INTO bench_thing (title, text, made_at)
                SELECT 'Thing ' || n, repeat('plain words of text ', 42), now() - n * interval '1 minute'
                FROM generate_series(1, %s) AS n
                """,
                [ROWS],
            )
