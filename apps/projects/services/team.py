"""Who works on a project."""

from django.db import transaction

from apps.core import audit

from ..models import TeamMember


@transaction.atomic
def leave_all(*, user) -> None:
    """End every role of an account that goes."""
    for role in TeamMember.objects.of(user).select_related("project"):
        audit.record(actor=None, verb="projects.team_left", target=role.project, person=user.pk, role=role.role)
        role.delete()
