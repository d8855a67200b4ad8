"""The same report as a spreadsheet, a sheet for each kind of row. Numbers are numbers."""

from django.utils.translation import gettext as _

from apps.core import sheets


def written(content: dict) -> bytes:
    """Return the file; ``content`` is what `report_content.gathered` returns."""
    kinds = [
        (_("Report"), [_about(content)]),
        (_("Projects"), [_project(project) for project in content["projects"]]),
        (_("Targets and results"), _rows(content, "indicators", _indicator)),
        (_("Phases"), _rows(content, "phases", _phase)),
        (_("Partners"), _rows(content, "partners", _partner)),
        (_("Planned and delivered"), _rows(content, "deliverables", _deliverable)),
        (_("Documents"), _rows(content, "documents", _document)),
        (_("Sources"), [_source(*numbered) for numbered in enumerate(content["sources"], start=1)]),
    ]
    return sheets.book((title, list(rows[0]), [list(row.values()) for row in rows]) for title, rows in kinds if rows)


def _rows(content, kind, row) -> list[dict]:
    return [{_("Project"): _text(p["title"]), **row(part)} for p in content["projects"] for part in p[kind]]


def _text(told: dict) -> str:
    return f"{told['text']} [{told['language'].upper()}]" if told["language"] else told["text"]


# --- one row of each kind: heading → value ----------------------------------------------------------------------------
def _about(content) -> dict:
    words = content["words"]
    return {
        words["donor_report"]: _text(content["donor"]),
        words["period"]: content["period"],
        words["made_by"]: content["maker"],
        words["made_on"]: content["made"],
        words["acknowledgement"]: words["thanks"],
        _("Note"): words["not_translated"],
    }


def _project(project) -> dict:
    facts = {fact["label"]: fact["value"] for fact in project["facts"]}
    return {_("Project"): _text(project["title"]), **facts, _("Opening"): _text(project["lead"])}


def _indicator(row) -> dict:
    return {
        _("What is counted"): _text(row["name"]),
        _("Target"): row["target_number"],
        _("The target in words"): row["target"],
        _("Source of the target"): row["target_source"],
        _("Achieved"): row["achieved_number"],
        _("Achieved, in words"): row["achieved"],
        _("How it is known"): row["basis"],
        _("Source"): row["source"],
        _("Note"): _text(row["note"]),
    }


def _phase(row) -> dict:
    return {
        _("Phase"): _text(row["title"]),
        _("Years"): row["years"],
        _("State"): row["state"],
        _("Text"): _text(row["text"]),
    }


def _partner(row) -> dict:
    return {_("Organization"): _text(row["name"]), _("Role"): row["role"], _("Note"): _text(row["note"])}


def _deliverable(row) -> dict:
    return {
        _("What"): _text(row["label"]),
        _("Planned"): _text(row["planned"]),
        _("Source of the plan"): row["planned_source"],
        _("Delivered"): _text(row["delivered"]),
        _("Source of what was delivered"): row["delivered_source"],
    }


def _document(row) -> dict:
    return {
        _("Title"): _text(row["title"]),
        _("Language"): row["language"],
        _("Pages"): row["pages"],
        _("Web address"): row["url"],
    }


def _source(number, row) -> dict:
    return {
        _("Number"): number,
        _("Source"): _text(row["title"]),
        _("Published"): row["published"],
        _("Web address"): row["url"],
    }
