"""The page of a project."""

from django.contrib.auth.decorators import login_not_required
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.generic import DetailView

from apps.core import slots

from .. import permissions, sheets
from ..models import Project


@method_decorator(login_not_required, name="dispatch")
class ProjectPage(DetailView):
    """What a project does, for whoever may see it; its team sees drafts, and documents of its own."""

    template_name = "projects/project.html"
    context_object_name = "project"

    def get_queryset(self):
        return Project.objects.visible_to(self.request.user).for_page()

    def get_context_data(self, **kwargs):
        project = self.object
        private = permissions.can_see_what_is_private(self.request.user, project)
        page = sheets.page(project.pk, private=private)
        return super().get_context_data(
            **kwargs,
            page=page,
            told=page.told,
            related=slots.fill("project.related", self.request, project),
            edit_url="" if project.is_public else self._way_to_the_form(project),
        )

    def _way_to_the_form(self, project) -> str:
        may = permissions.can_edit(self.request.user, project)
        return reverse("admin:projects_project_change", args=[project.pk]) if may else ""
