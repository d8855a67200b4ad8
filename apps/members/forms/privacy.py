"""The words in which somebody agrees, or no longer does. The ledger keeps them as they were read."""

from django.utils.translation import gettext_lazy as _

from ..models import Consent
from .profile import TIES_WITHDRAWN, TIES_WORDING

Purpose = Consent.Purpose

AGREED = {
    Purpose.TIES: TIES_WORDING,
    Purpose.MATCHING: _(
        "I agree that the IOM team finds me for calls and assignments that fit me, though I am not listed in the "
        "directory. I can take this back at any time: I am then found no longer."
    ),
    Purpose.DIGEST: _(
        "I agree to get emails about calls that fit me, as often as I choose. I can take this back at any time: no "
        "more are then sent."
    ),
}
WITHDRAWN = {
    Purpose.TIES: TIES_WITHDRAWN,
    Purpose.MATCHING: _("I no longer agree that the IOM team finds me though I am not listed."),
    Purpose.DIGEST: _("I no longer agree to get emails about calls that fit me."),
}
EFFECT = {
    Purpose.TIES: _("The places you are connected to are deleted at once, and nobody finds you by them."),
    Purpose.MATCHING: _("From now on only those find you whom you chose under “Who sees what”."),
    Purpose.DIGEST: _("No more of these emails are sent, from now on."),
}
NEEDED = {Purpose.TERMS, Purpose.ADULT}  # without these there is no account
