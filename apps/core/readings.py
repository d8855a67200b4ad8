"""Readings of personal data in the words of the person whom they concern."""

from django.apps import apps
from django.utils.translation import gettext as _

from .models import AuditEntry


def words(verb: str) -> str:
    """What was done, as people say it; a deed that is no reading keeps its name."""
    if not verb.startswith(f"{AuditEntry.READ}."):
        return verb
    known = {
        "opened": _("Opened"),
        "contact": _("Address opened"),
        "document": _("Document opened"),
        "exported": _("Taken out of the portal in a list"),
        "listed": _("Seen in a list"),
    }
    return known.get(verb.partition(".")[2], _("Read"))


def what(entry: AuditEntry) -> str:
    """The kind of record that was read, as it is called; "" where the entry names none that there is."""
    try:
        return str(apps.get_model(entry.target_type)._meta.verbose_name) if entry.target_type else ""
    except LookupError:
        return ""
