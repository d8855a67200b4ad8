"""The register of personal data names every model and field, and the notice is made from it."""

from dataclasses import replace

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.urls import reverse
from django.utils.encoding import force_str
from django.utils.html import escape
from django.utils.text import capfirst
from django.utils.translation import override

from apps.core import personal_data, retention
from apps.core.personal_data import Treatment
from apps.portal import services

from ..celery import app as celery


@pytest.mark.static
def test_every_model_and_every_field_is_declared():
    assert personal_data.undeclared() == []


@pytest.fixture
def register(monkeypatch):
    """A copy to spoil."""
    declared = dict(personal_data._declared)
    monkeypatch.setattr(personal_data, "_declared", declared)
    return declared


@pytest.mark.static
def test_a_model_that_nobody_declared_is_named(register):
    del register["members.Message"]

    assert personal_data.undeclared() == ["members.Message: not declared"]


@pytest.mark.static
def test_a_field_that_nobody_declared_is_named(register):
    message = register["members.Message"]
    fields = {name: treatment for name, treatment in message.fields.items() if name != "text"}
    register["members.Message"] = replace(message, fields=fields)

    assert personal_data.undeclared() == ["members.Message.text: not declared"]


@pytest.mark.static
def test_a_many_to_many_that_nobody_declared_is_named(register):
    profile = register["members.Profile"]
    fields = {name: treatment for name, treatment in profile.fields.items() if name != "ties"}
    register["members.Profile"] = replace(profile, fields=fields)

    assert personal_data.undeclared() == ["members.Profile.ties: not declared"]


@pytest.mark.static
def test_a_declaration_that_fits_no_field_and_no_model_is_named(register):
    message = register["members.Message"]
    register["members.Message"] = replace(message, fields=message.fields | {"mood": Treatment.EXPORT})
    personal_data.no_person("it is gone", "members.Gone")

    assert personal_data.undeclared() == ["members.Message.mood: no such field", "members.Gone: no such model"]


@pytest.mark.static
def test_a_field_is_treated_in_one_way_and_an_exemption_gives_its_reason():
    for declaration in personal_data.declarations():
        exempt = {name for name, treatment in declaration.fields.items() if treatment is Treatment.EXEMPT}
        assert exempt == set(declaration.reasons), declaration.model
        assert all(force_str(reason).strip() for reason in declaration.reasons.values()), declaration.model


@pytest.mark.static
def test_every_declaration_says_what_for_and_for_how_long():
    for declaration in personal_data.declarations():
        assert force_str(declaration.purpose).strip(), declaration.model
        assert force_str(declaration.retention).strip(), declaration.model


# How long something is kept, where no day ends it: the account's end, or what somebody does.
ENDED_BY_A_DEED = {
    "as long as the account",
    "as long as that thing asks for people, at most as long as the account",
    "as long as the profile is listed",
    "as long as the portal tells of the project",
    "as long as what was written",
    "for good",
    "for good, also after the account is erased: else the next mail would go there again",
    "none is kept",
    "until the consent is taken back",
    "until the person removes it",
    "until the person removes it, and as long as the account",
    "until the person stops following",
    "until the person takes it back",
    "while the person works on it",
}
GOES_WITH = {"members.MessageReport": "message", "outbox.MailEvent": "mail"}  # deleted with what this field names
ENDED_BY = {"members.Erasure": "members.erase_due", "sessions.Session": "core.keep_tidy"}  # a job of its own


def dated():
    """The tables whose time ends on some day. A new wording is one until it is named above."""
    with override("en"):
        ends = {declared.model: str(declared.retention) for declared in personal_data.declarations()}
    return {model for model, end in ends.items() if end not in ENDED_BY_A_DEED}


@pytest.mark.static
def test_whatever_is_declared_to_end_on_a_day_is_ended_by_a_rule_that_the_beat_runs():
    ruled = {rule.model for rule in retention.rules()}
    assert dated() - ruled - set(GOES_WITH) - set(ENDED_BY) == set()

    for label, name in GOES_WITH.items():
        field = apps.get_model(label)._meta.get_field(name)
        assert field.remote_field.on_delete is models.CASCADE, label
        assert field.related_model._meta.label in ruled, label
    jobs = {f"{rule.app}.keep_tidy" for rule in retention.rules()} | set(ENDED_BY.values())
    assert jobs <= set(celery.conf.beat_schedule)


@pytest.mark.static
@pytest.mark.parametrize("model", ["usersessions.UserSession", "members.Message", "core.AuditEntry", "members.Erasure"])
def test_the_guard_knows_what_ends_on_a_day(model):
    assert model in dated()


def path_to_a_person(model, path):
    """Follow `profile__user` from a model; the last step must be an account, or its number."""
    if path == "pk":
        return model
    for step in path.split("__"):
        field = model._meta.get_field(step)
        model = field.related_model or model
    return get_user_model() if isinstance(field, models.BigIntegerField) and step == "person_id" else model


@pytest.mark.static
def test_every_declaration_leads_to_the_person_whom_it_speaks_of():
    for declaration in personal_data.declarations():
        if not declaration.person:
            assert set(declaration.fields.values()) == {Treatment.EXEMPT}, declaration.model
            continue
        model = next(m for m in apps.get_models(include_auto_created=True) if m._meta.label == declaration.model)
        assert path_to_a_person(model, declaration.person) is get_user_model(), declaration.model


@pytest.mark.static
def test_what_is_said_to_hold_no_person_points_at_none():
    for model in apps.get_models(include_auto_created=True):
        declaration = personal_data._declared.get(model._meta.label)
        if declaration and declaration.holds_no_person:
            pointing = [f.name for f in model._meta.concrete_fields if f.related_model is get_user_model()]
            assert pointing == [], declaration.model


@pytest.mark.django_db
@pytest.mark.parametrize("language", dict(settings.LANGUAGES))
def test_the_privacy_notice_shows_the_whole_register(client, language):
    services.load_pages()

    with override(language):
        page = client.get(reverse("portal:page", args=["privacy"]))
        names = [escape(capfirst(str(declaration.name))) for declaration in personal_data.declarations()]

    assert names != []
    assert [name for name in names if name not in page.content.decode()] == []


@pytest.mark.parametrize("language", ["en", "fr", "nl", "de"])
def test_no_two_tables_are_called_alike(language):
    with override(language):
        names = [str(declared.name) for declared in (*personal_data.declarations(), *personal_data.without_person())]

    assert [name for name in names if names.count(name) > 1] == []
