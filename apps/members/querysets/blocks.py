from django.apps import apps
from django.db import models
from django.db.models import OuterRef, Q


class BlockQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whom somebody has blocked is his to see; who has blocked him is not."""
        return self.filter(blocker=user)

    def made_by(self, user):
        return self.filter(blocker=user)

    def between(self, one, other):
        """It works both ways: neither sees the other, whoever wished it."""
        return self.filter(Q(blocker=one, blocked=other) | Q(blocker=other, blocked=one))

    def hiding_a_profile_from(self, user):
        """As a condition on each profile of a query."""
        return self.between(user, OuterRef("user"))

    def with_people(self):
        return self.select_related("blocked__profile")


def profiles_hidden_from(user) -> tuple[int, ...]:
    """The profiles that no list shows to this person, by their ids: for searches that know no accounts."""
    if not user.is_authenticated:
        return ()
    blocks = apps.get_model("members", "block").objects
    theirs = blocks.filter(blocked=user, blocker__profile__isnull=False).values_list("blocker__profile")
    own = blocks.made_by(user).filter(blocked__profile__isnull=False).values_list("blocked__profile")
    return tuple(sorted(pk for (pk,) in own.union(theirs)))
