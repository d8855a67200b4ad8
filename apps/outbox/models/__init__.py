from .content import MailContent
from .keeping import Handover, Heartbeat, LanePace, LogPosition, Suppression
from .mail import ENDED, GIVEN_UP, HELD, NEXT, UNSENT, WAITING, Lane, MailBatch, MailEvent, OutgoingMail, State

__all__ = [
    "ENDED",
    "GIVEN_UP",
    "HELD",
    "NEXT",
    "UNSENT",
    "WAITING",
    "Handover",
    "Heartbeat",
    "Lane",
    "LanePace",
    "LogPosition",
    "MailBatch",
    "MailContent",
    "MailEvent",
    "OutgoingMail",
    "State",
    "Suppression",
]
