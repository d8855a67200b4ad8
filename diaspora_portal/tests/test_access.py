"""Role × route × method → status, for every named route of the whole portal; the table is in `access.py`."""

from io import BytesIO

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLResolver
from PIL import Image

from apps.core import audit, history, vocabulary
from apps.core.tests.factories import CountryFactory, LanguageFactory, RegionFactory, SectorFactory, SkillFactory
from apps.members.models import Audience, Consent, MessageReport, SavedSearch, StaffNote, Tag
from apps.members.services import photos
from apps.members.tests.factories import MessageFactory, ProfileFactory, UserFactory
from apps.outbox.tests.factories import MailBatchFactory, OutgoingMailFactory, SuppressionFactory
from apps.portal import country
from apps.portal import services as pages
from apps.portal.models import Page
from apps.projects.tests.factories import (
    DonorReportFactory,
    IndicatorFactory,
    OrganisationFactory,
    ProjectFactory,
    SourceFactory,
    addresses_of,
)

from .access import ACCESS, ADMIN_ACCESS, ROLES, STAFF


def named_routes(resolver, namespaces=()):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from named_routes(pattern, (*namespaces, *([pattern.namespace] if pattern.namespace else [])))
        elif pattern.name:
            yield ":".join([*namespaces, pattern.name])


@pytest.mark.static
def test_every_route_is_in_the_table():
    listed = {(route, method) for route, method, *_rest in [*ACCESS, *ADMIN_ACCESS]}

    assert listed == {(route, method) for route in named_routes(get_resolver()) for method in ("GET", "POST")}


# --- the people and the things that the table speaks of ---------------------------------------------------------------
@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Made once for the whole table, and taken back at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


class World:
    def __init__(self):
        pages.load_pages()
        everything = {
            "photo": ContentFile(photos.reencoded(picture()).read(), name="photo.webp"),
            "photo_audience": Audience.PUBLIC,
        }
        self.owner = ProfileFactory(listed=True, **everything)
        self.public = ProfileFactory(expert=True, **everything)
        self.hidden = ProfileFactory(**everything)
        self.message = MessageFactory(recipient=self.owner.user)
        self.owner.user.follows.create(country=CountryFactory())
        self.countries = {"here": CountryFactory(), "quiet": CountryFactory()}
        ProjectFactory(published=True, countries=[self.countries["here"]])
        ProjectFactory(countries=[self.countries["quiet"]])  # a draft: for those who run every project
        vocabulary.forget()
        self.users = {
            "visitor": None,
            "newcomer": UserFactory(),
            "member": ProfileFactory(listed=True).user,
            "owner": self.owner.user,
        } | {role: self.staff(name) for role, name in STAFF.items()}
        self.of_the_administration = {
            "country": CountryFactory(),
            "region": RegionFactory(),
            "sector": SectorFactory(),
            "language": LanguageFactory(),
            "skill": SkillFactory(),
            "auditentry": audit.record(actor=None, verb="tests.made"),
            "user": self.owner.user,
            "profile": self.owner,
            "tag": Tag.objects.create(name="Speaker in 2026"),
            "consent": Consent.objects.create(
                user=self.owner.user, purpose="terms", given=True, wording="Yes.", language="en"
            ),
            "page": Page.objects.get(slug="privacy"),
            "outgoingmail": OutgoingMailFactory(),
            "mailbatch": MailBatchFactory(),
            "suppression": SuppressionFactory(),
            "messagereport": MessageReport.objects.create(message=self.message),
            "number": IndicatorFactory(),
            "donorreport": DonorReportFactory(asked_by=self.users["project"], ready=True),
        }
        self.document = self.owner.documents.create(
            kind="cv", name="My CV", file=ContentFile(b"%PDF-", name="cv.pdf"), content_type="application/pdf", size=5
        )
        self.note = StaffNote.objects.create(profile=self.owner, author=self.users["project"], text="Met in Namur.")
        self.saved_search = SavedSearch.objects.create(
            owner=self.users["project"], name="Nurses", query="skill=nurse", shared=True
        )
        own = ProjectFactory(team=[self.users["project"]])
        history.keep(obj=own, actor=None)
        self.of_the_administration |= {
            "project": own,
            "indicator": IndicatorFactory(project=own),
            "organisation": OrganisationFactory(),
            "source": SourceFactory(),
        }
        self.projects = {"public": addresses_of(ProjectFactory(published=True)), "draft": addresses_of(own)}
        self.sessions = {role: self.signed_in(user) for role, user in self.users.items()}

    def staff(self, role):
        user = UserFactory(is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        return user

    def signed_in(self, user):
        client = Client()
        if user:
            client.force_login(user)
        return client.session.session_key

    def address(self, route, of):
        match of.split():
            case []:
                return reverse(route)
            case ["profile", which] if route.startswith("members:"):
                return reverse(route, args=[getattr(self, which).public_id])
            case ["follow"]:
                return reverse(route, args=[self.owner.user.follows.get().pk])
            case ["country", which] if route == "portal:country":
                return country.address(self.countries[which].code)
            case ["project", which] if route.startswith("projects:"):
                return self.projects[which][route]
            case ["message"]:
                return reverse(route, args=[self.message.pk])
            case ["passkey"]:
                return reverse(route, args=[1])
            case ["page" | "sitemap" | "app" | "as", name]:
                return reverse(route, args=[name])
            case ["site", name]:
                obj = self.of_the_administration[name]
                return reverse(route, args=[ContentType.objects.get_for_model(obj).pk, obj.pk])
            case ["version" | "restore", name]:
                obj = self.of_the_administration[name]
                return reverse(route, args=[obj.pk, history.versions(obj).first().pk])
            case ["file", "donorreport"]:
                return reverse(route, args=[self.of_the_administration["donorreport"].pk, "pdf"])
            case ["preview_mail" | "preview_html", _name]:
                return reverse(route, args=["members.relayed-message", "en"])
            case ["for-the-team"]:
                return reverse(route, args=[self.document.pk])
            case ["note_delete", "profile"]:
                return reverse(route, args=[self.owner.pk, self.note.pk])
            case ["search_delete", "profile"]:
                return reverse(route, args=[self.saved_search.pk])
            case [_page, name]:
                return reverse(route, args=[self.of_the_administration[name].pk])

    def ask(self, role, method, address):
        """The status that somebody gets; whatever it changed is taken back."""
        client = Client()
        if self.sessions[role]:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[role]
        with transaction.atomic():
            response = getattr(client, method.lower())(address)
            response.getvalue()  # read to its end, so that a file is closed
            transaction.set_rollback(True)
        return response.status_code


def picture():
    data = BytesIO()
    Image.new("RGB", (40, 40), "teal").save(data, "PNG")
    data.seek(0)
    return data


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("route", "method", "of", "expected"),
    [(route, method, of, statuses) for route, method, of, *statuses in [*ACCESS, *ADMIN_ACCESS]],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_role_gets_what_the_table_says(world, route, method, of, expected):
    address = world.address(route, of)

    assert {role: world.ask(role, method, address) for role in ROLES} == dict(zip(ROLES, expected, strict=True))
