"""Which projects fit what is asked, and what a row of the list says of each; how many there are: see `counting.py`."""

from django.db import connection, models

from .told import Texts

KIND = 1_000_000  # of the tokens of models.Facet, whose numbers these are: models stand above
KINDS = [1, 2, 3, 4, 5, 6]
COUNTRY = 2
SPAN = 5  # years to a token of the facet "Years"
LONGEST = 100  # characters of a search
#: as which a project stands in a list: "" is public
STANDING = """CASE WHEN state <> 'published' THEN state WHEN public_from > statement_timestamp() THEN 'scheduled'
    ELSE '' END"""


def narrowed(projects: models.QuerySet, facets: dict[int, list[int]]) -> models.QuerySet:
    """In SQL, because Django takes longer to write its lookup of an array than PostgreSQL to answer it."""
    if not facets:
        return projects
    wanted = ["projects_project.facets && %s::int[]"] * len(facets)
    return projects.extra(where=wanted, params=[list(tokens) for tokens in facets.values()])  # noqa: S610


def told(projects: models.QuerySet, language: str) -> list[str]:
    """What a row of a list says of each, as JSON text: for readers of this language, at this moment."""
    if projects.query.is_empty():
        return []
    sql, values = projects.values("pk").query.sql_with_params()
    texts = Texts(language)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT json_build_array(slug, {texts["title"]}, {texts["lead"]}, status, {STANDING}, facets, years)::text
            FROM (SELECT pk, row_number() OVER () AS place FROM ({sql}) AS sorted) AS page
            JOIN projects_project ON id = pk ORDER BY place
            """,  # noqa: S608 - Django's SQL, names of ours
            values,
        )
        return [text for (text,) in cursor.fetchall()]
