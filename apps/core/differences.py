"""What changed between two versions of a record, word by word."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import unescape

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, Field, ForeignKey, ManyToManyField, Model, TextField
from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.html import escape, format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from . import history
from .content import RichTextField
from .history import Rows
from .translated import SOURCE

LANGUAGES = dict(settings.LANGUAGES)
TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
BLOCK_ENDS = re.compile(r"</(p|h2|h3|li|blockquote)>|<br>")
LONG, EDGE = (
    80,
    30,
)  # of a stretch without a change that is longer, so many words, spaces and signs at its edges are shown
SILENT = {"made_from", "position"}  # follow from what else is said, or are seen on the page


@dataclass(frozen=True)
class Change:
    """A column of a row that is not as it was."""

    label: str
    language: str  # "" for what has none
    html: SafeString


@dataclass(frozen=True)
class RowChange:
    """A row that came, went or changed."""

    kind: str  # "Phase"
    name: str
    deed: str | Promise  # "" where it changed
    changes: list[Change]


CAME, WENT = _("added"), _("taken away")


def between(before: Rows, after: Rows, root: type[Model]) -> list[RowChange]:
    """Every row that differs, the record itself first. Texts are compared word by word, without their markup."""
    names = _names([before, after])
    found = []
    for (model, number), columns in (after | before).items():
        old, new = before.get((model, number)), after.get((model, number))
        if old == new:
            continue
        changes = list(_changes(model, old or {}, new or {}, names))
        deed = CAME if old is None else WENT if new is None else ""
        if changes or deed:
            label = "" if model is root else _told(model, new or columns, names)
            found.append(RowChange(capfirst(str(model._meta.verbose_name)), label, deed, changes))
    return sorted(found, key=lambda change: change.name != "")


def summed_up(before: Rows, after: Rows, root: type[Model]) -> list[str]:
    """The same in a few words: "Title (French)", "phases: text (English)"."""
    said = []
    for model, number in after | before:
        old, new = before.get((model, number)), after.get((model, number))
        if old == new:
            continue
        place = "" if model is root else f"{capfirst(str(model._meta.verbose_name_plural))}: "
        if old is None or new is None:
            said.append(f"{place}{CAME if old is None else WENT}")
        else:
            said += [f"{place}{label}" for label in _changed_labels(model, old, new)]
    return list(dict.fromkeys(said))


def marked(before: str, after: str) -> SafeString:
    """The later text with <ins> round what came and <del> round what went."""
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    parts = []
    for deed, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if deed == "equal":
            parts.append(_shortened(new[k:m]))
            continue
        for tag, words in (("del", old[i:j]), ("ins", new[k:m])):
            if words:
                parts.append(f"<{tag}>{escape(''.join(words))}</{tag}>")
    return mark_safe("".join(parts))  # noqa: S308 - every word is escaped above


def _shortened(words: list[str]) -> str:
    if len(words) <= LONG:
        return escape("".join(words))
    return f"{escape(''.join(words[:EDGE]))} […] {escape(''.join(words[-EDGE:]))}"


# --- columns ----------------------------------------------------------------------------------------------------------
def _fields(model: type[Model], columns: Iterable[str]) -> Iterator[tuple[str, Field]]:
    for name in columns:
        field = model._meta.get_field(name)
        if name not in SILENT and not history.leads_up(field):
            yield name, field


def _changed_labels(model, old: dict, new: dict) -> Iterator[str]:
    for name, field in _fields(model, old | new):
        if _is_other(old.get(name), new.get(name)):
            yield _label(field)


def _changes(model, old: dict, new: dict, names: dict) -> Iterator[Change]:
    for name, field in _fields(model, old | new):
        if _is_other(old.get(name), new.get(name)):
            was, now = _said(field, old.get(name), names), _said(field, new.get(name), names)
            is_text = isinstance(field, CharField | TextField) and not field.choices
            html = marked(was, now) if is_text else _replaced(was, now)
            yield Change(_label(field), getattr(field, "language", ""), html)


def _is_other(old, new) -> bool:
    if isinstance(old, list) and isinstance(new, list):
        return sorted(map(str, old)) != sorted(map(str, new))
    return ("" if old is None else old) != ("" if new is None else new)


def _replaced(was: str, now: str) -> SafeString:
    parts = [format_html("<del>{}</del>", was) if was else "", format_html("<ins>{}</ins>", now) if now else ""]
    return format_html("{} {}", *parts)


def _label(field: Field) -> str:
    original = getattr(field, "translated_field", None)
    if original is None:
        return capfirst(str(field.verbose_name))
    return f"{capfirst(str(original.verbose_name))} ({gettext(LANGUAGES[field.language])})"


def _said(field: Field, value, names: dict) -> str:
    """A column's value as people read it."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(field, ForeignKey | ManyToManyField):
        numbers = value if isinstance(value, list) else [value]
        return ", ".join(sorted(names.get((field.related_model, number), f"{number}") for number in numbers))
    inner = field.base_field if isinstance(field, ArrayField) else field
    if inner.choices:
        labels = dict(inner.flatchoices)
        return ", ".join(str(labels.get(one, one)) for one in (value if isinstance(value, list) else [value]))
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(getattr(field, "translated_field", field), RichTextField):
        return unescape(strip_tags(BLOCK_ENDS.sub(lambda end: f"{end[0]}\n", value))).strip()
    return value if isinstance(value, str) else str(localize(value, use_l10n=True))


def _names(versions: list[Rows]) -> dict[tuple[type[Model], int], str]:
    """What the rows that columns point at are called: one query a model."""
    wanted: dict[type[Model], set[int]] = {}
    for rows in versions:
        for (model, _number), columns in rows.items():
            for name, field in _fields(model, columns):
                if isinstance(field, ForeignKey | ManyToManyField) and (value := columns[name]):
                    wanted.setdefault(field.related_model, set()).update(value if isinstance(value, list) else [value])
    return {
        (model, row.pk): str(row)
        for model, numbers in wanted.items()
        for row in model._base_manager.filter(pk__in=numbers)
    }


def _told(model: type[Model], columns: dict, names: dict) -> str:
    """A row in a few words: its first text in English, else the first thing it says."""
    said = {name: _said(field, columns[name], names) for name, field in _fields(model, columns)}
    english = (text for name, text in said.items() if name.endswith(f"_{SOURCE}") and text)
    return Truncator(next(english, "") or next(filter(None, said.values()), "")).chars(80)
