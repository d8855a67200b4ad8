"""Rows as a download shows them: as plain values for machines, and as words for people."""

from collections.abc import Iterable
from datetime import date, datetime

from django.contrib.auth import get_user_model
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from apps.core import readings


def is_file(row, name: str) -> bool:
    return isinstance(row._meta.get_field(name), models.FileField)


def near(model, names: Iterable[str]) -> list[str]:
    """Those of these fields that point at one row elsewhere, to be read along."""
    return [name for name in names if model._meta.get_field(name).many_to_one and not _is_the_person(model, name)]


def plain(row, names: Iterable[str], files: dict[str, str]) -> dict:
    """The values of these fields. What only says whose row it is, is left out: all of them are one person's."""
    return {name: _plain(row, name, files) for name in names if not _is_the_person(row, name)}


def told(row, names: Iterable[str], files: dict[str, str]) -> list[dict]:
    """The filled fields, each with its label, its text and, of a file, where it lies."""
    values = [(name, plain(row, [name], files).get(name)) for name in names]
    return [
        {
            "label": capfirst(str(row._meta.get_field(name).verbose_name)),
            "text": _words(row, name, value),
            "file": files.get(name, ""),
        }
        for name, value in values
        if value not in (None, "", [], {})
    ]


def _is_the_person(model, name) -> bool:
    field = model._meta.get_field(name)
    return bool(field.many_to_one or field.one_to_one) and field.related_model is get_user_model()


def _plain(row, name, files):
    field = row._meta.get_field(name)
    if name in files:
        return files[name]
    value = getattr(row, name)
    if field.many_to_many:
        return [str(one) for one in value.all()]
    return str(value) if field.is_relation and value is not None else value


def _words(row, name, value) -> str:
    field = row._meta.get_field(name)
    if row._meta.label == "core.AuditEntry" and name == "verb":
        return readings.words(value)
    if field.choices and not field.is_relation:
        return str(getattr(row, f"get_{name}_display")())
    return _text(value)


def _text(value) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        when = timezone.localtime(value, timezone.get_default_timezone())
        return date_format(when, _("j F Y, H:i"))
    if isinstance(value, date):
        return date_format(value)
    if isinstance(value, dict):
        return "\n".join(f"{key}: {_text(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(_text(one) for one in value)
    return str(value)
