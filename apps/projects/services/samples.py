"""What a demonstration shows of the work on projects: teams of sample accounts, and a draft that says what it is."""

from django.db import transaction

from ..models import Project, TeamMember
from . import projects, team

SLUG = "sample-draft"
FIRST = "Sample draft: training for trainers"
NOW = "Sample draft: training for trainers of nurses"


@transaction.atomic
def join(*, project: Project, user, role: str) -> None:
    """Take a sample account into a team; whoever is in it stays as he is."""
    if not project.team.of(user).exists():
        team.put(role=TeamMember(project=project, user=user, role=role), actor=None)


@transaction.atomic
def draft(*, user) -> None:
    """A draft whose French title is older than the English one; whoever deleted or changed it is left alone."""
    if Project.objects.filter(slug=SLUG).exists():
        return
    project = Project(slug=SLUG, title_en=FIRST, title_fr="Exemple de brouillon : formation de formateurs")
    projects.write_row(row=project, changed={"title_en", "title_fr"})
    team.lead(project=project, user=user)
    projects.saved(project=project, actor=user)
    project.title_en = NOW
    project.lead_en = "An invented project, so that there is a draft to look at, to write in and to translate."
    projects.write_row(row=project, changed={"title_en", "lead_en"})
    section = project.sections.model(project=project, heading_en="What the project would do")
    section.body_en = "<p>Nothing of this is planned: it is a sample.</p>"
    projects.write_row(row=section, changed={"heading_en", "body_en"})
    projects.saved(project=project, actor=user)
