"""Who may do what with one project; `querysets/projects.py` gives the same answers for many."""

from .models import Project, TeamMember
from .querysets.projects import RUN_EVERY

Role = TeamMember.Role


def role_in(user, project) -> str:
    """Return the role of somebody in a project's team, "" for none; who may run every project leads each."""
    if not user.is_authenticated or not user.is_staff:
        return ""
    if user.has_perm(RUN_EVERY):
        return Role.LEAD
    own = project.team.of(user).first()
    return own.role if own else ""


def can_see(user, project: Project) -> bool:
    return project.is_public or bool(role_in(user, project))


def can_see_what_is_private(user, project: Project) -> bool:
    return bool(role_in(user, project))


def can_edit(user, project: Project) -> bool:
    return user.has_perm("projects.change_project") and role_in(user, project) in {Role.EDITOR, Role.LEAD}


def can_publish(user, project: Project) -> bool:
    return user.has_perm("projects.change_project") and role_in(user, project) == Role.LEAD


def can_choose_team(user, project: Project) -> bool:
    return can_publish(user, project)
