"""The administration as a house: its door, its language, the taxonomy, the audit."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.urls import reverse

from apps.core import audit
from apps.core.admin import HouseAdmin
from apps.core.models import AuditEntry, Skill, SkillName
from apps.core.signals import taxonomy_changed
from apps.core.tests.factories import CountryFactory, RegionFactory, SectorFactory, SkillFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(django_user_model):
    """Somebody who keeps the taxonomy and reads the audit."""
    user = django_user_model.objects.create_user("staff@example.org", is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(content_type__app_label="core", codename__regex="^(view|add|change)_")
    )
    return user


@pytest.fixture
def staff_client(client, staff):
    client.force_login(staff)
    return client


def last_entry():
    return AuditEntry.objects.latest("pk")


# --- the door ---------------------------------------------------------------------------------------------------------
def test_a_stranger_is_sent_to_the_portals_own_sign_in(client):
    response = client.get("/admin/core/skill/?q=nurse", follow=True)

    address, _status = response.redirect_chain[-1]
    assert address == reverse("account_login") + "?next=/admin/core/skill/%3Fq%3Dnurse"


def test_who_is_not_staff_is_refused(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("member@example.org"))

    assert client.get("/admin/", follow=True).status_code == 403


@pytest.mark.parametrize("method", ["get", "post"])
def test_djangos_own_sign_in_is_shown_to_nobody(staff_client, method):
    response = getattr(staff_client, method)("/admin/login/", {"username": "x", "password": "y"})

    assert (response.status_code, response.url) == (302, "/admin/")


def test_passwords_and_leaving_are_the_portals_own(staff_client):
    assert staff_client.get("/admin/password_change/").url == reverse("account_change_password")
    assert staff_client.get("/admin/password_change/done/").url == reverse("account_change_password")
    assert staff_client.post("/admin/logout/").url == reverse("account_logout")


def test_where_staff_need_a_second_factor_the_door_opens_with_it_only(staff_client, staff, settings):
    settings.STAFF_NEED_MFA = True
    response = staff_client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0] == reverse("mfa_index")

    Authenticator.objects.create(user=staff, type=Authenticator.Type.TOTP, data={})
    assert staff_client.get("/admin/").status_code == 200


def test_only_admins_of_the_house_are_registered():
    foreign = [model for model, model_admin in admin.site._registry.items() if not isinstance(model_admin, HouseAdmin)]

    assert foreign == []


def test_language_and_theme_are_the_readers(staff_client, staff):
    staff.language = "fr"
    staff.save()
    staff_client.cookies["theme"] = "dark"

    page = staff_client.get("/admin/", headers={"accept-language": "nl"}).text

    assert '<html lang="fr" dir="ltr" data-bs-theme="dark">' in page


def test_the_index_shows_what_one_may_look_after_and_no_more(client, django_user_model):
    user = django_user_model.objects.create_user("sectors@example.org", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_sector"))
    client.force_login(user)

    apps = client.get("/admin/").context["app_list"]

    assert [[model["object_name"] for model in app["models"]] for app in apps] == [["Sector"]]


def test_the_policy_is_strict_in_the_administration_too(staff_client):
    policy = staff_client.get("/admin/core/skill/").headers["Content-Security-Policy"]

    assert "script-src 'self';" in policy + ";"
    assert "style-src 'self';" in policy + ";"


# --- the taxonomy -----------------------------------------------------------------------------------------------------
@pytest.fixture
def told():
    """How often the apps above heard that the taxonomy changed."""
    heard = []

    def hear(**kwargs):
        heard.append(kwargs)

    taxonomy_changed.connect(hear)
    yield heard
    taxonomy_changed.disconnect(hear)


def skill_form(skill, **changes):
    names = {f"name_{code}": getattr(skill, f"name_{code}") for code in ("en", "fr", "nl", "de")}
    synonyms = {f"synonyms_{code}": "" for code in ("en", "fr", "nl", "de")}
    return {**names, **synonyms, "sector": skill.sector_id, "parent": "", "active": "on", **changes}


def test_a_saved_skill_is_found_by_its_new_name_and_stands_in_its_new_place(staff_client, staff, told):
    wider = SkillFactory(slug="care")
    skill = SkillFactory(slug="nursing")

    staff_client.post(
        reverse("admin:core_skill_change", args=[skill.pk]),
        skill_form(skill, name_fr="Soins infirmiers", parent=wider.pk),
    )

    skill.refresh_from_db()
    assert skill.lineage == [skill.pk, wider.pk]
    assert SkillName.objects.filter(skill=skill, language="fr").get().key == "soins infirmiers"
    assert len(told) == 1
    entry = last_entry()
    assert (entry.verb, entry.actor_id, entry.target_id) == ("core.skill.changed", staff.pk, str(skill.pk))


def test_a_new_skill_is_written_down_with_who_added_it(staff_client, staff):
    form = skill_form(SkillFactory(), slug="welding", name_en="Welding")

    staff_client.post(reverse("admin:core_skill_add"), form)

    assert Skill.objects.get(slug="welding").names.filter(key="welding").exists()
    assert (last_entry().verb, last_entry().actor_id) == ("core.skill.added", staff.pk)


def test_what_other_systems_know_a_word_by_never_changes(staff_client):
    skill = SkillFactory(slug="nursing")

    staff_client.post(reverse("admin:core_skill_change", args=[skill.pk]), skill_form(skill, slug="other"))

    skill.refresh_from_db()
    assert skill.slug == "nursing"


def test_words_are_retired_and_come_back_but_are_never_deleted(staff_client, told):
    retired, kept = SkillFactory.create_batch(2)
    changelist = reverse("admin:core_skill_changelist")

    staff_client.post(changelist, {"action": "retire", "_selected_action": [retired.pk]})

    assert set(Skill.objects.active()) == {kept}
    assert not SkillName.objects.filter(skill=retired).exists()
    assert (last_entry().verb, last_entry().target_id) == ("core.skill.changed", str(retired.pk))
    assert len(told) == 1

    staff_client.post(changelist, {"action": "bring_back", "_selected_action": [retired.pk, kept.pk]})

    assert set(Skill.objects.active()) == {retired, kept}
    assert AuditEntry.objects.filter(verb="core.skill.changed").count() == 2
    assert staff_client.get(reverse("admin:core_skill_delete", args=[kept.pk])).status_code == 403


def test_who_only_reads_the_taxonomy_retires_nothing(client, django_user_model):
    user = django_user_model.objects.create_user("reader@example.org", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_skill"))
    client.force_login(user)
    skill = SkillFactory()

    client.post(reverse("admin:core_skill_changelist"), {"action": "retire", "_selected_action": [skill.pk]})

    skill.refresh_from_db()
    assert skill.active


@pytest.mark.parametrize("factory", [CountryFactory, RegionFactory, SectorFactory, SkillFactory])
def test_a_list_costs_the_same_for_any_number(staff_client, factory, django_assert_max_num_queries):
    address = reverse(f"admin:core_{factory._meta.model._meta.model_name}_changelist")
    factory()
    costs = []
    for more in (0, 2):
        factory.create_batch(more)
        with django_assert_max_num_queries(10) as queries:
            assert staff_client.get(address).status_code == 200
        costs.append(len(queries))

    assert costs[0] == costs[1]


# --- the audit --------------------------------------------------------------------------------------------------------
def test_the_audit_is_read_filtered_and_never_written(staff_client, staff):
    entries = [audit.record(actor=staff, verb="core.tested", person=person) for person in (1, 22, 2)]
    changelist = reverse("admin:core_auditentry_changelist")

    found = staff_client.get(changelist, {"q": "22", "verb": "core.tested"}).context["cl"].result_list

    assert list(found) == [entries[1]]
    change = reverse("admin:core_auditentry_change", args=[entries[0].pk])
    assert staff_client.get(change).status_code == 200
    assert staff_client.post(change, {"verb": "x"}).status_code == 403
    assert staff_client.get(reverse("admin:core_auditentry_add")).status_code == 403
    assert staff_client.get(reverse("admin:core_auditentry_delete", args=[entries[0].pk])).status_code == 403


def test_a_word_in_the_audits_search_is_no_error(staff_client, staff):
    audit.record(actor=staff, verb="core.tested")

    found = staff_client.get(reverse("admin:core_auditentry_changelist"), {"q": "tested"}).context["cl"].result_list

    assert [entry.verb for entry in found] == ["core.tested"]


def test_the_audits_list_costs_the_same_for_any_number(staff_client, staff, django_assert_max_num_queries):
    costs = []
    for more in (1, 2):
        for _ in range(more):
            audit.record(actor=staff, verb="core.tested")
        with django_assert_max_num_queries(10) as queries:
            staff_client.get(reverse("admin:core_auditentry_changelist"))
        costs.append(len(queries))

    assert costs[0] == costs[1]
