"""Writes on a whole project: its rows, its states, and what follows from every change: index and versions."""

from datetime import datetime

from django.db import transaction
from django.db.models import FileField, Max, Model
from django.utils.translation import gettext as _

from apps.core import history, publishing, translated
from apps.core.publishing import NotNow, NotReady

from ..models import Project
from ..models.project import Part
from . import indexing


def write_row(*, row: Model, changed=(), confirmed=()) -> None:
    """Save the project or a row of it; a new row without a place comes last."""
    if isinstance(row, Part) and row.pk is None and not row.position:
        siblings = type(row).objects.filter(project=row.project)
        row.position = (siblings.aggregate(last=Max("position"))["last"] or 0) + 1
    if isinstance(row, translated.Translated):
        translated.write(row, changed=changed, confirmed=confirmed)
    else:
        row.save()


def remove_row(*, row: Model) -> None:
    """Delete a row of a project, and its files once that is committed."""
    _let_files_go(row)
    row.delete()


@transaction.atomic
def saved(*, project: Project, actor, comment: str = "") -> None:
    """What follows once a project and its rows are written."""
    indexing.index(project=project)
    history.keep(obj=project, actor=actor, comment=comment)


@transaction.atomic
def restore(*, project: Project, version, actor) -> int:
    """Bring an earlier version back, as a version of its own; returns how many rows could not come."""
    Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    lost = history.restore(obj=project, version=version)
    indexing.index(project=project)
    history.keep(obj=project, actor=actor, comment="restored")
    return lost


# --- states -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def publish(*, obj: Project, actor, at: datetime | None = None) -> Project:
    """Make a project public, now or from ``at`` on. Raises ``NotReady`` without an English title and opening."""
    project = Project.objects.select_for_update(of=("self",)).get(pk=obj.pk)
    if at and project.is_public:
        raise NotNow  # a date to come would take it out of sight until then
    if not (project.title_en and project.lead_en):
        raise NotReady(_("Before it is public, the project needs a title and an opening in English."))
    return _followed(publishing.publish(obj=project, actor=actor, at=at), actor)


@transaction.atomic
def withdraw(*, obj: Project, actor, reason: str = "") -> Project:
    return _followed(publishing.withdraw(obj=obj, actor=actor, reason=reason), actor)


@transaction.atomic
def to_draft(*, obj: Project, actor) -> Project:
    return _followed(publishing.to_draft(obj=obj, actor=actor), actor)


def _followed(project: Project, actor) -> Project:
    indexing.index(project=project)
    comment = f"scheduled {project.public_from.isoformat()}" if project.is_scheduled else str(project.state)
    history.keep(obj=project, actor=actor, comment=comment)
    return project


# --- the end of a draft -----------------------------------------------------------------------------------------------
def was_never_public(project: Project) -> bool:
    return project.state == Project.State.DRAFT and project.decided_at is None


@transaction.atomic
def delete(*, project: Project) -> None:
    """Delete a draft that nobody has ever decided to publish, with its rows, versions and files."""
    project = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    if not was_never_public(project):
        raise NotNow
    for relation in project._meta.related_objects:
        if _file_fields(relation.related_model):
            for row in relation.related_model._base_manager.filter(**{relation.field.name: project}):
                _let_files_go(row)
    history.forget(obj=project)
    project.delete()


def _let_files_go(row: Model) -> None:
    for field in _file_fields(type(row)):
        if file := getattr(row, field.name):
            transaction.on_commit(lambda file=file, name=file.name: file.storage.delete(name), robust=True)


def _file_fields(model: type[Model]) -> list[FileField]:
    return [field for field in model._meta.concrete_fields if isinstance(field, FileField)]
