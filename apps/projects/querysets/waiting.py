"""Which rows of many projects wait for a translation: a dozen tables in one statement, written out once."""

from django.db import connection

from apps.core import prepared

PARTS = ["section", "phase", "partnership", "indicator", "deliverable", "document", "video", "picture", "citation"]
IS_OPEN = "(lacking <> '{}' OR stale <> '{}')"
ROWS = " UNION ALL ".join(
    f"SELECT project_id, lacking, stale FROM projects_{part} WHERE {IS_OPEN} AND project_id = ANY($1)"  # noqa: S608
    for part in PARTS
)
FIGURES = """SELECT project_id, figure.lacking, figure.stale
    FROM projects_figure AS figure JOIN projects_indicator AS indicator ON indicator.id = indicator_id
    WHERE (figure.lacking <> '{}' OR figure.stale <> '{}') AND project_id = ANY($1)"""  # noqa: S608


def open_rows(projects: list[int]) -> list[tuple[int, list[str], list[str]]]:
    """The project of each such row, the languages that it lacks, and those that are older than its English."""
    if not projects:
        return []
    with connection.cursor() as cursor:
        prepared.execute(cursor, f"{ROWS} UNION ALL {FIGURES}", prepared.Values(("bigint[]", projects)))
        return cursor.fetchall()
