from django.contrib import admin
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from apps.core.admin import HouseAdmin

from ..models import Tag
from ..querysets.profiles import showing


@admin.register(Tag)
class TagAdmin(HouseAdmin):
    """The words themselves: named, renamed, let go. On which profiles they stand is seen in the list of profiles."""

    list_display = ["name", "people"]
    search_fields = ["name"]
    ordering = ["name"]
    fields = ["name"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(people=Count("profiles", filter=showing("profiles__")))

    @admin.display(description=_("profiles"), ordering="people")
    def people(self, tag):
        return tag.people
