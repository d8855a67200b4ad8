from django.contrib import admin
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from .. import services, vocabulary
from ..models import Country, Language, Region, Sector, Skill
from .house import HouseAdmin


class TermAdmin(HouseAdmin, TranslationAdmin):
    """Terms are retired, never deleted: records of twenty years point at them."""

    key = "code"  # what data files and other systems know the term by; it never changes
    list_filter = ["active"]
    search_fields = ["name_en", "name_fr", "name_nl", "name_de"]
    actions = ["retire", "bring_back"]

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), *([self.key] if obj else [])]

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        obj.kept_by_staff = True
        super().save_model(request, obj, form, change)
        self.follow_up()

    def follow_up(self):
        """Once after every change, however many terms it touched."""
        services.term_changed()
        vocabulary.forget()

    @admin.action(description=_("Retire: no longer offered, kept where it is used"), permissions=["change"])
    def retire(self, request, queryset):
        self._set_active(request, queryset, active=False)

    @admin.action(description=_("Bring back into use"), permissions=["change"])
    def bring_back(self, request, queryset):
        self._set_active(request, queryset, active=True)

    @transaction.atomic
    def _set_active(self, request, queryset, *, active):
        for term in queryset.filter(active=not active).select_for_update(of=("self",)):
            term.active, term.kept_by_staff = active, True
            term.save(update_fields=["active", "kept_by_staff"])
            self.log_change(request, term, [{"changed": {"fields": [str(self.opts.get_field("active").verbose_name)]}}])
        self.follow_up()


@admin.register(Country)
class CountryAdmin(TermAdmin):
    list_display = ["name", "code", "priority", "active"]
    list_filter = ["priority", "active"]
    search_fields = [*TermAdmin.search_fields, "code"]
    ordering = ["name"]


@admin.register(Region)
class RegionAdmin(TermAdmin):
    list_display = ["name", "code", "country", "active"]
    list_filter = [("country", admin.RelatedOnlyFieldListFilter), "active"]
    list_select_related = ["country"]
    search_fields = [*TermAdmin.search_fields, "code"]
    autocomplete_fields = ["country"]
    ordering = ["code"]


@admin.register(Sector)
class SectorAdmin(TermAdmin):
    key = "slug"
    list_display = ["name", "slug", "position", "active"]
    search_fields = [*TermAdmin.search_fields, "slug"]
    ordering = ["position"]


@admin.register(Language)
class LanguageAdmin(TermAdmin):
    list_display = ["name", "autonym", "code", "active"]
    search_fields = [*TermAdmin.search_fields, "autonym", "code"]
    ordering = ["name"]


@admin.register(Skill)
class SkillAdmin(TermAdmin):
    key = "slug"
    list_display = ["name", "sector", "parent", "active"]
    list_filter = ["sector", "active"]
    list_select_related = ["sector", "parent"]
    search_fields = [*TermAdmin.search_fields, "names__key", "slug"]
    autocomplete_fields = ["parent"]
    ordering = ["sector__position", "name"]
