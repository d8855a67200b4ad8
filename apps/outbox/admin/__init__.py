"""The staff's side of the outbox: the mails and what is decided about them, batches, suppressed addresses."""

from .batches import BatchAdmin
from .mails import MailAdmin
from .suppressions import SuppressionAdmin

__all__ = ["BatchAdmin", "MailAdmin", "SuppressionAdmin"]
