"""How long things are kept: one list of rules, written by the apps that own the tables, run by the beat.

A rule is a queryset of what has had its time, and the way in which that goes. So the report of what would go and the
going itself ask the same question.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.apps import apps
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from . import audit

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Rule:
    name: str  # "<app>.<what-goes>"
    model: str
    rule: str  # what goes, in words
    period: timedelta
    over: Callable[[datetime], QuerySet]  # what had its time when it is older than this moment
    let_go: Callable[[datetime], int]  # returns how many went; its transactions are its own

    @property
    def app(self) -> str:
        return self.name.partition(".")[0]

    @property
    def what(self) -> str:
        return apps.get_model(self.model)._meta.verbose_name_plural

    @property
    def days(self) -> int:
        return self.period.days

    def before(self) -> datetime:
        return timezone.now() - self.period


_rules: dict[str, Rule] = {}


def register(
    name: str,
    *,
    model: str,
    rule: str,
    period: timedelta,
    over: Callable[[datetime], QuerySet],
    let_go: Callable[[datetime], int] | None = None,
) -> None:
    """Make a rule known; the same name again replaces it. Without ``let_go``, what is over is deleted in one go."""
    _rules[name] = Rule(name, model, rule, period, over, let_go or _deleting(over))


def rules(app: str = "") -> list[Rule]:
    """In the order in which they were made known: one may let go of what the next one then finds unused."""
    return [rule for rule in _rules.values() if app in ("", rule.app)]


def run(app: str) -> dict[str, int | None]:
    """Let go of whatever of this app has had its time. Returns how many of each: names of rules without the app's.

    A rule that fails holds up no other. None stands for it, and the log says why.
    """
    return {rule.name.partition(".")[2]: _tried(rule) for rule in rules(app)}


def _tried(rule: Rule) -> int | None:
    try:
        return rule.let_go(rule.before())
    except Exception:  # noqa: BLE001 - whatever an app's rule raises, the others are kept
        log.exception("retention.failed", rule=rule.name)
        return None


def would_go() -> list[tuple[Rule, int]]:
    """Each rule with how many rows it would let go of now: numbers only."""
    return [(rule, rule.over(rule.before()).count()) for rule in rules()]


def _deleting(over) -> Callable[[datetime], int]:
    @transaction.atomic
    def delete(before: datetime) -> int:
        audit.letting_go()
        going = over(before)
        return going.delete()[1].get(going.model._meta.label, 0)

    return delete
