from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from .. import audit, purposes
from ..purposes import PurposeForm
from .house import ClosedLookupsMixin


class PurposeNeeded(Exception):
    """Somebody is about to open a person's record without having said why."""

    def __init__(self, obj):
        self.obj = obj


class PersonalDataMixin(ClosedLookupsMixin):
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

    def asks_why(self, obj) -> bool:
        """Does the record speak of a person at all?"""
        return True

    def list_read(self, request, search_term):
        """Write that a list was read: one entry, whomever it holds."""
        audit.read(actor=request.user, person=None, what="listed", model=self.opts.label, searched=bool(search_term))

    def get_search_results(self, request, queryset, search_term):
        # The list and other forms' autocomplete both pass here.
        self.list_read(request, search_term)
        return super().get_search_results(request, queryset, search_term)

    def get_object(self, request, object_id, from_field=None):
        obj = super().get_object(request, object_id, from_field)
        if obj is not None and self.asks_why(obj) and not purposes.given(request, obj):
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
