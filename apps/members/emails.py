"""The mails of members, one function each, written into the outbox in the transaction that they speak of."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from apps.outbox import kinds
from apps.outbox import services as outbox

from . import matching
from .models import DataExport, Erasure, Message, Profile, User
from .templatetags.browser import browser

MOST_MATCHES = 10  # explained in one mail, which says how many more there are; the page has them all


def message_received(message: Message) -> None:
    """Tell somebody that a member wrote, with the message and the way to answer; no address of either is in it."""
    reader = message.recipient
    with override(reader.language):
        outbox.queue(
            kind="members.relayed-message",
            to=reader.email,
            language=reader.language,
            person=reader,
            about=message.pk,
            dedupe_key=f"members.message:{message.pk}",
            values={
                # A sender without a profile has no name to show.
                "sender": message.sender.profile.display_name if hasattr(message.sender, "profile") else _("A member"),
                "subject": message.subject,
                "text": message.text,
                "answer_url": settings.SITE_URL + message.get_absolute_url(),
            },
        )


def export_ready(export: DataExport) -> None:
    """Tell somebody that the copy of his data waits for him."""
    reader = export.user
    with override(reader.language):
        outbox.queue(
            kind="members.export-ready",
            to=reader.email,
            language=reader.language,
            person=reader,
            about=export.pk,
            dedupe_key=f"members.export:{export.pk}",
            values={
                "until": _moment(export.expires_at),
                "download_url": settings.SITE_URL + reverse("members:privacy-download"),
            },
        )


def erasure_asked(erasure: Erasure, secret: str) -> None:
    """Say when an account goes, with the only link that takes it back."""
    reader = erasure.user
    with override(reader.language):
        outbox.queue(
            kind="members.erasure-asked",
            to=reader.email,
            language=reader.language,
            person=reader,
            dedupe_key=f"members.erasure:{erasure.pk}",
            values={
                "due": _moment(erasure.due_at),
                "cancel_url": settings.SITE_URL + reverse("members:privacy-delete-cancel", args=[secret]),
            },
        )


def account_unused(user: User, due: datetime) -> None:
    """Ask somebody who has not signed in for long whether he still needs his account."""
    with override(user.language):
        outbox.queue(
            kind="members.account-unused",
            to=user.email,
            language=user.language,
            person=user,
            about=user.pk,
            values={"due": date_format(due, _("j F Y")), "login_url": settings.SITE_URL + reverse("account_login")},
        )


def _moment(when: datetime) -> str:
    """A moment in Brussels time, as the mail says, whatever the page's own zone is."""
    return date_format(timezone.localtime(when, timezone.get_default_timezone()), _("j F Y, H:i"))


def account(template: str, *, to: str, language: str, context: dict, person: User | None = None) -> None:
    """Queue one of allauth's mails: ``account/email/password_changed``, ``mfa/email/totp_activated`` and so on."""
    kind = kinds.get(template.replace("/email/", ".").replace("_", "-"))
    with override(language):
        known = {"email": to} | context
        if "timestamp" in context:
            known |= {"when": _moment(context["timestamp"]), "browser": browser(context["user_agent"])}
    outbox.queue(
        kind=kind.name, to=to, language=language, person=person, values={name: known[name] for name in kind.sample}
    )


def matches_found(profile: Profile, sets: list[int]) -> list[int]:
    """Tell somebody what has come up that fits, the first with the reasons, and return of which sets he is told.

    There is no mail when none of them may be spoken of.
    """
    reader = profile.user
    sets = matching.may_be_told(sets)
    first, others = sets[:MOST_MATCHES], sets[MOST_MATCHES:]
    with override(reader.language):
        matches = matching.explained(profile, first)
        if matches:
            outbox.queue(
                kind="members.matches",
                to=reader.email,
                language=reader.language,
                person=reader,
                about=profile.pk,
                dedupe_key=f"members.matches:{profile.pk}:{profile.matched_at.isoformat()}",
                values={
                    "matches": "\n\n".join([*map(_in_words, matches), *_more(len(others))]),
                    "page_url": settings.SITE_URL + reverse("members:matching"),
                },
            )
    return [match.criteria.pk for match in matches] + others if matches else []


def _more(count: int) -> list[str]:
    text = ngettext(
        "%(count)d more fits you: it stands on the page linked below.",
        "%(count)d more fit you: they stand on the page linked below.",
        count,
    )
    return [text % {"count": count}] if count else []


def _in_words(match: matching.Match) -> str:
    lines = [f"{match.title} ({match.kind})", settings.SITE_URL + match.url]
    for answer in match.answers:
        state = _("Met:") if answer.met else _("Not met:") if answer.failed else _("Not known:")
        lines.append(f"• {state} {answer.asked}" + (f" ({answer.change})" if answer.change else ""))
    return "\n".join(lines)
