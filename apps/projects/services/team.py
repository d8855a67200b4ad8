"""Who works on a project."""

from django.db import transaction

from apps.core import audit

from ..models import Project, TeamMember


class NoLead(Exception):
    """Nobody would be left who leads the project."""


@transaction.atomic
def lead(*, project: Project, user) -> TeamMember:
    """Whoever adds a project leads it."""
    role, _new = TeamMember.objects.get_or_create(project=project, user=user, defaults={"role": TeamMember.Role.LEAD})
    audit.record(actor=user, verb="projects.team_joined", target=project, person=user.pk, role=role.role)
    return role


@transaction.atomic
def put(*, role: TeamMember, actor) -> None:
    """Take somebody into the team, or change what he does there."""
    role.save()
    audit.record(actor=actor, verb="projects.team_joined", target=role.project, person=role.user_id, role=role.role)


@transaction.atomic
def take_out(*, role: TeamMember, actor) -> None:
    audit.record(actor=actor, verb="projects.team_left", target=role.project, person=role.user_id, role=role.role)
    role.delete()


@transaction.atomic
def check(*, project: Project) -> None:
    """After the team was changed: raise ``NoLead`` unless somebody leads the project."""
    Project.objects.select_for_update(of=("self",)).get(pk=project.pk)  # one change of a team after the other
    if not project.team.filter(role=TeamMember.Role.LEAD).exists():
        raise NoLead


@transaction.atomic
def leave_all(*, user) -> None:
    """End every role of an account that goes."""
    for role in TeamMember.objects.of(user).select_related("project"):
        audit.record(actor=None, verb="projects.team_left", target=role.project, person=user.pk, role=role.role)
        role.delete()
