from csp.decorators import csp_update
from django.contrib import admin

from .. import audit
from ..content import editor_csp


class HouseAdmin(admin.ModelAdmin):
    """Every ModelAdmin of ours: the audit entry is written with the change, the list is what this person may see."""

    of_the_house = True  # HouseAdminSite takes no other
    list_per_page = 50
    show_full_result_count = False  # a second count() over the whole table on every page

    def get_queryset(self, request):
        queryset = super().get_queryset(request)
        return queryset.visible_to(request.user) if hasattr(queryset, "visible_to") else queryset

    def log_addition(self, request, obj, message):
        self.record(request, obj, "added")
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        changed = [name for part in message for name in part.get("changed", {}).get("fields", [])]
        self.record(request, obj, "changed", fields=changed)
        return super().log_change(request, obj, message)

    def log_deletions(self, request, queryset):
        for obj in queryset:
            self.record(request, obj, "deleted")
        return super().log_deletions(request, queryset)

    def record(self, request, obj, deed, **detail):
        audit.record(actor=request.user, verb=f"{obj._meta.label_lower}.{deed}", target=obj, **detail)


class ReadOnlyAdmin(HouseAdmin):
    """To be looked at; states change by buttons that call services."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


FILTERS_ASK = ["", "__exact", "__isnull", "__gte", "__lt"]  # the last two of a date


class ClosedLookupsMixin:
    """A list is asked only what its filters offer: else the address line asks any column, hidden ones too."""

    def lookup_allowed(self, lookup, value, request):
        if self.date_hierarchy and lookup in {f"{self.date_hierarchy}__{part}" for part in ("year", "month", "day")}:
            return True
        for chosen in self.get_list_filter(request):
            if lookup in {getattr(chosen, "parameter_name", None), *getattr(chosen, "parameter_names", ())}:
                return True
            if isinstance(chosen, str) and lookup in {f"{chosen}{way}" for way in FILTERS_ASK}:
                return True
        return False


class RichTextMixin:
    """For models with a `RichTextField`: the pages with the editor, and no others, let its two inline parts pass."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if language := getattr(db_field, "language", ""):  # one of modeltranslation's
            field.widget.attrs["lang"] = language
        return field

    def render_change_form(self, request, *args, **kwargs):
        return csp_update(editor_csp())(super().render_change_form)(request, *args, **kwargs)
