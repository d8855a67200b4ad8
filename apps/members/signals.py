"""What members tells the apps above it."""

from django.dispatch import Signal

member_erasing = Signal()
"""Sent inside the erasing transaction, sender=User, ``member=…``: each app lets go of what it keeps of the person."""
