"""What a profile tells, part by part, in one statement: ids, whose names the reader's vocabulary knows.

``with_everything`` makes an object of every row and of every word beside it, for those who change them. A page only
reads, and to read so costs it a tenth.
"""

from collections.abc import Collection

from django.db import connection

#: one JSON value a part: a list of ids, or of rows with these columns
ROWS = {
    "ties": "SELECT json_agg(country_id) FROM members_profile_ties WHERE profile_id = %(profile)s",
    "sectors": "SELECT json_agg(sector_id) FROM members_profile_sectors WHERE profile_id = %(profile)s",
    "languages": """SELECT json_agg(json_build_array(language_id, level))
        FROM members_profilelanguage WHERE profile_id = %(profile)s""",
    "skills": """SELECT json_agg(json_build_array(skill_id, level, years))
        FROM members_profileskill WHERE profile_id = %(profile)s""",
    "career": """SELECT json_agg(json_build_array(title, organisation, country_id, started_on, ended_on, text)
        ORDER BY ended_on DESC NULLS FIRST, started_on DESC NULLS LAST, id)
        FROM members_occupation WHERE profile_id = %(profile)s""",
    "education": """SELECT json_agg(json_build_array(title, institution, country_id, year, level)
        ORDER BY year DESC NULLS LAST, id)
        FROM members_degree WHERE profile_id = %(profile)s""",
    "availability": """SELECT json_agg(json_build_array(starts_on, ends_on, on_site, remote, min_weeks, max_weeks,
            (SELECT json_agg(country_id) FROM members_availability_countries WHERE availability_id = free.id))
        ORDER BY starts_on, id)
        FROM members_availability AS free WHERE profile_id = %(profile)s""",
    "links": """SELECT json_agg(json_build_array(label, url) ORDER BY id)
        FROM members_link WHERE profile_id = %(profile)s""",
}


def rows_of(profile: int, parts: Collection[str]) -> dict[str, list]:
    """Return the rows of these parts. Those of other parts are not read, so that no page can show them by mistake."""
    kinds = [kind for kind in ROWS if kind in parts]
    if not kinds:
        return {}
    statement = f"SELECT {', '.join(f'({ROWS[kind]})' for kind in kinds)}"
    with connection.cursor() as cursor:
        cursor.execute(statement, {"profile": profile})
        return {kind: rows or [] for kind, rows in zip(kinds, cursor.fetchone(), strict=True)}
