from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.core.admin import PersonalDataMixin, ReadOnlyAdmin
from apps.core.text import masked

from ..models import Consent


@admin.register(Consent)
class ConsentAdmin(PersonalDataMixin, ReadOnlyAdmin):
    """The ledger: every agreement and every withdrawal, in the words that were read."""

    list_display = ["at", "person", "purpose", "given", "language"]
    list_filter = ["at", "purpose", "given"]
    list_select_related = ["user"]
    search_fields = ["user__email"]
    search_help_text = _("An address.")
    ordering = ["-at", "-pk"]

    def person_of(self, obj):
        return obj.user_id

    @admin.display(description=_("account"))
    def person(self, consent):
        return masked(consent.user.email)
