"""The mails of the outbox as their readers get them: made by the real wire, read back by Python's own parser."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from apps.outbox import wire
from apps.outbox.models import OutgoingMail


@dataclass(frozen=True)
class Letter:
    kind: str
    language: str
    raw: EmailMessage

    @property
    def to(self) -> str:
        return str(self.raw["To"])

    @property
    def subject(self) -> str:
        return str(self.raw["Subject"])

    @property
    def body(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def _part(self, kind) -> str:
        return self.raw.get_body([kind]).get_content().replace("\r\n", "\n")


def letters() -> list[Letter]:
    """Every mail there is, in the order of being queued; none needs a commit or a worker for that."""
    mails = OutgoingMail.objects.select_related("content").order_by("pk")
    return [
        Letter(mail.kind, mail.content.language, message_from_bytes(wire.message(mail), policy=policy.default))
        for mail in mails
    ]
