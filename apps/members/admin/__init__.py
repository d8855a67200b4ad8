"""What staff see of people: accounts and their roles, profiles as far as the IOM team may, the ledger of consents.

Messages between members are private and have no place here, but for those that their reader reported.
"""

from .accounts import UserAdmin
from .consents import ConsentAdmin
from .profiles import ProfileAdmin
from .reports import MessageReportAdmin
from .tags import TagAdmin

__all__ = ["ConsentAdmin", "MessageReportAdmin", "ProfileAdmin", "TagAdmin", "UserAdmin"]
