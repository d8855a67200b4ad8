"""The list's question: which projects fit, and how many would with one more facet.

Two statements whatever is asked: one counts, one fetches the page. As in the members' directory, a facet that has a
selection is counted without it, so that the reader sees what a second value would bring; and more than 1,000 matches
are counted among the first 1,000.
"""

from dataclasses import dataclass, field

from django.db import connection, models

KIND = 1_000_000  # models.Facet and its tokens: models stand above
KINDS = [1, 2, 3, 4, 5, 6]
MOST_COUNTED = 1_000
LONGEST = 100  # characters of a search


@dataclass(frozen=True)
class Found:
    total: int
    counts: dict[int, int] = field(default_factory=dict)  # facet token → projects
    sampled: frozenset[int] = frozenset()  # the kinds of facets whose counts are of the first 1,000 only


def narrowed(projects: models.QuerySet, facets: dict[int, list[int]], but: int | None = None) -> models.QuerySet:
    for kind, tokens in facets.items():
        if kind != but:
            projects = projects.filter(facets__overlap=tokens)
    return projects


def counted(projects: models.QuerySet, facets: dict[int, list[int]]) -> Found:
    """Count the matches, and the facets among them."""
    facets = {int(kind): tokens for kind, tokens in facets.items()}
    if projects.query.is_empty():
        return Found(0)
    whole, values = narrowed(projects, facets).order_by().values("pk").query.sql_with_params()
    ctes = [f"whole AS ({whole})"]
    asked = ["SELECT 'whole', 0, count(*) FROM whole"]
    values = list(values)
    counted_in = {0: [kind for kind in KINDS if kind not in facets]} | {kind: [kind] for kind in facets}
    for but, kinds in counted_in.items():
        some = narrowed(projects, facets, but).order_by().values("facets")[: MOST_COUNTED + 1]
        sql, some_values = some.query.sql_with_params()
        values += some_values
        ctes.append(f"some_{but} AS MATERIALIZED ({sql})")
        asked.append(f"SELECT 'some', {but}, count(*) FROM some_{but}")  # noqa: S608 - Django's SQL, our integers
        asked.append(
            f"SELECT 'token', token, count(*) FROM (SELECT unnest(facets) AS token FROM some_{but}) AS tokens"  # noqa: S608
            f" WHERE token / {KIND} = ANY(ARRAY{kinds}::int[]) GROUP BY token"
        )
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join(ctes)} {' UNION ALL '.join(asked)}", values)
        rows = cursor.fetchall()
    over = {but for what, but, n in rows if what == "some" and n > MOST_COUNTED}
    return Found(
        total=next(n for what, _zero, n in rows if what == "whole"),
        counts={token: n for what, token, n in rows if what == "token"},
        sampled=frozenset(kind for but in over for kind in counted_in[but]),
    )
