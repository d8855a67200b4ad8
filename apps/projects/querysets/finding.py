"""The list's question: which projects fit, and how many would with one more facet.

Two statements whatever is asked: one counts, one fetches the page. As in the members' directory, a facet that has a
selection is counted without it, so that the reader sees what a second value would bring; and more than 1,000 matches
are counted among the first 1,000.
"""

from dataclasses import dataclass, field

from django.db import connection, models

from .told import Texts

KIND = 1_000_000  # of the tokens of models.Facet, whose numbers these are: models stand above
KINDS = [1, 2, 3, 4, 5, 6]
MOST_COUNTED = 1_000
SPAN = 5  # years to a token of the facet "Years"
LONGEST = 100  # characters of a search
#: as which a project stands in a list: "" is public
STANDING = """CASE WHEN state <> 'published' THEN state WHEN public_from > statement_timestamp() THEN 'scheduled'
    ELSE '' END"""


@dataclass(frozen=True)
class Found:
    total: int
    counts: dict[int, int] = field(default_factory=dict)  # facet token → projects
    sampled: frozenset[int] = frozenset()  # the kinds of facets whose counts are of the first 1,000 only


def narrowed(projects: models.QuerySet, facets: dict[int, list[int]]) -> models.QuerySet:
    for tokens in facets.values():
        projects = projects.filter(facets__overlap=tokens)
    return projects


def counted(projects: models.QuerySet, facets: dict[int, list[int]]) -> Found:
    """Count the matches, and the facets among them."""
    facets = {int(kind): tokens for kind, tokens in facets.items()}
    if projects.query.is_empty():
        return Found(0)
    seen, seen_values = projects.order_by().values("facets").query.sql_with_params()
    values = []

    def matching(but: int = 0) -> str:
        chosen = [tokens for kind, tokens in facets.items() if kind != but]
        values.extend([*seen_values, *chosen])
        return f"SELECT facets FROM ({seen}) AS seen WHERE true{' AND facets && %s::int[]' * len(chosen)}"  # noqa: S608

    # What an index finds is read once for both; of all projects, the second reading ends after the first 1,000.
    how = "" if facets or projects.query.annotations else "NOT"
    ctes = [f"whole AS {how} MATERIALIZED ({matching()})"]
    asked = ["SELECT 'whole', 0, count(*) FROM whole"]
    counted_in = {0: [kind for kind in KINDS if kind not in facets]} | {kind: [kind] for kind in facets}
    for but in counted_in:
        some = matching(but) if but else "SELECT facets FROM whole"
        ctes.append(f"some_{but} AS MATERIALIZED ({some} LIMIT {MOST_COUNTED + 1})")
        asked.append(f"SELECT 'some', {but}, count(*) FROM some_{but}")  # noqa: S608 - Django's SQL, our integers
        tokens = f"SELECT unnest(facets) AS token FROM some_{but}"  # noqa: S608
        only = f"WHERE token BETWEEN {but * KIND} AND {but * KIND + KIND - 1}" if but else ""
        asked.append(f"SELECT 'token/{but}', token, count(*) FROM ({tokens}) AS tokens {only} GROUP BY 2")  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join(ctes)} {' UNION ALL '.join(asked)}", values)
        rows = cursor.fetchall()
    over = {but for what, but, n in rows if what == "some" and n > MOST_COUNTED}
    from_where = {f"token/{but}": kinds for but, kinds in counted_in.items()}
    return Found(
        total=next(n for what, _zero, n in rows if what == "whole"),
        counts={token: n for what, token, n in rows if token // KIND in from_where.get(what, ())},
        sampled=frozenset(kind for but in over for kind in counted_in[but]),
    )


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
