"""What members tells the apps above it."""

from django.dispatch import Signal

member_erasing = Signal()
"""Sent inside the erasing transaction, sender=User, ``member=…``: each app lets go of what it keeps of the person."""

consent_withdrawn = Signal()
"""Sent in the transaction in which a consent is taken back, sender=Consent, ``user=…, purpose=…``."""

grant_withdrawn = Signal()
"""Sent in the transaction in which a sharing is taken back, sender=DataGrant, ``grant=…``."""
