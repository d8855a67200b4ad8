"""`./portal bench directory [--members 100000]`: text and two facets with counts, next to joins and icontains."""

import argparse
import os
import random
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diaspora_portal.settings.dev")
django.setup()

from django.db import connection
from django.db.models import Count, Q

from apps.core.models import Country, Sector, Skill
from apps.members.models import DirectoryEntry, Facet, Profile
from apps.members.querysets.directory import Search
from apps.members.querysets.skills import segments_of

from .people import at_least
from .report import Goals, percentile, progress, timed


def ours(text, sector, country) -> None:
    """Everything the page asks of the database: the words' meaning, then page and counts in one statement."""
    facets = {Facet.SECTOR: [Facet.SECTOR.token(sector.pk)], Facet.TIE: [Facet.TIE.token(country.pk)]}
    search = Search(audience=3, experts_only=True, segments=segments_of(text), language="en", facets=facets)
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


def questions(number: int) -> list[tuple]:
    chance = random.Random(7)
    skills = list(Skill.objects.values_list("name_en", "name_fr", "name_nl", "name_de"))
    sectors, countries = list(Sector.objects.all()), list(Country.objects.all())
    words = ["training", "solar", "teaching women", "bakery", "nurce", "kadiba", "water"]
    return [
        (
            chance.choice(words) if chance.random() < 0.4 else chance.choice(chance.choice(skills)),
            chance.choice(sectors),
            chance.choice(countries),
        )
        for _ in range(number)
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="./portal bench directory")
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=300)
    options = parser.parse_args()
    at_least(options.members)
    asked = questions(options.questions)
    for question in asked[:20]:
        ours(*question)
    mine = []
    for done, question in enumerate(asked, start=1):
        mine.append(timed(ours, *question))
        progress(done, len(asked), "questions, ours")
    plain = []
    some = asked[: max(20, len(asked) // 10)]
    for done, question in enumerate(some, start=1):
        plain.append(timed(naive, *question))
        progress(done, len(some), "questions, joins and icontains")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_table_size('members_directoryentry'), pg_indexes_size('members_directoryentry')")
        table, indexes = cursor.fetchone()
    median, tail = percentile(mine, 0.5), percentile(mine, 0.99)
    print(f"{Profile.objects.count():,} members, {len(asked)} questions: text and two facets, with counts")
    print(f"  ours                  median {median:7.1f} ms   p99 {tail:7.1f} ms")
    print(f"  joins and icontains   median {percentile(plain, 0.5):7.1f} ms   p99 {percentile(plain, 0.99):7.1f} ms")
    print(f"  entries {table / 1e6:.0f} MB, their indexes {indexes / 1e6:.0f} MB")
    print(f"  ratio {percentile(plain, 0.5) / median:.0f} to 1")
    goals = Goals()
    goals.most("directory-p99", tail, 50, "ms")
    return goals.close()


if __name__ == "__main__":
    sys.exit(main())
