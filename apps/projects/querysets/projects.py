"""Projects and their rows, in words. The team of a project sees its drafts; everybody else what is published."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from apps.core.publishing import PublishingQuerySet

RUN_EVERY = "projects.run_every_project"


class ProjectQuerySet(PublishingQuerySet):
    def visible_to(self, user):
        if not user.is_authenticated or not user.is_staff:
            return self.published()
        if user.has_perm(RUN_EVERY):
            return self
        return self.filter(Q(state=self.model.State.PUBLISHED, public_from__lte=Now()) | Q(_has_in_team(self, user)))

    def run_by(self, user):
        """The projects in whose team somebody is, whatever the role; all, for whoever may run every project."""
        if not user.is_authenticated or not user.is_staff:
            return self.none()
        if user.has_perm(RUN_EVERY):
            return self
        return self.filter(_has_in_team(self, user))

    def newest_first(self):
        return self.order_by("-sort_year", "pk")


def _has_in_team(projects, user):
    team = projects.model._meta.get_field("team").related_model
    return Exists(team.objects.filter(project=OuterRef("pk"), user=user))


class PartQuerySet(models.QuerySet):
    """Rows of a project: seen by whoever sees the project."""

    def visible_to(self, user):
        project = self.model._meta.get_field("project").related_model
        return self.filter(project__in=project.objects.visible_to(user))


class TeamQuerySet(models.QuerySet):
    def visible_to(self, user):
        project = self.model._meta.get_field("project").related_model
        return self.filter(project__in=project.objects.run_by(user))

    def of(self, user):
        return self.filter(user=user)


class SourceQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self


class OrganisationQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def donors(self):
        """Those that fund a project."""
        return self.filter(partnerships__role="donor").distinct()
