"""How long things are kept: one list of rules, the run and the report of what would go."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.core import audit, personal_data, retention, services
from apps.core.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def focal(client):
    user = get_user_model().objects.create_user("focal@example.org", "a long password", is_staff=True)
    user.groups.set([Group.objects.get(name="Data-protection focal point")])
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def desk(focal):
    client = Client()
    client.force_login(focal)
    return client


def record_of(age):
    with time_machine.travel(timezone.now() - age):
        return audit.record(actor=None, verb="tests.done")


# --- the rules --------------------------------------------------------------------------------------------------------
def test_every_rule_is_about_a_declared_table_and_says_what_goes():
    declared = {declaration.model for declaration in personal_data.declarations()}

    for rule in retention.rules():
        assert rule.model in declared, rule.name
        assert str(rule.rule).strip(), rule.name
        assert rule.app in {config.label for config in apps.get_app_configs()}
        assert rule.period > timedelta(0)


def test_each_app_runs_its_own_rules_only(monkeypatch):
    monkeypatch.setattr(retention, "_rules", {})
    for name in ("one.things", "two.things"):
        retention.register(
            name,
            model="core.AuditEntry",
            rule="All of them.",
            period=timedelta(days=1),
            over=lambda before: AuditEntry.objects.none(),
            let_go=lambda before: 7,
        )

    assert retention.run("one") == {"things": 7}


def test_a_rule_that_fails_holds_up_no_other_and_is_told_from_one_that_found_nothing(monkeypatch, caplog):
    monkeypatch.setattr(retention, "_rules", {})
    for name, let_go in [("broken", lambda before: 1 // 0), ("empty", lambda before: 0), ("things", lambda before: 7)]:
        retention.register(
            f"one.{name}",
            model="core.AuditEntry",
            rule="All of them.",
            period=timedelta(days=1),
            over=lambda before: AuditEntry.objects.none(),
            let_go=let_go,
        )

    assert retention.run("one") == {"broken": None, "empty": 0, "things": 7}
    assert "one.broken" in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_the_moment_is_as_long_ago_as_the_period(monkeypatch):
    asked = []
    monkeypatch.setattr(retention, "_rules", {})
    retention.register(
        "one.things",
        model="core.AuditEntry",
        rule="Old ones.",
        period=timedelta(days=3),
        over=lambda before: asked.append(before) or AuditEntry.objects.none(),
    )

    with time_machine.travel("2026-06-10 12:00Z", tick=False):
        retention.run("one")

    assert [moment.isoformat() for moment in asked] == ["2026-06-07T12:00:00+00:00"]


def test_after_three_years_deeds_and_the_administrations_log_go(focal):
    old, young = record_of(timedelta(days=3 * 365 + 1)), record_of(timedelta(days=3 * 365 - 1))
    kind = ContentType.objects.get_for_model(AuditEntry)
    log = LogEntry.objects.create(user=focal, content_type=kind, object_id="1", object_repr="x", action_flag=CHANGE)
    LogEntry.objects.filter(pk=log.pk).update(action_time=old.at)

    assert {rule.name: number for rule, number in retention.would_go() if rule.app == "core"} == {
        "core.audit": 1,
        "core.log": 1,
    }
    assert services.keep_tidy() == {"audit": 1, "log": 1}

    assert list(AuditEntry.objects.filter(verb="tests.done")) == [young]
    assert not LogEntry.objects.exists()
    assert AuditEntry.objects.get(verb="core.tidied").detail == {"audit": 1, "log": 1}


# --- what the focal point reads ---------------------------------------------------------------------------------------
def test_the_report_says_how_many_would_go_and_lets_nothing_go(desk):
    record_of(timedelta(days=4 * 365))

    page = desk.get(reverse("admin:core_auditentry_retention"))

    assert {rule.name: number for rule, number in page.context["rules"]}["core.audit"] == 1
    assert len(page.context["rules"]) == len(retention.rules())
    assert AuditEntry.objects.filter(verb="tests.done").exists()


def test_the_report_costs_one_query_a_rule(desk, django_assert_num_queries):
    address = reverse("admin:core_auditentry_retention")
    rights = 5  # session, account, the rights of person and roles, and whether there are invented people
    desk.get(address)

    with django_assert_num_queries(len(retention.rules()) + rights, exact=False):
        desk.get(address)


@pytest.mark.parametrize("language", dict(settings.LANGUAGES))
def test_the_register_shows_every_declaration(desk, focal, language):
    get_user_model().objects.filter(pk=focal.pk).update(language=language)

    page = desk.get(reverse("admin:core_auditentry_processing"))

    shown = {kept.model for kept, _treated in page.context["tables"]}
    shown |= {kept.model for kept in page.context["no_person"]}
    assert shown == {model._meta.label for model in apps.get_models(include_auto_created=True)}


def test_both_are_found_from_the_audit(desk):
    page = desk.get(reverse("admin:core_auditentry_changelist")).content.decode()

    assert reverse("admin:core_auditentry_processing") in page
    assert reverse("admin:core_auditentry_retention") in page
