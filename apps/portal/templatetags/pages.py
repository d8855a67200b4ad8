"""What the written pages ask of their own data."""

from django import template
from django.conf import settings
from django.utils.translation import get_language

register = template.Library()


@register.filter
def written_in(page):
    """The code of the language in which a page is there: the reader's own, or the one it falls back to."""
    order = [get_language(), *settings.MODELTRANSLATION_FALLBACK_LANGUAGES]
    return next((code for code in order if getattr(page, f"title_{code}")), get_language())


@register.filter
def under(declaration, treatment):
    """`{{ declaration|under:"export" }}`: the labels of the fields that are treated so."""
    return declaration.under(treatment)


@register.filter
def left_out(declaration):
    """The fields that are in no download, gathered by the reason: (reason, labels)."""
    reasons = {}
    for label, reason in zip(declaration.under("exempt"), declaration.reasons.values(), strict=True):
        reasons.setdefault(str(reason), []).append(label)
    return reasons.items()
