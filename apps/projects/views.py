"""The public pages of projects."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.utils.decorators import method_decorator
from django.views.generic import DetailView, ListView

from .models import Project


@method_decorator(login_not_required, name="dispatch")
class ProjectList(ListView):
    template_name = "projects/list.html"

    def get_queryset(self):
        return Project.objects.visible_to(self.request.user).newest_first()


@method_decorator(login_not_required, name="dispatch")
class ProjectPage(DetailView):
    template_name = "projects/project.html"

    def get_queryset(self):
        return Project.objects.visible_to(self.request.user)


@login_not_required
def document(request, pk):
    raise Http404
