"""The pages that staff write, in four languages beside each other."""

from itertools import pairwise

from django.conf import settings
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin
from simple_history.admin import SimpleHistoryAdmin

from apps.core.admin import HouseAdmin, RichTextMixin

from .models import Page


@admin.register(Page)
class PageAdmin(RichTextMixin, SimpleHistoryAdmin, HouseAdmin, TranslationAdmin):
    """Every version is kept and can be brought back."""

    list_display = ["title", "slug", "lacking", "draft_notice", "changed_at"]
    list_filter = ["draft_notice"]
    search_fields = [f"{name}_{code}" for code, _name in settings.LANGUAGES for name in ("title", "lead", "body")]
    ordering = ["slug"]
    fieldsets = [
        (None, {"fields": ["slug", "draft_notice"]}),
        *(
            (name, {"fields": [f"title_{code}", f"lead_{code}", f"body_{code}"], "classes": ["in-language"]})
            for code, name in settings.LANGUAGES
        ),
    ]
    object_history_list_template = "admin/history_list.html"
    object_history_form_template = "admin/history_form.html"

    def has_delete_permission(self, request, obj=None):
        return False  # the portal links to its pages; what has had its time is rewritten

    def view_on_site(self, page):
        return page.get_absolute_url()

    def get_readonly_fields(self, request, obj=None):
        # Links lead to the address, and the portal's own pages are found by it.
        return [*super().get_readonly_fields(request, obj), *(["slug"] if obj else [])]

    def set_history_delta_changes(self, request, historical_records, foreign_keys_are_objs=True):
        """Name the fields that each version changed; the texts themselves stand in the versions."""
        for version in historical_records:
            version.changed = []
        for newer, older in pairwise(historical_records):
            changed = newer.diff_against(older, excluded_fields=list(self.trans_opts.all_fields)).changed_fields
            newer.changed = [self.opts.get_field(name).verbose_name for name in changed]

    @admin.display(description=_("languages without text"))
    def lacking(self, page):
        """A page without a text of its own shows the English one."""
        lacks = [
            str(name)
            for code, name in settings.LANGUAGES
            if not (getattr(page, f"title_{code}") and getattr(page, f"body_{code}"))
        ]
        return ", ".join(lacks) or "-"
