from django.contrib import admin
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from .. import audit, purposes
from ..models import AuditEntry
from ..querysets import numbers_in
from ..registers import RegistersMixin
from .house import ReadOnlyAdmin
from .people import PersonalDataMixin, PurposeNeeded


class DeedSearch:
    """A search for whole numbers, and for words of what was done."""

    def get_search_results(self, request, queryset, search_term):
        return queryset.telling(search_term), False


@admin.register(AuditEntry)
class AuditAdmin(PersonalDataMixin, DeedSearch, RegistersMixin, ReadOnlyAdmin):
    """What was done, by numbers. The reasons that were given stand on the entries' own pages.

    All that is known of one account is itself a record of a person: whoever searches for its number says why, and that
    person sees it, each time anew. A reading of the audit adds one entry, however many it shows.
    """

    list_display = ["at", "verb", "unit", "who", "concerns", "target_type", "object"]
    list_filter = ["at", "verb"]
    search_fields = ["verb"]  # so that there is a search; see DeedSearch
    search_help_text = _("The number of an account or an object, the number of a request, or a word of what was done.")
    date_hierarchy = "at"
    ordering = ["-at", "-pk"]

    def person_of(self, obj):
        return obj.person_id if isinstance(obj, AuditEntry) else obj.pk

    def others_of(self, obj):
        """A member who did something to somebody else is read about too; what staff do in their role is not theirs."""
        if not isinstance(obj, AuditEntry) or obj.unit or obj.actor_id in (None, obj.person_id):
            return []
        return [obj.actor_id]

    def asks_why(self, obj):
        return obj.person_id is not None  # what concerns nobody, staff read as it is

    def list_read(self, request, search_term):
        people = get_user_model().objects.filter(pk__in=numbers_in(search_term))
        for person in people:
            if not purposes.given(request, person):
                raise PurposeNeeded(person)
        said = {"actor": request.user, "what": "listed", "model": self.opts.label, "searched": True}
        for person in people:
            audit.read(person=person.pk, purpose=purposes.given(request, person), **said)
        if not people:
            super().list_read(request, search_term)

    def changelist_view(self, request, extra_context=None):
        return self._with_purpose(super().changelist_view, request, extra_context)

    # --- numbers: none can be sorted by, for that would be a search for one -------------------------------------------
    @admin.display(description=_("who"))
    def who(self, entry):
        return entry.actor_id

    @admin.display(description=_("whom it concerns"))
    def concerns(self, entry):
        return entry.person_id

    @admin.display(description=_("object"))
    def object(self, entry):
        return entry.target_id
