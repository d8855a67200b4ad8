"""Invented people by the hundred thousand, for the benches; kept in the bench's own database for the next run."""

import random

from django.db import connection
from django.db.models import Max

from apps.core.models import Country, Language, Region, Sector, Skill
from apps.core.services import load_taxonomy
from apps.members.models import Audience, Profile, ProfileLanguage, ProfileSkill, User
from apps.members.services import directory

from .report import progress

SYLLABLES = [
    "ba",
    "be",
    "bi",
    "bo",
    "bu",
    "da",
    "de",
    "di",
    "do",
    "du",
    "ka",
    "ke",
    "ki",
    "ko",
    "ku",
    "la",
    "le",
    "li",
    "lo",
    "lu",
    "ma",
    "me",
    "mi",
    "mo",
    "mu",
    "na",
    "ne",
    "ni",
    "no",
    "nu",
    "ra",
    "re",
    "ri",
    "ro",
    "sa",
    "so",
    "ta",
    "te",
    "ti",
    "to",
    "wa",
    "ya",
    "zi",
]
WORDS = [
    "ward",
    "school",
    "workshop",
    "clinic",
    "farm",
    "market",
    "solar",
    "water",
    "training",
    "teaching",
    "mentoring",
    "repair",
    "design",
    "office",
    "network",
    "project",
    "women",
    "youth",
    "craft",
    "cold",
    "chain",
]
BATCH = 2_000
# Texts as languages have them: a few words everywhere, most words rarely (Zipf's law).
VOCABULARY = [*WORDS, *("".join(random.Random(n).choices(SYLLABLES, k=3)) for n in range(5_000))]
MANY_TIES = 40  # countries that people are connected to, some often and most rarely
TIES_WEIGHTS = [1 / (rank + 3) for rank in range(MANY_TIES)]
WEIGHTS = [1 / (rank + 5) for rank in range(len(VOCABULARY))]


def name(chance: random.Random) -> str:
    return " ".join("".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))).capitalize() for _ in range(2))


def at_least(number: int) -> None:
    """Bring the bench's database to so many listed members, their directory entries included."""
    if not Skill.objects.exists():
        load_taxonomy()
    chance = random.Random(1951)
    have = Profile.objects.count()
    priority = list(Country.objects.filter(priority=True))
    terms = {
        "ties": [*priority, *Country.objects.filter(priority=False).order_by("code")[: MANY_TIES - len(priority)]],
        "countries": list(Country.objects.all()),
        "regions": list(Region.objects.select_related("country")),
        "languages": list(Language.objects.all()),
        "sectors": list(Sector.objects.all()),
        "skills": list(Skill.objects.all()),
    }
    start = have
    while have < number:
        _some(chance, terms, min(BATCH, number - have), have)
        have = Profile.objects.count()
        progress(have - start, number - start, "members made")
    todo = Profile.objects.listed().count()
    newest = Profile.objects.filter(entries__isnull=True).aggregate(Max("pk"))["pk__max"]
    if newest:
        for done in directory.rebuild(batch=1_000):
            progress(done, todo, "directory entries written")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _some(chance, terms, number, offset):
    users = User.objects.bulk_create(
        User(email=f"p{offset + i}@bench.example", password="!", language=chance.choice(["en", "fr", "nl", "de"]))
        for i in range(number)
    )
    profiles = []
    for user in users:
        region = chance.choice(terms["regions"])
        profiles.append(
            Profile(
                user=user,
                language=user.language,
                display_name=name(chance),
                headline=" ".join(chance.choices(VOCABULARY, WEIGHTS, k=5)),
                about=" ".join(chance.choices(VOCABULARY, WEIGHTS, k=40)),
                country=region.country,
                region=region,
                place=region.name_nl,
                offers_assignments=chance.random() < 0.6,
                offers_talks=chance.random() < 0.4,
                listing=Audience.PUBLIC if chance.random() < 0.8 else Audience.MEMBERS,
                ties_audience=chance.choice([Audience.PUBLIC, Audience.ONLY_ME]),
            )
        )
    profiles = Profile.objects.bulk_create(profiles)
    ProfileLanguage.objects.bulk_create(
        ProfileLanguage(profile=profile, language=language, level="B2")
        for profile in profiles
        for language in chance.sample(terms["languages"], 3)
    )
    ProfileSkill.objects.bulk_create(
        ProfileSkill(profile=profile, skill=skill, level=2, years=chance.randint(1, 30))
        for profile in profiles
        for skill in chance.sample(terms["skills"], 4)
    )
    ties, sectors = Profile.ties.through, Profile.sectors.through
    ties.objects.bulk_create(
        ties(profile=profile, country=country)
        for profile in profiles
        for country in {*chance.choices(terms["ties"], TIES_WEIGHTS, k=2)}
    )
    sectors.objects.bulk_create(
        sectors(profile=profile, sector=sector) for profile in profiles for sector in chance.sample(terms["sectors"], 2)
    )
