"""What core tells the apps above it."""

from django.dispatch import Signal

taxonomy_changed = Signal()
"""Sent in the transaction in which a term's name, place in the tree or use has changed: what is derived is stale."""
