"""The directory's search: one statement finds, ranks, pages and counts.

A materialised CTE takes the first 1,000 matches of one audience's rows; the page and every count come from the same
1,000. Fewer is exact, more is "1,000+" (reliability.md's rule for counts over people). The count of a facet that has
a selection leaves its own selection out, so that the reader sees what adding a second value would bring.
"""

from dataclasses import dataclass, field

from django.db import connection, models
from django.db.models.functions import Cast

EVERYONE = 3  # Audience.PUBLIC: models stand above querysets
MOST_COUNTED = 1_000
PAGE = 24
MOST_SHOWN = 500

ORDERS = {
    "best": "rank DESC, quality DESC, profile_id",
    "name": "name_key, profile_id",
    "recent": "changed_at DESC, profile_id",
}


@dataclass(frozen=True)
class Segment:
    """One thing the reader asked for: words as typed, or any of the skills that they name."""

    words: tuple[str, ...]
    skills: tuple[int, ...] = ()


@dataclass(frozen=True)
class Search:
    """A reader's question, as plain values: parsed from the query string by the filter."""

    audience: int
    experts_only: bool = False
    segments: tuple[Segment, ...] = ()
    language: str = "en"
    facets: dict[int, list[int]] = field(default_factory=dict)  # Facet → tokens, any of which will do
    order: str = "best"
    page: int = 1
    readable: bool = True  # false: something was typed that holds no word, and so matches nobody


@dataclass(frozen=True)
class Found:
    total: int
    counts: dict[int, int]  # facet token → people
    rows: list[str]  # cards of this page, as JSON texts

    @property
    def is_exact(self) -> bool:
        return self.total <= MOST_COUNTED

    @property
    def pages(self) -> int:
        return -(-min(self.total, MOST_SHOWN) // PAGE) or 1


class DirectoryQuerySet(models.QuerySet):
    def of_audience(self, audience):
        return self.filter(audience=audience)

    def find(self, search: Search) -> Found:
        """Answer a search; one query whatever is asked."""
        if not search.readable:
            return Found(0, {}, [])
        sql, parameters = _statement(search)
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            total, counts, rows = cursor.fetchone()
        return Found(total, {int(token): n for token, n in (counts or {}).items()}, rows or [])

    def named_like(self, *, audience: int, words: list[str], experts_only: bool, most: int = PAGE) -> list[str]:
        """The cards of people whose name resembles the words: the second try after a search without a match."""
        entries = self.of_audience(audience).filter(name_key__trigram_word_similar=" ".join(words))
        if experts_only:
            entries = entries.filter(is_expert=True)
        cards = entries.order_by("-quality", "profile_id").values_list(Cast("card", models.TextField()), flat=True)
        return list(cards[:most])


def _statement(search: Search) -> tuple[str, list]:
    text, values = _text_query(search)
    ctes = [f"asked AS (SELECT {text} AS words)"] if text else []
    rank = "ts_rank(document, (SELECT words FROM asked))" if text else "0"

    def matches(name: str, columns: str, facets: dict[int, list[int]]) -> None:
        where = ["audience = %s"]
        values.append(search.audience)
        if search.experts_only and search.audience != EVERYONE:
            where.append("is_expert")  # everyone's list holds nobody else
        if text:
            where.append("document @@ (SELECT words FROM asked)")
        for tokens in facets.values():
            where.append("facets && %s::int[]")
            values.append(tokens)
        # Without text or facet the btree gives the best first; otherwise the index's own order must do.
        order = "" if text or facets else "ORDER BY quality DESC, profile_id"
        ctes.append(
            f"{name} AS MATERIALIZED (SELECT {columns} FROM members_directoryentry"  # noqa: S608 - no value is written in
            f" WHERE {' AND '.join(where)} {order} LIMIT {MOST_COUNTED + 1})"
        )

    def counted(name: str, kinds: str) -> str:
        return (
            f"SELECT token, count(*) AS n FROM (SELECT unnest(facets) AS token FROM {name}) AS tokens"  # noqa: S608
            f" WHERE token / 1000000 {kinds} GROUP BY token"
        )

    matches("found", f"id, profile_id, quality, name_key, changed_at, facets, {rank} AS rank", search.facets)
    chosen = ", ".join(str(int(kind)) for kind in search.facets)
    counts = [counted("found", f"NOT IN ({chosen or 0})")]
    for kind in search.facets:
        matches(f"without_{int(kind)}", "facets", {k: v for k, v in search.facets.items() if k != kind})
        counts.append(counted(f"without_{int(kind)}", f"= {int(kind)}"))
    offset = (search.page - 1) * PAGE
    sql = f"""
        WITH {", ".join(ctes)},
        page AS (
            SELECT id, row_number() OVER (ORDER BY {ORDERS[search.order]}) AS position
            FROM found ORDER BY position LIMIT %s OFFSET %s
        )
        SELECT (SELECT count(*) FROM found),
               (SELECT json_object_agg(token, n) FROM ({" UNION ALL ".join(counts)}) AS counted),
               (SELECT json_agg(card::text ORDER BY position) FROM page JOIN members_directoryentry USING (id))
    """  # noqa: S608 - names and integers of ours
    return sql, [*values, max(0, min(PAGE, MOST_SHOWN - offset)), offset]


def _text_query(search: Search) -> tuple[str, list]:
    """Return the SQL of a tsquery: every segment must match, by its words or by a skill that they name."""
    parts, values = [], []
    for segment in search.segments:
        either = []
        for word in segment.words:
            either.append("(to_tsquery('portal_simple', %s) || to_tsquery(%s::regconfig, %s))")
            values += [word, f"portal_{search.language}", word]
        words = " && ".join(either)
        if segment.skills:
            words = f"(({words}) || %s::tsquery)"
            values.append(" | ".join(f"'#{skill}'" for skill in segment.skills))
        parts.append(f"({words})")
    return " && ".join(parts), values
