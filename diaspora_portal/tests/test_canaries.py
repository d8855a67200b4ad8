"""T-P1: a word that stands nowhere else is planted in every declared table; the copy holds each, the purge leaves none.

A model that is declared and has no canary here fails: whoever brings one plants it.
"""

import base64
import json
import logging
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
import time_machine
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone

from apps.core import audit, history, personal_data
from apps.core.models import AuditEntry
from apps.core.tests.factories import CountryFactory, LanguageFactory, SectorFactory, SkillFactory
from apps.members import tasks
from apps.members.models import Criteria, DataExport, ErasedAccount, Tag, ToldMatch, User
from apps.members.services import consents, erasure, export, grants, messages
from apps.members.tests.accounts.browsing import Browser, add_app
from apps.members.tests.factories import MessageFactory, ProfileFactory, UserFactory
from apps.outbox.models import MailEvent
from apps.outbox.models import State as Mail
from apps.outbox.services import own_content, suppress
from apps.outbox.tests.factories import OutgoingMailFactory
from apps.portal import services as pages
from apps.portal.models import Page
from apps.projects.services import projects, reports
from apps.projects.tests.factories import OrganisationFactory, ProjectFactory

pytestmark = pytest.mark.django_db
CANARY = "canary"
ADDRESS = f"{CANARY}-address@example.org"


class Planter:
    """Plants the words, and knows those that the person's copy must hold."""

    def __init__(self):
        self.words = {ADDRESS}

    def __call__(self, name):
        self.words.add(f"{CANARY}-{name}")
        return f"{CANARY}-{name}"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    """A folder of its own, so that no other test's files are in it."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def word():
    return Planter()


@pytest.fixture
def profile(word):
    texts = ["display_name", "other_name", "headline", "about", "place"]
    profile = ProfileFactory(
        expert=True,
        user=UserFactory(email=ADDRESS),
        ties=[CountryFactory()],
        sectors=[SectorFactory()],
        languages=[LanguageFactory()],
        skills=[SkillFactory()],
        **{name: word(name) for name in texts},
    )
    profile.photo.save("photo.webp", ContentFile(b"canary-photo"))
    return profile


@pytest.fixture
def person(profile, word, django_capture_on_commit_callbacks):
    """Somebody who has done everything that the portal keeps anything of."""
    user = profile.user
    browser = Browser(django_capture_on_commit_callbacks)
    browser.sign_in(user)
    browser.read("account_index")
    of_the_profile(profile, word)
    of_the_account(user, word)
    between_people(user, word)
    of_the_outbox(user, word)
    of_staff(profile, word)
    return user


def of_the_profile(profile, word):
    today = timezone.localdate()
    profile.occupations.create(title=word("job"), organisation=word("organisation"), text=word("job-text"))
    profile.degrees.create(title=word("degree"), institution=word("institution"))
    profile.links.create(label=word("link"), url=f"https://example.org/{word('url')}")
    profile.availabilities.create(starts_on=today, ends_on=today).countries.add(CountryFactory())
    profile.documents.create(
        kind="cv", name=word("document"), content_type="application/pdf", size=9,
        file=ContentFile(b"canary-document", name="x"),
    )  # fmt: skip
    ToldMatch.objects.create(profile=profile, criteria=Criteria.objects.create(kind="tests.call", about_id=1))


def of_the_account(user, word):
    consents.give(user=user, purpose="ties", wording=word("consent"))
    grants.share(
        user=user, to=word("hospital"), parts=[word("part")], purpose=word("grant"), wording=word("grant-wording")
    )
    second = EmailAddress.objects.create(user=user, email=f"{word('second')}@example.org")
    EmailConfirmation.objects.create(email_address=second, key="k")
    add_app(user)
    UserSession.objects.create(user=user, session_key="s", ip="192.0.2.1", user_agent=word("agent"))
    if hasattr(user, "follows"):
        user.follows.create(country=CountryFactory())
    suppress(address=user.email, reason="bounced", detail="no such mailbox")


def between_people(user, word):
    other = ProfileFactory(listed=True)
    messages.write(sender=user, to=other, subject=word("subject"), text=word("message"))
    received = MessageFactory(recipient=user, sender=other.user)
    apps.get_model("members.MessageReport").objects.create(message=received, reason=word("report"))
    user.blocks.create(blocked=UserFactory())
    user.openings.create(profile=other, day=timezone.localdate())
    audit.read(actor=None, person=user.pk, what="opened", purpose=word("purpose"), target=user.profile)


def of_the_outbox(user, word):
    content = own_content(language="en", subject=word("mail-subject"), text=word("mail-text"), html=word("mail-text"))
    mail = OutgoingMailFactory(
        content=content, person=user, to=user.email, state=Mail.SENT, values={"name": word("mail-value")}
    )
    MailEvent.objects.create(mail=mail, what=MailEvent.What.BOUNCED, reason=word("mail-event"), cause="log")


def of_staff(profile, word):
    """Notes and tags about somebody, and what he did himself when he was on the team."""
    user, kind = profile.user, ContentType.objects.get_for_model(User)
    profile.notes.create(author=UserFactory(), unit="Secretariat", text=word("note"))
    profile.tags.add(Tag.objects.create(name="Midwives"))
    user.saved_searches.create(name=word("search"), query="q=nurse")
    user.groups.add(Group.objects.first())
    user.user_permissions.add(Permission.objects.first())
    LogEntry.objects.create(
        user=user, content_type=kind, object_id="1", object_repr=word("log"), action_flag=CHANGE, change_message="[]"
    )
    pages.load_pages()
    history.keep(obj=Page.objects.first(), actor=user)
    project = ProjectFactory(team=[user], lead_en="What it is about")
    projects.publish(obj=project, actor=user)
    reports.ask(
        donor=OrganisationFactory(), project=None, first_day=date(2019, 1, 1), last_day=date(2019, 12, 31),
        language="en", actor=user,
    )  # fmt: skip


# --- where they could be ----------------------------------------------------------------------------------------------
def rows():
    """Every row of every table that holds the word, whichever model made it."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT one::text FROM "{table}" AS one WHERE one::text ILIKE %s', [f"%{CANARY}%"])
            found += [(table, row) for (row,) in cursor.fetchall()]
        cursor.execute("SELECT value FROM core_cache")
        values = [base64.b64decode(value) for (value,) in cursor.fetchall()]
    return found + [("core_cache", value) for value in values if CANARY.encode() in value]


def files():
    root = Path(settings.MEDIA_ROOT)
    paths = [path for path in root.rglob("*") if path.is_file()]
    return [path.name for path in paths if CANARY in path.name or CANARY.encode() in path.read_bytes() or is_copy(path)]


def is_copy(path):
    return path.suffix == ".zip"  # its words are packed


def unplanted(person):
    declared = [declaration for declaration in personal_data.declarations() if declaration.person]
    return [d.model for d in declared if not personal_data.rows_of(d, person).exists()]


def left(number):
    declared = [declaration for declaration in personal_data.declarations() if declaration.person]
    return [d.model for d in declared if personal_data.rows_of(d, User(pk=number)).exists()]


def copy_of(person):
    export.ask(user=person)
    tasks.build_exports()
    with DataExport.objects.get(user=person).file.open("rb") as file:
        return ZipFile(BytesIO(file.read()))


# --- the test ---------------------------------------------------------------------------------------------------------
def test_every_declared_table_has_a_row_of_the_person(person):
    export.ask(user=person)
    assert unplanted(person) == ["members.Erasure"]

    erasure.ask(user=person)
    assert "members.Erasure" not in unplanted(person)


def test_the_copy_holds_every_word_for_machines_and_for_people_and_every_file(person, word):
    archive = copy_of(person)

    data, page = archive.read("data.json").decode(), archive.read("index.html").decode()
    assert {planted for planted in word.words if planted not in data} == set()
    assert {planted for planted in word.words if planted not in page} == set()
    contents = {archive.read(name) for name in archive.namelist() if name.startswith("files/")}
    assert contents == {b"canary-photo", b"canary-document"}
    assert json.loads(data)["tables"]["members.Tag_profiles"][0]["tag"] == "Midwives"


def test_the_purge_leaves_none_in_any_table_any_file_or_the_log(person, caplog, django_capture_on_commit_callbacks):
    caplog.set_level(logging.INFO)
    number, sessions = person.pk, Session.objects.count()
    copy_of(person)
    with django_capture_on_commit_callbacks(execute=True):
        erasure.ask(user=person)
    assert rows() != []
    assert files() != []

    with time_machine.travel(timezone.now() + timedelta(days=15)), django_capture_on_commit_callbacks(execute=True):
        tasks.erase_due()

    assert rows() == []
    assert files() == []
    assert left(number) == []
    assert not AuditEntry.objects.filter(actor_id=number).exclude(person_id=None).exists()  # whom he had to do with
    assert CANARY not in caplog.text
    assert Session.objects.count() == sessions - 1
    assert list(ErasedAccount.objects.values_list("user_id", flat=True)) == [number]


def test_what_stays_is_the_hash_and_the_figures(person):
    erasure.purge(number=person.pk)

    assert apps.get_model("outbox.Suppression").objects.count() == 1
    assert Authenticator.objects.count() == 0
    assert AuditEntry.objects.filter(verb="members.account_erased").count() == 1
