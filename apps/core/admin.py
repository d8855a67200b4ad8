"""The admin is another door to the same rooms: what it writes is audited, what it lists is ``visible_to``."""

from django.contrib import admin
from django.db import transaction
from django.forms import CharField, Form, HiddenInput
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from . import audit
from .models import AuditEntry, Country, Language, Region, Sector, Skill


class HouseAdmin(admin.ModelAdmin):
    """Every ModelAdmin of ours: the audit entry is written with the change, the list is what this person may see."""

    list_per_page = 50
    show_full_result_count = False  # a second count() over the whole table on every page

    def get_queryset(self, request):
        queryset = super().get_queryset(request)
        return queryset.visible_to(request.user) if hasattr(queryset, "visible_to") else queryset

    def log_addition(self, request, obj, message):
        audit.record(actor=request.user, verb=f"{obj._meta.label_lower}.added", target=obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        changed = [name for part in message for name in part.get("changed", {}).get("fields", [])]
        audit.record(actor=request.user, verb=f"{obj._meta.label_lower}.changed", target=obj, fields=changed)
        return super().log_change(request, obj, message)

    def log_deletions(self, request, queryset):
        for obj in queryset:
            audit.record(actor=request.user, verb=f"{obj._meta.label_lower}.deleted", target=obj)
        return super().log_deletions(request, queryset)


class ReadOnlyAdmin(HouseAdmin):
    """To be looked at; states change by buttons that call services."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class PurposeForm(Form):
    purpose = CharField(
        label=_("Why do you open this person's data?"),
        help_text=_("One sentence. The person sees it, with the name of your unit, in the list of who has looked."),
        min_length=8,
        max_length=200,
    )
    opened = CharField(widget=HiddenInput, required=False)


class PersonalDataMixin:
    """Staff open a person's record only with a purpose, and every list and opening is written to the audit."""

    purpose_template = "admin/purpose.html"

    def person_of(self, obj) -> int:
        """Return the id of the user whom the record speaks of."""
        raise NotImplementedError

    def changelist_view(self, request, extra_context=None):
        audit.read(actor=request.user, person=None, what="listed", model=self.opts.label, search=bool(request.GET))
        return super().changelist_view(request, extra_context)

    @method_decorator(transaction.non_atomic_requests)
    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        obj = self.get_object(request, object_id) if object_id else None
        if obj is None or self._purpose(request, obj):
            return super().changeform_view(request, object_id, form_url, extra_context)
        form = PurposeForm(request.POST if "opened" in request.POST else None)
        if form.is_valid():
            purpose = form.cleaned_data["purpose"]
            audit.read(actor=request.user, person=self.person_of(obj), what="opened", purpose=purpose, target=obj)
            request.session[self._key(obj)] = purpose
            return HttpResponseRedirect(request.get_full_path())
        context = {**self.admin_site.each_context(request), "opts": self.opts, "form": form, "title": _("Purpose")}
        return TemplateResponse(request, self.purpose_template, context)

    def _purpose(self, request, obj) -> str:
        return request.session.get(self._key(obj), "")

    def _key(self, obj) -> str:
        return f"purpose:{self.opts.label}:{obj.pk}"


class TermAdmin(HouseAdmin, TranslationAdmin):
    """Terms are retired, never deleted: records of twenty years point at them."""

    list_filter = ["active"]
    search_fields = ["name_en", "name_fr", "name_nl", "name_de"]

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Country)
class CountryAdmin(TermAdmin):
    list_display = ["name", "code", "priority", "active"]
    list_filter = ["priority", "active"]
    search_fields = [*TermAdmin.search_fields, "code"]
    ordering = ["name"]


@admin.register(Region)
class RegionAdmin(TermAdmin):
    list_display = ["name", "code", "country", "active"]
    list_filter = ["country", "active"]
    list_select_related = ["country"]
    autocomplete_fields = ["country"]
    search_fields = [*TermAdmin.search_fields, "code"]


@admin.register(Sector)
class SectorAdmin(TermAdmin):
    list_display = ["name", "slug", "position", "active"]
    search_fields = [*TermAdmin.search_fields, "slug"]
    ordering = ["position"]


@admin.register(Language)
class LanguageAdmin(TermAdmin):
    list_display = ["name", "autonym", "code", "active"]
    search_fields = [*TermAdmin.search_fields, "code"]


@admin.register(Skill)
class SkillAdmin(TermAdmin):
    list_display = ["name", "sector", "parent", "active"]
    list_filter = ["sector", "active"]
    list_select_related = ["sector", "parent"]
    autocomplete_fields = ["parent"]
    search_fields = [*TermAdmin.search_fields, "slug", "synonyms"]


@admin.register(AuditEntry)
class AuditAdmin(ReadOnlyAdmin):
    list_display = ["at", "verb", "unit", "actor_id", "person_id", "target_type", "target_id", "purpose"]
    list_filter = ["verb", "target_type"]
    search_fields = ["=target_id", "=request_id", "verb"]
    date_hierarchy = "at"
