"""`./portal bench directory [--members 100000]`: search with counts, next to joins and icontains (goal G6).

Two hundred questions that are meant to hurt, four readers at once, and one person in a hundred changed since the
directory was last rebuilt; what is timed is all that the page asks of the database. The readers are spread over
processes as the portal's web is: two, each with threads.
"""

import argparse
import os
import random
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diaspora_portal.settings.dev")
django.setup()

from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count, F, Q, Value
from django.db.models.functions import Concat, Now, Right

from apps.core.models import Country, Language, Sector, Skill
from apps.members.models import DirectoryEntry, Facet, Profile
from apps.members.querysets.directory import IN_TURN, Search
from apps.members.querysets.skills import segments_of
from apps.members.services import directory
from apps.members.services.loading import Loader

from .people import VOCABULARY, at_least
from .report import Goals, percentile, progress, timed

READERS = [2, 2]  # at the same time, in each process of the web as `./portal run` starts it
WARMING = 5_000  # other questions, as in a portal that has been running for a while
CHANGED = 100  # one in so many


def ours(text="", audience=3, page=1, order="best", **chosen) -> None:
    """Everything the page asks of the database: the words' meaning, then page and counts in one statement."""
    facets = {Facet[kind.upper()]: [Facet[kind.upper()].token(pk) for pk in pks] for kind, pks in chosen.items()}
    segments = segments_of(text) if text else ()
    search = Search(
        audience=audience, experts_only=audience == 3, segments=segments, language="en", facets=facets, page=page,
        order=order,
    )  # fmt: skip
    DirectoryEntry.objects.find(search)


def naive(text, sector, country) -> None:
    """The plain way: joins, icontains, a page, and one GROUP BY a facet."""
    found = Profile.objects.filter(listing=3, sectors=sector, ties=country, ties_audience=3)
    for word in text.split():
        found = found.filter(
            Q(display_name__icontains=word)
            | Q(headline__icontains=word)
            | Q(about__icontains=word)
            | Q(skills__skill__name_en__icontains=word)
        )
    ids = found.values("pk").distinct()
    list(Profile.objects.filter(pk__in=ids).order_by("display_name")[:24])
    for facet in ("sectors", "ties", "languages__language", "region"):
        list(Profile.objects.filter(pk__in=ids).values(facet).annotate(n=Count("pk", distinct=True)))


def plain_questions(number: int, seed: int = 7) -> list[tuple]:
    """Text and two facets, which the plain way can answer too."""
    chance = random.Random(seed)
    skills = list(Skill.objects.values_list("name_en", "name_fr", "name_nl", "name_de"))
    sectors, countries = list(Sector.objects.all()), list(Country.objects.filter(priority=True))
    words = ["training", "solar", "teaching women", "bakery", "nurce", "kadiba", "water"]
    return [
        (
            chance.choice(words) if chance.random() < 0.4 else chance.choice(chance.choice(skills)),
            chance.choice(sectors),
            chance.choice(countries),
        )
        for _ in range(number)
    ]


def adversarial(number: int, seed: int = 1951) -> list[dict]:
    """Questions that are hard: frequent words together, rare with frequent, much of a facet, late pages."""
    chance = random.Random(seed)
    sectors = list(Sector.objects.values_list("pk", flat=True))
    languages = list(Language.objects.values_list("pk", flat=True))
    ties = list(Country.objects.filter(priority=True).values_list("pk", flat=True))
    frequent, rare = VOCABULARY[:12], VOCABULARY[2_000:]
    skills = list(Skill.objects.values_list("name_en", flat=True))

    def some(things, most):
        return chance.sample(things, chance.randint(1, min(most, len(things))))

    kinds = [
        lambda: {"text": chance.choice(frequent)},
        lambda: {"text": " ".join(some(frequent, 4)), "order": chance.choice(["name", "recent"])},
        lambda: {"text": f"{chance.choice(frequent)} {chance.choice(rare)}"},
        lambda: {"text": " ".join(some(rare, 3))},
        lambda: {"text": chance.choice(skills)[:60]},
        lambda: {"text": chance.choice(skills)[:-2]},
        lambda: {"text": "zzqqyx " + chance.choice(frequent)},
        lambda: {"text": chance.choice(frequent), "sector": some(sectors, 6), "language": some(languages, 3)},
        lambda: {"text": chance.choice(rare), "tie": some(ties, 3), "offer": [1, 3]},
        lambda: {"sector": some(sectors, len(sectors))},
        lambda: {"tie": [chance.choice(ties)]},
        lambda: {"offer": [chance.choice([1, 3])], "sector": some(sectors, 2)},
        lambda: {"sector": some(sectors, 2), "tie": some(ties, 2), "language": some(languages, 2), "offer": [1]},
        lambda: {"language": [chance.choice(languages)], "tie": [chance.choice(ties)]},
        lambda: {"page": chance.randint(2, 20), "order": chance.choice(["best", "name", "recent"])},
        lambda: {},
    ]
    return [chance.choice(kinds)() | {"audience": chance.choice([2, 3])} for _ in range(number)]


def change_some() -> int:
    """Write one person in a hundred anew, fifty a transaction; the indexes take it as they find it."""
    everybody, loader = list(Profile.objects.listed().values_list("pk", flat=True)), Loader()
    chosen = random.Random().sample(everybody, len(everybody) // CHANGED)
    for start in range(0, len(chosen), 50):
        with transaction.atomic():
            some = Profile.objects.filter(pk__in=chosen[start : start + 50])
            some.update(
                headline=Right(Concat(F("headline"), Value(f" {VOCABULARY[start % 5_000]}")), 140), updated_at=Now()
            )
            directory.rewrite(loader, list(some.values_list("pk", flat=True)))
        progress(start + 50, len(chosen), "people changed")
    return len(chosen)


def share(counter) -> None:
    """Give a process the number of the next question, which all of them count up."""
    global turn  # noqa: PLW0603 - a worker of a pool has no other way to get at it
    turn = counter


def answer(question: dict) -> None:
    with IN_TURN:
        ours(**question)


def read(readers: int, questions: list[dict]) -> dict[int, float]:
    """Let so many readers, each a thread with a connection, ask until no question is left; each with its time."""
    took = {}

    def one(_reader) -> None:
        while True:
            with turn.get_lock():
                at, turn.value = turn.value, turn.value + 1
            if at >= len(questions):
                return connection.close()
            took[at] = timed(answer, questions[at])

    with ThreadPoolExecutor(readers) as some:
        list(some.map(one, range(readers)))
    return took


def at_once(asked: list[dict], readers: list[int]) -> list[float]:
    """Milliseconds from each question to its answer, with so many readers in each of these processes."""
    context = get_context("spawn")
    # First as many others, as in a portal that has been running for a while.
    questions = [*adversarial(WARMING, seed=1960), *asked]
    with ProcessPoolExecutor(len(readers), context, initializer=share, initargs=[context.Value("l", 0)]) as processes:
        parts = [processes.submit(read, number, questions) for number in readers]
        took = {at: time for part in parts for at, time in part.result().items()}
    return [took[at] for at in range(len(questions))][-len(asked) :]


def sizes() -> tuple[int, int, int]:
    with connection.cursor() as cursor:
        cursor.execute("""
            WITH parts AS (SELECT relid FROM pg_partition_tree('members_directoryentry') WHERE isleaf)
            SELECT (SELECT sum(pg_table_size(relid))::bigint FROM parts),
                (SELECT sum(pg_indexes_size(relid))::bigint FROM parts),
                (SELECT sum(pg_relation_size(indexrelid))::bigint FROM pg_index
                    JOIN pg_class ON pg_class.oid = indexrelid
                    WHERE indrelid IN (SELECT relid FROM parts) AND relname LIKE 'directory_search_%')
        """)
        return cursor.fetchone()


def use_of_large_pages() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('huge_pages_status', true)")  # nothing before PostgreSQL 17
        return cursor.fetchone()[0] or "unknown"


def rebuilding() -> float:
    start = time.perf_counter()
    call_command("rebuild_directory", processes=2)
    return time.perf_counter() - start


def main() -> int:
    parser = argparse.ArgumentParser(prog="./portal bench directory")
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--rebuild", action="store_true", help="rewrite the whole directory too, and say how long")
    options = parser.parse_args()
    at_least(options.members)
    took = rebuilding() if options.rebuild else None
    changed = change_some()
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")  # or it writes what was just made while the readers are timed
    asked = adversarial(options.questions)
    hard = at_once(asked, READERS)
    mine, plain = [], []
    common = plain_questions(max(20, options.questions // 10))
    for text, sector, country in [*plain_questions(200, seed=8), *common]:
        mine.append(timed(lambda t=text, s=sector, c=country: ours(t, sector=[s.pk], tie=[c.pk])))
    mine = mine[-len(common) :]
    for done, question in enumerate(common, start=1):
        plain.append(timed(naive, *question))
        progress(done, len(common), "questions, joins and icontains")
    table, indexes, search = sizes()
    median, tail = percentile(mine, 0.5), percentile(plain, 0.5)
    print(f"{Profile.objects.count():,} members, {changed:,} changed since the last rebuild")
    shares = (f"p{share} {percentile(hard, share / 100):.1f} ms" for share in (50, 95, 99))
    print(f"  {len(asked)} adversarial questions, {sum(READERS)} readers at once  {'  '.join(shares)}")
    print(f"  large pages of memory: {use_of_large_pages()}")
    for taken, question in sorted(zip(hard, asked, strict=True), key=lambda pair: -pair[0])[:3]:
        print(f"    {taken:.0f} ms: {question}")
    print(f"  text and two facets: ours {median:.1f} ms, joins and icontains {tail:.1f} ms (median)")
    print(f"  entries {table / 1e6:.0f} MB, the search's indexes {search / 1e6:.0f} MB, all {indexes / 1e6:.0f} MB")
    goals = Goals()
    goals.most("G6-directory-p99", percentile(hard, 0.99), 50, "ms")
    goals.least("G6-against-icontains", tail / median, 40, "x")
    goals.most("G6-index", search / table, 0.3, "x")
    if took is not None:
        goals.most("G6-rebuild", took / 60, 5, "min")
    return goals.close()


if __name__ == "__main__":
    sys.exit(main())
