"""Writes on the shared taxonomy, and the end of old records."""

import json
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from django_countries import countries as iso_countries

from . import audit, retention
from .models import AuditEntry, Country, Language, Region, Sector, Skill, SkillName
from .signals import taxonomy_changed
from .text import words

DATA = Path(__file__).parent / "data"
RECORDS_KEPT = timedelta(days=3 * 365)
LANGUAGES = [code for code, _name in settings.LANGUAGES]


def _read(name: str):
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


def _named(record: dict) -> dict:
    return {f"name_{language}": record["name"][language] for language in LANGUAGES}


@transaction.atomic
def load_taxonomy() -> dict[str, int]:
    """Bring countries, regions, sectors, languages and skills to what the data files say; safe to repeat.

    A term that is in no file any more is retired, never deleted; one that staff added or changed stays as they left
    it. Returns the number of terms of each kind.
    """
    before = _state()
    numbers = {
        "countries": _load(Country, "code", _countries()),
        "sectors": _load(
            Sector, "slug", [_named(r) | {"slug": r["slug"], "position": i} for i, r in _counted("sectors")]
        ),
        "languages": _load(
            Language,
            "code",
            [_named(r) | {"code": r["code"], "autonym": r.get("autonym", "")} for r in _read("languages")],
        ),
    }
    countries = {country.code: country for country in Country.objects.all()}
    numbers["regions"] = _load(
        Region,
        "code",
        [
            _named(r) | {"code": r["code"], "country": countries[r["country"]], "shape": r["shape"]}
            for r in _read("regions")
        ],
    )
    numbers["skills"] = _load_skills()
    if _state() != before:
        taxonomy_changed.send(sender=None)
    return numbers


@transaction.atomic
def term_changed() -> None:
    """Bring up to date what is derived from the terms, and tell the apps above; after an edit in the administration."""
    refresh_skills()
    taxonomy_changed.send(sender=None)


def _state() -> list:
    # Named one by one: without names modeltranslation returns the reader's language only.
    return [
        list(model.objects.order_by("pk").values_list(*(field.attname for field in model._meta.concrete_fields)))
        for model in (Country, Region, Sector, Language, Skill)
    ]


def _counted(name: str):
    return enumerate(_read(name), start=1)


def _load(model, key: str, records: list[dict]) -> int:
    known = {getattr(term, key): term for term in model.objects.all()}
    for record in records:
        term = known.pop(record[key], None) or model()
        if term.kept_by_staff:
            continue
        values = record | {"active": True}
        if term.pk is None or any(getattr(term, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(term, name, value)
            term.save()
    model.objects.filter(pk__in=[term.pk for term in known.values()], kept_by_staff=False).update(active=False)
    return len(records)


def _countries() -> list[dict]:
    own = _read("countries")
    names: dict[str, dict] = {}
    for language in LANGUAGES:
        with override(language):
            for code, name in iso_countries:
                names.setdefault(code, {})[language] = gettext(name)
    return [
        _named({"name": own["names"].get(code, name)}) | {"code": code, "priority": code in own["priority"]}
        for code, name in names.items()
    ]


def _load_skills() -> int:
    sectors = {sector.slug: sector for sector in Sector.objects.all()}
    records = _read("skills")
    terms = [
        _named(record)
        | {f"synonyms_{code}": "\n".join(record["synonyms"].get(code, [])) for code in LANGUAGES}
        | {"slug": record["slug"], "sector": sectors[record["sector"]]}
        for record in records
    ]
    _load(Skill, "slug", terms)
    known = {skill.slug: skill for skill in Skill.objects.all()}
    for record in records:
        skill, parent = known[record["slug"]], known.get(record["parent"])
        if skill.parent_id != (parent and parent.pk) and not skill.kept_by_staff:
            skill.parent = parent
            skill.save()
    refresh_skills()
    return len(records)


@transaction.atomic
def refresh_skills() -> None:
    """Rewrite what is derived from the tree and the names: each skill's lineage, and the folded names to search by."""
    skills = {skill.pk: skill for skill in Skill.objects.select_for_update()}
    moved = []
    for skill in skills.values():
        lineage, at = [], skill
        while at is not None and at.pk not in lineage:
            lineage.append(at.pk)
            at = skills.get(at.parent_id)
        if skill.lineage != lineage:
            skill.lineage = lineage
            moved.append(skill)
    Skill.objects.bulk_update(moved, ["lineage"], batch_size=500)
    wanted = {
        (skill.pk, language, key)
        for skill in skills.values()
        if skill.active
        for language in LANGUAGES
        for key in _keys(skill, language)
    }
    known = {tuple(values): pk for pk, *values in SkillName.objects.values_list("pk", "skill", "language", "key")}
    SkillName.objects.filter(pk__in=[pk for name, pk in known.items() if name not in wanted]).delete()
    SkillName.objects.bulk_create(
        [SkillName(skill_id=pk, language=language, key=key) for pk, language, key in wanted - known.keys()],
        batch_size=1000,
    )


def _keys(skill: Skill, language: str) -> set[str]:
    """A skill's name and synonyms in one language, as a search's words are compared: folded, without punctuation."""
    names = [getattr(skill, f"name_{language}") or "", *(getattr(skill, f"synonyms_{language}") or "").splitlines()]
    return {" ".join(words(name)) for name in names} - {""}


# --- the end of old records -------------------------------------------------------------------------------------------
retention.register(
    "core.audit",
    model="core.AuditEntry",
    rule=_("Deeds and readings go after three years."),
    period=RECORDS_KEPT,
    over=AuditEntry.objects.before,
)
retention.register(
    "core.log",
    model="admin.LogEntry",
    rule=_("What was changed in the administration goes after three years."),
    period=RECORDS_KEPT,
    over=lambda before: LogEntry.objects.filter(action_time__lt=before),
)


def keep_tidy() -> dict[str, int | None]:
    """Let go of records that have had their three years. Returns how many of each went."""
    gone = retention.run("core")
    audit.record(actor=None, verb="core.tidied", **gone)
    return gone
