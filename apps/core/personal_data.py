"""The register of personal data: what the portal keeps of people, why, for how long, and what becomes of it.

Every model, ours and those of installed packages, is declared: either it holds no person, because …, or each of
its fields is exported, anonymised or exempt with a reason. `undeclared` feeds a test, so that a model or field
that nobody named fails the build. Each app declares its own in `apps/<app>/personal_data.py`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _


class Treatment(StrEnum):
    EXPORT = "export"  # in the person's download; gone or emptied at erasure
    ANONYMISE = "anonymise"  # kept without the person at erasure; not in the download
    EXEMPT = "exempt"  # neither, for the reason given


@dataclass(frozen=True)
class Declaration:
    model: str
    purpose: str = ""
    retention: str = ""
    person: str = ""  # lookup from the model to the user it speaks of; none leads there from a hash
    fields: Mapping[str, Treatment] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    copied: Callable[[], models.Q] = models.Q  # which of a person's rows his copy holds
    holds_no_person: str = ""

    @property
    def name(self) -> str:
        """What the rows are called; those of a many-to-many by its owner and field, for a pair may have two."""
        model = apps.get_model(self.model)
        if not (owner := model._meta.auto_created):
            return model._meta.verbose_name
        (own,) = [each for each in owner._meta.local_many_to_many if each.remote_field.through is model]
        return f"{owner._meta.verbose_name}: {own.verbose_name}"

    @property
    def stands_in_another(self) -> bool:
        """The table of a many-to-many whose rows are read in the field of the person's own model."""
        owner = apps.get_model(self.model)._meta.auto_created
        return bool(owner) and bool(_declared[owner._meta.label].person)

    def under(self, treatment: Treatment) -> list[str]:
        """The labels of the fields so treated, as people read them."""
        meta = apps.get_model(self.model)._meta
        return [str(meta.get_field(name).verbose_name) for name, given in self.fields.items() if given == treatment]


_declared: dict[str, Declaration] = {}


def declare(
    model: str,
    *,
    purpose: str,
    retention: str,
    person: str,
    export: Iterable[str] = (),
    anonymise: Iterable[str] = (),
    exempt: Mapping[str, str] | None = None,
    copied: Callable[[], models.Q] = models.Q,
) -> None:
    """Declare a model that holds personal data; ``exempt`` maps a field's name to the reason.

    ``copied`` leaves rows out of the person's copy that would tell him of somebody else.
    """
    exempt = exempt or {}
    fields = (
        dict.fromkeys(export, Treatment.EXPORT)
        | dict.fromkeys(anonymise, Treatment.ANONYMISE)
        | dict.fromkeys(exempt, Treatment.EXEMPT)
    )
    _declared[model] = Declaration(model, purpose, retention, person, fields, dict(exempt), copied)


def no_person(because: str, *models: str) -> None:
    """Declare models that hold no person's data, and why."""
    for model in models:
        _declared[model] = Declaration(model, holds_no_person=because)


def declarations() -> list[Declaration]:
    """Every model with personal data, for the register of processing and the retention table."""
    return sorted((d for d in _declared.values() if not d.holds_no_person), key=lambda d: d.model)


def without_person() -> list[Declaration]:
    """Every model that holds no person, each with why not."""
    return sorted((d for d in _declared.values() if d.holds_no_person), key=lambda d: d.model)


def rows_of(declaration: Declaration, person) -> models.QuerySet:
    """The rows of a declared model that speak of this person; none where nobody can tell."""
    rows = apps.get_model(declaration.model)._base_manager
    if not declaration.person:
        return rows.none()
    # Through a subquery, so that a way over several tables names no row twice.
    return rows.filter(pk__in=rows.filter(**{declaration.person: person.pk}).values("pk"))


def copied_rows_of(declaration: Declaration, person) -> models.QuerySet:
    """Those of the person's rows that his copy holds."""
    return rows_of(declaration, person).filter(declaration.copied())


def files_of(person) -> Iterator[tuple[Declaration, str, models.QuerySet]]:
    """Each declared field that holds files, with the rows of this person."""
    for declaration in declarations():
        for name in declaration.fields:
            field = apps.get_model(declaration.model)._meta.get_field(name)
            if isinstance(field, models.FileField):
                yield declaration, name, rows_of(declaration, person)


def file_names() -> Iterator[str]:
    """The names of all files that belong to a row of a declared model."""
    for declaration in declarations():
        model = apps.get_model(declaration.model)
        for name in declaration.fields:
            if isinstance(model._meta.get_field(name), models.FileField):
                yield from model._base_manager.exclude(**{name: ""}).values_list(name, flat=True).iterator()


def undeclared() -> list[str]:
    """Name every model and field that nobody declared, and every declaration that fits no model or field."""
    faults = []
    models = {model._meta.label: model for model in apps.get_models(include_auto_created=True)}
    for label, model in models.items():
        declaration = _declared.get(label)
        if declaration is None:
            faults.append(f"{label}: not declared")
        elif not declaration.holds_no_person:
            columns = {f.name for f in model._meta.concrete_fields} - {"id"}
            columns |= {f.name for f in model._meta.many_to_many}
            faults += [f"{label}.{name}: not declared" for name in sorted(columns - set(declaration.fields))]
            faults += [f"{label}.{name}: no such field" for name in sorted(set(declaration.fields) - columns)]
    return faults + [f"{label}: no such model" for label in _declared if label not in models]


# --- what core itself keeps, and the packages that know no person -----------------------------------------------------
no_person("the shared taxonomy", "core.Country", "core.Region", "core.Sector", "core.Language", "core.Skill")
no_person("names of skills", "core.SkillName")
no_person("names of models and of roles", "contenttypes.ContentType", "auth.Permission", "auth.Group")
no_person("which right a role has", "auth.Group_permissions")

declare(
    "core.AuditEntry",
    purpose=_("to show who did what, and who has looked at whose data"),
    retention=_("three years"),
    person="person_id",
    export=["at", "unit", "verb", "purpose"],
    exempt={
        "actor_id": _("another person's account"),
        "person_id": _("an internal number"),
        "target_type": _("an internal name"),
        "target_id": _("an internal number"),
        "detail": _("internal numbers"),
        "request_id": _("an internal number"),
    },
)
declare(
    "reversion.Revision",
    purpose=_("to show who changed what staff write, and to bring an earlier version back"),
    retention=_("as long as what was written"),
    person="user",
    anonymise=["user"],
    exempt={"date_created": _("the text of a page"), "comment": _("names of changed fields")},
)
no_person("texts of pages and projects as they were", "reversion.Version")
