"""What a project's page tells of it, kind by kind, in one statement: rows with their texts as one reader gets them.

Objects of a dozen models, each with its texts in four languages, would cost the page more than everything else on it.
"""

from functools import cache

from django.conf import settings
from django.db import connection

from apps.core import prepared

LANGUAGES = [code for code, _name in settings.LANGUAGES]
#: one JSON value a kind: rows of these columns. {title} is a translated text, read as [text, its language]
ROWS = {
    "sections": """SELECT json_agg(json_build_array(id, {heading}, {body}, (
            SELECT json_agg(json_build_array(source.id, {title}) ORDER BY source.slug)
            FROM projects_section_sources JOIN projects_source AS source ON source.id = source_id
            WHERE section_id = section.id)) ORDER BY position, id)
        FROM projects_section AS section WHERE project_id = %(project)s""",
    "phases": """SELECT json_agg(json_build_array({title}, {text}, first_year, last_year, state) ORDER BY position, id)
        FROM projects_phase WHERE project_id = %(project)s""",
    "deliverables": """SELECT json_agg(json_build_array({label}, {planned}, {delivered},
            (SELECT {title} FROM projects_source WHERE id = planned_source_id),
            (SELECT {title} FROM projects_source WHERE id = delivered_source_id)) ORDER BY position, id)
        FROM projects_deliverable WHERE project_id = %(project)s""",
    "partners": """SELECT json_agg(json_build_array(part.id, organisation_id, {name}, role, {note},
            website, logo, logo_width, logo_height) ORDER BY position, part.id)
        FROM projects_partnership AS part JOIN projects_organisation AS other ON other.id = organisation_id
        WHERE project_id = %(project)s""",
    "documents": """SELECT json_agg(json_build_array(id, {title}, language_id, content_type, pages, size, is_public)
            ORDER BY position, id)
        FROM projects_document WHERE project_id = %(project)s AND (is_public OR %(private)s)""",
    "videos": """SELECT json_agg(json_build_array(id, {title}, language_id, content_type, size, file <> '',
            captions <> '', url) ORDER BY position, id)
        FROM projects_video WHERE project_id = %(project)s""",
    "pictures": """SELECT json_agg(json_build_array(id, {alt}, is_decorative, credit, image, small, width, height,
            focus_x, focus_y) ORDER BY position, id)
        FROM projects_picture WHERE project_id = %(project)s""",
    "indicators": """SELECT json_agg(json_build_array(own, aim, (
            SELECT json_agg(json_build_array(figure, source) ORDER BY figure.id)
            FROM projects_figure AS figure JOIN projects_source AS source ON source.id = figure.source_id
            WHERE indicator_id = own.id)) ORDER BY own.position, own.id)
        FROM projects_indicator AS own LEFT JOIN projects_source AS aim ON aim.id = own.source_id
        WHERE project_id = %(project)s""",
    "project": "SELECT to_json(project) FROM projects_project AS project WHERE id = %(project)s",
    "citations": """SELECT json_agg(json_build_array(source_id, {title}, published, url, {what})
            ORDER BY position, part.id)
        FROM projects_citation AS part JOIN projects_source AS source ON source.id = source_id
        WHERE project_id = %(project)s""",
}


class Texts(dict):
    """The SQL of a translated text, by its name: the reader's own, or the first there is, and in which language."""

    def __init__(self, language: str):
        self.order = list(dict.fromkeys([language, *settings.MODELTRANSLATION_FALLBACK_LANGUAGES]))

    def __missing__(self, name: str) -> str:
        cases = (f"WHEN {name}_{code} <> '' THEN json_build_array({name}_{code}, '{code}')" for code in self.order)
        return f"CASE {' '.join(cases)} END"


COUNTED = "EXISTS (SELECT FROM projects_indicator WHERE project_id = %(project)s AND counter <> '')"


@cache
def _statement(language: str) -> str:
    texts = Texts(language)
    kinds = ", ".join(f"'{kind}', ({rows.format_map(texts)})" for kind, rows in ROWS.items())
    return f"SELECT json_build_object({kinds})::text, {COUNTED}" % {"project": "$1", "private": "$2"}


def text_of(project: int, *, language: str, private: bool) -> tuple[str, bool]:
    """Return the rows of each kind as JSON text, and whether an indicator is counted from records besides.

    With ``private`` also what is for the team only.
    """
    known = language if language in LANGUAGES else settings.LANGUAGE_CODE
    with connection.cursor() as cursor:
        given = prepared.Values(("bigint", project), ("boolean", private))
        prepared.execute(cursor, _statement(known), given)
        return cursor.fetchone()
