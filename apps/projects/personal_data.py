"""What projects keep of people: who works on them. Their contents name roles, not persons."""

from django.utils.translation import gettext_lazy as _

from apps.core.personal_data import declare, no_person

no_person("numbers of projects, by what they are listed under", "projects.ProjectCount")
no_person(
    "what the office tells of its work; persons are named with their consent only, as editors decide",
    "projects.Section",
    "projects.Section_sources",
    "projects.Phase",
    "projects.Period",
    "projects.Document",
    "projects.Video",
    "projects.Picture",
    "projects.Deliverable",
    "projects.Indicator",
    "projects.Figure",
    "projects.ProjectText",
)
no_person(
    "words of the taxonomy", "projects.Project_countries", "projects.Project_residences", "projects.Project_sectors"
)
no_person("organizations, with their public addresses", "projects.Organisation", "projects.Partnership")
no_person("texts from which facts are taken", "projects.Source", "projects.Citation")

declare(
    "projects.Project",
    purpose=_("to tell what a project does; and who has published it"),
    retention=_("as long as the portal tells of the project"),
    person="decided_by",
    anonymise=["decided_by"],
    exempt=dict.fromkeys(
        [
            "slug", "status", "strands", "countries", "residences", "sectors", "contact_address", "notes", "facets",
            "years", "sort_year", "changed_at", "state", "public_from", "decided_at", "lacking", "stale", "made_from",
            *(
                f"{field}{suffix}"
                for field in ("title", "lead", "contact_role")
                for suffix in ("", "_en", "_fr", "_nl", "_de")
            ),
        ],
        _("the text of a project"),
    ),
)  # fmt: skip
declare(
    "projects.TeamMember",
    purpose=_("to know who works on a project, and show them what is private of it"),
    retention=_("while the person works on it"),
    person="user",
    export=["project", "user", "role", "since"],
)
declare(
    "projects.DonorReport",
    purpose=_("to report to donors; and who asked for it"),
    retention=_("90 days"),
    person="asked_by",
    anonymise=["asked_by"],
    exempt=dict.fromkeys(
        [
            "donor", "project", "first_day", "last_day", "language", "state", "done", "lease_until", "asked_at",
            "ready_at", "pdf", "sheet",
        ],
        _("the report of a project"),
    ),
)  # fmt: skip
