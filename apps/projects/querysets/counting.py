"""How many projects fit, and how many would with one more facet.

One statement whatever is asked. As in the members' directory, a facet that has a selection is counted without it, so
that the reader sees what a second value would bring. Where that leaves one token or none of all that is public, the
table of counts knows the numbers; else the projects are read, and of more than 1,000 matches the first 1,000.
"""

from dataclasses import dataclass, field
from functools import cache

from django.db import connection, models

from .finding import KIND, KINDS

MOST_COUNTED = 1_000
TOTAL, READ = 0, -1  # among the tokens of an answer: how many fit, and of how many the facets were read

#: The table knows states, not the clock: what is published from a later moment on is taken off again.
KEPT = """
    SELECT 'kept/' || given, token, sum(projects) FROM (
        SELECT given, token, projects FROM projects_projectcount WHERE given = ANY(%s) AND state = 'published'
        UNION ALL
        SELECT given, token, -1 FROM projects_project, unnest(0 || facets) AS given, unnest(0 || facets) AS token
        WHERE state = 'published' AND public_from > statement_timestamp() AND given = ANY(%s)
    ) AS known GROUP BY given, token HAVING sum(projects) > 0
"""
OF_ALL = """
    SELECT token, sum(projects) FROM projects_projectcount WHERE given = 0 GROUP BY token HAVING sum(projects) > 0
"""
FOLD = """
    WITH gone AS (DELETE FROM projects_projectcount RETURNING state, given, token, projects)
    INSERT INTO projects_projectcount (state, given, token, projects)
    SELECT state, given, token, sum(projects) FROM gone GROUP BY state, given, token HAVING sum(projects) <> 0
"""


@dataclass(frozen=True)
class Found:
    total: int
    counts: dict[int, int] = field(default_factory=dict)  # facet token → projects
    sampled: frozenset[int] = frozenset()  # the kinds of facets whose counts are of the first 1,000 only


class ProjectCountQuerySet(models.QuerySet):
    def fold(self):
        """Bring the rows of each number together in one. Readers see the many or the one, never both or none."""
        with connection.cursor() as cursor:
            cursor.execute(FOLD)


def of_all() -> dict[int, int]:
    """How many projects there are, in whatever state, under `TOTAL`; and how many hold each token."""
    with connection.cursor() as cursor:
        cursor.execute(OF_ALL)
        return {token: int(n) for token, n in cursor.fetchall()}


def counted(projects: models.QuerySet, facets: dict[int, list[int]]) -> Found:
    """Count the matches, and the facets among them."""
    if projects.query.is_empty():
        return Found(0)
    facets = {int(kind): tokens for kind, tokens in facets.items()}
    # A kind with a selection is counted among what fits the others; under 0 stand all kinds without one.
    kinds = {0: [kind for kind in KINDS if kind not in facets]} | {kind: [kind] for kind in facets}
    others = {but: [tokens for kind, tokens in facets.items() if kind != but] for but in kinds}
    known = {but: _one_token(chosen) for but, chosen in others.items() if projects.is_all_that_is_public}
    known = {but: token for but, token in known.items() if token is not None}
    to_read = {but: chosen for but, chosen in others.items() if but not in known}
    answers = _answers(projects, sorted(set(known.values())), to_read)
    answer = {but: answers.get(f"kept/{known[but]}" if but in known else f"read/{but}", {}) for but in kinds}
    return Found(
        total=answer[0].get(TOTAL, 0),
        counts={token: n for but in kinds for token, n in answer[but].items() if token // KIND in kinds[but]},
        sampled=frozenset(kind for but in to_read if answer[but][READ] > MOST_COUNTED for kind in kinds[but]),
    )


def _facets_of(projects: models.QuerySet) -> tuple[str, tuple]:
    return projects.order_by().values("facets").query.sql_with_params()


@cache
def _public(model) -> tuple[str, tuple]:
    """The same of all that is public, written once: the clock is asked by the database."""
    return _facets_of(model.objects.published())


def _one_token(chosen: list[list[int]]) -> int | None:
    """The one token that is left, 0 for none at all; None: there are more."""
    tokens = [token for some in chosen for token in some]
    return None if len(tokens) > 1 else tokens[0] if tokens else 0


def _answers(projects, given: list[int], to_read: dict[int, list[list[int]]]) -> dict[str, dict[int, int]]:
    """What each of the questions brings: token → projects, with how many fit under TOTAL."""
    ctes, asked, values = _reading(projects, to_read) if to_read else ([], [], [])
    if given:
        asked.append(KEPT)
        values += [given, given]
    first = f"WITH {', '.join(ctes)} " if ctes else ""
    with connection.cursor() as cursor:
        cursor.execute(f"{first}{' UNION ALL '.join(asked)}", values)
        answers = {}
        for question, token, n in cursor.fetchall():
            answers.setdefault(question, {})[token] = int(n)
    return answers


def _reading(projects, to_read: dict[int, list[list[int]]]) -> tuple[list[str], list[str], list]:
    """The statement's parts that read the projects: named queries, questions to them, values."""
    seen, seen_values = _public(projects.model) if projects.is_all_that_is_public else _facets_of(projects)
    ctes, asked, values = [], [], []

    # What is put together here is Django's own SQL and our integers; every value is handed over apart.
    def matching(chosen: list[list[int]]) -> str:
        values.extend([*seen_values, *chosen])
        return f"SELECT facets FROM ({seen}) AS seen WHERE true{' AND facets && %s::int[]' * len(chosen)}"  # noqa: S608 - above

    for but, chosen in to_read.items():
        some = matching(chosen)
        if but == 0:
            # What an index finds is read once for both; of all projects, the second reading ends after the first 1,000.
            how = "" if chosen or projects.query.annotations else "NOT"
            ctes.append(f"whole AS {how} MATERIALIZED ({some})")
            asked.append(f"SELECT 'read/0', {TOTAL}, count(*) FROM whole")  # noqa: S608 - above
            some = "SELECT facets FROM whole"
        ctes.append(f"some_{but} AS MATERIALIZED ({some} LIMIT {MOST_COUNTED + 1})")
        asked.append(f"SELECT 'read/{but}', {READ}, count(*) FROM some_{but}")  # noqa: S608 - above
        tokens = f"SELECT unnest(facets) AS token FROM some_{but}"  # noqa: S608 - above
        only = f"WHERE token BETWEEN {but * KIND} AND {but * KIND + KIND - 1}" if but else ""
        asked.append(f"SELECT 'read/{but}', token, count(*) FROM ({tokens}) AS tokens {only} GROUP BY 2")  # noqa: S608 - above
    return ctes, asked, values
