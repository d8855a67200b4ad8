"""The admin is another door to the same rooms: what it writes is audited, what it lists is ``visible_to``."""

from .beside import BesideEnglishAdmin, BesideEnglishForm, BesideEnglishInline
from .deeds import AuditAdmin
from .house import ClosedLookupsMixin, HouseAdmin, ReadOnlyAdmin, RichTextMixin
from .people import PersonalDataMixin, PurposeNeeded
from .publishing import PublishingMixin
from .taxonomy import TermAdmin
from .versions import VersionsMixin

__all__ = [
    "AuditAdmin",
    "BesideEnglishAdmin",
    "BesideEnglishForm",
    "BesideEnglishInline",
    "ClosedLookupsMixin",
    "HouseAdmin",
    "PersonalDataMixin",
    "PublishingMixin",
    "PurposeNeeded",
    "ReadOnlyAdmin",
    "RichTextMixin",
    "TermAdmin",
    "VersionsMixin",
]
