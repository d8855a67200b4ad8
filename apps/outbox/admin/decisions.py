"""What staff decide about a mail. From this one table come the buttons, the actions of the list and what they do."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from .. import services
from ..models import OutgoingMail, State


@dataclass(frozen=True)
class Decision:
    name: str
    label: str
    done: str  # said of so many mails
    states: list[State]  # in which it is offered; the service asks again
    carry_out: Callable
    asks_why: bool = False


DECISIONS = {
    decision.name: decision
    for decision in [
        Decision(
            "retry",
            _("Try again now"),
            ngettext_lazy("%(count)d mail is queued again.", "%(count)d mails are queued again.", "count"),
            [State.FAILED, State.WITHHELD, State.RETRY],
            services.retry,
        ),
        Decision(
            "withhold",
            _("Withhold"),
            ngettext_lazy("%(count)d mail is withheld.", "%(count)d mails are withheld.", "count"),
            [State.QUEUED, State.RETRY],
            services.withhold,
            asks_why=True,
        ),
        Decision(
            "arrived",
            _("It arrived: settle as sent"),
            ngettext_lazy("%(count)d mail counts as sent.", "%(count)d mails count as sent.", "count"),
            [State.UNCERTAIN],
            partial(services.settle, sent=True),
        ),
        Decision(
            "again",
            _("It did not arrive: send it again"),
            ngettext_lazy("%(count)d mail is sent again.", "%(count)d mails are sent again.", "count"),
            [State.UNCERTAIN],
            partial(services.settle, sent=False, again=True),
        ),
        Decision(
            "let_be",
            _("It did not arrive: let it be"),
            ngettext_lazy("%(count)d mail is let be.", "%(count)d mails are let be.", "count"),
            [State.UNCERTAIN],
            partial(services.settle, sent=False, again=False),
        ),
    ]
}
UNCERTAIN = [decision for decision in DECISIONS.values() if State.UNCERTAIN in decision.states]


def offered(mail: OutgoingMail) -> list[Decision]:
    return [decision for decision in DECISIONS.values() if mail.state in decision.states]


def decide(decision: Decision, mails: Iterable[OutgoingMail], *, actor, **why) -> tuple[int, list[str]]:
    """Carry it out for each mail in a transaction of its own; return how many, and why others stayed as they were."""
    done, refusals = 0, []
    for mail in mails:
        try:
            decision.carry_out(mail=mail, actor=actor, **why)
            done += 1
        except services.NotAllowed as refusal:
            refusals.append(_("Mail %(number)s: %(why)s") % {"number": mail.pk, "why": refusal})
    return done, refusals


def as_action(decision: Decision) -> Callable:
    """The same decision for the rows chosen in the list."""

    @admin.action(description=decision.label, permissions=["decide"])
    def act(model_admin, request, queryset):
        return model_admin.decide_selected(request, queryset, decision)

    act.__name__ = decision.name
    return act
