"""The public page of a project: what stands on it, in which language, for whom, and what it costs."""

import json
import re
from datetime import timedelta
from html import unescape
from types import SimpleNamespace

import pytest
from django.utils import timezone

from apps.core import slots, vocabulary
from apps.core.tests.factories import CountryFactory, LanguageFactory, SectorFactory
from apps.members.tests.factories import UserFactory
from apps.projects.models import Citation, Deliverable, Partnership, Phase, Picture, TeamMember, Video
from apps.projects.templatetags.projects import connections

from .factories import (
    DocumentFactory,
    FigureFactory,
    IndicatorFactory,
    OrganisationFactory,
    PartnershipFactory,
    PhaseFactory,
    ProjectFactory,
    SectionFactory,
    SourceFactory,
)

pytestmark = pytest.mark.django_db

PROJECT, ROWS, SAMPLES = 1, 1, 1
NOT_KEPT_YET = 2  # the whole project, and its indicators
SESSION, RIGHTS, TEAM = 2, 1, 1
WORDS = 3  # countries, fields, languages: once a minute, then from memory


@pytest.fixture(autouse=True)
def fresh_words():
    vocabulary.forget()
    yield
    vocabulary.forget()


@pytest.fixture(autouse=True)
def no_upper_apps(monkeypatch):
    monkeypatch.setitem(slots._fillers, "project.related", [])


def country(name):
    return CountryFactory(name_en=name, name_fr=name, name_nl=name, name_de=name)


def read(client, project, language="en"):
    return client.get(project.get_absolute_url().replace("/en/", f"/{language}/", 1))


def text_of(response):
    """What a reader reads: the words of the page's main part, each run of space as one."""
    main = re.search(r"<main.*</main>", response.content.decode(), re.DOTALL)[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def headings(response):
    return re.findall(r"<h2[^>]*>([^<]+)</h2>", response.content.decode().split("</main>")[0])


# --- what stands on it ------------------------------------------------------------------------------------------------
def test_a_project_that_says_nothing_but_its_name_has_no_empty_parts(client):
    project = ProjectFactory(published=True, title_en="Mapping")

    page = read(client, project)

    assert text_of(page) == "Home Projects Mapping Under way Mapping"


def test_the_strip_tells_the_years_with_their_gap_and_who_hosts_funds_and_leads(client):
    project = ProjectFactory(published=True, periods=[(2007, 2007), (2012, 2015)], strands=["engage", "empower"])
    for name, role in [("Hospital", "host"), ("A ministry", "donor"), ("A fund", "donor"), ("IOM", "lead")]:
        PartnershipFactory(project=project, organisation__name_en=name, role=role)

    facts = [
        (fact.label, [value.words for value in fact.values]) for fact in read(client, project).context["told"].facts
    ]

    assert facts == [
        ("Period", ["2007, and again 2012–2015"]),
        ("Host institutions", ["Hospital"]),
        ("Funded by", ["A ministry", "A fund"]),
        ("Led by", ["IOM"]),
        ("3E approach", ["Engage", "Empower"]),
    ]


@pytest.mark.parametrize(("status", "words"), [("current", "Since 2019"), ("past", "From 2019, the end is not known")])
def test_a_period_without_end_goes_on_only_where_the_project_does(client, status, words):
    project = ProjectFactory(published=True, status=status, periods=[(2019, None)])

    assert read(client, project).context["told"].facts[0].values[0].words == words


def test_the_parts_of_the_page_and_what_is_on_this_page_are_the_same_and_in_the_same_order(client):
    project = everything()

    page = read(client, project)

    parts = ["What the project does", "Phases", "What came of it", "Targets and results", "Planned and delivered"]
    parts += ["Videos", "Pictures", "Partners", "Documents", "Where this comes from", "Whom to ask"]
    assert headings(page) == [*parts, "On this page"]
    listed = page.content.decode().split('id="on-this-page"')[1].split("</nav>")[0]
    assert re.findall(r">([^<>]+)</a>", listed) == parts
    anchors = re.findall(r'href="#([^"]+)"', listed)
    assert [f'id="{anchor}"' in page.content.decode() for anchor in anchors] == [True] * len(parts)


def test_where_the_diaspora_lives_and_where_it_acts_is_drawn_and_said_in_words(client):
    belgium, france, rwanda = map(country, ["Belgium", "France", "Rwanda"])
    project = ProjectFactory(published=True, residences=[france, belgium], countries=[rwanda])

    page = read(client, project)

    assert "Where the diaspora lives Belgium, France Countries of action Rwanda" in text_of(page)
    drawing = re.search(r'<svg class="flow".*?</svg>', page.content.decode())[0]
    assert re.findall(r"<tspan[^>]*>([^<]+)", drawing) == ["Belgium", "France", "Rwanda"]


def test_where_both_are_the_same_there_is_no_thread_to_draw(client):
    belgium = country("Belgium")

    page = read(client, ProjectFactory(published=True, residences=[belgium], countries=[belgium]))

    assert "Where the diaspora lives Belgium Countries of action Belgium" in text_of(page)
    assert 'class="flow"' not in page.content.decode()


@pytest.mark.parametrize("here", range(1, 11))
@pytest.mark.parametrize("there", range(6))
def test_the_drawing_keeps_every_name_inside_and_apart(here, there):
    """A line of text is 18 high; a long name has several, and none may touch the next name or the edge."""
    drawing = connections([f"Country {number}" for number in range(here)], [f"Goal {n}" for n in range(there)])

    top, height = map(float, re.search(r'viewBox="0 ([\d.-]+) [\d.]+ ([\d.]+)"', drawing).groups())
    heights = [float(y) for y in re.findall(r'<tspan x="[\d.]+" y="([\d.]+)"', drawing)]
    left, right = sorted(heights[:here]), sorted(heights[here:])
    assert all(top + 18 <= y <= top + height - 6 for y in heights)
    assert all(b - a >= 18 for side in (left, right) for a, b in zip(side, side[1:], strict=False))
    assert drawing.count("flow-here") == here
    assert drawing.count("flow-there") == max(there, 1)


def test_a_name_cannot_break_out_of_the_drawing():
    assert "<script>" not in connections(["<script>alert(1)</script>"], [])


def test_an_organisation_that_funds_and_leads_stands_there_once(client):
    project = ProjectFactory(published=True)
    fund = OrganisationFactory(name_en="A fund", website="https://fund.example/")
    PartnershipFactory(project=project, organisation=fund, role="donor", note_en="Half of the costs")
    PartnershipFactory(project=project, organisation=fund, role="lead")

    partner, *others = read(client, project).context["told"].partners

    assert others == []
    assert (partner.name.words, partner.roles, [note.words for note in partner.notes]) == (
        "A fund",
        ["Funding", "Lead"],
        ["Half of the costs"],
    )


def test_a_target_stands_beside_what_a_source_reports(client):
    project = ProjectFactory(published=True)
    indicator = IndicatorFactory(project=project, name_en="Associations", target=10, bound="at_least")
    source = SourceFactory(title_en="Newsletter")
    FigureFactory(indicator=indicator, value=11, source=source, on="2019-01-01", precision="year")

    assert "Associations at least 10 11 : what stands behind it reported in 2019; source: Newsletter" in text_of(
        read(client, project)
    )


def test_what_was_planned_stands_beside_what_was_delivered(client):
    project = ProjectFactory(published=True)
    plan, page = SourceFactory(title_en="Plan"), SourceFactory(title_en="Page")
    Deliverable.objects.create(
        project=project,
        label_en="Topics",
        planned_en="Peace",
        planned_source=plan,
        delivered_en="Money",
        delivered_source=page,
    )

    assert "Topics Peace source: Plan Money source: Page" in text_of(read(client, project))


def test_a_film_of_ours_plays_here_and_one_elsewhere_says_where_its_link_leads(client):
    project = ProjectFactory(published=True)
    english = LanguageFactory(code="en", name_en="English")
    own = Video.objects.create(
        project=project, title_en="Here", language=english, file="a.mp4", captions="a.vtt", content_type="video/mp4"
    )
    Video.objects.create(project=project, title_en="There", language=english, url="https://films.example/1")

    page = read(client, project)

    html = page.content.decode()
    assert f'<source src="/en/projects/videos/{own.pk}/" type="video/mp4">' in html
    assert f'<track kind="captions" src="/en/projects/videos/{own.pk}/captions/" srclang="en" label="English"' in html
    assert "<iframe" not in html
    assert "There English. This link leaves the portal and leads to films.example." in text_of(page)


def test_a_picture_keeps_its_focus_and_its_words(client):
    project = ProjectFactory(published=True)
    Picture.objects.create(
        project=project, image="projects/abcdefghijkl.webp", small="projects/mnopqrstuvwx.webp", width=1600, height=900,
        alt_en="A class in Huye", credit="IOM", focus_x=90, focus_y=10,
    )  # fmt: skip
    pk = project.pictures.get().pk

    image = re.search(r'<figure class="p-picture.*?</figure>', read(client, project).content.decode())[0]

    assert image == (
        '<figure class="p-picture p-picture-lead"><img class="fx-100 fy-0"'
        f' src="/en/projects/pictures/{pk}/large/?v=abcdefghij"'
        f' srcset="/en/projects/pictures/{pk}/small/?v=mnopqrstuv 640w,'
        f' /en/projects/pictures/{pk}/large/?v=abcdefghij 1600w"'
        ' sizes="(max-width: 47.99em) 100vw, 47rem" width="1600" height="900" alt="A class in Huye">'
        "<figcaption>Picture: IOM</figcaption></figure>"
    )


def test_upper_apps_show_what_belongs_to_a_project(client):
    row = {"title": "Calls", "template": "components/mark.html", "place": ""}
    slots.register("project.related", lambda request, project: [row])

    assert "Calls" in headings(read(client, ProjectFactory(published=True)))


def test_search_engines_are_told_name_years_places_and_funder(client, settings):
    project = ProjectFactory(
        published=True, title_en="A </script> & more", lead_en="What it does", status="past", periods=[(2001, 2012)],
        countries=[country("Rwanda")],
    )  # fmt: skip
    PartnershipFactory(project=project, organisation__name_en="A fund", role="donor")

    html = read(client, project).content.decode()

    told = re.search(r'<script type="application/ld\+json">(.*?)</script>', html)[1]
    assert json.loads(told) == {
        "@context": "https://schema.org",
        "@type": "Project",
        "name": "A </script> & more",
        "description": "What it does",
        "url": f"{settings.SITE_URL}/en/projects/{project.slug}/",
        "foundingDate": "2001",
        "dissolutionDate": "2012",
        "location": [{"@type": "Country", "name": "Rwanda"}],
        "funder": [{"@type": "Organization", "name": "A fund"}],
    }


# --- languages --------------------------------------------------------------------------------------------------------
def test_a_project_that_is_not_yet_translated_says_so_and_marks_what_is_english(client):
    project = ProjectFactory(published=True, title_en="Mapping", lead_en="Who is there.")

    page = read(client, project, "nl")

    html = page.content.decode()
    assert page.context["told"].note != ""
    assert '<h1 lang="en">Mapping</h1>' in html
    assert '<p class="lead mb-0" lang="en">Who is there.</p>' in html


def test_a_part_that_is_not_yet_translated_is_marked_where_it_stands(client):
    project = ProjectFactory(published=True, title_en="Mapping", title_fr="Cartographie")
    SectionFactory(project=project, heading_en="Aim", heading_fr="But", body_en="<p>To see.</p>")

    page = read(client, project, "fr")

    html = page.content.decode()
    assert "<h1>Cartographie</h1>" in html
    assert '<div lang="en"><p>To see.</p></div>' in html
    assert page.context["told"].is_elsewhere is False
    assert page.context["told"].note != ""


def test_a_project_that_is_there_in_the_readers_language_says_nothing_about_languages(client):
    project = ProjectFactory(published=True, title_en="Mapping", title_fr="Cartographie")

    page = read(client, project, "fr")

    assert page.context["told"].note == ""
    assert 'lang="' not in page.content.decode().split("<main")[1].split("</main>")[0]


# --- who sees it ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "this project is a draft"),
        ({"state": "published", "public_from": timezone.now() + timedelta(days=2)}, "this project will be public from"),
        ({"state": "withdrawn", "decided_at": timezone.now()}, "this project was withdrawn on"),
    ],
)
def test_what_is_not_public_is_a_preview_for_its_team_and_not_there_for_others(client, values, words):
    one = UserFactory(is_staff=True)
    project = ProjectFactory(team=[one], **values)

    assert read(client, project).status_code == 404
    client.force_login(UserFactory(is_staff=True))
    assert read(client, project).status_code == 404
    client.force_login(one)
    page = read(client, project)
    assert words in text_of(page)
    assert '<meta name="robots" content="noindex">' in page.content.decode()
    assert "ld+json" not in page.content.decode()


def test_documents_of_the_team_are_listed_to_the_team_only(client):
    one, other = UserFactory(is_staff=True), UserFactory(is_staff=True)
    project = ProjectFactory(published=True, team=[one])
    TeamMember.objects.create(project=ProjectFactory(), user=other, role="lead")
    DocumentFactory(project=project, title_en="Leaflet")
    DocumentFactory(project=project, title_en="Minutes", is_public=False)

    def titles():
        return [document.title.words for document in read(client, project).context["told"].documents]

    assert titles() == ["Leaflet"]
    client.force_login(other)
    assert titles() == ["Leaflet"]
    client.force_login(one)
    assert titles() == ["Leaflet", "Minutes"]


# --- what it costs ----------------------------------------------------------------------------------------------------
def everything(partners=2, documents=2):
    """A project with something in every part."""
    project = ProjectFactory(
        published=True, residences=[CountryFactory()], countries=[CountryFactory()], sectors=[SectorFactory()],
        periods=[(2001, 2012)], contact_role_en="Diaspora focal point", contact_address="diaspora@iom.example",
    )  # fmt: skip
    english, source = LanguageFactory(code="en", name_en="English"), SourceFactory()
    SectionFactory(project=project, position=1).sources.set([source])
    SectionFactory(project=project, position=2, heading_en="What came of it")
    PhaseFactory.create_batch(4, project=project, state=Phase.State.DONE)
    for _number in range(partners):
        PartnershipFactory(project=project, role=Partnership.Role.PARTNER)
    DocumentFactory.create_batch(documents, project=project, language=english, file=None)
    FigureFactory(indicator=IndicatorFactory(project=project), source=source)
    Deliverable.objects.create(project=project, label_en="Topics", planned_en="Peace")
    Video.objects.create(project=project, title_en="There", language=english, url="https://films.example/1")
    for _number in range(2):
        Picture.objects.create(project=project, image="a.webp", width=9, height=6, is_decorative=True)
    Citation.objects.create(project=project, source=source, what_en="Years")
    return project


@pytest.mark.parametrize(("partners", "documents"), [(1, 1), (3, 3), (40, 200)])
def test_a_visitor_costs_the_same_queries_whatever_is_in_the_project(
    client, django_assert_num_queries, partners, documents
):
    project = everything(partners, documents)
    read(client, project)

    with django_assert_num_queries(PROJECT + ROWS + SAMPLES):
        told = read(client, project).context["told"]

    assert (len(told.partners), len(told.documents)) == (partners, documents)


def test_a_member_of_the_team_costs_his_session_and_his_role_more(client, django_assert_num_queries):
    one = UserFactory(is_staff=True)
    project = everything()
    project.team.create(user=one, role="lead")
    client.force_login(one)
    read(client, project)

    with django_assert_num_queries(SESSION + RIGHTS + PROJECT + TEAM + ROWS + SAMPLES):
        read(client, project)


def test_the_names_of_places_and_fields_are_read_once_a_minute(client, django_assert_num_queries):
    read(client, ProjectFactory(published=True))  # prepares the statement
    project = everything()
    vocabulary.forget()

    with django_assert_num_queries(WORDS + PROJECT + ROWS + NOT_KEPT_YET + SAMPLES):
        read(client, project)


def test_a_page_is_kept_and_yet_never_old(client):
    project = everything()
    section, source = project.sections.first(), project.citations.get().source
    figure = project.indicators.get().figures.get()
    before = text_of(read(client, project))

    for row, field, words in [
        (section, "heading_en", "Another heading"),
        (source, "title_en", "Another source"),
        (figure, "value", 4321),
        (project, "contact_role_en", "Another role"),
    ]:
        type(row).objects.filter(pk=row.pk).update(**{field: words})
        after = text_of(read(client, project))
        assert (f"{words:,}" if field == "value" else words) in after
        assert after != before
        before = after


def test_a_page_that_counts_records_is_drawn_each_time(client, monkeypatch):
    project = ProjectFactory(published=True)
    IndicatorFactory(project=project, counter="tests.records")
    counted = iter([5, 6])
    counter = SimpleNamespace(
        key="tests.records", counts_people=False, numbers=lambda projects, at: {project.pk: next(counted)}
    )
    monkeypatch.setitem(slots._fillers, "indicator.counters", [lambda request, obj: [counter]])

    numbers = [read(client, project).context["told"].targets[0].number.text for _time in range(2)]

    assert numbers == ["5", "6"]
