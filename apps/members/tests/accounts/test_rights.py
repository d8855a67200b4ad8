"""Rights are read in one query, and are those that Django reads in two."""

import pytest
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group, Permission

from apps.members.adapter import PasswordBackend
from apps.members.models import User
from apps.members.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def rights(user) -> set[str]:
    return PasswordBackend().get_all_permissions(User.objects.get(pk=user.pk))


def djangos(user) -> set[str]:
    return ModelBackend().get_all_permissions(User.objects.get(pk=user.pk))


def test_rights_of_ones_own_and_of_ones_groups_are_those_that_django_finds():
    own, of_group, both, of_another = Permission.objects.order_by("pk")[:4]
    group, another = Group.objects.create(name="One"), Group.objects.create(name="Another")
    group.permissions.set([of_group, both])
    another.permissions.set([of_another])
    user = UserFactory()
    user.user_permissions.set([own, both])
    user.groups.add(group)

    assert len(rights(user)) == 3
    for one in (user, UserFactory(), UserFactory(is_active=False), UserFactory(is_superuser=True)):
        assert rights(one) == djangos(one)


def test_who_is_not_active_has_none_whatever_was_given(django_assert_num_queries):
    user = UserFactory(is_active=False)
    user.user_permissions.set(Permission.objects.all()[:2])

    assert rights(user) == djangos(user) == set()
    with django_assert_num_queries(0):
        assert PasswordBackend().get_all_permissions(user, obj=user) == set()


def test_they_are_asked_for_once(django_assert_num_queries):
    user = UserFactory()
    with django_assert_num_queries(1):
        assert not user.has_perm("projects.add_project")
        assert not user.has_module_perms("projects")
