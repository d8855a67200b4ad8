"""Invented people by the million, for the benches; kept in the bench's own database for the next run.

The database makes them, 20,000 a transaction: what a row says comes from the defaults of the models (one person made
in the ordinary way, and copied), and from chance. Their entries are written by the portal's own rebuild. Interrupted,
it goes on where it stood.
"""

import random

from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Min

from apps.core.models import Country, Language, Region, Sector, Skill
from apps.core.services import load_taxonomy
from apps.members.models import Audience, DirectoryCount, Profile, User

from . import doubles
from .report import progress

SYLLABLES = [onset + vowel for onset in "bdklmnrstwyz" for vowel in "aeiou"]
WORDS = [
    "ward", "school", "workshop", "clinic", "farm", "market", "solar", "water", "training", "teaching", "mentoring",
    "repair", "design", "office", "network", "project", "women", "youth", "craft", "cold", "chain",
]  # fmt: skip
BATCH = 20_000
ORIGINALS = 100_000  # as many are each like nobody else; the others are their doubles, made ten times as fast
# Texts as languages have them: a few words everywhere, most words rarely (Zipf's law).
VOCABULARY = [*WORDS, *("".join(random.Random(n).choices(SYLLABLES, k=3)) for n in range(5_000))]
MANY_TIES = 40  # countries that people are connected to, some often and most rarely
MODEL = "model@bench.example"  # the person whose rows are copied

USERS = {
    "email": "'p' || n || '@bench.example'",
    "language": "(ARRAY['en', 'fr', 'nl', 'de'])[1 + floor(random() * 4)::int]",
    "is_active": "true",
}
PROFILES = {
    "user_id": "person.id",
    "language": "person.language",
    "public_id": "substr(md5(person.id || 'bench'), 1, 12)",
    "display_name": "name.text",
    "headline": "headline.text",
    "about": "about.text",
    "country_id": "home.country_id",
    "region_id": "home.id",
    "place": "home.name_nl",
    "offers_assignments": "random() < 0.6",
    "offers_talks": "random() < 0.4",
    "listing": "CASE WHEN random() < 0.8 THEN 3 ELSE 2 END",
    "ties_audience": "CASE WHEN random() < 0.5 THEN 3 ELSE 0 END",
}


def texts(words: int, per: str) -> str:
    """SQL of a text of so many words, drawn by Zipf's law, another one for every row of ``per``."""
    rank = "5 * power((%(words_known)s + 5) / 5.0, random()) - 5"
    return (
        f"(SELECT string_agg((%(vocabulary)s::text[])[1 + floor({rank})::int], ' ') AS text"  # noqa: S608 - ours
        f" FROM generate_series(1, {words} + 0 * {per}))"
    )


def people() -> str:
    """SQL that makes users and profiles from %(first)s to %(last)s."""
    user_columns, users = doubles.copies(User, USERS)
    profile_columns, profiles = doubles.copies(Profile, PROFILES)
    one_name = """(
        SELECT initcap(string_agg((%(syllables)s::text[])[1 + floor(random() * %(sounds)s)::int], '')) AS part
        FROM generate_series(1, 2 + floor(random() * 3)::int + 0 * word + 0 * person.id))"""
    return f"""
        WITH person AS (
            INSERT INTO members_user ({user_columns})
            SELECT {users} FROM members_user AS copied, generate_series(%(first)s, %(last)s) AS n
            WHERE copied.email = %(model)s
            RETURNING id, language
        ), placed AS (SELECT *, 1 + floor(random() * %(regions)s) AS region FROM person)
        INSERT INTO members_profile ({profile_columns})
        SELECT {profiles}
        FROM placed AS person
        JOIN (SELECT *, row_number() OVER (ORDER BY id) AS number FROM core_region) AS home ON number = person.region
        CROSS JOIN LATERAL (SELECT string_agg(part, ' ') AS text FROM generate_series(1, 2) AS word,
            LATERAL {one_name} AS parts) AS name
        CROSS JOIN LATERAL {texts(5, "person.id")} AS headline
        CROSS JOIN LATERAL {texts(40, "person.id")} AS about
        JOIN members_user AS model ON model.email = %(model)s
        JOIN members_profile AS copied ON copied.user_id = model.id
        RETURNING id
    """  # noqa: S608 - names of our own columns


def rows(table: str, column: str, terms: str, number: int, *, rank: str = "random()", more: dict | None = None) -> str:
    """SQL that gives each new profile about so many terms; ``rank`` from 0 to 1 says which."""
    more = more or {}
    columns, values = ", ".join(["profile_id", column, *more]), ", ".join(["profile_id", "term", *more.values()])
    return f"""
        INSERT INTO {table} ({columns})
        SELECT {values} FROM (
            SELECT DISTINCT profile_id, (%({terms})s::bigint[])[1 + floor({rank} * %({terms}_known)s)::int] AS term
            FROM unnest(%(profiles)s::bigint[]) AS profile_id, generate_series(1, {number})
        ) AS drawn
    """  # noqa: S608 - names of ours


#: of forty countries a few often: the inverse of Zipf's law again
SELDOM = f"((3 * power({(MANY_TIES + 3) / 3}, random()) - 3) / {MANY_TIES})"
OWNED = [
    rows("members_profilelanguage", "language_id", "languages", 3, more={"level": "'B2'"}),
    rows("members_profileskill", "skill_id", "skills", 4, more={"level": "2", "years": "1 + floor(random() * 30)"}),
    rows("members_profile_ties", "country_id", "ties", 2, rank=SELDOM),
    rows("members_profile_sectors", "sector_id", "sectors", 2),
]


def at_least(number: int) -> None:
    """Bring the bench's database to so many listed members, their directory entries included."""
    if not Skill.objects.exists():
        load_taxonomy()
    user, _new = User.objects.get_or_create(email=MODEL, defaults={"password": "!", "is_active": False})
    Profile.objects.get_or_create(user=user, defaults={"display_name": "Model", "listing": Audience.ONLY_ME})
    have = Profile.objects.listed().count()
    if have < number:
        drop_indexes()
        _make(have, min(number, ORIGINALS))
        doubles.make(max(have, ORIGINALS), number, ORIGINALS)
        DirectoryCount.objects.fold()
    make_indexes()
    if have < number:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _make(start: int, number: int) -> None:
    """Make the people after ``start``, and write the entries of those who have none."""
    chosen = _terms()
    for have in range(start, number, BATCH):
        last = min(have + BATCH, number)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(people(), chosen | {"first": have + 1, "last": last})
            profiles = [pk for (pk,) in cursor.fetchall()]
            for statement in OWNED:
                cursor.execute(statement, chosen | {"profiles": profiles})
        progress(last - start, number - start, "members made")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    if first := Profile.objects.listed().filter(entries=None).aggregate(Min("pk"))["pk__min"]:
        call_command("rebuild_directory", after=first - 1, processes=2)


def drop_indexes() -> None:
    """Nobody reads the bench while it is filled, and an index is made faster than kept."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_indexes (name text PRIMARY KEY, definition text)")
        cursor.execute("""
            INSERT INTO bench_indexes SELECT indexname, indexdef FROM pg_indexes
            WHERE tablename LIKE 'members_directoryentry_%' AND indexname LIKE 'directory_%'
            ON CONFLICT DO NOTHING
        """)
        cursor.execute("SELECT name FROM bench_indexes")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX IF EXISTS {name}")


def make_indexes() -> None:
    """Make those that are not there, perhaps because an earlier run was cut short."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('bench_indexes')")
        if not cursor.fetchone()[0]:
            return
        cursor.execute("SELECT name, definition FROM bench_indexes WHERE to_regclass(name) IS NULL ORDER BY name")
        missing = cursor.fetchall()
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for done, (name, definition) in enumerate(missing, start=1):
            cursor.execute(definition)
            if "directory_pairs" in definition:  # as the migration does
                cursor.execute(f"ALTER INDEX {name} ALTER 3 SET STATISTICS 0")
            progress(done, len(missing), "indexes made")
        cursor.execute("RESET maintenance_work_mem")


def _terms() -> dict:
    priority = list(Country.objects.filter(priority=True))
    others = Country.objects.filter(priority=False).order_by("code")[: MANY_TIES - len(priority)]
    terms = {
        "ties": [*priority, *others],
        "languages": Language.objects.order_by("pk"),
        "sectors": Sector.objects.order_by("pk"),
        "skills": Skill.objects.order_by("pk"),
    }
    ids = {name: [term.pk for term in some] for name, some in terms.items()}
    known = {f"{name}_known": len(some) for name, some in ids.items()}
    texts = {"vocabulary": VOCABULARY, "words_known": len(VOCABULARY), "syllables": SYLLABLES, "sounds": len(SYLLABLES)}
    return ids | known | texts | {"regions": Region.objects.count(), "model": MODEL}
