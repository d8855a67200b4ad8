"""Reports to donors: asked for by staff, built by a worker, read by people and by spreadsheets."""

from datetime import date, timedelta
from io import BytesIO

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader

from apps.core import background, slots
from apps.core.models import AuditEntry
from apps.core.tests.factories import CountryFactory
from apps.members.tests.factories import UserFactory
from apps.projects import counters, numbers
from apps.projects.counters import Counter
from apps.projects.models import DonorReport, Indicator, Phase, Project
from apps.projects.services import report_content, reports

from .factories import (
    DocumentFactory,
    FigureFactory,
    IndicatorFactory,
    OrganisationFactory,
    PartnershipFactory,
    PhaseFactory,
    ProjectFactory,
    SourceFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.services]
State = DonorReport.State
FROM, TO = date(2019, 1, 1), date(2019, 12, 31)


@pytest.fixture
def donor():
    return OrganisationFactory(slug="euf", name_en="European Fund", name_fr="Fonds européen")


@pytest.fixture
def colleague():
    return UserFactory(is_staff=True)


def funded(donor, **kwargs):
    kwargs.setdefault("published", True)
    project = ProjectFactory(**kwargs)
    PartnershipFactory(project=project, organisation=donor, role="donor")
    return project


@pytest.fixture
def mauritania(donor):
    project = funded(
        donor,
        title_en="Circular migration to Mauritania",
        title_fr="Migration circulaire en Mauritanie",
        lead_en="Experts move for a time.",
        periods=[(2018, 2019)],
        countries=[CountryFactory(name="Mauritania", name_fr="Mauritanie")],
    )
    newsletter = SourceFactory(
        title_en="Newsletter of autumn", title_fr="Lettre de l’automne", url="https://n.example/"
    )
    interest = IndicatorFactory(project=project, name_en="Experts who answered", target=20, source=newsletter)
    FigureFactory(indicator=interest, value=37, on=date(2019, 10, 1), precision="month", source=newsletter)
    PhaseFactory(project=project, title_en="Selection", title_fr="Sélection", first_year=2018, last_year=2019)
    project.deliverables.create(label_en="Trainings", planned_en="Nine days", planned_source=newsletter)
    DocumentFactory(project=project, title_en="Final report")
    DocumentFactory(project=project, title_en="Draft budget", is_public=False)
    return project


def ask(donor, actor, **kwargs):
    wish = {"project": None, "first_day": FROM, "last_day": TO, "language": "en"} | kwargs
    return reports.ask(donor=donor, actor=actor, **wish)


def built(donor, actor, **kwargs):
    asked = ask(donor, actor, **kwargs)
    assert reports.build_all() == 1
    asked.refresh_from_db()
    return asked


def pages(report) -> PdfReader:
    with report.pdf.open("rb") as file:
        return PdfReader(BytesIO(file.read()))


def text(report) -> str:
    return " ".join(" ".join(page.extract_text() for page in pages(report).pages).split())


def table(report, title) -> list[dict]:
    with report.sheet.open("rb") as file:
        header, *rows = load_workbook(BytesIO(file.read()))[title].iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


# --- what is in it ----------------------------------------------------------------------------------------------------
def test_the_document_tells_the_donor_what_was_planned_and_achieved(donor, colleague, mauritania):
    told = text(built(donor, colleague))

    for words in (
        "Report to European Fund",
        "1 January 2019 – 31 December 2019",
        "IOM Belgium and Luxembourg",
        "with the support of European Fund",
        "Circular migration to Mauritania",
        "Experts move for a time.",
        "Years: 2018–2019",
        "Countries of action: Mauritania",
        "Experts who answered 20 (Source 1) 37 reported in October 2019 (Source 1)",
        "Selection (2018–2019, Completed)",
        "Trainings Nine days (Source 1) –",
        "Final report (English, Pages: 12)",
        "Source 1: Newsletter of autumn (2019). https://n.example/",
    ):
        assert words in told
    assert "Draft budget" not in told


def test_the_document_can_be_read_by_everybody(donor, colleague, mauritania):
    document = pages(built(donor, colleague, language="fr"))

    root = document.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"], "/StructTreeRoot" in root) == ("fr", True, True)
    assert document.metadata.title == "Rapport pour Fonds européen"
    assert b"pdfuaid:part>1<" in root["/Metadata"].get_data()
    links = {
        mark.get_object()["/A"]["/URI"]
        for page in document.pages
        for mark in page.get("/Annots", [])
        if "/URI" in mark.get_object().get("/A", {})
    }
    assert links == {
        "https://n.example/",
        f"http://testserver/fr/projects/documents/{mauritania.documents.get(is_public=True).pk}/",
    }


def test_it_is_in_the_donors_language_and_marks_what_is_not_translated(donor, colleague, mauritania):
    told = text(built(donor, colleague, language="fr"))

    assert "Migration circulaire en Mauritanie" in told
    assert ": Mauritanie " in told
    assert "Sélection" in told
    assert "Lettre de l’automne" in told
    assert "Experts move for a time. [EN]" in told
    assert "Circular migration" not in told


def test_the_spreadsheet_holds_numbers_as_numbers(donor, colleague, mauritania):
    report = built(donor, colleague)

    assert table(report, "Targets and results") == [
        {
            "Project": "Circular migration to Mauritania",
            "What is counted": "Experts who answered",
            "Target": 20,
            "The target in words": "20",
            "Source of the target": 1,
            "Achieved": 37,
            "Achieved, in words": "37",
            "How it is known": "reported in October 2019",
            "Source": 1,
            "Note": None,
        }
    ]
    assert [row["Title"] for row in table(report, "Documents")] == ["Final report"]
    assert table(report, "Sources")[0]["Web address"] == "https://n.example/"


DANGEROUS = '=HYPERLINK("https://evil.example") #panic("x") $x$ *b* <a> @ref [y] \\'


def test_nothing_that_people_typed_is_a_formula_or_markup(donor, colleague):
    funded(donor, title_en="Odd", lead_en=DANGEROUS)

    report = built(donor, colleague)

    assert DANGEROUS in text(report)
    with report.sheet.open("rb") as file:
        cells = [c for row in load_workbook(BytesIO(file.read()))["Projects"].iter_rows() for c in row]
    assert [cell.data_type for cell in cells if cell.value == DANGEROUS] == ["s"]


def test_a_sign_without_a_letter_does_not_hold_up_the_report(donor, colleague):
    funded(donor, title_en="Odd", lead_en="Ready 🚀 to go")

    report = built(donor, colleague)

    assert report.state == State.READY
    assert "to go" in text(report)


def test_numbers_stand_as_on_the_last_day_of_the_period(donor, colleague, mauritania):
    FigureFactory(indicator=mauritania.indicators.get(), value=99, on=date(2020, 5, 1))

    assert "37 reported in October 2019" in text(built(donor, colleague))
    assert "99 reported on 1 May 2020" in text(built(donor, colleague, last_day=date(2020, 12, 31)))


def test_all_that_a_donor_funds_is_what_ran_in_the_period(donor, colleague):
    for title, periods in {"Alpha": [(2001, 2012)], "Beta": [(2007, 2007), (2019, None)], "Gamma": []}.items():
        funded(donor, title_en=title, periods=periods)
    funded(OrganisationFactory(), title_en="Delta")

    told = text(built(donor, colleague))

    assert [name for name in ("Alpha", "Beta", "Gamma", "Delta") if name in told] == ["Beta", "Gamma"]
    assert "Alpha" in text(built(donor, colleague, project=Project.objects.get(title="Alpha")))


def test_a_draft_is_told_of_to_its_team_only(donor, colleague):
    funded(donor, title_en="Open")
    funded(donor, title_en="Secret plan", published=False)
    funded(donor, title_en="Own draft", published=False, team=[colleague])

    told = text(built(donor, colleague))

    assert [name for name in ("Open", "Secret plan", "Own draft") if name in told] == ["Open", "Own draft"]


def test_whoever_has_left_since_asking_gets_what_is_public(donor, colleague):
    funded(donor, title_en="Own draft", published=False, team=[colleague])
    asked = ask(donor, colleague)
    DonorReport.objects.update(asked_by=None)

    reports.build_all()

    asked.refresh_from_db()
    assert "No project supported by this donor ran in this period." in text(asked)


@pytest.mark.parametrize("count", [1, 3])
def test_a_report_costs_the_same_for_any_number_of_projects(donor, colleague, count, django_assert_num_queries):
    for _n in range(count):
        project = funded(donor, countries=[CountryFactory()])
        FigureFactory(indicator=IndicatorFactory(project=project))
        PhaseFactory(project=project)
        DocumentFactory(project=project)
        project.deliverables.create(label_en="x", planned_en="x", planned_source=SourceFactory())
        project.citations.create(source=SourceFactory())
    report = ask(donor, colleague)

    with django_assert_num_queries(12):
        found = report_content.gathered(report, Project.objects.funded_by(donor), at=timezone.now())
    assert len(found["projects"]) == count


# --- one number in three places ---------------------------------------------------------------------------------------
def test_thirty_seven_records_are_37_everywhere_and_one_less_is_36_everywhere(
    donor, colleague, client, monkeypatch, mauritania
):
    courses = Counter(
        "tests.courses",
        "Courses",
        records=lambda at: Phase.objects.filter(state="now"),
        project="project_id",
        told=lambda phase: (phase.title, f"/courses/{phase.pk}/"),
    )
    monkeypatch.setitem(slots._fillers, counters.SLOT, [lambda request, obj: [courses]])
    Phase.objects.bulk_create(Phase(project=mauritania, title_en=f"Course {n}", state="now") for n in range(37))
    indicator = mauritania.indicators.get()
    indicator.counter = courses.key
    indicator.save()
    mauritania.team.create(user=colleague)
    today = timezone.localdate()

    def everywhere():
        client.logout()
        behind = client.get(reverse("projects:number", args=[indicator.pk]))
        page = client.get(mauritania.get_absolute_url())
        client.force_login(colleague)
        team = client.get(reverse("projects:number", args=[indicator.pk]))
        (desk,) = numbers.achieved(Indicator.objects.visible_to(colleague), at=today, in_full=True)
        report = built(donor, colleague, first_day=today.replace(month=1, day=1), last_day=today, project=mauritania)
        assert b"/courses/" not in behind.content
        assert b"/courses/" not in page.content
        assert team.context["paginator"].count == desk.value
        assert f"{desk.value} counted on" in text(report)
        assert f"<strong>{desk.value}</strong>" in behind.content.decode()
        assert [target.number.value for target in page.context["told"].targets] == [desk.value]
        return {desk.value, behind.context["number"].value, table(report, "Targets and results")[0]["Achieved"]}

    assert everywhere() == {37}
    Phase.objects.filter(state="now").first().delete()
    assert everywhere() == {36}


# --- how it is asked for and built ------------------------------------------------------------------------------------
def test_asking_twice_is_asking_once(donor, colleague, mauritania):
    assert ask(donor, colleague) == ask(donor, colleague)
    assert ask(donor, colleague, language="fr") != ask(donor, colleague)
    assert ask(donor, UserFactory(is_staff=True)) != ask(donor, colleague)


def test_a_new_one_replaces_the_same_earlier_one(donor, colleague, mauritania, django_capture_on_commit_callbacks):
    first = built(donor, colleague)
    with django_capture_on_commit_callbacks(execute=True):
        second = built(donor, colleague)

    assert [default_storage.exists(r.pdf.name) for r in (first, second)] == [False, True]
    assert [default_storage.exists(r.sheet.name) for r in (first, second)] == [False, True]
    assert list(DonorReport.objects.all()) == [second]


def test_it_says_how_far_it_is(donor, colleague, mauritania, monkeypatch):
    seen = []

    def look(report, per_cent):
        background.come_to(report, per_cent)
        seen.append(DonorReport.objects.get().done)

    monkeypatch.setattr(reports, "come_to", look)
    report = built(donor, colleague)

    assert [*seen, report.done] == [40, 75, 95, 100]


def test_who_is_killed_half_way_is_followed_by_the_next(donor, colleague, mauritania, monkeypatch):
    class Killed(BaseException):
        pass

    def kill(*args, **kwargs):
        raise Killed

    report = ask(donor, colleague)
    monkeypatch.setattr(reports.pdf, "made", kill)
    with pytest.raises(Killed):
        reports.build_all()
    monkeypatch.undo()

    assert reports.build_all() == 0  # somebody may still be at it
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        assert reports.build_all() == 1
    report.refresh_from_db()
    assert report.state == State.READY


def test_who_lost_his_lease_throws_his_work_away(donor, colleague, mauritania, monkeypatch):
    def be_overtaken(report, per_cent):
        DonorReport.objects.update(lease_until=timezone.now() + timedelta(minutes=9))
        background.come_to(report, per_cent)

    ask(donor, colleague)
    monkeypatch.setattr(reports, "come_to", be_overtaken)

    assert reports.build_all() == 0
    assert DonorReport.objects.get().state == State.ASKED


def test_after_90_days_it_is_gone_with_its_files(donor, colleague, mauritania, django_capture_on_commit_callbacks):
    report = built(donor, colleague)

    with time_machine.travel(timezone.now() + timedelta(days=89)):
        assert reports.keep_tidy()["donor reports"] == 0
    with time_machine.travel(timezone.now() + timedelta(days=91)), django_capture_on_commit_callbacks(execute=True):
        assert reports.keep_tidy()["donor reports"] == 1
    assert not DonorReport.objects.exists()
    assert not default_storage.exists(report.pdf.name)
    assert not default_storage.exists(report.sheet.name)


def test_files_that_a_killed_worker_left_behind_go_after_a_day(donor, colleague, mauritania):
    report = built(donor, colleague)
    DonorReport.objects.filter(pk=report.pk).delete()

    assert reports.keep_tidy()["stray files"] == 0
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert reports.keep_tidy()["stray files"] >= 2
    assert not default_storage.exists(report.pdf.name)


def test_what_was_done_is_written_down(donor, colleague, mauritania):
    report = built(donor, colleague)

    told = AuditEntry.objects.filter(target_type="projects.DonorReport", target_id=report.pk).order_by("pk")
    assert [(entry.verb, entry.actor_id) for entry in told] == [
        ("projects.report_asked", colleague.pk),
        ("projects.report_ready", None),
    ]
