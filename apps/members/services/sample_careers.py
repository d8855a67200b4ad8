"""Work, study and free time of the invented people, made from what their record says: the same each time."""

from datetime import date, timedelta

YEAR_OF_THE_DATA = 2026
# Invented, as the people are.
EMPLOYERS = {
    "agriculture": "Zaailing",
    "culture": "Studio Zenne",
    "digital": "Canal Data",
    "engineering": "Ponts & Vesdre",
    "enterprise": "Comptoir du Canal",
    "environment": "Groenmaas",
    "health": "Clinique de la Senne",
    "public-service": "Maison communale des Trois Ponts",
    "social": "De Brug",
    "tvet": "Ateliers de la Dendre",
}
DEGREES = {
    "en": {4: "Vocational certificate", 6: "Bachelor’s degree", 7: "Master’s degree"},
    "fr": {4: "Certificat professionnel", 6: "Bachelier", 7: "Master"},
    "nl": {4: "Vakdiploma", 6: "Bachelor", 7: "Master"},
    "de": {4: "Berufsabschluss", 6: "Bachelor", 7: "Master"},
}


def career_of(record: dict) -> dict[str, list[dict]]:
    """Return ``occupations``, ``degrees`` and ``windows``, with words of the taxonomy by their codes."""
    best = max(record["skills"], key=lambda skill: skill["years"] or 0, default=None)
    years = (best and best["years"]) or 0
    began = YEAR_OF_THE_DATA - years
    turn = len(record["key"])  # something that differs between people and never changes
    job = {
        "title": record["headline"].split(",")[0][:140],
        "organisation": EMPLOYERS.get(next(iter(record["sectors"]), ""), ""),
        "country": record["country"],
        "started_on": date(began, turn % 12 + 1, 1),
    }
    level = 4 if "tvet" in record["sectors"] else 7 if years >= 12 else 6
    degree = {
        "title": DEGREES[record["language"]][level],
        "skill": best and best["slug"],
        "country": record["country"] if turn % 2 else next(iter(record["ties"]), record["country"]),
        "year": began - 1,
        "level": level,
    }
    return {
        "occupations": [job] if years >= 4 and job["title"] else [],
        "degrees": [degree] if years >= 6 else [],
        "windows": _windows(record, turn),
    }


def _windows(record: dict, turn: int) -> list[dict]:
    if not record["available_from"] or "assignment" not in record["offers"]:
        return []
    starts_on = date.fromisoformat(record["available_from"])
    return [
        {
            "starts_on": starts_on,
            "ends_on": starts_on + timedelta(weeks=12 + turn % 3 * 8),
            "min_weeks": 2 + turn % 3,
            "max_weeks": 8 + turn % 5,
            "remote": "remote" in record["offers"],
            "countries": record["ties"],
        }
    ]
