"""`./portal bench matching [--members 100000]`: one call against all members, and one member against 500 calls."""

import argparse
import os
import random
import sys
import time
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diaspora_portal.settings.dev")
django.setup()

from django.db import connection, transaction
from django.utils.timezone import localdate

from apps.core.models import Country, Language, Sector, Skill
from apps.members import matching, matching_kinds
from apps.members.matching_kinds import Described
from apps.members.models import Criteria, Profile, User
from apps.members.services import matching as services

from .people import at_least
from .report import Goals, percentile, progress

SETS = 500
KIND = "bench.call"
LEVELS = ["A2", "B1", "B2", "C1"]
# Seven in ten say when they are free in the coming year, half of these where they would go.
WINDOWS = """
    INSERT INTO members_availability (profile_id, starts_on, ends_on, min_weeks, max_weeks, on_site, remote)
    SELECT id, day, day + 14 + floor(random() * 150)::int, CASE WHEN random() < 0.3 THEN 2 END,
        CASE WHEN random() < 0.3 THEN 12 END, true, random() < 0.4
    FROM (SELECT id, current_date + floor(random() * 300)::int AS day FROM members_profile AS p
        WHERE NOT EXISTS (SELECT FROM members_availability WHERE profile_id = p.id)) AS people
    WHERE random() < 0.7
"""
PLACES = """
    INSERT INTO members_availability_countries (availability_id, country_id)
    SELECT id, (%(countries)s::bigint[])[1 + floor(random() * %(known)s)::int]
    FROM members_availability AS free
    WHERE id % 2 = 0 AND NOT EXISTS (SELECT FROM members_availability_countries WHERE availability_id = free.id)
"""


def windows() -> None:
    countries = list(Country.objects.filter(priority=True).values_list("pk", flat=True))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM members_availability)")
        if not cursor.fetchone()[0]:
            cursor.execute(WINDOWS)
            cursor.execute(PLACES.replace("% 2", "%% 2"), {"countries": countries, "known": len(countries)})
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def sets() -> list[Criteria]:
    """Five hundred calls, from "nursing, in Belgium" to seven criteria."""
    chance, today = random.Random(11), localdate()
    skills, languages, sectors = list(Skill.objects.all()), list(Language.objects.all()), list(Sector.objects.all())
    countries, near = list(Country.objects.filter(priority=True)), list(Country.objects.filter(code__in=["BE", "LU"]))
    made = []
    for about in range(1, SETS + 1):
        begin = today + timedelta(days=chance.randint(0, 200))
        rows = [
            {"what": "skill", "skill": chance.choice(skills), "skill_level": chance.randint(1, 2)},
            {"what": "residence", "countries": [country.pk for country in near]},
            {"what": "destination", "country": chance.choice(countries)},
            {"what": "language", "language": chance.choice(languages), "language_level": chance.choice(LEVELS)},
            {"what": "dates", "starts_on": begin, "ends_on": begin + timedelta(days=120), "weeks": 4},
            {"what": "mode", "mode": chance.choice(["on_site", "remote"]), "required": False},
            {"what": "sector", "sector": chance.choice(sectors), "required": False},
        ]
        made.append(services.hand_in(kind=KIND, about=about, rows=rows[: chance.randint(2, len(rows))]))
        progress(about, SETS, "sets of criteria handed in")
    return made


class Database:
    """Adds up the milliseconds that the database took, its answers fetched."""

    def __init__(self):
        self.spent = 0.0

    def __call__(self, execute, sql, params, many, context):
        start = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.spent += (time.perf_counter() - start) * 1000

    @classmethod
    def of(cls, function, *arguments) -> float:
        watch = cls()
        with connection.execute_wrapper(watch):
            function(*arguments)
        return watch.spent


def fitting(profile: Profile) -> None:
    """All that the page "What fits me" asks of the matching: every set's standing, and the first ten explained."""
    matching.explained(profile, [pk for pk, _fits in matching.standing(profile)][:10])


def measured(function, questions: list, what: str) -> list[float]:
    for question in questions[:5]:
        function(question)
    times = []
    for done, question in enumerate(questions, start=1):
        times.append(Database.of(function, question))
        progress(done, len(questions), what)
    return times


def main() -> int:
    parser = argparse.ArgumentParser(prog="./portal bench matching")
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=300)
    options = parser.parse_args()
    matching_kinds.register(
        KIND, title="Call", describe=lambda ids: {pk: Described(f"Call {pk}", f"/calls/{pk}/") for pk in ids}
    )
    at_least(options.members)
    windows()
    chance, made = random.Random(5), sets()
    people = list(Profile.objects.listed().order_by("pk").values_list("pk", flat=True))
    members = Profile.objects.filter(pk__in=chance.sample(people, options.questions))
    staff = User.objects.order_by("pk").first()
    one_set = measured(
        lambda criteria: services.candidates(criteria=criteria, actor=staff, purpose="Measuring the matching"),
        chance.sample(made, min(options.questions, SETS)),
        "sets against everybody",
    )
    one_member = measured(fitting, list(members), "members against every set")
    print(f"{len(people):,} members, {SETS} sets of criteria, {options.questions} questions each way, database only")
    for name, times in (("one set, first page explained", one_set), ("one member, first ten explained", one_member)):
        print(f"  {name:32} median {percentile(times, 0.5):7.1f} ms   p99 {percentile(times, 0.99):7.1f} ms")
    goals = Goals()
    goals.most("matching-set-p99", percentile(one_set, 0.99), 200, "ms")
    goals.most("matching-member-p99", percentile(one_member, 0.99), 50, "ms")
    return goals.close()


if __name__ == "__main__":
    sys.exit(main())
