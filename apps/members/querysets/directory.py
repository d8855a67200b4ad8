"""The directory's search: one statement finds, ranks, pages and counts.

A materialised CTE takes the first 1,000 matches of one audience's rows; the page and its counts come from the same
1,000. Fewer is exact, more is "1,000+" (reliability.md's rule for counts over people). The count of a facet that has
a selection leaves its own selection out, so that the reader sees what adding a second value would bring.

Without text, what the table of counts holds is exact whatever the number: everybody, one value of one facet, and
the other values of that facet.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import connection, models
from django.db.models.functions import Cast

EVERYONE, KINDS, KIND = 3, [1, 2, 3, 4, 5], 1_000_000  # Audience.PUBLIC, Facet and its tokens: models stand above
EVERYBODY = 0  # the token as which the table of counts knows every entry
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
    counts: dict[int, int] = field(default_factory=dict)  # facet token → people
    rows: list[str] = field(default_factory=list)  # cards of this page, as JSON texts
    is_exact: bool = True
    sampled: frozenset[int] = frozenset()  # the kinds of facets whose counts are of the first 1,000 people only

    @property
    def pages(self) -> int:
        return -(-min(self.total, MOST_SHOWN) // PAGE) or 1


FOLD = """
    WITH gone AS (DELETE FROM members_directorycount RETURNING audience, is_expert, token, people)
    INSERT INTO members_directorycount (audience, is_expert, token, people)
    SELECT audience, is_expert, token, sum(people) FROM gone GROUP BY audience, is_expert, token HAVING sum(people) <> 0
"""


class DirectoryCountQuerySet(models.QuerySet):
    def fold(self):
        """Bring the rows of each number together in one. Readers see the many or the one, never both or none."""
        with connection.cursor() as cursor:
            cursor.execute(FOLD)


class DirectoryQuerySet(models.QuerySet):
    def of_audience(self, audience):
        return self.filter(audience=audience)

    def find(self, search: Search, without: Collection[int] = ()) -> Found:
        """Answer a search; one query whatever is asked. ``without``: profiles that shall not be in the answer."""
        if not search.readable:
            return Found(0)
        statement = Statement(search, list(without))
        with connection.cursor() as cursor:
            cursor.execute(*statement.ready())
            total, sampled, counts, rows = cursor.fetchone()
        return Found(
            total=total,
            counts={int(token): n for token, n in (counts or {}).items()},
            rows=rows or [],
            is_exact=statement.total_is_known or total <= MOST_COUNTED,
            sampled=frozenset(sampled),
        )

    def named_like(
        self, *, audience: int, words: list[str], experts_only: bool, without: Collection[int] = (), most: int = PAGE
    ) -> list[str]:
        """The cards of people whose name resembles the words: the second try after a search without a match."""
        entries = self.of_audience(audience).filter(name_key__trigram_word_similar=" ".join(words))
        entries = entries.exclude(profile__in=without)
        if experts_only:
            entries = entries.filter(is_expert=True)
        cards = entries.order_by("-quality", "profile_id").values_list(Cast("card", models.TextField()), flat=True)
        return list(cards[:most])


class Statement:
    """The one statement that answers a search: it collects its parts, each followed by the values that it needs."""

    def __init__(self, search: Search, without: list[int]):
        self.search, self.without = search, without
        # Written where it is used, not selected once: a constant, of which the planner knows how frequent it is.
        self.text, self.words = _text_query(search)
        self.ctes, self.values = [], []
        self.counts, self.sampled = [], ["'{}'::int[]"]
        tokens = [token for tokens in search.facets.values() for token in tokens]
        #: no text, one kind of facet at most, nobody left out: the table of counts knows more than 1,000 matches tell
        self.is_tabled = not self.text and not without and len(search.facets) < 2
        self.total_is_known = self.is_tabled and len(tokens) < 2
        self.total_of = tokens[0] if tokens else EVERYBODY

    def ready(self) -> tuple[str, list]:
        """Return the SQL and its values."""
        search, kinds = self.search, [int(kind) for kind in self.search.facets]
        rank = f"ts_rank(document, {self.text})" if self.text else "0"
        self.values += self.words
        self._match("found", f"id, profile_id, quality, name_key, changed_at, facets, {rank} AS rank", search.facets)
        if self.is_tabled:
            self._look_up(kinds)
        else:
            for kind in kinds:
                self._match(f"others_{kind}", "facets", {k: v for k, v in search.facets.items() if k != kind})
                self._count(f"others_{kind}", [kind])
        if kinds or not self.is_tabled:
            self._count("found", [kind for kind in KINDS if kind not in kinds])
        total = f"(SELECT coalesce(sum(n), 0)::int FROM known WHERE token = {self.total_of})"  # noqa: S608
        offset = (search.page - 1) * PAGE
        sql = f"""
            WITH {", ".join(self.ctes)},
            page AS (
                SELECT id, row_number() OVER (ORDER BY {ORDERS[search.order]}) AS position
                FROM found ORDER BY position LIMIT %s OFFSET %s
            )
            SELECT {total if self.total_is_known else "(SELECT count(*) FROM found)"}, {" || ".join(self.sampled)},
                   (SELECT json_object_agg(token, n) FROM ({" UNION ALL ".join(self.counts)}) AS counted),
                   (SELECT json_agg(card::text ORDER BY position) FROM page JOIN members_directoryentry USING (id))
        """  # noqa: S608 - names and integers of ours
        return sql, [*self.values, max(0, min(PAGE, MOST_SHOWN - offset)), offset]

    def _audience(self) -> str:
        self.values.append(self.search.audience)
        # Everyone's list holds nobody but experts.
        return "audience = %s" + " AND is_expert" * (self.search.experts_only and self.search.audience != EVERYONE)

    def _match(self, name: str, columns: str, facets: dict[int, list[int]]) -> None:
        """The first 1,000 and one more that match; the best first where the btree can give them so."""
        where = [self._audience()]
        if self.text:
            where.append(f"document @@ ({self.text})")
            self.values += self.words
        for tokens in facets.values():
            where.append("facets && %s::int[]")
            self.values.append(tokens)
        if self.without:
            where.append("profile_id <> ALL(%s)")
            self.values.append(self.without)
        order = "" if self.text or facets else "ORDER BY quality DESC, profile_id"
        to_page = self.is_tabled and not facets and self.search.order == "best"  # nothing is counted, nothing reordered
        most = min(self.search.page * PAGE, MOST_SHOWN) if to_page else MOST_COUNTED + 1
        self.ctes.append(
            f"{name} AS MATERIALIZED (SELECT {columns} FROM members_directoryentry"  # noqa: S608 - no value is written in
            f" WHERE {' AND '.join(where)} {order} LIMIT {most})"
        )

    def _count(self, name: str, kinds: list[int]) -> None:
        """Count the facets of these kinds among the matches, and say whether more people match than were counted."""
        self.counts.append(
            f"SELECT token, count(*) AS n FROM (SELECT unnest(facets) AS token FROM {name}) AS tokens"  # noqa: S608
            f" WHERE token / {KIND} = ANY(ARRAY{kinds}::int[]) GROUP BY token"
        )
        self.sampled.append(
            f"CASE WHEN (SELECT count(*) FROM {name}) > {MOST_COUNTED} THEN ARRAY{kinds}::int[] ELSE '{{}}' END"  # noqa: S608
        )

    def _look_up(self, kinds: list[int]) -> None:
        """Take the counts of these kinds, or of all, from the table."""
        self.ctes.append(
            "known AS MATERIALIZED (SELECT token, sum(people) AS n FROM members_directorycount"  # noqa: S608
            f" WHERE {self._audience()} GROUP BY token HAVING sum(people) > 0)"
        )
        self.counts.append(
            f"SELECT token, n FROM known WHERE token / {KIND} = ANY(ARRAY{kinds or KINDS})"  # noqa: S608
        )


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
