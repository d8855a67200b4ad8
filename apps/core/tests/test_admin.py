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
    entries = [audit.record(actor=staff, verb="core.tested", number=number) for number in range(3)]
    changelist = reverse("admin:core_auditentry_changelist")
    of_the_day = {f"at__{part}": getattr(entries[1].at, part) for part in ("year", "month", "day")}

    found = staff_client.get(changelist, {"q": "core tested", "verb": "core.tested", **of_the_day}).context["cl"]

    assert list(found.result_list) == entries[::-1]
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
        with django_assert_max_num_queries(11) as queries:  # two of them write that the list was read
            staff_client.get(reverse("admin:core_auditentry_changelist"))
        costs.append(len(queries))

    assert costs[0] == costs[1]


WHY = "Looks into a complaint about a message"


@pytest.fixture
def trail(django_user_model):
    """A member who wrote to another, was read about, and shut somebody out."""
    member, other = (django_user_model.objects.create_user(f"{name}@example.org") for name in ("member", "other"))
    return {
        "member": member,
        "other": other,
        "written": audit.record(actor=member, verb="members.message_sent", person=other.pk),
        "shut out": audit.record(actor=member, verb="members.blocked", person=member.pk),
        "read": audit.read(actor=None, person=member.pk, what="opened", purpose="Zqpurpose of a colleague"),
    }


def readings_of(user):
    readings = AuditEntry.objects.about(user).readings().filter(purpose=WHY).order_by("pk")
    return [(entry.verb, entry.target_type, entry.target_id) for entry in readings]


def test_all_that_is_known_of_an_account_is_searched_for_with_a_purpose_and_its_owner_sees_it(staff_client, trail):
    member = trail["member"]
    address = f"{reverse('admin:core_auditentry_changelist')}?q={member.pk}+members."

    asked = staff_client.get(address)
    assert asked.templates[0].name == "admin/purpose.html"
    assert "members.message_sent" not in asked.text
    page = staff_client.post(address, {"then": "open", "purpose": WHY}, follow=True)

    assert set(page.context["cl"].result_list) == {trail["written"], trail["shut out"]}
    once = [("read.opened", "members.User", str(member.pk)), ("read.listed", "", "")]
    assert readings_of(member) == once
    staff_client.get(address)
    assert readings_of(member) == [*once, once[1]]
    assert readings_of(trail["other"]) == []


def test_what_concerns_a_person_is_not_found_by_the_number_of_what_was_done_to(staff_client, trail):
    thing = SectorFactory(pk=987_654_321)  # as a profile, whose number is nobody's account
    about_somebody = audit.record(actor=None, verb="x", target=thing, person=trail["member"].pk)
    about_nobody = audit.record(actor=None, verb="x", target=thing)

    page = staff_client.get(reverse("admin:core_auditentry_changelist"), {"q": thing.pk})

    assert list(page.context["cl"].result_list) == [about_nobody]
    assert about_somebody in AuditEntry.objects.telling(str(trail["member"].pk))


def test_two_accounts_in_one_search_are_two_people(staff_client, trail):
    address = f"{reverse('admin:core_auditentry_changelist')}?q={trail['member'].pk}+{trail['other'].pk}"

    for _person in range(2):
        assert "cl" not in staff_client.get(address).context
        staff_client.post(address, {"then": "open", "purpose": WHY})

    assert list(staff_client.get(address).context["cl"].result_list) == [trail["written"]]
    for name in ("member", "other"):
        opened = ("read.opened", "members.User", str(trail[name].pk))
        assert readings_of(trail[name]) == [opened, ("read.listed", "", "")]


def test_the_list_of_the_audit_tells_no_reason_and_adds_one_entry_however_many_it_shows(staff_client, trail):
    before = AuditEntry.objects.count()

    page = staff_client.get(reverse("admin:core_auditentry_changelist"))

    assert trail["read"] in page.context["cl"].result_list
    assert "Zqpurpose" not in page.text
    assert AuditEntry.objects.count() == before + 1
    assert (last_entry().verb, last_entry().detail) == ("read.listed", {"model": "core.AuditEntry", "searched": False})


@pytest.mark.parametrize("asked", ["person_id=1", "actor_id__exact=1", "purpose__startswith=Z", "detail__sender=1"])
def test_no_address_goes_round_the_search(staff_client, asked):
    assert staff_client.get(f"{reverse('admin:core_auditentry_changelist')}?{asked}").status_code == 400


def test_no_order_leads_to_a_number(staff_client, trail):
    for column in range(1, 8):
        page = staff_client.get(reverse("admin:core_auditentry_changelist"), {"o": column})
        order = {name.lstrip("-") for name in page.context["cl"].queryset.query.order_by}
        assert order <= {"at", "pk", "verb", "unit", "target_type"}


def test_an_entry_about_a_person_is_opened_with_a_purpose_and_whoever_is_in_it_sees_it(staff_client, staff, trail):
    address = reverse("admin:core_auditentry_change", args=[trail["read"].pk])
    assert "Zqpurpose" not in staff_client.get(address).text
    assert "Zqpurpose" in staff_client.post(address, {"then": "open", "purpose": WHY}, follow=True).text
    assert readings_of(trail["member"]) == [("read.opened", "core.AuditEntry", str(trail["read"].pk))]

    written = reverse("admin:core_auditentry_change", args=[trail["written"].pk])
    staff_client.post(written, {"then": "open", "purpose": WHY})
    seen = ("read.opened", "core.AuditEntry", str(trail["written"].pk))
    assert readings_of(trail["other"]) == [seen]
    assert readings_of(trail["member"])[1:] == [seen]
    assert readings_of(staff) == []


def test_an_entry_about_nobody_is_no_secret(staff_client):
    entry = audit.record(actor=None, verb="core.tidied", audit=7)

    assert "core.tidied" in staff_client.get(reverse("admin:core_auditentry_change", args=[entry.pk])).text
