"""What a page had shown, carried along in it: saved late, a page undoes nothing that was saved elsewhere meanwhile."""

import json
from collections.abc import Iterable
from datetime import date

from django import forms
from django.db.models import Model
from django.utils.functional import cached_property
from django.utils.html import format_html


class ShownMixin:
    """A form that tells what was changed on its page from what only stood there.

    Its template writes ``shown_input``. A page that carries nothing is taken at its word, whole.
    """

    together = ()  # fields that mean something only with each other: with one, all of them have changed

    @cached_property
    def shown(self) -> dict:
        return _read(self.data.get(self.add_prefix("shown"))) if self.is_bound else self.now()

    def now(self) -> dict:
        """What a page drawn at this moment shows."""
        fields = {name: field for name, field in self.fields.items() if not isinstance(field, forms.FileField)}
        return {name: plain(self.get_initial_for_field(field, name)) for name, field in fields.items()}

    def shown_input(self) -> str:
        return format_html(
            '<input type="hidden" name="{}" value="{}">', self.add_prefix("shown"), json.dumps(self.shown)
        )

    def shown_words(self, name: str) -> set[int] | None:
        """The numbers of the words that were ticked when the page was drawn; ``None`` if it does not say so."""
        words = self.shown.get(name, ...)
        if words is None:
            return set()
        return set(words) if isinstance(words, list) and all(isinstance(number, int) for number in words) else None

    def changed(self) -> dict:
        """Of what was sent, what is not as the page had shown it."""
        sent = self.cleaned_data
        names = {name for name, value in sent.items() if name not in self.shown or plain(value) != self.shown[name]}
        if names & set(self.together):
            names |= set(self.together)
        return {name: sent[name] for name in sent if name in names}


def plain(value):
    """A value as JSON holds it: words by their numbers in order, and whatever a form takes for empty as nothing."""
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return value.strip().replace("\r\n", "\n") or None
    if isinstance(value, Iterable):
        return sorted(plain(one) for one in value) or None
    return None if value is False else value


def _read(text: str | None) -> dict:
    try:
        shown = json.loads(text or "")
    except (ValueError, RecursionError):
        return {}
    return shown if isinstance(shown, dict) else {}
