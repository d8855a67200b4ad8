from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ..models import AuditEntry
from ..registers import RegistersMixin
from .house import ReadOnlyAdmin


@admin.register(AuditEntry)
class AuditAdmin(RegistersMixin, ReadOnlyAdmin):
    list_display = ["at", "verb", "unit", "actor_id", "person_id", "target_type", "target_id", "purpose"]
    list_filter = ["at", "verb"]
    search_fields = ["=actor_id", "=person_id", "=target_id", "=request_id", "verb"]
    search_help_text = _("The number of an account or an object, the number of a request, or a word of what was done.")
    date_hierarchy = "at"
    ordering = ["-at", "-pk"]
