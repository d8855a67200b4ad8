"""The directory's search: one statement finds, ranks, pages and counts.

A materialised CTE takes the first 1,000 matches of one audience's rows; the page and its counts come from the same
1,000. Fewer is exact, more is "1,000+" (reliability.md's rule for counts over people). The count of a facet that has
a selection leaves its own selection out, so that the reader sees what adding a second value would bring.

The first are looked for shelf by shelf (see ``DirectoryEntry``): an index over everybody reads its lists to their end
before it gives the first match, one over a sixty-fourth of the people has soon found enough of what is frequent. Of
two kinds of facets chosen together the index holds the pairs: a short list for two long ones. And those found are
taken from among those who lack one choice, where these are few: they have been read already.

Without text, what the table of counts holds is exact whatever the number: everybody, one value of one facet, and
the other values of that facet.
"""

import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from django.db import connection, models
from django.db.models.functions import Cast

from apps.core import prepared
from apps.core.prepared import Values
from apps.core.turns import Turns

EVERYONE, KINDS, KIND = 3, [1, 2, 3, 4, 5], 1_000_000  # Audience.PUBLIC, Facet and its tokens: models stand above
COUNTRIES = 500_000  # added to a country's id among the tokens of ``Facet.LIVES``, where regions stand with their own
SHELVES = range(7)  # of entries, the small ones first: see DirectoryEntry
FREQUENT = 1 / 3  # of an audience
MOST_PAIRS = 200  # of what is chosen of two kinds: of more, the lists of each are read faster than those of all pairs
EVERYBODY = 0  # the token as which the table of counts knows every entry
MOST_COUNTED = 1_000
PAGE = 24
MOST_SHOWN = 500

#: Whoever answers a search takes his turn, from the meaning of its words on. The web has a process a processor, each
#: with threads: of searches that share a processor, all end late.
IN_TURN = Turns()

ORDERS = {
    "best": "it.rank DESC, it.quality DESC, it.profile_id",
    "name": "it.name_key, it.profile_id",
    "recent": "it.changed_at DESC, it.profile_id",
}
ORDERED_BY = {"best": "quality, profile_id", "name": "name_key, profile_id", "recent": "changed_at, profile_id"}


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


SHARES = """
    SELECT token, sum(people)::float / (SELECT greatest(sum(people), 1) FROM members_directorycount
        WHERE audience = %(audience)s AND token = 0)
    FROM members_directorycount WHERE audience = %(audience)s GROUP BY token
"""


@lru_cache(maxsize=4)
def shares(audience: int, _hour: int) -> dict[int, float]:
    """What part of an audience carries each facet, asked once an hour: for the way to an answer, not for the answer."""
    with connection.cursor() as cursor:
        cursor.execute(SHARES, {"audience": audience})
        return dict(cursor.fetchall())


class DirectoryCountQuerySet(models.QuerySet):
    def fold(self):
        """Bring the rows of each number together in one. Readers see the many or the one, never both or none."""
        with connection.cursor() as cursor:
            cursor.execute(FOLD)


class DirectoryQuerySet(models.QuerySet):
    def of_audience(self, audience):
        return self.filter(audience=audience)

    def find(self, search: Search, without: Collection[int] = ()) -> Found:
        """Answer a search with one query. ``without``: profiles that shall not be in the answer."""
        if not search.readable:
            return Found(0)
        statement = Statement(search, list(without))
        if statement.needs_shares:
            statement.shares = shares(search.audience, int(time.time() // 3600))
        with connection.cursor() as cursor:
            prepared.execute(cursor, statement.ready(), statement.values)
            total, counts, rows = cursor.fetchone()
        counts = {int(token): n for token, n in (counts or {}).items()}
        # kind → among how many it was counted, which the statement gives as tokens below zero
        people = dict.fromkeys(statement.counted, total) | {-token: n for token, n in counts.items() if token < 0}
        return Found(
            total=total,
            counts={token: n for token, n in counts.items() if token > 0},
            rows=rows or [],
            is_exact=statement.total_is_known or total <= MOST_COUNTED,
            sampled=frozenset(kind for kind, n in people.items() if n > MOST_COUNTED),
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
    """The one statement that answers a search, prepared: searches of one kind differ in their values only."""

    def __init__(self, search: Search, without: list[int]):
        self.search, self.values = search, Values()
        segments = sorted(search.segments, key=lambda segment: len(segment.skills))
        asked = [_text_query(segment, search.language) for segment in segments]
        self.texts = [self.values.add("tsquery", *words, expression=text) for text, words in asked]
        self.text = self.texts[0] if self.texts else ""  # all of them in one, to rank by
        if len(asked) > 1:
            both, words = " && ".join(text for text, _words in asked), [word for _text, own in asked for word in own]
            self.text = self.values.add("tsquery", *words, expression=both)
        self.chosen = {kind: self.values.add("int[]", tokens) for kind, tokens in search.facets.items()}
        self.pairs: dict[tuple[int, int], str] = {}  # of two kinds, as they are asked for
        self.left_out = self.values.add("bigint[]", without) if without else ""
        self.ctes: list[str] = []
        self.tokens: list[str] = []  # what is counted
        self.counted: list[int] = []  # the kinds that are counted among those found
        chosen = [token for tokens in search.facets.values() for token in tokens]
        self.shares: dict[int, float] = {}  # token → what part of the audience carries it
        #: no text, one kind of facet at most, nobody left out: the table of counts knows more than 1,000 matches tell
        self.is_tabled = not self.texts and not without and len(search.facets) < 2
        self.total_is_known = self.is_tabled and len(chosen) < 2
        self.total_of = chosen[0] if chosen else EVERYBODY

    @property
    def needs_shares(self) -> bool:
        return bool(self.search.facets) and not self.is_tabled

    def ready(self) -> str:
        """Return the SQL; its values are ``values``."""
        search, kinds = self.search, [int(kind) for kind in self.search.facets]
        self._find()
        offset, order = (search.page - 1) * PAGE, ORDERS[search.order]
        most, first = self.values.add("int", max(0, min(PAGE, MOST_SHOWN - offset))), self.values.add("int", offset)
        self._cte("page", f"SELECT * FROM found AS it ORDER BY {order} LIMIT {most} OFFSET {first}")  # noqa: S608 - ours
        counts = []
        if self.is_tabled:
            counts.append(self._look_up(kinds))
        if not self.is_tabled or kinds:
            self.counted = [kind for kind in KINDS if kind not in kinds]
            self.tokens += [f"SELECT unnest({_of(kinds=self.counted)}) AS token FROM found"]  # noqa: S608 - ours
        if self.tokens:
            tokens = " UNION ALL ".join(self.tokens)
            counts.append(f"SELECT token, count(*) AS n FROM ({tokens}) AS t GROUP BY token")  # noqa: S608 - ours
        total = "(SELECT count(*) FROM found)"
        if self.total_is_known:
            token = self.values.add("int", self.total_of)
            total = f"(SELECT coalesce(sum(n), 0)::int FROM known WHERE token = {token})"  # noqa: S608 - $ and a number
        return f"""
            WITH {", ".join(self.ctes)}
            SELECT {total},
                   (SELECT json_object_agg(token, n) FROM ({" UNION ALL ".join(counts)}) AS counted),
                   (SELECT json_agg(entry.card::text ORDER BY {order})
                    FROM page AS it JOIN members_directoryentry AS entry USING (profile_id)
                    WHERE audience = {int(search.audience)})
        """  # noqa: S608 - names and integers of ours

    def _find(self) -> None:
        """Add what was found, and for each kind of facet what would be found without its choice."""
        facets, columns = self.search.facets, f"{ORDERED_BY[self.search.order]}, facets"
        common = max(facets, key=self._share) if facets and len(self.texts) + len(facets) > 1 else None
        if common is None:
            self._cte("found", self._match(columns, facets, self._ranking()))
        else:
            self._find_among_others(columns, common)
        for kind in [] if self.is_tabled else facets:
            if kind == common:
                self._count_others(kind, "others")
            else:
                self._count_others(kind, f"({self._match('facets', self._but(kind))}) AS others")

    def _find_among_others(self, columns: str, common: int) -> None:
        """Find among those who match without their choice of this kind, of all kinds the one that leaves out least.

        If most of them have it too, they are read once, as far as either list needs them; if they are few, then too.
        """
        chosen, but, limit = self.chosen[common], self._but(common), f"LIMIT {MOST_COUNTED + 1}"
        ranking = self._ranking(chosen)
        if self._share(common) > FREQUENT:
            self._cte("all_others", self._matches(columns, but, ranking))
            self._cte("others", f"SELECT * FROM all_others {limit}")  # noqa: S608 - an integer of ours
            self._cte("found", f"SELECT * FROM all_others WHERE facets && {chosen} {limit}")  # noqa: S608 - $ and a number
        else:
            self._cte("others", self._match(columns, but, ranking))
            are_few = f"(SELECT count(*) FROM others) <= {MOST_COUNTED}"  # noqa: S608 - an integer of ours
            anew = self._matches(columns, self.search.facets, self._ranking())
            self._cte(
                "found",
                f"SELECT * FROM others WHERE facets && {chosen} AND {are_few}"  # noqa: S608 - ours, values apart
                f" UNION ALL SELECT * FROM ({anew}) AS anew WHERE NOT {are_few} {limit}",
            )

    def _share(self, kind: int) -> float:
        """About which part of the audience has one of the values that were chosen of this kind."""
        return sum(self.shares.get(token, 0) for token in self.search.facets[kind])

    def _but(self, kind: int) -> dict[int, list[int]]:
        return {other: tokens for other, tokens in self.search.facets.items() if other != kind}

    def _ranking(self, of: str = "") -> str:
        """How well the text matches, where that is the order; ``of`` those who have one of these facets."""
        if not self.texts or self.search.order != "best":
            return ", 0 AS rank"
        rank = f"ts_rank(document, {self.text})"
        return f", CASE WHEN facets && {of} THEN {rank} END AS rank" if of else f", {rank} AS rank"

    def _cte(self, name: str, select: str) -> None:
        self.ctes.append(f"{name} AS MATERIALIZED ({select})")

    def _audience(self) -> str:
        # Everyone's list holds nobody but experts.
        only = " AND is_expert" * (self.search.experts_only and self.search.audience != EVERYONE)
        return f"audience = {int(self.search.audience)}{only}"

    def _match(self, columns: str, facets: dict, ranking: str = "") -> str:
        """The first 1,000 and one more that match."""
        select = self._matches(columns, facets, ranking)
        if self.is_tabled and not facets and self.search.order == "best":
            # The table of counts knows all numbers, and nothing is put in another order: the page is enough.
            return f"{select} LIMIT {self.values.add('int', min(self.search.page * PAGE, MOST_SHOWN))}"
        return f"{select} LIMIT {MOST_COUNTED + 1}"

    def _matches(self, columns: str, facets: dict, ranking: str) -> str:
        """Who matches, shelf by shelf; where nothing is asked for, the best first, as the btree gives them."""
        # Each asked for by itself, those first that are likely to be the rarest: the index leaps from match to match.
        where = [self._audience(), *(f"document @@ {text}" for text in self.texts), *self._having(facets)]
        if self.left_out:
            where.append(f"profile_id <> ALL({self.left_out})")
        select = f"SELECT {columns}{ranking} FROM members_directoryentry WHERE {' AND '.join(where)}"  # noqa: S608 - ours
        if not (self.texts or facets):
            return f"{select} ORDER BY quality DESC, profile_id"
        return " UNION ALL ".join(f"({select} AND shelf = {shelf})" for shelf in SHELVES)

    def _having(self, facets: dict) -> Iterator[str]:
        """The conditions of these facets: the rarest kind with the next rare, and so on; an odd one with the rarest."""
        kinds = sorted(facets, key=self._share)
        # Nearly everybody lives in one of two countries: pairs with these are not kept.
        alone = [kind for kind in kinds if any(token % KIND >= COUNTRIES for token in facets[kind])]
        kinds = [kind for kind in kinds if kind not in alone]
        for kind in alone:
            yield f"facets && {self.chosen[kind]}"
        if len(kinds) % 2:
            kinds.append(kinds[0])
        for one, two in zip(kinds[::2], kinds[1::2], strict=True):
            lower, higher = sorted([one, two])
            if one != two and len(facets[lower]) * len(facets[higher]) <= MOST_PAIRS:
                if (lower, higher) not in self.pairs:
                    pairs = [a << 32 | b for a in facets[lower] for b in facets[higher]]
                    self.pairs[lower, higher] = self.values.add("bigint[]", pairs)
                yield f"directory_pairs(facets) && {self.pairs[lower, higher]}"
            else:
                yield from (f"facets && {self.chosen[kind]}" for kind in dict.fromkeys([one, two]))

    def _count_others(self, kind: int, others: str) -> None:
        """Count the values of a kind among those others, and themselves: as the kind's number below zero."""
        self.tokens.append(f"SELECT unnest({-kind} || {_of([kind])}) AS token FROM {others}")  # noqa: S608 - ours

    def _look_up(self, kinds: list[int]) -> str:
        """Take the counts of these kinds, or of all, from the table."""
        self._cte(
            "known",
            "SELECT token, sum(people) AS n FROM members_directorycount"  # noqa: S608 - a number of ours
            f" WHERE {self._audience()} GROUP BY token HAVING sum(people) > 0",
        )
        return f"SELECT token, n FROM known WHERE token / {KIND} = ANY(ARRAY{kinds or KINDS})"  # noqa: S608 - integers


def _of(kinds: list[int]) -> str:
    """SQL of the facets of these kinds, which stand in their order in the array."""
    if kinds == KINDS:
        return "facets"
    ends = "facets[width_bucket({0}, facets) + 1 : width_bucket({1}, facets)]"
    return " || ".join(ends.format(kind * KIND, kind * KIND + KIND) for kind in kinds) or "'{}'::int[]"


def _text_query(segment: Segment, language: str) -> tuple[str, list]:
    """Return the SQL of a tsquery: a segment matches by its words or by a skill that they name."""
    either, values = [], []
    for word in segment.words:
        either.append("(to_tsquery('portal_simple', %s) || to_tsquery(%s::regconfig, %s))")
        values += [word, f"portal_{language}", word]
    words = " && ".join(either)
    if not segment.skills:
        return f"({words})", values
    return f"(({words}) || %s::tsquery)", [*values, " | ".join(f"'#{skill}'" for skill in segment.skills)]
