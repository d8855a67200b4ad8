"""The projects of the source texts, from readable files into the tables.

``data/sources.toml`` and ``data/organisations.toml`` name what projects refer to; each folder of ``data/projects``
holds ``facts.toml``, which is everything but text, and the texts in four languages beside it.
"""

import tomllib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from django.conf import settings
from django.db import transaction

from apps.core import translated
from apps.core.content import clean
from apps.core.models import Country, Sector

from ..models import Organisation, Project, Source
from . import projects

DATA = Path(__file__).parents[1] / "data"
LANGUAGES = [code for code, _name in settings.LANGUAGES]


def folders(data: Path = DATA) -> list[Path]:
    return sorted(path.parent for path in data.glob("projects/*/facts.toml"))


@transaction.atomic
def load_terms(data: Path = DATA) -> None:
    """Bring sources and organizations to what the files say."""
    for slug, record in _read(data / "sources.toml").items():
        values = {"published": record["published"], "url": record.get("url", "")}
        _bring(Source, {"slug": slug.lower()}, values | _in_each(record["title"], "title"))
    countries = {country.code: country for country in Country.objects.all()}
    for slug, record in _read(data / "organisations.toml").items():
        values = {"kind": record["kind"], "website": record["website"], "country": countries.get(record["country"])}
        _bring(Organisation, {"slug": slug}, values | _in_each(record["name"], "name"))


@transaction.atomic
def load_project(folder: Path, *, overwrite: bool = False) -> bool:
    """Make one project, public at once, from its folder. Returns whether it was written.

    What is there already is left as it is, because staff may have changed it; ``overwrite`` makes it anew.
    """
    project = Project.objects.select_for_update(of=("self",)).filter(slug=folder.name).first()
    if project and not overwrite:
        return False
    ProjectFile(folder).write(project or Project(slug=folder.name))
    return True


class ProjectFile:
    """One folder: its facts, and its texts by language."""

    def __init__(self, folder: Path):
        self.facts = _read(folder / "facts.toml")
        self.texts = {code: _read(folder / f"{code}.toml") for code in LANGUAGES if (folder / f"{code}.toml").exists()}

    def write(self, project: Project) -> None:
        for name in ("status", "strands"):
            setattr(project, name, self.facts[name])
        project.contact_address = self.facts.get("contact", {}).get("address", "")
        _fill(project, self.said("title", "lead", "contact_role"))
        for name, model, key in (
            ("countries", Country, "code"),
            ("residences", Country, "code"),
            ("sectors", Sector, "slug"),
        ):
            getattr(project, name).set(_all(model, key, self.facts[name]))
        project.periods.all().delete()
        for years in self.facts["periods"]:
            project.periods.create(first_year=years[0], last_year=years[1] if len(years) > 1 else None)
        self.write_parts(project)
        projects.saved(project=project, actor=None, comment="loaded")
        projects.publish(obj=project, actor=None)

    def write_parts(self, project: Project) -> None:
        for kept in ("sections", "phases", "partnerships", "indicators", "deliverables", "citations"):
            getattr(project, kept).all().delete()
        for at, fact in self.each("section"):
            texts = self.said("heading", "body", of=f"section.{fact['key']}")
            texts |= {name: clean(text) for name, text in texts.items() if name.startswith("body")}
            section = _fill(project.sections.model(project=project, position=at), texts)
            section.sources.set([self.sources[slug] for slug in fact.get("sources", [])])
        for at, fact in self.each("phase"):
            phase = project.phases.model(project=project, position=at, state=fact["state"])
            phase.first_year, phase.last_year = fact.get("first"), fact.get("last")
            _fill(phase, self.said("title", "text", of=f"phase.{fact['key']}"))
        for at, fact in self.each("partner"):
            organisation = self.organisations[fact["organisation"]]
            partner = project.partnerships.model(project=project, position=at, organisation=organisation)
            partner.role = fact["role"]
            _fill(partner, self.said("note", of=f"partner.{fact['organisation']}"))
        for at, fact in self.each("indicator"):
            self.write_indicator(project, at, fact)
        for at, fact in self.each("deliverable"):
            row = project.deliverables.model(project=project, position=at)
            row.planned_source = self.sources.get(fact.get("planned_source"))
            row.delivered_source = self.sources.get(fact.get("delivered_source"))
            _fill(row, self.said("label", "planned", "delivered", of=f"deliverable.{fact['key']}"))
        for at, fact in self.each("citation"):
            row = project.citations.model(project=project, position=at, source=self.sources[fact["source"]])
            _fill(row, self.said("what", of=f"citation.{fact['source']}"))

    def write_indicator(self, project: Project, at: int, fact: dict) -> None:
        indicator = project.indicators.model(project=project, position=at, target=fact.get("target"))
        indicator.bound = fact.get("bound", "exactly")
        if indicator.target is not None:
            indicator.source = self.sources.get(fact.get("source"))
        _fill(indicator, self.said("name", of=f"indicator.{fact['key']}"))
        for reported in fact.get("figure", []):
            figure = indicator.figures.model(indicator=indicator, value=reported["value"], on=reported.get("on"))
            figure.bound, figure.source = reported["bound"], self.sources[reported["source"]]
            figure.precision = reported.get("precision", "day")
            _fill(figure, self.said("note", of=f"indicator.{fact['key']}.figure"))

    def each(self, kind: str) -> Iterator[tuple[int, dict]]:
        return enumerate(self.facts.get(kind, []), start=1)

    def said(self, *names: str, of: str = "") -> dict[str, str]:
        """The texts of one row in all languages, as the columns are called: ``{"title_fr": …}``."""
        found = {}
        for code, texts in self.texts.items():
            for step in filter(None, of.split(".")):
                texts = texts.get(step, {})
            found |= {f"{name}_{code}": texts.get(name, "").strip() for name in names}
        return found

    @cached_property
    def sources(self) -> dict[str, Source]:
        return {source.slug.upper(): source for source in Source.objects.all()}

    @cached_property
    def organisations(self) -> dict[str, Organisation]:
        return {organisation.slug: organisation for organisation in Organisation.objects.all()}


def _read(path: Path) -> dict:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _in_each(names: dict[str, str], field: str) -> dict[str, str]:
    return {f"{field}_{code}": names.get(code, "") for code in LANGUAGES}


def _bring(model, key: dict, values: dict):
    row = model.objects.filter(**key).first() or model(**key)
    return _fill(row, values)


def _fill(row, values: dict):
    """Put values into a row whose translations belong together, and save it."""
    for name, value in values.items():
        setattr(row, name, value)
    translated.write(row, changed=set(values))
    return row


def _all(model, key: str, codes: list[str]) -> list:
    found = list(model.objects.filter(**{f"{key}__in": codes}))
    if len(found) != len(set(codes)):
        raise LookupError(f"{model.__name__}: not all of {codes} are known.")
    return found
