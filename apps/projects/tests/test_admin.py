"""How staff write projects: two languages at a time, states, and each team its own."""

import pytest
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from apps.core import history
from apps.core.models import AuditEntry
from apps.core.tests.documents import pdf
from apps.core.tests.factories import CountryFactory, LanguageFactory
from apps.members.tests.factories import UserFactory
from apps.projects.models import Project, TeamMember
from apps.projects.services import projects

from .factories import PhaseFactory, ProjectFactory, SectionFactory, TeamMemberFactory

pytestmark = pytest.mark.django_db

INLINES = [
    "sections", "periods", "phases", "partnerships", "indicators", "deliverables", "documents", "videos", "pictures",
    "citations", "team",
]  # fmt: skip
CHANGELIST = "admin:projects_project_changelist"


def staff(role="Project staff", **values):
    user = UserFactory(is_staff=True, **values)
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def writer():
    return staff()


@pytest.fixture
def desk(client, writer):
    client.force_login(writer)
    return client


def address(project, page="change", *more, beside=""):
    url = reverse(f"admin:projects_project_{page}", args=[project.pk, *more])
    return f"{url}?beside={beside}" if beside else url


def form_of(client, url, **changes):
    """What a browser would send back from the form at this address, with some fields changed."""
    sent = {}
    page = client.get(url)
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    for form in forms:
        for field in form:
            value = field.value()
            if value is not None and value is not False and "upload" not in field.name and not field.field.disabled:
                sent[field.html_name] = "on" if value is True else value
    return sent | changes


def save(client, url, **changes):
    response = client.post(url, form_of(client, url, **changes))
    if response.status_code == 200:
        page = response.context
        faults = [form.errors for inline in page["inline_admin_formsets"] for form in inline.formset.forms]
        faults += [inline.formset.non_form_errors() for inline in page["inline_admin_formsets"]]
        return [page["adminform"].form.errors, *faults]
    return None


# --- writing ----------------------------------------------------------------------------------------------------------
def test_whoever_adds_a_project_leads_it_and_its_rows_stand_with_it(desk, writer):
    english = LanguageFactory(code="en", name="English")
    faults = save(
        desk,
        reverse("admin:projects_project_add"),
        **{
            "title_en": "Nurses for Rwanda",
            "lead_en": "Nurses teach nurses.",
            "status": "current",
            "phases-TOTAL_FORMS": 2,
            "phases-0-title_en": "Preparing",
            "phases-0-state": "done",
            "phases-1-title_en": "Teaching",
            "phases-1-position": 0,
            "phases-1-state": "now",
            "documents-0-title_en": "Report",
            "documents-0-language": english.pk,
            "documents-0-upload": SimpleUploadedFile("report.pdf", pdf()),
            "periods-0-first_year": 2019,
        },
    )

    assert faults is None
    project = Project.objects.get()
    assert (project.slug, project.state, project.years) == ("nurses-for-rwanda", "draft", [[2019, None]])
    assert [(phase.title_en, phase.position) for phase in project.phases.all()] == [("Preparing", 1), ("Teaching", 2)]
    assert project.documents.get().content_type == "application/pdf"
    assert [(role.user, role.role) for role in project.team.all()] == [(writer, "lead")]
    assert project.lacking == ["de", "fr", "nl"]
    assert project.texts.get().language == "en"
    deeds = AuditEntry.objects.filter(target_type="projects.Project").values_list("verb", "actor_id")
    assert set(deeds) == {("projects.team_joined", writer.pk), ("projects.project.added", writer.pk)}


def test_the_languages_that_are_not_shown_stay_as_they_are(desk, writer):
    project = ProjectFactory(team=[writer], title_en="One", title_fr="Un", title_nl="Een", title_de="Eins")
    section = SectionFactory(project=project, heading_en="Aims", heading_nl="Doelen")

    assert "title_nl" not in desk.get(address(project, beside="fr")).text
    sent = {"title_fr": "Deux", "title_nl": "Twee", "sections-0-heading_fr": "Buts", "sections-0-heading_nl": "x"}
    assert save(desk, address(project, beside="fr"), **sent) is None

    project.refresh_from_db()
    section.refresh_from_db()
    assert (project.title_fr, project.title_nl, project.title_de) == ("Deux", "Een", "Eins")
    assert (section.heading_fr, section.heading_nl) == ("Buts", "Doelen")


def test_a_translation_is_out_of_date_until_it_is_written_anew_or_confirmed(desk, writer):
    project = ProjectFactory(team=[writer], title_fr="Un", title_nl="Een")
    projects.write_row(row=project, changed=["title_fr", "title_nl"])

    assert save(desk, address(project, beside="fr"), title_en="Something else") is None
    project.refresh_from_db()
    assert project.stale == ["fr", "nl"]
    page = desk.get(address(project, beside="fr")).text
    assert "Out of date: the English has changed since" in page
    assert "French (1 out of date)" in page

    assert save(desk, address(project, beside="fr"), still_right="on") is None
    project.refresh_from_db()
    assert project.stale == ["nl"]

    assert save(desk, address(project, beside="nl"), title_nl="Iets anders") is None
    project.refresh_from_db()
    assert project.stale == []


@pytest.mark.parametrize(
    ("language", "query", "expected"),
    [("nl", "", "nl"), ("en", "", ""), ("nl", "?beside=fr", "fr"), ("nl", "?beside=en", ""), ("en", "?beside=xx", "")],
)
def test_beside_the_english_stands_ones_own_language_or_the_chosen_one(client, language, query, expected):
    user = staff(language=language)
    client.force_login(user)
    project = ProjectFactory(team=[user])

    page = client.get(address(project) + query)

    shown = {name for name in page.context["adminform"].form.fields if name.startswith("title_")}
    assert shown == {"title_en", *([f"title_{expected}"] if expected else [])}


def test_whoever_saves_and_goes_on_keeps_the_language_beside(desk, writer):
    project = ProjectFactory(team=[writer])
    url = address(project, beside="de")

    response = desk.post(url, form_of(desk, url, _continue="1"))

    assert response["Location"] == url


def test_a_public_projects_address_stays_and_a_drafts_may_change(desk, writer):
    project, draft = (
        ProjectFactory(team=[writer], published=True, decided_at=timezone.now()),
        ProjectFactory(team=[writer]),
    )

    assert save(desk, address(project), slug="other") is None
    assert save(desk, address(draft), slug="another") is None

    project.refresh_from_db()
    draft.refresh_from_db()
    assert (project.slug == "other", draft.slug) == (False, "another")


def test_periods_that_overlap_are_refused_in_words(desk, writer):
    project = ProjectFactory(team=[writer], periods=[(2007, 2010)])

    faults = save(desk, address(project), **{"periods-1-first_year": 2010})

    assert "Two periods of a project cannot overlap." in str(faults)


def test_a_new_file_keeps_the_rows_address_and_the_old_one_goes_only_when_all_is_saved(
    desk, writer, django_capture_on_commit_callbacks
):
    project = ProjectFactory(team=[writer])
    english = LanguageFactory(code="en", name="English")
    upload = lambda: SimpleUploadedFile("r.pdf", pdf())  # noqa: E731
    first = {"documents-0-title_en": "Report", "documents-0-language": english.pk, "documents-0-upload": upload()}
    assert save(desk, address(project), **first) is None
    document = project.documents.get()
    old = document.file.name

    with django_capture_on_commit_callbacks(execute=True):
        assert save(desk, address(project), **{"documents-0-upload": upload(), "title_en": ""}) is not None
    document.refresh_from_db()
    assert (document.file.name, document.file.storage.exists(old), document.replaced_at) == (old, True, None)

    with django_capture_on_commit_callbacks(execute=True):
        assert save(desk, address(project), **{"documents-0-upload": upload()}) is None
    document.refresh_from_db()
    assert document.file.name != old
    assert not document.file.storage.exists(old)
    assert document.replaced_at is not None


def test_what_is_no_document_is_refused_in_its_row(desk, writer):
    project = ProjectFactory(team=[writer])
    english = LanguageFactory(code="en", name="English")
    upload = SimpleUploadedFile("r.pdf", b"MZ")

    faults = save(
        desk,
        address(project),
        **{"documents-0-title_en": "R", "documents-0-language": english.pk, "documents-0-upload": upload},
    )

    assert "This is not a PDF, DOCX or ODT document that we can read." in str(faults)


# --- states -----------------------------------------------------------------------------------------------------------
def test_publishing_says_what_is_not_translated_and_forbids_nothing(desk, writer):
    project = ProjectFactory(team=[writer], lead_en="What it does.", title_fr="Un")
    SectionFactory(project=project, heading_en="Aims", body_en="")

    page = desk.get(address(project, "publish"))
    assert page.context["warnings"] == [
        "French is missing: opening; section “Aims”: heading",
        "Dutch is missing: title, opening; section “Aims”: heading",
        "German is missing: title, opening; section “Aims”: heading",
        "The section “Aims” has no text in English.",
    ]

    desk.post(address(project, "publish"), {"at": ""})
    project.refresh_from_db()
    assert (project.is_public, project.decided_by) == (True, writer)
    assert history.versions(project).first().revision.comment == "published"
    assert writer.email in desk.get(address(project)).text


def test_without_an_english_title_and_opening_nothing_is_published(desk, writer):
    project = ProjectFactory(team=[writer])

    page = desk.post(address(project, "publish"), {"at": ""}, follow=True)

    assert "Before it is public, the project needs a title and an opening in English." in page.text
    project.refresh_from_db()
    assert project.state == "draft"


def test_a_project_is_published_at_a_moment_withdrawn_with_a_reason_and_taken_up_again(desk, writer):
    project = ProjectFactory(team=[writer], lead_en="What it does.")

    desk.post(address(project, "publish"), {"at": "2090-01-31T09:00"})
    project.refresh_from_db()
    assert project.is_scheduled
    assert timezone.localtime(project.public_from).hour == 9
    assert desk.get(project.get_absolute_url()).status_code == 200

    assert desk.post(address(project, "withdraw"), {"reason": ""}).status_code == 200
    desk.post(address(project, "withdraw"), {"reason": "The donor asked for it."})
    assert "The donor asked for it." in desk.get(address(project)).text

    desk.post(address(project, "to_draft"))
    project.refresh_from_db()
    assert (project.state, project.public_from) == ("draft", None)
    verbs = AuditEntry.objects.filter(target_type="projects.Project").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == [f"projects.project.{state}" for state in ("published", "withdrawn", "draft")]


def test_what_is_public_is_not_hidden_by_a_date_to_come_and_no_date_lies_behind_us(desk, writer):
    project = ProjectFactory(team=[writer], lead_en="x", published=True)
    draft = ProjectFactory(team=[writer], lead_en="x")

    desk.post(address(project, "publish"), {"at": "2090-01-31T09:00"})
    past = desk.post(address(draft, "publish"), {"at": "2020-01-31T09:00"})

    project.refresh_from_db()
    assert project.is_public
    assert "That moment has passed." in past.text


def test_only_a_draft_that_was_never_public_can_be_deleted(desk, writer):
    draft, public = ProjectFactory(team=[writer]), ProjectFactory(team=[writer], published=True)
    SectionFactory(project=draft)

    assert desk.post(address(public, "delete"), {"post": "yes"}).status_code == 403
    assert desk.post(address(draft, "delete"), {"post": "yes"}).status_code == 302

    assert list(Project.objects.all()) == [public]


# --- each team its own ------------------------------------------------------------------------------------------------
PAGES = ["change", "history", "delete", "publish", "withdraw", "to_draft"]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("page", PAGES)
def test_no_address_of_the_administration_shows_another_teams_draft(desk, page, method):
    foreign = ProjectFactory(title_en="Zqsecret", notes="Zqsecret", team=[UserFactory(is_staff=True)])

    response = getattr(desk, method)(address(foreign, page), follow=True)

    assert "Zqsecret" not in response.text
    assert response.status_code == {"change": 200, "history": 404, "delete": 403}.get(page, 404)  # 200: the front page
    assert Project.objects.filter(state="draft").exists()


def test_neither_versions_nor_lists_nor_searches_show_it(desk, writer):
    foreign = ProjectFactory(title_en="Zqsecret", countries=[CountryFactory(code="ZQ", name="Zqland")])
    projects.saved(project=foreign, actor=None)
    version = history.versions(foreign).get().pk

    for page in ("version", "restore"):
        assert desk.get(address(foreign, page, version)).status_code == 404
    for query in ("", "?q=Zqsecret", "?state=draft", "?country=1"):
        page = desk.get(reverse(CHANGELIST) + query)
        assert list(page.context["cl"].result_list) == []
        assert "Zqland" not in page.text
    contenttype = reverse("admin:view_on_site", args=[content_type(foreign), foreign.pk])
    assert desk.get(contenttype).status_code == 404


def content_type(obj):
    return ContentType.objects.get_for_model(obj).pk


@pytest.mark.parametrize("lookup", ["notes__startswith", "team__user__email", "decided_by__password__startswith"])
def test_the_address_line_asks_no_hidden_column(desk, writer, lookup):
    ProjectFactory(team=[writer])

    assert desk.get(f"{reverse(CHANGELIST)}?{lookup}=x").status_code == 400


def test_who_reads_sees_all_and_changes_nothing(client):
    reader = staff()
    project = TeamMemberFactory(user=reader, role=TeamMember.Role.READER, project__notes="Our notes").project
    PhaseFactory(project=project)
    client.force_login(reader)

    page = client.get(address(project, beside="fr"))

    assert page.status_code == 200
    assert "Our notes" in page.text
    assert 'name="_save"' not in page.text
    assert client.post(address(project), {"title_en": "x"}).status_code == 403
    for name in ("publish", "withdraw", "to_draft", "delete"):
        assert client.post(address(project, name), {"post": "yes"}).status_code == 403


def test_who_edits_neither_publishes_nor_chooses_the_team(client):
    editor = staff()
    project = TeamMemberFactory(user=editor).project
    other = staff()
    client.force_login(editor)

    sent = {"title_en": "Better", "team-TOTAL_FORMS": 2, "team-INITIAL_FORMS": 1, "team-1-user": other.pk}
    assert save(client, address(project), **sent, **{"team-0-role": "lead", "team-1-role": "lead"}) is None

    project.refresh_from_db()
    assert project.title_en == "Better"
    assert [(role.user, role.role) for role in project.team.all()] == [(editor, "editor")]
    assert client.post(address(project, "publish"), {"at": ""}).status_code == 403


def test_a_team_keeps_somebody_who_leads_it(desk, writer):
    project = ProjectFactory(team=[writer])
    colleague = staff()

    alone = save(desk, address(project), **{"team-0-role": "reader"})
    assert "Somebody of the team must lead the project." in str(alone)

    two = {"team-0-role": "reader", "team-1-user": colleague.pk, "team-1-role": "lead"}
    assert save(desk, address(project), **two) is None
    assert {role.user: role.role for role in project.team.all()} == {writer: "reader", colleague: "lead"}


def test_only_staff_can_be_chosen(desk, writer):
    project = ProjectFactory(team=[writer])
    member = UserFactory(email="member@secret.example")

    assert member.email not in desk.get(address(project)).text
    assert save(desk, address(project), **{"team-1-user": member.pk, "team-1-role": "editor"}) is not None


# --- the list ---------------------------------------------------------------------------------------------------------
def test_the_list_says_what_waits_in_a_project_and_all_its_rows(desk, writer):
    project = ProjectFactory(team=[writer])
    for code in ("fr", "nl", "de"):
        setattr(project, f"title_{code}", "x")
    projects.write_row(row=project)
    section = SectionFactory(project=project, heading_nl="x", body_nl="x", heading_de="x", body_de="x")
    projects.write_row(row=section)

    row = desk.get(reverse(CHANGELIST)).context["cl"].result_list[0]

    assert (row.waiting.lacking, row.waiting.stale) == ({"fr"}, set())
    assert "FR missing" in desk.get(reverse(CHANGELIST)).text


def test_the_list_costs_the_same_for_any_number(desk, writer, django_assert_max_num_queries):
    costs = []
    for more in (1, 2):
        for project in ProjectFactory.create_batch(more, team=[writer], countries=[CountryFactory()]):
            SectionFactory(project=project)
        desk.get(reverse(CHANGELIST))
        with django_assert_max_num_queries(10) as queries:
            desk.get(reverse(CHANGELIST))
        costs.append(len(queries))

    assert costs[0] == costs[1]
