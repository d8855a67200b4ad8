"""What the pages hold of people."""

from django.utils.translation import gettext_lazy as _

from apps.core.personal_data import declare, no_person

no_person("texts of the portal", "portal.Page")

declare(
    "portal.HistoricalPage",
    purpose=_("to show who changed a page, and to bring an earlier text back"),
    retention=_("as long as the page"),
    person="history_user",
    anonymise=["history_user"],
    exempt=dict.fromkeys(
        [
            "slug", "draft_notice", "changed_at", "history_id", "history_date", "history_change_reason", "history_type",
            *(f"{field}{suffix}" for field in ("title", "lead", "body") for suffix in ("", "_en", "_fr", "_nl", "_de")),
        ],
        _("the text of a page"),
    ),
)  # fmt: skip
