"""Readings of personal data, in the words of the person whom they concern."""

from django import template

from apps.core import readings

register = template.Library()


@register.filter
def what_was_done(entry) -> str:
    return readings.words(entry.verb)


@register.filter
def what_was_read(entry) -> str:
    return readings.what(entry)
