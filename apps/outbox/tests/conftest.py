"""Kinds of mail for the outbox's own tests, and a mail server that does what it is told."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group

from apps.outbox import kinds, services
from apps.outbox.models import Lane, OutgoingMail
from apps.outbox.services import delivery

from .smtp_server import serving


@pytest.fixture
def unwanted():
    """What is no longer to be written of, by its number, with the reason; tests put things in."""
    return {}


@pytest.fixture
def some_kinds(unwanted, monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    asked = lambda ids: {pk: unwanted[pk] for pk in ids if pk in unwanted}  # noqa: E731 - a kind's one question
    sample = {"name": "Amina", "unsubscribe_url": "https://portal.example/stop/x"}
    return SimpleNamespace(
        code=kinds.register(
            "tests.code", lane=Lane.ACCOUNT, when_uncertain=kinds.WhenUncertain.REPEAT, sample={"code": "123-456-789"}
        ),
        notice=kinds.register(
            "tests.notice",
            lane=Lane.NOTICE,
            when_uncertain=kinds.WhenUncertain.DROP,
            sample={"name": "Amina"},
            still_wanted=asked,
        ),
        bulk=kinds.register(
            "tests.bulk", lane=Lane.BULK, when_uncertain=kinds.WhenUncertain.WAIT, sample=sample, still_wanted=asked
        ),
    )


@pytest.fixture
def mail(db, some_kinds):
    """Queue one mail: `mail("notice", to=…)`. Its content needs no template."""
    numbers = iter(range(1, 1000))

    def make(kind="notice", *, to="amina@example.org", number=None, **fields):
        known = getattr(some_kinds, kind)
        marks = " ".join(f"[[{name}]]" for name in known.sample)
        words = {"subject": f"About {kind}", "text": f"Hello {marks}\n", "html": f"<p>Hello {marks}</p>"}
        content = services.content(kind=known.name, language="en", **words)
        number = number or next(numbers)
        row = {"about_id": number, "dedupe_key": f"{kind}:{number}", "values": dict(known.sample)} | fields
        if known.lane == Lane.BULK:
            row.setdefault("batch", services.batch("An edition"))
        return OutgoingMail.objects.create(kind=known.name, lane=known.lane, content=content, to=to, **row)

    return make


@pytest.fixture
def server(settings):
    with serving(keep=True) as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield server
        delivery._connection("127.0.0.1", server.port).close()


@pytest.fixture
def somebody(db, django_user_model):
    """An account: `somebody(is_staff=True)`."""
    numbers = iter(range(1, 1000))
    return lambda **fields: django_user_model.objects.create_user(f"person{next(numbers)}@example.org", **fields)


@pytest.fixture
def staff_of(somebody):
    """Somebody of a role: `staff_of("Administrator")`."""

    def make(role):
        user = somebody(is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        return user

    return make


@pytest.fixture
def administrator(staff_of):
    return staff_of("Administrator")


@pytest.fixture
def desk(client, administrator):
    """The administration, as the administrator has it."""
    client.force_login(administrator)
    return client
