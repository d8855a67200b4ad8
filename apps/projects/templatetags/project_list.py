"""The rows of the administration's list of projects: fifty times five cells take Django longer than all the rest."""

from functools import lru_cache

from django import template
from django.contrib.admin.templatetags.admin_list import result_list
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import display_for_value
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from apps.core.admin.beside import to_do

from ..models import Project

register = template.Library()
#: what Django's template writes between two rows; with it, all of them are one to its loop
BETWEEN = "</tr>\n\n\n<tr>"


@register.simple_tag
def kept_results(cl):
    """Django's `result_list`; where a row is drawn as our list has it, it is kept by what it says."""
    if cl.is_popup or cl.formset:
        return render_to_string("admin/change_list_results.html", result_list(cl))
    projects, cl.result_list = cl.result_list, []
    rows = mark_safe(BETWEEN.join([_drawn(cl, project) for project in projects]))  # noqa: S308 - drawn by format_html
    drawn = result_list(cl) | {"results": [[rows]] if projects else []}
    cl.result_list = projects
    return render_to_string("admin/change_list_results.html", drawn)


def _drawn(cl, project: Project) -> SafeString:
    scheduled = cl.model_admin.told(project) if project.is_scheduled else ""
    waiting = frozenset(project.waiting.lacking), frozenset(project.waiting.stale)
    kept = project.pk, project.title, project.state, scheduled, project.status, waiting, project.changed_at
    return _row(get_language(), cl.preserved_filters, *kept)


@lru_cache(maxsize=2_000)
def _row(language, filters, pk, title, state, scheduled, status, waiting, changed_at) -> SafeString:
    """The cells as Django writes them for the columns title, state_tag, status, to_translate, changed_at."""
    opts = Project._meta
    url = reverse("admin:projects_project_change", args=[pk])
    return format_html(
        '<th class="field-title"><a href="{}">{}</a></th><td class="field-state_tag">{}</td>'
        '<td class="field-status">{}</td><td class="field-to_translate">{}</td>'
        '<td class="field-changed_at nowrap">{}</td>',
        add_preserved_filters({"preserved_filters": filters, "opts": opts}, url),
        title,
        state_tag(state, scheduled or Project.State(state).label),
        Project.Status(status).label,
        to_do(*waiting),
        display_for_value(changed_at, ""),
    )


def state_tag(state: str, told: str) -> SafeString:
    return format_html('<span class="state state-{}">{}</span>', state, told)
