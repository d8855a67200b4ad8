"""HR Open's ``Candidate``, as Europass has written it since 2020. Names of elements count, their prefixes do not."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from lxml import etree

from .records import Cv, country, day, one_line, plain

# Sections of a profile that we have a place for, or that say nothing of the person.
TAKEN = {
    "ID", "ExecutiveSummary", "EmploymentHistory", "EducationHistory", "PersonQualifications", "Skills",
    "DigitalSkills", "RenderingInformation", "Attachment",
}  # fmt: skip
NAMES = {
    "EmploymentReferences": gettext_lazy("References"),
    "Licenses": gettext_lazy("Driving licences"),
    "Certifications": gettext_lazy("Certifications"),
    "PublicationHistory": gettext_lazy("Publications"),
    "Projects": gettext_lazy("Projects"),
    "ConferencesAndSeminars": gettext_lazy("Conferences and seminars"),
    "NetworksAndMemberships": gettext_lazy("Networks and memberships"),
    "HonorsAndAwards": gettext_lazy("Honours and awards"),
    "VoluntaryWorks": gettext_lazy("Voluntary work"),
    "CreativeWorks": gettext_lazy("Creative works"),
    "Hobbies": gettext_lazy("Hobbies"),
    "HobbiesAndInterests": gettext_lazy("Hobbies"),
    "SocialAndPoliticalActivities": gettext_lazy("Social and political activities"),
    "CommunicationAndInterpersonalSkills": gettext_lazy("Communication skills"),
    "ManagementAndLeadershipSkills": gettext_lazy("Management skills"),
    "OrganizationalSkills": gettext_lazy("Organisational skills"),
    "Others": gettext_lazy("Sections of your own"),
}


def read(root: etree._Element) -> Cv:
    cv = Cv()
    person, profile = _all(root, "CandidatePerson"), _all(root, "CandidateProfile")
    if person:
        _read_person(cv, person[0])
    if profile:
        _read_profile(cv, profile[0])
    return cv


def _read_person(cv: Cv, person) -> None:
    parts = [_text(person, "PersonName", part) for part in ("GivenName", "MiddleName", "FamilyName")]
    cv.name = one_line(" ".join(filter(None, parts)))
    cv.country = country(_text(person, "ResidencyCountryCode"))
    for way in cv.first(_all(person, "Communication")):
        if address := _all(way, "Address"):
            cv.place = cv.place or one_line(_text(address[0], "CityName"))
            cv.country = cv.country or country(_text(address[0], "CountryCode"))
        if _text(way, "ChannelCode") in ("Web", "Social Media"):
            use = _text(way, "OtherTitle") or _text(way, "UseCode")
            cv.add_link("" if use == "other" else one_line(use), _text(way, "URI"))
    for spoken in cv.first(_all(person, "PrimaryLanguageCode")):
        cv.add_language(*_language(spoken, "name"), ["N"])


def _read_profile(cv: Cv, profile) -> None:
    cv.language = profile.get("languageCode", "")[:2].lower()
    cv.about = plain(_text(profile, "ExecutiveSummary"))
    employers = _all(profile, "EmploymentHistory", "EmployerHistory")
    held = ((employer, position) for employer in employers for position in _all(employer, "PositionHistory"))
    for employer, position in cv.first(held):
        _read_job(cv, employer, position)
    for attended in cv.first(_all(profile, "EducationHistory", "EducationOrganizationAttendance")):
        _read_study(cv, attended)
    for competency in cv.first(each for each in profile.iter("{*}PersonCompetency") if _is_of_language(each)):
        scores = [_text(each, "Score", "ScoreText").upper() for each in _all(competency, "CompetencyDimension")]
        spoken = _all(competency, "CompetencyID")
        cv.add_language(*(_language(spoken[0], "schemeName") if spoken else ("", "")), scores)
    skilled = cv.first(each for each in profile.iter("{*}PersonCompetency") if not _is_of_language(each))
    names = [one_line(_text(competency, "CompetencyName")) for competency in skilled]
    names += [one_line("".join(skill.itertext())) for skill in cv.first(profile.iter("{*}DigitalSkill"))]
    cv.skills = list(dict.fromkeys(filter(None, names)))
    for section in profile:
        tag = etree.QName(section).localname
        if tag not in TAKEN and "".join(section.itertext()).strip():
            cv.unread.append(str(NAMES.get(tag, _("Section “%(name)s”") % {"name": tag[:60]})))


def _is_of_language(competency) -> bool:
    return _text(competency, "TaxonomyID").lower() == "language"


def _read_job(cv: Cv, employer, position) -> None:
    place = _text(position, "Country") or _country_of(employer)
    ended = _text(position, "EmploymentPeriod", "EndDate", "FormattedDateTime")
    cv.add_job(
        one_line(_text(position, "PositionTitle")),
        day(_text(position, "EmploymentPeriod", "StartDate", "FormattedDateTime")),
        "" if _text(position, "EmploymentPeriod", "CurrentIndicator") == "true" else day(ended),
        organisation=one_line(_text(employer, "OrganizationName")),
        country=country(place),
        text=plain(_text(position, "Description")),
    )


def _read_study(cv: Cv, attended) -> None:
    title = _text(attended, "EducationDegree", "DegreeName") or _text(attended, "ProgramName")
    cv.add_study(
        one_line(title),
        day(_text(attended, "AttendancePeriod", "EndDate", "FormattedDateTime")),
        _text(attended, "EducationLevelCode"),
        institution=one_line(_text(attended, "OrganizationName")),
        country=country(_country_of(attended)),
    )


def _country_of(organisation) -> str:
    return _text(organisation, "OrganizationContact", "Communication", "Address", "CountryCode")


def _language(element, scheme: str) -> tuple[str, str]:
    """Code and name: free text is a name, everything else a code."""
    text = one_line(element.text or "")[:60]
    return ("", text) if element.get(scheme) == "FREE_TEXT" else (text, "")


def _all(element, *path: str) -> list:
    """The elements at the end of a path of names, whatever their namespace."""
    return element.findall("/".join(f"{{*}}{name}" for name in path))


def _text(element, *path: str) -> str:
    return (element.findtext("/".join(f"{{*}}{name}" for name in path)) or "").strip()
