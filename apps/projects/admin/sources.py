from django.contrib import admin

from apps.core.admin import BesideEnglishAdmin, ClosedLookupsMixin, HouseAdmin

from ..models import Source


@admin.register(Source)
class SourceAdmin(ClosedLookupsMixin, BesideEnglishAdmin, HouseAdmin):
    """The texts from which facts were taken; the projects cite them."""

    list_display = ["slug", "title", "published", "to_translate"]
    search_fields = ["title_en", "title_fr", "title_nl", "title_de", "slug"]
    ordering = ["slug"]
    actions = None
    fields = ["title", "slug", "published", "url"]
    prepopulated_fields = {"slug": ["title_en"]}

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else super().get_prepopulated_fields(request, obj)
