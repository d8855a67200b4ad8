"""The list of projects, with facets and a time line."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from apps.core import facets, timeline

from .. import cards
from ..filters import ProjectFilter
from ..models import Project
from ..querysets.finding import MOST_COUNTED

PAGE = 24


@method_decorator(login_not_required, name="dispatch")
class ProjectList(TemplateView):
    """Public. The team of a project finds its drafts here too, marked as such."""

    template_name = "projects/list.html"

    def get_context_data(self, **kwargs):
        query = self.request.GET
        asked = ProjectFilter(query, queryset=Project.objects.none())
        text, tokens, page = asked.text, asked.tokens, asked.number
        seen = Project.objects.visible_to(self.request.user)
        seen = seen.search(text) if text else seen.newest_first()
        found = seen.counted(tokens)
        pages = -(-found.total // PAGE) or 1
        if page > pages:
            raise Http404
        rows = list(seen.narrowed(tokens).for_list()[(page - 1) * PAGE : page * PAGE]) if found.total else []
        return super().get_context_data(
            **kwargs,
            q=text,
            found=found,
            most_counted=MOST_COUNTED,
            projects=cards.drawn(rows),
            axis=(timeline.SINCE, timeline.until()) if any(row.years for row in rows) else None,
            groups=[group for group in asked.groups(found) if group.options],
            chips=facets.chips(query, text, asked.chosen),
            pager=facets.pager(query, page, pages),
        )
