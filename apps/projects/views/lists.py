"""The list of projects, with facets and a time line."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.views.generic import TemplateView

from apps.core import facets, timeline

from .. import cards
from ..filters import ProjectFilter
from ..models import Project

PAGE = 24


def _page(projects, number: int) -> list[str]:
    return projects[(number - 1) * PAGE : number * PAGE].told(get_language())


@method_decorator(login_not_required, name="dispatch")
class ProjectList(TemplateView):
    """Public. The team of a project finds its drafts here too, marked as such."""

    template_name = "projects/list.html"

    def get_context_data(self, **kwargs):
        query = self.request.GET
        asked = ProjectFilter(query)
        text, tokens, page = asked.text, asked.tokens, asked.number
        seen = Project.objects.visible_to(self.request.user)
        seen = seen.search(text) if text else seen
        found = seen.counted(tokens)
        pages = -(-found.total // PAGE) or 1
        if page > pages:
            raise Http404
        seen = seen if text else seen.newest_first()
        rows = cards.drawn_of(_page(seen.narrowed(tokens), page)) if found.total else []
        return super().get_context_data(
            **kwargs,
            q=text,
            found=found,
            projects=rows,
            axis=(timeline.SINCE, timeline.until()) if any(timeline.MARK in row for row in rows) else None,
            groups=[group for group in asked.groups(found) if group.options],
            chips=facets.chips(query, text, asked.chosen),
            pager=facets.pager(query, page, pages),
        )
