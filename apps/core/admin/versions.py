"""Every version of a record: who wrote it, what changed word by word, and the way back to it."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext, gettext_noop, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from .. import differences, history
from .publishing import to_be_public

#: why a version was kept, where it was not a form
REASONS = {
    "found": _("How it came to the portal"),
    "loaded": _("Loaded from files"),
    "published": _("Published"),
    "withdrawn": _("Withdrawn"),
    "draft": _("Taken up again as a draft"),
    "restored": _("An earlier version was brought back"),
    "team": _("Team"),
}
SCHEDULED = "scheduled"  # and from when, in ISO form
A_PAGE = 20


def reason_of(comment: str) -> str:
    """Why a version was kept, "" where a form was saved."""
    word, _space, moment = comment.partition(" ")
    if word == SCHEDULED:
        return to_be_public(datetime.fromisoformat(moment))
    return str(REASONS.get(comment, ""))


@dataclass(frozen=True)
class Line:
    """A line of the list of versions."""

    version: history.Version
    reason: str
    changed: list[str]

    @property
    def who(self) -> str:
        return str(self.version.revision.user or gettext("The portal itself"))


class VersionsMixin:
    """For a model that is registered with `core.history`. `restore` is the service that brings a version back."""

    object_history_template = "admin/core/versions.html"

    def restore(self, *, obj, version, actor) -> int:
        """Bring a version back through the app's own service; return how many rows could not come."""
        raise NotImplementedError

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        views = [
            ("version", "", self.version_view, require_safe),
            ("restore", "restore/", self.restore_view, require_http_methods(["GET", "HEAD", "POST"])),
        ]
        return [
            *(
                path(
                    f"<path:object_id>/history/<int:version_id>/{ending}",
                    self.admin_site.admin_view(allowed(view)),
                    name=f"{name}_{page}",
                )
                for page, ending, view, allowed in views
            ),
            *super().get_urls(),
        ]

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        self.saved(request, form.instance)

    def saved(self, request, obj):
        """Once after the record and its rows are written."""
        history.keep(obj=obj, actor=request.user)

    def save_model(self, request, obj, form, change):
        if change:
            history.begin(obj=obj)
        super().save_model(request, obj, form, change)

    # --- pages --------------------------------------------------------------------------------------------------------
    def history_view(self, request, object_id, extra_context=None):
        obj = self._seen(request, object_id)
        page = Paginator(history.versions(obj), A_PAGE).get_page(request.GET.get("page"))
        context = {
            "lines": self._lines(list(page.object_list)),
            "page": page,
            "title": _("History"),
            "subtitle": str(obj),
            "original": obj,
        }
        return TemplateResponse(request, self.object_history_template, self._page(request) | context)

    def version_view(self, request, object_id, version_id):
        """What one version changed: against the one before it."""
        obj = self._seen(request, object_id)
        version = self._version(obj, version_id)
        earlier = history.before(version)
        held = history.held_by([one for one in (version, earlier) if one])
        context = {
            "title": _("What changed"),
            "changes": differences.between(held.get(earlier.pk) if earlier else {}, held[version.pk], self.model),
            "line": self._lines([version])[0],
            "may_restore": self.has_change_permission(request, obj) and version != history.versions(obj).first(),
            "is_question": False,
        }
        return self._show(request, obj, version, context)

    def restore_view(self, request, object_id, version_id):
        """What bringing it back would change today; and the button that does."""
        obj = self._seen(request, object_id)
        version = self._version(obj, version_id)
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        if request.method == "POST":
            lost = self.restore(obj=obj, version=version, actor=request.user)
            done = gettext_noop("An earlier version was brought back")
            self.log_change(request, obj, [{"changed": {"fields": [done]}}])
            self._tell(request, lost)
            return HttpResponseRedirect(self._address(obj, "change"))
        context = {
            "title": _("Bring an earlier version back"),
            "changes": differences.between(history.as_of_now(obj), history.held_by([version])[version.pk], self.model),
            "line": self._lines([version])[0],
            "may_restore": True,
            "is_question": True,
        }
        return self._show(request, obj, version, context)

    def _show(self, request, obj, version, context):
        context |= {
            "subtitle": str(obj),
            "original": obj,
            "history_url": self._address(obj, "history"),
            "version_url": self._address(obj, "version", version.pk),
            "restore_url": self._address(obj, "restore", version.pk),
        }
        return TemplateResponse(request, "admin/core/version.html", self._page(request) | context)

    def _tell(self, request, lost: int):
        messages.success(request, _("The earlier version is back; today's stays in the history."))
        if lost:
            words = ngettext(
                "%(count)d row could not come back: what it pointed at, or its file, is gone.",
                "%(count)d rows could not come back: what they pointed at, or their files, are gone.",
                lost,
            )
            messages.warning(request, words % {"count": lost})

    # --- what they need -----------------------------------------------------------------------------------------------
    def _seen(self, request, object_id):
        obj = self.get_object(request, unquote(str(object_id)))
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        if obj is None:
            raise Http404
        return obj

    def _version(self, obj, version_id):
        return get_object_or_404(history.versions(obj), pk=version_id)

    def _lines(self, versions: list) -> list[Line]:
        """Each with what it changed in a few words: against the next older one, so one more is read."""
        if not versions:
            return []
        older = history.before(versions[-1])
        held = history.held_by([*versions, *([older] if older else [])])
        following = [*versions[1:], older]
        return [
            Line(
                version,
                reason_of(version.revision.comment) or ("" if before else gettext("First version")),
                differences.summed_up(held[before.pk], held[version.pk], self.model) if before else [],
            )
            for version, before in zip(versions, following, strict=True)
        ]

    def _address(self, obj, page, *more) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=[obj.pk, *more])

    def _page(self, request) -> dict:
        return {**self.admin_site.each_context(request), "opts": self.opts, "app_label": self.opts.app_label}
