"""`./portal bench projects`: a list of 5,000 projects and a page, beside Django's bare ListView (goals G1, G2, G3).

The page is measured twice: a typical project (4 phases, 6 partners, 10 documents) and one with 40 partners and 200
documents, which must cost as many queries. The administration's list is measured as its editors see it; with
`--rows 500000` also among so many.
"""

import argparse
import contextlib
import os
import random
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diaspora_portal.settings.dev")
django.setup()

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Permission
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, reset_queries, transaction
from django.test import Client
from django.utils import timezone

from apps.core.models import Country, Language, Sector
from apps.core.services import load_taxonomy
from apps.members.models import User
from apps.projects.models import Organisation, Project, TeamMember
from apps.projects.services import indexing

from . import bare_table
from .people import VOCABULARY
from .report import Goals, progress
from .servers import collect, side_by_side, told

LANGUAGES = [code for code, _name in settings.LANGUAGES]
STAFF = "editor@bench.example"


def words(chance, number: int) -> str:
    return " ".join(chance.choice(VOCABULARY[:600]) for _ in range(number)).capitalize()


def in_each(chance, name: str, number: int) -> dict[str, str]:
    return {f"{name}_{code}": words(chance, number) for code in LANGUAGES}


def project(chance, slug: str, terms: dict) -> Project:
    made = Project.objects.create(
        slug=slug,
        state=Project.State.PUBLISHED,
        public_from=timezone.now(),
        status=chance.choice(list(Project.Status)),
        **in_each(chance, "title", 5),
        **in_each(chance, "lead", 20),
    )
    made.countries.set(chance.sample(terms["countries"], chance.randint(1, 3)))
    made.residences.set(chance.sample(terms["countries"], chance.randint(1, 4)))
    made.sectors.set(chance.sample(terms["sectors"], chance.randint(1, 3)))
    first = chance.randint(2001, 2024)
    made.periods.create(first_year=first, last_year=min(first + chance.randint(0, 6), 2026))
    return made


def parts(chance, made: Project, *, phases: int, partners: int, documents: int) -> None:
    """Fill a project: three sections, so many phases, partners and documents, four indicators with a figure each."""
    english = Language.objects.get(code="en")
    for at in range(3):
        body = {f"body_{code}": f"<p>{words(chance, 60)}.</p>" for code in LANGUAGES}
        made.sections.create(position=at, **in_each(chance, "heading", 4), **body)
    for at in range(phases):
        made.phases.create(position=at, **in_each(chance, "title", 4), **in_each(chance, "text", 25))
    for at in range(partners):
        organisation, _new = Organisation.objects.get_or_create(
            slug=f"organisation-{at}", defaults={"kind": "international", **in_each(chance, "name", 4)}
        )
        made.partnerships.create(position=at, organisation=organisation, role=("donor", "host", "partner")[at % 3])
    for at in range(documents):
        made.documents.create(
            position=at, language=english, content_type="application/pdf", pages=12, size=250_000,
            file="projects/bench.pdf", **in_each(chance, "title", 5),
        )  # fmt: skip
    for at in range(4):
        made.indicators.create(position=at, target=20 + at, **in_each(chance, "name", 4))
    indexing.index(project=made)


def at_least(number: int) -> None:
    """Bring the bench's database to so many projects; interrupted, it goes on where it stood."""
    if not Sector.objects.exists():
        load_taxonomy()
    terms = {"countries": list(Country.objects.filter(priority=True)), "sectors": list(Sector.objects.all())}
    for start in range(Project.objects.filter(slug__startswith="bench-").count(), number, 100):
        chance = random.Random(start)
        with transaction.atomic():
            for n in range(start, min(start + 100, number)):
                indexing.index(project=project(chance, f"bench-{n}", terms))
        progress(min(start + 100, number), number, "projects made")
    for slug, sizes in SIZES.items():
        if not Project.objects.filter(slug=slug).exists():
            with transaction.atomic():
                parts(random.Random(slug), project(random.Random(slug), slug, terms), **sizes)


COPY = """
    INSERT INTO projects_project (slug, state, public_from, changed_at, {columns})
    SELECT 'copy-' || n, 'draft', NULL, now() - n * interval '1 second', {columns}
    FROM generate_series(%s, %s) AS n JOIN projects_project AS source ON source.slug = 'bench-' || n %% 1000
"""


@contextlib.contextmanager
def among_copies(number: int):
    """So many projects in the table for the administration's list: drafts, which no public page counts."""
    there = Project.objects.count()
    own = {"id", "slug", "state", "public_from", "changed_at"}
    columns = ", ".join(field.column for field in Project._meta.concrete_fields if field.column not in own)
    try:
        for start in range(there, number, 20_000):
            with connection.cursor() as cursor:
                cursor.execute(COPY.format(columns=columns), [start, min(start + 20_000, number) - 1])
            progress(min(start + 20_000, number), number, "projects copied")
        settle()
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM projects_project WHERE slug LIKE 'copy-%%'", [])
        settle()


def settle() -> None:
    """Bring the database where the beat and autovacuum bring it, so that no run depends on when they came."""
    indexing.fold_counts()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


SIZES = {
    "typical": {"phases": 4, "partners": 6, "documents": 10},
    "large": {"phases": 4, "partners": 40, "documents": 200},
}


def signed_in() -> dict[str, str]:
    """The cookie of a member of staff who may run every project."""
    editor, _new = User.objects.get_or_create(email=STAFF, defaults={"is_staff": True, "is_active": True})
    editor.user_permissions.set(Permission.objects.filter(content_type__app_label="projects"))
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(editor.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = editor.get_session_auth_hash()
    session.save()
    if not TeamMember.objects.of(editor).exists():
        TeamMember.objects.create(project=Project.objects.get(slug="typical"), user=editor, role=TeamMember.Role.LEAD)
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}"}


def queries(path: str, cookie: dict | None = None) -> int:
    """How many queries a page costs, once its words are kept."""
    client = Client(headers={"host": "localhost", **(cookie or {})})
    client.get(path)
    connection.force_debug_cursor = True
    reset_queries()
    if (status := client.get(path).status_code) != 200:
        raise RuntimeError(f"{path} answered {status}")
    connection.force_debug_cursor = False
    return len(connection.queries)


def main() -> int:
    parser = argparse.ArgumentParser(prog="./portal bench projects")
    parser.add_argument("--projects", type=int, default=5_000)
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--rows", type=int, default=0, help="measure the administration's list among so many as well")
    options = parser.parse_args()
    at_least(options.projects)
    bare_table.make()
    collect()
    settle()
    staff = signed_in()
    pages = {
        "list": ("/en/projects/", {}),
        "list, facets": (
            f"/en/projects/?country={Country.objects.filter(priority=True).first().code}&field=health",
            {},
        ),
        "page": ("/en/projects/typical/", {}),
        "large page": ("/en/projects/large/", {}),
        "admin list": ("/admin/projects/project/", staff),
    }
    asked = {name: queries(path, headers) for name, (path, headers) in pages.items()}
    figures = side_by_side(pages, options.requests)
    told(figures)
    print(f"  {Project.objects.count():,} projects; queries: " + ", ".join(f"{name} {n}" for name, n in asked.items()))
    ratio = {name: sum(values) / sum(figures["bare"]) for name, values in figures.items()}
    goals = Goals()
    goals.most("G1-list", ratio["list"], 1.5, "x")
    goals.most("G1-list-facets", ratio["list, facets"], 1.5, "x")
    goals.most("G2-page", ratio["page"], 1.0, "x")
    goals.most("G2-page-queries", asked["page"], 12)
    goals.most("G2-large-page-more-queries", asked["large page"] - asked["page"], 0)
    goals.most("G3-admin-list", ratio["admin list"], 3, "x")
    goals.most("G3-admin-list-queries", asked["admin list"], 10)
    if options.rows:
        admin = {"many rows": pages["admin list"]}
        with among_copies(options.rows):
            among_many = side_by_side(admin, options.requests)
            asked_of_many = queries(*pages["admin list"])
        told(among_many)
        goals.most("G3-admin-list-many-rows", sum(among_many["many rows"]) / sum(among_many["bare"]), 3, "x")
        goals.most("G3-admin-list-many-rows-queries", asked_of_many, asked["admin list"])
    return goals.close()


if __name__ == "__main__":
    sys.exit(main())
