"""What the outbox holds of people: their addresses, what was written to them, and what became of it."""

from django.utils.translation import gettext_lazy as _

from apps.core.personal_data import declare, no_person

NINETY_DAYS = _("90 days")
INTERNAL = _("an internal number")
OF_THE_WAY = _("how the mail was handed over, and nothing of the person")

no_person("names of editions, and their figures", "outbox.MailBatch")
no_person("how fast each lane goes", "outbox.LanePace")
no_person("which mail a worker is handing over", "outbox.Handover")
no_person("which worker was last seen when", "outbox.Heartbeat")
no_person("how far a log was read", "outbox.LogPosition")

declare(
    "outbox.OutgoingMail",
    purpose=_("to send each mail once, and to know what became of it"),
    retention=_("90 days; the codes of account mails until they are sent"),
    person="person",
    export=["person", "kind", "to", "values", "state", "created_at", "sent_at"],
    exempt={
        "content": INTERNAL,
        "batch": INTERNAL,
        "about_id": INTERNAL,
        "dedupe_key": INTERNAL,
        "message_key": INTERNAL,
        **dict.fromkeys(
            [
                "lane", "attempts", "next_attempt_at", "expires_at", "worker", "lease_until", "claimed_at",
                "handover_at", "started_at", "smtp_code", "smtp_text",
            ],
            OF_THE_WAY,
        ),
    },
)  # fmt: skip
declare(
    "outbox.MailContent",
    purpose=_("what mails say, the same text for all who get it"),
    retention=NINETY_DAYS,
    person="mails__person",
    export=["language", "subject", "text"],
    exempt={
        "html": _("the same as the text"),
        **dict.fromkeys(
            [
                "kind", "sender", "reply_to", "list_id", "placeholders", "attachments", "digest", "created_at",
                "blanked_at",
            ],
            _("the portal's own words and numbers"),
        ),
    },
)  # fmt: skip
declare(
    "outbox.MailEvent",
    purpose=_("to know why a mail was late, came back or was withheld, and who decided it"),
    retention=NINETY_DAYS,
    person="mail__person",
    export=["at", "what", "reason"],
    exempt={
        "mail": INTERNAL,
        "smtp_code": OF_THE_WAY,
        "cause": OF_THE_WAY,
        "actor_id": _("another person's account"),
        "provider_event": INTERNAL,
    },
)
declare(
    "outbox.Suppression",
    purpose=_("not to write again to an address that takes no mail, or whose reader does not want it"),
    retention=_("for good, also after the account is erased: else the next mail would go there again"),
    person="",
    exempt={
        "key": _("a hash from which nobody can tell the address"),
        **dict.fromkeys(["reason", "detail", "since"], _("about a hash, and so about nobody whom the portal can name")),
    },
)
