"""Content in four languages: which translations lack, and which are older than the English they were made from.

For each text of each language the English that it translates is remembered by a digest. When the English changes, the
translation is stale until somebody changes it, or says that it still holds.
"""

from collections.abc import Collection
from hashlib import sha256

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from modeltranslation.translator import translator

SOURCE = settings.MODELTRANSLATION_DEFAULT_LANGUAGE
OTHERS = [code for code, _name in settings.LANGUAGES if code != SOURCE]


class Translated(models.Model):
    """A row with texts in four languages. `follow` keeps its two lists; a service calls it before each save."""

    lacking = ArrayField(
        models.CharField(max_length=2), verbose_name=_("languages without text"), default=list, editable=False
    )
    stale = ArrayField(models.CharField(max_length=2), verbose_name=_("out of date"), default=list, editable=False)
    made_from = models.JSONField(default=dict, editable=False)  # "title_fr" → digest of the English it translates

    class Meta:
        abstract = True


def text_fields(model) -> list[str]:
    """The names of a model's translated fields: ``["title", "lead"]``."""
    translated = translator.get_options_for_model(model).all_fields
    return [field.name for field in model._meta.fields if field.name in translated]


def follow(row: Translated, *, changed: Collection[str] = (), confirmed: Collection[str] = ()) -> None:
    """Bring the row's lists up to its texts, without saving.

    ``changed``: the texts that were written anew, as ``title_fr``. ``confirmed``: languages whose texts still hold
    although the English has changed.
    """
    made_from, lacking, stale = {}, set(), set()
    for name in text_fields(type(row)):
        english = getattr(row, f"{name}_{SOURCE}") or ""
        digest = _digest(row, name)
        for language in OTHERS:
            key = f"{name}_{language}"
            if not (getattr(row, key) or ""):
                if english:
                    lacking.add(language)
                continue
            is_made_anew = key in changed or language in confirmed
            made_from[key] = digest if is_made_anew else row.made_from.get(key, digest)
            if made_from[key] != digest:
                stale.add(language)
    row.made_from, row.lacking, row.stale = made_from, sorted(lacking), sorted(stale)


def write(row: Translated, *, changed: Collection[str] = (), confirmed: Collection[str] = ()) -> None:
    """Save a row and bring its lists up to its texts; ``changed`` and ``confirmed`` as for `follow`."""
    follow(row, changed=changed, confirmed=confirmed)
    row.save()


def missing_in(row: Translated, language: str) -> list[str]:
    """The names of the texts that there are in English and not in this language."""
    return [
        name
        for name in text_fields(type(row))
        if getattr(row, f"{name}_{SOURCE}") and not getattr(row, f"{name}_{language}")
    ]


def outdated_in(row: Translated, language: str) -> list[str]:
    """The names of the texts whose English has changed since they were written."""
    return [
        name
        for name in text_fields(type(row))
        if getattr(row, key := f"{name}_{language}") and row.made_from.get(key, now := _digest(row, name)) != now
    ]


def _digest(row: Translated, name: str) -> str:
    return sha256((getattr(row, f"{name}_{SOURCE}") or "").encode()).hexdigest()[:16]


def is_read_in(row, name: str, language: str) -> str:
    """Return the language in which a reader of ``language`` gets this text: his own, or else the first there is."""
    for code in (language, *settings.MODELTRANSLATION_FALLBACK_LANGUAGES):
        if getattr(row, f"{name}_{code}", ""):
            return code
    return language
