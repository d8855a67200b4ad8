"""Staff ask for a report, watch it being put together, and fetch it."""

from datetime import date
from io import BytesIO

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils.timezone import localdate
from pypdf import PdfReader

from apps.core.models import AuditEntry
from apps.members.tests.factories import UserFactory
from apps.projects.models import DonorReport
from apps.projects.services import reports

from .factories import DonorReportFactory, OrganisationFactory, PartnershipFactory, ProjectFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]
State = DonorReport.State
QUERIES = 6  # session, account, rights, and of the list: two counts, the rows
LIST = reverse("admin:projects_donorreport_changelist")
ASK = reverse("admin:projects_donorreport_add")


def staff(role="Project staff"):
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def colleague():
    return staff()


@pytest.fixture
def desk(client, colleague):
    client.force_login(colleague)
    return client


@pytest.fixture
def donor():
    return OrganisationFactory(slug="euf", name_en="European Fund")


@pytest.fixture
def project(donor):
    project = ProjectFactory(published=True, title_en="Circular migration", periods=[(2018, 2019)])
    PartnershipFactory(project=project, organisation=donor, role="donor")
    return project


def wish(donor, **kwargs):
    return {"donor": donor.pk, "first_day": "2019-01-01", "last_day": "2019-12-31", "language": "en"} | kwargs


def page_of(report, name="change", *args):
    return reverse(f"admin:projects_donorreport_{name}", args=[report.pk, *args])


def test_from_the_wish_to_the_files(desk, colleague, donor, project):
    assert "No report so far" in desk.get(LIST).content.decode()

    answer = desk.post(ASK, wish(donor, project=project.pk))

    report = DonorReport.objects.get()
    assert (answer["Location"], report.asked_by, report.project) == (page_of(report), colleague, project)
    making = desk.get(page_of(report))
    assert making["Refresh"] == "5"
    assert '<progress value="0" max="100"' in making.content.decode()
    assert desk.get(page_of(report, "file", "pdf")).status_code == 404

    reports.build_all()

    ready = desk.get(page_of(report))
    assert "Refresh" not in ready
    for kind, start in {"pdf": b"%PDF-", "xlsx": b"PK"}.items():
        assert f'href="{page_of(report, "file", kind)}"' in ready.content.decode()
        file = desk.get(page_of(report, "file", kind))
        assert file["Content-Disposition"] == f'attachment; filename="euf-2019-01-01-2019-12-31-en.{kind}"'
        assert file.getvalue().startswith(start)
    assert desk.get(page_of(report, "file", "exe")).status_code == 404
    fetched = AuditEntry.objects.filter(verb="projects.report_fetched")
    assert [(entry.actor_id, entry.detail) for entry in fetched.order_by("pk")] == [
        (colleague.pk, {"kind": "pdf"}),
        (colleague.pk, {"kind": "xlsx"}),
    ]
    assert "European Fund" in desk.get(LIST).content.decode()


def test_the_form_comes_filled_from_where_one_was(desk, donor, project):
    form = desk.get(ASK, {"project": project.pk, "donor": donor.pk}).context["form"]

    today = localdate()
    assert {name: form[name].value() for name in form.fields} == {
        "donor": str(donor.pk),
        "project": str(project.pk),
        "first_day": date(today.year, 1, 1),
        "last_day": today,
        "language": "en",
    }


def test_a_project_and_a_donor_lead_to_their_report(desk, colleague, donor, project):
    project.team.create(user=colleague, role="lead")

    for address, wish_of in {
        reverse("admin:projects_project_change", args=[project.pk]): f"project={project.pk}",
        reverse("admin:projects_organisation_change", args=[donor.pk]): f"donor={donor.pk}",
    }.items():
        assert f'href="{ASK}?{wish_of}"' in desk.get(address).content.decode()


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"last_day": "2018-12-31"}, "last_day"),
        ({"last_day": "2999-12-31"}, "last_day"),
        ({"first_day": "soon"}, "first_day"),
        ({"language": "la"}, "language"),
        ({"first_day": "1990-01-01", "last_day": "1991-12-31"}, "donor"),
    ],
)
def test_what_cannot_be_told_of_is_said_and_nothing_typed_is_lost(desk, donor, project, wrong, where):
    answer = desk.post(ASK, wish(donor, **wrong))

    assert list(answer.context["form"].errors) == [where]
    assert 'value="2019-01-01"' in answer.content.decode() or "first_day" in wrong
    assert not DonorReport.objects.exists()


def test_a_donor_is_told_only_of_what_he_funds(desk, project):
    other = PartnershipFactory(organisation=OrganisationFactory(), role="donor").organisation

    answer = desk.post(ASK, wish(other, project=project.pk))

    assert list(answer.context["form"].errors) == ["project"]


def test_the_form_offers_no_draft_of_another_team(desk, colleague, donor):
    secret, own = ProjectFactory(title_en="Secret"), ProjectFactory(title_en="Own", team=[colleague])
    hidden = OrganisationFactory(name_en="Secret fund")
    for project, organisation in {secret: hidden, own: donor}.items():
        PartnershipFactory(project=project, organisation=organisation, role="donor")

    form = desk.get(ASK).context["form"]
    answer = desk.post(ASK, wish(hidden, project=secret.pk))

    assert list(form.fields["project"].queryset) == [own]
    assert list(form.fields["donor"].queryset) == [donor]
    assert set(answer.context["form"].errors) == {"donor", "project"}


def test_one_that_failed_says_so_and_is_tried_again(desk, donor, project, monkeypatch):
    desk.post(ASK, wish(donor))
    report = DonorReport.objects.get()

    def break_down(*args, **kwargs):
        raise OSError("the disk is full")

    monkeypatch.setattr(reports.pdf, "made", break_down)
    assert reports.build_all() == 0
    monkeypatch.undo()

    assert 'role="alert"' in desk.get(page_of(report)).content.decode()
    assert desk.post(page_of(report, "again"))["Location"] == page_of(report)
    assert reports.build_all() == 1
    assert len(PdfReader(BytesIO(desk.get(page_of(report, "file", "pdf")).getvalue())).pages) > 1
    desk.post(page_of(report, "again"))
    report.refresh_from_db()
    assert report.state == State.READY


def test_files_that_a_restored_backup_lacks_are_not_offered(desk, colleague):
    report = DonorReportFactory(asked_by=colleague, ready=True)
    for file in (report.pdf, report.sheet):
        file.storage.delete(file.name)

    assert "Its files are gone" in desk.get(page_of(report)).content.decode()
    assert desk.get(page_of(report, "file", "pdf")).status_code == 404


def test_who_sees_a_report(client, colleague, project):
    own = DonorReportFactory(asked_by=colleague, ready=True)
    of_the_project = DonorReportFactory(project=project, ready=True)
    teammate, stranger, communications = staff(), staff(), staff("Communications staff")
    project.team.create(user=teammate)

    seen = {}
    for user in (colleague, teammate, stranger, communications):
        client.force_login(user)
        seen[user] = {
            report
            for report in (own, of_the_project)
            if client.get(page_of(report)).status_code == 200
            and client.get(page_of(report, "file", "pdf")).getvalue().startswith(b"%PDF-")
        }

    assert seen == {
        colleague: {own},
        teammate: {of_the_project},
        stranger: set(),
        communications: {own, of_the_project},
    }


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_any_number(desk, colleague, count, django_assert_num_queries):
    DonorReportFactory.create_batch(count, asked_by=colleague)
    desk.get(LIST)

    with django_assert_num_queries(QUERIES):
        desk.get(LIST)
