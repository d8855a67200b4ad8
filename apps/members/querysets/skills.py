"""What the reader's words mean: professions and skills in any of the four languages, typing errors forgiven."""

from django.db import connection

from apps.core import prepared
from apps.core.models import Skill
from apps.core.prepared import Values
from apps.core.text import words

from .directory import Segment

LONGEST_NAME = 4  # words
MOST_WORDS = 8

# Exact names first; then names that hold the word; then names a letter or two away (two from eight letters on).
# Three joins rather than one with OR: each then uses its index.
MEANING = """
    WITH long_words AS (SELECT word FROM unnest($1::text[]) AS word WHERE length(word) > 3)
    SELECT key, array_agg(DISTINCT skill_id), 1 AS way FROM core_skillname WHERE key = ANY($2) GROUP BY key
    UNION ALL
    SELECT word, array_agg(DISTINCT skill_id), 2 FROM long_words
        JOIN core_skillname ON key LIKE '%' || word || '%' AND key ~ ('\\m' || word) GROUP BY word
    UNION ALL
    SELECT word, array_agg(DISTINCT skill_id), 3 FROM long_words
        JOIN core_skillname ON key % word
            AND levenshtein_less_equal(left(key, 100), word, 2) <= CASE WHEN length(word) < 8 THEN 1 ELSE 2 END
        GROUP BY word
"""

NEAREST = """
    SELECT skill_id, min(CASE WHEN key = %(typed)s THEN 0 WHEN key LIKE %(typed)s || '%%' THEN 1
                              WHEN key LIKE '%%' || %(typed)s || '%%' THEN 2 ELSE 3 - similarity(key, %(typed)s) END)
    FROM core_skillname
    WHERE key LIKE '%%' || %(typed)s || '%%' OR key %% %(typed)s
    GROUP BY skill_id ORDER BY 2, 1 LIMIT %(most)s
"""


def skills_named(text: str, most: int = 12) -> list[Skill]:
    """Return the skills that the words name, in any language, nearest first: what a member picks from."""
    typed = words(text)
    if not typed:
        return []
    whole = " ".join(typed)
    with connection.cursor() as cursor:
        cursor.execute(NEAREST, {"typed": whole, "most": most})
        order = [pk for (pk, _rank) in cursor.fetchall()]
    found = Skill.objects.active().in_bulk(order)
    return [found[pk] for pk in order if pk in found]


def segments_of(text: str) -> tuple[Segment, ...]:
    """Split a reader's text into what must be found: names of skills, longest first, and the words left over."""
    typed = words(text)[:MOST_WORDS]
    if not typed:
        return ()
    phrases = {
        " ".join(typed[start : start + length])
        for length in range(1, LONGEST_NAME + 1)
        for start in range(len(typed) - length + 1)
    }
    exact, near = {}, {}
    with connection.cursor() as cursor:
        prepared.execute(cursor, MEANING, Values(("text[]", typed), ("text[]", sorted(phrases))))
        for phrase, skills, way in sorted(cursor.fetchall(), key=lambda row: row[2]):
            (exact if way == 1 else near).setdefault(phrase, tuple(sorted(skills)))
    return tuple(_cut(typed, exact, near))


def _cut(typed: list[str], exact: dict, near: dict):
    at = 0
    while at < len(typed):
        for length in range(min(LONGEST_NAME, len(typed) - at), 0, -1):
            phrase = " ".join(typed[at : at + length])
            if phrase in exact:
                yield Segment(tuple(typed[at : at + length]), exact[phrase])
                break
        else:
            length, word = 1, typed[at]
            if len(word) > 2 or len(typed) == 1:  # "de", "in", "à" ask for nothing
                yield Segment((word,), near.get(word, ()))
        at += length
