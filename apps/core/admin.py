"""The admin is another door to the same rooms: what it writes is audited, what it lists is ``visible_to``."""

from csp.decorators import csp_update
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from . import audit, purposes, services, vocabulary
from .content import editor_csp
from .models import AuditEntry, Country, Language, Region, Sector, Skill
from .purposes import PurposeForm
from .registers import RegistersMixin


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


# --- people -----------------------------------------------------------------------------------------------------------
class PurposeNeeded(Exception):
    """Somebody is about to open a person's record without having said why."""

    def __init__(self, obj):
        self.obj = obj


FILTERS_ASK = ["", "__exact", "__isnull", "__gte", "__lt"]  # the last two of a date


class PersonalDataMixin:
    """Staff open a person's record only with a purpose, and every list and opening is written to the audit.

    The guard sits on `get_object`, through which every page about one record passes, so that no way of addressing
    the record goes round it. A purpose holds for one record and half an hour.
    """

    purpose_template = "admin/purpose.html"

    def person_of(self, obj) -> int:
        """Return the id of the user whom the record speaks of."""
        raise NotImplementedError

    def others_of(self, obj) -> list[int]:
        """Return the ids of further people of whom the record speaks: an opening is told to each."""
        return []

    def lookup_allowed(self, lookup, value, request):
        """Only what the filters offer: else the address line asks any column, hidden parts and password hashes too."""
        for chosen in self.get_list_filter(request):
            if lookup in {getattr(chosen, "parameter_name", None), *getattr(chosen, "parameter_names", ())}:
                return True
            if isinstance(chosen, str) and lookup in {f"{chosen}{way}" for way in FILTERS_ASK}:
                return True
        return False

    def get_search_results(self, request, queryset, search_term):
        # The list and other forms' autocomplete both pass here.
        audit.read(actor=request.user, person=None, what="listed", model=self.opts.label, searched=bool(search_term))
        return super().get_search_results(request, queryset, search_term)

    def get_object(self, request, object_id, from_field=None):
        obj = super().get_object(request, object_id, from_field)
        if obj is not None and not purposes.given(request, obj):
            raise PurposeNeeded(obj)
        return obj

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        return self._with_purpose(super().changeform_view, request, object_id, form_url, extra_context)

    def history_view(self, request, object_id, extra_context=None):
        return self._with_purpose(super().history_view, request, object_id, extra_context)

    def delete_view(self, request, object_id, extra_context=None):
        return self._with_purpose(super().delete_view, request, object_id, extra_context)

    def log_change(self, request, obj, message):
        # The audit knows the record by its number; Django's log would keep the person's name for ever.
        entry = super().log_change(request, obj, message)
        entry.object_repr = f"{self.opts.verbose_name} {obj.pk}"
        LogEntry.objects.filter(pk=entry.pk).update(object_repr=entry.object_repr)
        return entry

    def record(self, request, obj, deed, **detail):
        super().record(request, obj, deed, person=self.person_of(obj), purpose=purposes.given(request, obj), **detail)

    def _with_purpose(self, view, request, *args):
        try:
            return view(request, *args)
        except PurposeNeeded as needed:
            obj = needed.obj
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        form = purposes.form_for(request, obj)
        if not form.is_valid():
            return self._ask_purpose(request, form)
        purpose = form.cleaned_data["purpose"]
        purposes.open_record(request, obj, person=self.person_of(obj), purpose=purpose)
        for other in self.others_of(obj):
            audit.read(actor=request.user, person=other, what="opened", purpose=purpose, target=obj)
        if form.cleaned_data["then"] == PurposeForm.GO_ON:
            return view(request, *args)
        return HttpResponseRedirect(request.get_full_path())

    def _ask_purpose(self, request, form):
        """Show the question; what was being saved when the half hour ran out waits in hidden fields."""
        ours = {"csrfmiddlewaretoken", *form.fields}
        kept = [(name, value) for name, values in request.POST.lists() if name not in ours for value in values]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Say why first"),
            "form": form,
            "then": PurposeForm.GO_ON if kept else PurposeForm.OPEN,
            "kept": kept,
            "is_popup": IS_POPUP_VAR in request.GET or IS_POPUP_VAR in request.POST,
        }
        return TemplateResponse(request, self.purpose_template, context)


# --- rich text --------------------------------------------------------------------------------------------------------
class RichTextMixin:
    """For models with a `RichTextField`: the pages with the editor, and no others, let its two inline parts pass."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if language := getattr(db_field, "language", ""):  # one of modeltranslation's
            field.widget.attrs["lang"] = language
        return field

    def render_change_form(self, request, *args, **kwargs):
        return csp_update(editor_csp())(super().render_change_form)(request, *args, **kwargs)

    def render_history_view(self, request, template, *args, **kwargs):
        render = super().render_history_view
        if template == self.object_history_form_template:  # an earlier version, in the editor too
            render = csp_update(editor_csp())(render)
        return render(request, template, *args, **kwargs)


# --- the taxonomy -----------------------------------------------------------------------------------------------------
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


# --- the audit --------------------------------------------------------------------------------------------------------
@admin.register(AuditEntry)
class AuditAdmin(RegistersMixin, ReadOnlyAdmin):
    list_display = ["at", "verb", "unit", "actor_id", "person_id", "target_type", "target_id", "purpose"]
    list_filter = ["at", "verb"]
    search_fields = ["=actor_id", "=person_id", "=target_id", "=request_id", "verb"]
    search_help_text = _("The number of an account or an object, the number of a request, or a word of what was done.")
    date_hierarchy = "at"
    ordering = ["-at", "-pk"]
