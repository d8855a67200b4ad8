"""Versions of what staff write: a record with all rows that belong to it is kept as one, and can be brought back.

django-reversion stores them. Its own way back writes every column, also those that a version does not hold, so a draft
would come out of a published record. Ours writes what a version holds and nothing else: what a form can change, without
files. So a version brought back publishes nothing, moves no address, and brings no file back that was taken away.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import reversion
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import transaction
from django.db.models import Field, FileField, ForeignKey, ManyToManyField, Model, UniqueConstraint
from modeltranslation.translator import NotRegistered
from reversion.models import Revision, Version

from . import translated

Rows = dict[tuple[type[Model], int], dict]  # model and number → column → value


@dataclass(frozen=True)
class Kept:
    fields: list[str]  # without modeltranslation's own column, whose value depends on who is reading
    parts: list[str]  # names of the relations whose rows belong to it
    has_files: bool


_kept: dict[type[Model], Kept] = {}


def register(model: type[Model], *, parts: tuple[str, ...] = (), but: tuple[str, ...] = ()) -> None:
    """Keep versions of a model, but for some fields; call it after the registration of its translation."""
    try:
        left_out = {*but, *translated.text_fields(model)}
    except NotRegistered:
        left_out = set(but)
    fields = [*model._meta.concrete_fields, *model._meta.many_to_many]
    kept = [
        field.name
        for field in fields
        if (field.editable or field.name == "made_from")
        and not (field.primary_key or isinstance(field, FileField) or field.name in left_out)
    ]
    _kept[model] = Kept(kept, list(parts), any(isinstance(field, FileField) for field in fields))
    reversion.register(model, fields=kept, follow=parts)


# --- writing ----------------------------------------------------------------------------------------------------------
def keep(*, obj: Model, actor, comment: str = "") -> None:
    """Write down how a record and its rows stand now. Call it in the transaction of the change."""
    with reversion.create_revision(manage_manually=True):
        reversion.set_user(actor)
        reversion.set_comment(comment)
        reversion.add_to_revision(_fresh(obj))


def begin(*, obj: Model) -> None:
    """Before a change: write down how the record came to us, if no version tells."""
    if not versions(obj).exists():
        keep(obj=obj, actor=None, comment="found")


def forget(*, obj: Model) -> None:
    """Let all versions go, with the record itself."""
    Revision.objects.filter(version__in=versions(obj)).delete()


# --- reading ----------------------------------------------------------------------------------------------------------
def versions(obj: Model):
    """The versions of a record, the newest first."""
    return Version.objects.get_for_object(obj).select_related("revision__user").order_by("-pk")


def latest(model: type[Model], numbers: Iterable[int]):
    """The newest versions of several records of one kind that people wrote, with who did."""
    found = Version.objects.get_for_model(model).filter(object_id__in=[str(number) for number in numbers])
    found = found.filter(revision__user__isnull=False)
    return found.select_related("revision__user").order_by("-pk")


def before(version: Version) -> Version | None:
    """The version that this one followed."""
    siblings = Version.objects.get_for_object_reference(_model_of(version), version.object_id)
    return siblings.filter(pk__lt=version.pk).order_by("-pk").first()


def held_by(chosen: list[Version]) -> dict[int, Rows]:
    """The rows that versions hold, by the number of the version; one query for all."""
    by_revision: dict[int, Rows] = {}
    for one in Version.objects.filter(revision__in=[version.revision_id for version in chosen]):
        by_revision.setdefault(one.revision_id, {})[_model_of(one), int(one.object_id)] = one.field_dict
    return {version.pk: by_revision[version.revision_id] for version in chosen}


def as_of_now(obj: Model) -> Rows:
    """The same rows as they stand today."""
    return {(type(row), row.pk): _columns(row) for row in _tree(_fresh(obj))}


def leads_up(field: Field) -> bool:
    """Is this the pointer of a part to what it is a part of?"""
    above = _kept.get(field.related_model) if isinstance(field, ForeignKey) else None
    return bool(above) and field.remote_field.get_accessor_name() in above.parts


def _model_of(version: Version) -> type[Model]:
    return ContentType.objects.get_for_id(version.content_type_id).model_class()


def _fresh(obj: Model) -> Model:
    return type(obj)._base_manager.get(pk=obj.pk)


def _tree(row: Model) -> Iterator[Model]:
    yield row
    for part in _kept[type(row)].parts:
        for below in getattr(row, part).all():
            yield from _tree(below)


def _columns(row: Model) -> dict:
    columns = {}
    for name in _kept[type(row)].fields:
        field = row._meta.get_field(name)
        if isinstance(field, ManyToManyField):
            columns[name] = list(getattr(row, name).values_list("pk", flat=True))
        else:
            columns[field.attname] = getattr(row, field.attname)
    return columns


# --- bringing back ----------------------------------------------------------------------------------------------------
@transaction.atomic
def restore(*, obj: Model, version: Version) -> int:
    """Write a record and its rows as a version holds them; returns how many rows could not come back.

    Rows with files stay as they are but for their words: those that came since stay, those taken away stay away.
    """
    then, now = held_by([version])[version.pk], {(type(row), row.pk): row for row in _tree(_fresh(obj))}
    for (model, number), row in now.items():
        if not _kept[model].has_files and model is not type(obj) and ((model, number) not in then or _may_clash(model)):
            row.delete()
    lost = 0
    order = list(_models(type(obj)))
    for (model, number), columns in sorted(then.items(), key=lambda item: order.index(item[0][0])):
        row = now.get((model, number))
        if (row is None and _kept[model].has_files) or not _can_stand(model, columns):
            lost += 1
            continue
        _write(row or model(pk=number), columns, number)
    return lost


def _models(model: type[Model]) -> Iterator[type[Model]]:
    """A model and its parts, what stands above first."""
    yield model
    for part in _kept[model].parts:
        yield from _models(model._meta.get_field(part).related_model)


def _may_clash(model) -> bool:
    """Two rows of it may not say the same: then the old ones go before those of the version come."""
    return any(isinstance(rule, UniqueConstraint | ExclusionConstraint) for rule in model._meta.constraints)


def _can_stand(model, columns: dict) -> bool:
    """Is everything that the row points at still there?"""
    pointing = [field for field in model._meta.concrete_fields if isinstance(field, ForeignKey)]
    return all(
        field.related_model._base_manager.filter(pk=columns[field.attname]).exists()
        for field in pointing
        if columns.get(field.attname) is not None
    )


def _write(row: Model, columns: dict, number: int) -> None:
    row.pk = number  # a deleted row has lost it
    many = {}
    for name, value in columns.items():
        if isinstance(row._meta.get_field(name), ManyToManyField):
            many[name] = value
        else:
            setattr(row, name, value)
    if isinstance(row, translated.Translated):
        translated.follow(row)
    row.save()
    for name, numbers in many.items():
        related = getattr(row, name)
        related.set(related.model._base_manager.filter(pk__in=numbers))
