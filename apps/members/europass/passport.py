"""The ``SkillsPassport`` of before 2020, versions 3.x: its XML is brought into the shape of its JSON, and read once."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from lxml import etree

from .records import Cv, country, day, one_line, plain

GRID = ["Listening", "Reading", "SpokenInteraction", "SpokenProduction", "Writing"]
# Free texts and lists that a profile has no place for.
LEFT = {
    ("Skills", "Communication"): gettext_lazy("Communication skills"),
    ("Skills", "Organisational"): gettext_lazy("Organisational skills"),
    ("Skills", "JobRelated"): gettext_lazy("Job-related skills"),
    ("Skills", "Computer"): gettext_lazy("Digital skills"),
    ("Skills", "Driving"): gettext_lazy("Driving licences"),
    ("Skills", "Other"): gettext_lazy("Other skills"),
    ("Achievement",): gettext_lazy("Publications, projects and other achievements"),
}


def read(document) -> Cv:
    found = document if isinstance(document, dict) else _as_json(document)
    said = _dig(found, "LearnerInfo")
    cv = Cv(language=_word(found, "Locale")[:2].lower())
    _read_person(cv, _dig(said, "Identification"))
    headline = one_line(_word(said, "Headline", "Description", "Label"))
    if _word(said, "Headline", "Type", "Code") == "personal_statement":
        cv.about = plain(_word(said, "Headline", "Description", "Label"))
    else:
        cv.headline = headline
    for job in cv.first(_each(said, "WorkExperience")):
        _read_job(cv, job)
    for study in cv.first(_each(said, "Education")):
        cv.add_study(
            one_line(_word(study, "Title")),
            _day(_dig(study, "Period", "To")),
            _word(study, "Level", "Code"),
            institution=one_line(_word(study, "Organisation", "Name")),
            country=country(_word(study, "Organisation", "ContactInfo", "Address", "Contact", "Country", "Code")),
        )
    _read_languages(cv, _dig(said, "Skills", "Linguistic"))
    cv.unread += [str(name) for path, name in LEFT.items() if _dig(said, *path)]
    if _dig(found, "CoverLetter"):
        cv.unread.append(_("The cover letter"))
    return cv


def _read_person(cv: Cv, person: dict) -> None:
    names = [_word(person, "PersonName", part) for part in ("FirstName", "Surname")]
    cv.name = one_line(" ".join(filter(None, names)))
    home = _dig(person, "ContactInfo", "Address", "Contact")
    cv.place = one_line(_word(home, "Municipality"))
    cv.country = country(_word(home, "Country", "Code"))
    for site in cv.first(_each(_dig(person, "ContactInfo"), "Website")):
        cv.add_link(one_line(_word(site, "Use", "Label")), _word(site, "Contact"))


def _read_job(cv: Cv, job: dict) -> None:
    employer = _dig(job, "Employer")
    is_current = _word(job, "Period", "Current").lower() == "true"
    cv.add_job(
        one_line(_word(job, "Position", "Label")),
        _day(_dig(job, "Period", "From")),
        "" if is_current else _day(_dig(job, "Period", "To")),
        organisation=one_line(_word(employer, "Name")),
        country=country(_word(employer, "ContactInfo", "Address", "Contact", "Country", "Code")),
        text=plain(_word(job, "Activities")),
    )


def _read_languages(cv: Cv, linguistic: dict) -> None:
    for spoken in cv.first(_each(linguistic, "MotherTongue")):
        cv.add_language(_word(spoken, "Description", "Code"), one_line(_word(spoken, "Description", "Label")), ["N"])
    for spoken in cv.first(_each(linguistic, "ForeignLanguage")):
        levels = [_word(spoken, "ProficiencyLevel", skill).upper() for skill in GRID]
        cv.add_language(_word(spoken, "Description", "Code"), one_line(_word(spoken, "Description", "Label")), levels)


def _as_json(element: etree._Element):
    """An XML element as the JSON of the same version has it: lists without their wrappers, dates by their parts."""
    found = {name.capitalize(): value.lstrip("-") for name, value in element.attrib.items() if "{" not in name}
    for child in element:
        name, value = etree.QName(child).localname, _as_json(child)
        inner = name.removesuffix("List")
        if inner != name and isinstance(value, dict):
            found[inner] = _each(value, inner)
        elif isinstance(found.get(name), list):
            found[name].append(value)
        elif name in found:
            found[name] = [*_each(found, name), value]
        else:
            found[name] = value
    return found or (element.text or "").strip()


def _dig(found, *path: str):
    """What stands at the end of a path, or an empty dict: files are not always as their schema says."""
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found or {}


def _word(found, *path: str) -> str:
    value = _dig(found, *path)
    return str(value).strip() if isinstance(value, str | int | bool) else ""


def _each(found, name: str) -> list:
    value = _dig(found, name)
    return value if isinstance(value, list) else [value] if value else []


def _day(parts) -> str:
    numbers = [_word(parts, name).lstrip("-") for name in ("Year", "Month", "Day")]
    year, month, number = (part if part.isdecimal() else "" for part in numbers)
    return day("-".join(filter(None, (year, month, number if month else ""))))
