from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..querysets.projects import TeamQuerySet
from .project import Project


class TeamMember(models.Model):
    """Who works on a project. What is private of a project is seen by its team, not by other teams."""

    class Role(models.TextChoices):
        LEAD = "lead", _("Leads: writes, publishes, chooses the team")
        EDITOR = "editor", _("Writes and translates")
        READER = "reader", _("Reads what is private")

    project = models.ForeignKey(Project, models.CASCADE, related_name="team", verbose_name=_("project"))
    # PROTECT, not CASCADE: members tells before an account goes, and we end the role.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="project_roles", verbose_name=_("who")
    )
    role = models.CharField(_("role"), max_length=6, choices=Role, default=Role.EDITOR)
    since = models.DateTimeField(_("since"), auto_now_add=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["since"]
        verbose_name = _("member of the team")
        verbose_name_plural = _("team")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "user"],
                name="one_role_a_project",
                violation_error_message=_("This person is already in the team: change the role there."),
            )
        ]

    def __str__(self):
        return f"{self.user_id} ({self.role})"
