"""The pages that staff write: the English, and one other language beside it."""

from django.conf import settings
from django.contrib import admin

from apps.core.admin import BesideEnglishAdmin, HouseAdmin, RichTextMixin, VersionsMixin

from . import services
from .models import Page


@admin.register(Page)
class PageAdmin(RichTextMixin, VersionsMixin, BesideEnglishAdmin, HouseAdmin):
    """Every version is kept and can be brought back."""

    list_display = ["title", "slug", "to_translate", "draft_notice", "changed_at"]
    list_filter = ["draft_notice"]
    search_fields = [f"{name}_{code}" for code, _name in settings.LANGUAGES for name in ("title", "lead", "body")]
    ordering = ["slug"]
    fields = ["slug", "draft_notice", "title", "lead", "body"]

    def has_delete_permission(self, request, obj=None):
        return False  # the portal links to its pages; what has had its time is rewritten

    def view_on_site(self, page):
        return page.get_absolute_url()

    def get_readonly_fields(self, request, obj=None):
        # Links lead to the address, and the portal's own pages are found by it.
        return [*super().get_readonly_fields(request, obj), *(["slug"] if obj else [])]

    def restore(self, *, obj, version, actor):
        return services.restore_page(page=obj, version=version, actor=actor)
