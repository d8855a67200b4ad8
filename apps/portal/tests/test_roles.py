"""Roles are one table, and the database holds what it says: no less after a migrate, no more either."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db.models.signals import post_migrate

from apps.members.tests.factories import UserFactory
from apps.portal import roles
from apps.portal.roles import ROLES

pytestmark = pytest.mark.django_db


def rights_of(role):
    held = Permission.objects.filter(group__name=role).select_related("content_type")
    return {f"{right.content_type.app_label}.{right.codename}" for right in held}


def after_a_migrate():
    portal = apps.get_app_config("portal")
    post_migrate.send(sender=portal, app_config=portal, verbosity=0, interactive=False, using="default")


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_the_rights_of_the_table_and_no_other(role):
    assert rights_of(role) == set(roles.names(ROLES[role]))


def test_every_right_in_the_table_is_about_something_in_the_administration():
    registered = {model._meta.label_lower for model in admin.site._registry}
    registered |= {"members.staffnote", "members.privatedocument", "members.savedsearch"}  # stand beside profiles

    assert {model for rights in ROLES.values() for model in rights} <= registered


def test_a_right_given_by_hand_or_taken_away_is_put_right_by_the_next_migrate():
    role = Group.objects.get(name="Communications staff")
    role.permissions.set([Permission.objects.get(codename="change_user")])

    after_a_migrate()

    assert rights_of(role.name) == set(roles.names(ROLES[role.name]))


def test_rights_that_django_has_yet_to_make_are_made():
    """On the first migrate of a database the roles are granted before Django makes the rights of the last app."""
    Permission.objects.filter(content_type__app_label="portal").delete()

    roles.grant()

    assert rights_of("Communications staff") >= {"portal.view_page", "portal.add_page", "portal.change_page"}


def test_a_group_that_left_the_table_keeps_its_people_and_no_right():
    former = Group.objects.create(name="Consultants")
    former.permissions.add(Permission.objects.get(codename="view_profile"))
    person = UserFactory()
    person.groups.add(former)

    after_a_migrate()

    assert rights_of("Consultants") == set()
    assert list(person.groups.all()) == [former]


OF_PROJECTS = {"Project", "Organisation", "Source", "DonorReport"}
INDEX = {
    "Project staff": {"Sector", "Skill", "Profile", "Tag", *OF_PROJECTS},
    "Communications staff": {"Page", "OutgoingMail", "MailBatch", *OF_PROJECTS},
    "Secretariat": {"Profile", "Tag"},
    "Data-protection focal point": {"AuditEntry", "User", "Consent", "Suppression"},
    "Administrator": {
        *("Country", "Region", "Sector", "Language", "Skill", "User", "Profile", "Tag"),
        *("OutgoingMail", "MailBatch", "Suppression", "MessageReport"),
        *OF_PROJECTS,
    },
}


@pytest.mark.parametrize("role", ROLES)
def test_the_index_shows_each_role_its_own(client, role):
    person = UserFactory(is_staff=True)
    person.groups.add(Group.objects.get(name=role))
    client.force_login(person)

    apps_shown = client.get("/admin/").context["app_list"]

    assert {model["object_name"] for app in apps_shown for model in app["models"]} == INDEX[role]


def test_nobody_reads_personal_data_and_writes_what_the_public_reads():
    """The focal point edits no content; whoever writes pages opens no profile."""
    content = {"portal.add_page", "portal.change_page"}
    people = {"members.view_profile", "members.view_user", "members.view_consent"}

    assert [role for role in ROLES if rights_of(role) & content and rights_of(role) & people] == []


def test_no_role_deletes_anything_but_notes_words_and_drafts():
    deletes = {right for rights in ROLES.values() for right in roles.names(rights) if ".delete_" in right}

    assert deletes == {"members.delete_staffnote", "members.delete_tag", "projects.delete_project"}
