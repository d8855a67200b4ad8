from django.db import transaction
from django.utils.translation import get_language

from apps.core import audit

from ..models import Consent, User
from ..signals import consent_withdrawn


@transaction.atomic
def give(*, user: User, purpose: Consent.Purpose, wording: str) -> None:
    """Write into the ledger that somebody agreed, with exactly what was read. A second time changes nothing."""
    _write(user, purpose, wording, given=True)


@transaction.atomic
def withdraw(*, user: User, purpose: Consent.Purpose, wording: str) -> None:
    """Write that somebody agrees no longer. What hung on it ends in the same transaction: see ``consent_withdrawn``."""
    _write(user, purpose, wording, given=False)


def _write(user, purpose, wording, *, given):
    # The ledger is read and written under the person's lock, so that two clicks make one line.
    User.objects.locked().get(pk=user.pk)
    if Consent.objects.holds(user, purpose) == given:
        return
    Consent.objects.create(user=user, purpose=purpose, wording=wording, language=get_language(), given=given)
    verb = "members.consent_given" if given else "members.consent_withdrawn"
    audit.record(actor=user, verb=verb, person=user.pk, about=str(purpose))
    if not given:
        consent_withdrawn.send(sender=Consent, user=user, purpose=purpose)
