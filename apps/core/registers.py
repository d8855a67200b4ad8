"""Two pages of the administration for the data-protection focal point: what is processed, and what would go today."""

from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from . import personal_data, retention


class RegistersMixin:
    """For the admin of the audit: whoever may read it may read both registers. No name of a person is in either."""

    change_list_template = "admin/core/audit.html"

    def get_urls(self):
        def page(view, name):
            return path(f"{name}/", self.admin_site.admin_view(require_safe(view)), name=f"core_auditentry_{name}")

        return [page(self.processing, "processing"), page(self.retention, "retention"), *super().get_urls()]

    def processing(self, request):
        """What the portal keeps of people, why, how long, and what becomes of each field."""
        declared = personal_data.declarations()
        tables = [(kept, [(treatment, kept.under(treatment)) for treatment in _words()]) for kept in declared]
        context = {"tables": tables, "words": _words(), "no_person": personal_data.without_person()}
        return self._page(request, _("Register of processing"), "admin/core/processing.html", **context)

    def retention(self, request):
        """What each rule of retention would let go of, were the beat to come by now."""
        return self._page(request, _("What would go today"), "admin/core/retention.html", rules=retention.would_go())

    def _page(self, request, title, template, **context):
        if not self.has_view_permission(request):
            raise PermissionDenied
        context |= {**self.admin_site.each_context(request), "opts": self.opts, "title": title}
        return TemplateResponse(request, template, context)


def _words() -> dict[str, str]:
    """What becomes of a field, as people say it."""
    return {
        personal_data.Treatment.EXPORT: _("In the person’s copy; gone after erasure"),
        personal_data.Treatment.ANONYMISE: _("Kept without the person"),
        personal_data.Treatment.EXEMPT: _("Left out"),
    }
