"""Beside a profile: notes, tags, documents, the address, the history; and who reads much."""

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from apps.core import audit, slots
from apps.core.models import AuditEntry
from apps.members.models import Audience, Profile, ProfileOpening, StaffNote, Tag
from apps.members.services import profiles, staff
from apps.members.tests.factories import ProfileFactory, UserFactory

pytestmark = pytest.mark.django_db
WHY = "Looks for a nurse for the mission in Kigali"


def staff_of(role):
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def page(profile, name="change", *more):
    return reverse(f"admin:members_profile_{name}", args=[profile.pk, *more])


def say_why(client, profile):
    client.post(page(profile), {"then": "open", "purpose": WHY})


@pytest.fixture
def colleague():
    return staff_of("Project staff")


@pytest.fixture
def profile():
    return ProfileFactory(listed=True, display_name="Aline Uwase", user__email="aline@secret.example")


@pytest.fixture
def desk(colleague, profile):
    """The administration of project staff, who said why they open this profile."""
    client = browser(colleague)
    say_why(client, profile)
    return client


def last_entry():
    return AuditEntry.objects.latest("pk")


# --- the purpose ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["note_add", "tags"])
def test_nothing_is_written_beside_a_profile_before_it_was_said_why(colleague, profile, name):
    client, form = browser(colleague), {"text": "Met in Namur.", "new": "Speaker"}

    asked = client.post(page(profile, name), form)
    assert asked.templates[0].name == "admin/purpose.html"
    assert StaffNote.objects.count() + Tag.objects.count() == 0

    client.post(page(profile, name), form | {"then": asked.context["then"], "purpose": WHY})
    assert StaffNote.objects.count() + Tag.objects.count() == 1


@pytest.fixture
def calls(monkeypatch):
    """An upper app that knows two good reasons."""
    monkeypatch.setattr(slots, "_fillers", type(slots._fillers)(list))
    slots.register("purpose.choices", lambda request, obj: ["Call 12: nurses in Kigali", "Call 14: teachers"])


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ({"purpose_choice": "Call 14: teachers"}, "Call 14: teachers"),
        ({"purpose_choice": "Call 14: teachers", "purpose": "second round"}, "Call 14: teachers: second round"),
        ({"purpose": "He asked us to look"}, "He asked us to look"),
    ],
)
def test_apps_above_offer_reasons_and_ones_own_words_remain(calls, colleague, profile, form, written):
    client = browser(colleague)
    assert "Call 12: nurses in Kigali" in client.get(page(profile)).text

    client.post(page(profile), {"then": "open", **form})

    assert last_entry().purpose == written


@pytest.mark.parametrize("form", [{}, {"purpose_choice": "Call 99"}, {"purpose": "x"}])
def test_what_is_no_reason_opens_nothing(calls, colleague, profile, form):
    answer = browser(colleague).post(page(profile), {"then": "open", **form})

    assert answer.context["form"].errors
    assert not AuditEntry.objects.filter(verb="read.opened").exists()


# --- the address ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("role", "seen"), [("Project staff", True), ("Administrator", True), ("Secretariat", False)])
def test_the_address_is_for_those_who_write_to_people_and_comes_after_the_purpose(profile, role, seen):
    client = browser(staff_of(role))
    assert "aline@secret.example" not in client.get(page(profile)).text

    say_why(client, profile)

    assert ("aline@secret.example" in client.get(page(profile)).text) == seen


@pytest.mark.parametrize("role", ["Administrator", "Data-protection focal point"])
def test_lists_cut_addresses_short_but_those_of_colleagues(profile, colleague, role):
    text = browser(staff_of(role)).get(reverse("admin:members_user_changelist"), {"q": "example"}).text
    rows = text.partition('id="result_list"')[2].partition("</table>")[0]

    assert "aline@secret" not in rows
    assert "a…@secret.example" in rows
    assert colleague.email in rows


# --- notes ------------------------------------------------------------------------------------------------------------
def test_a_note_is_kept_with_unit_and_day_and_the_audit_says_that_there_is_one(desk, colleague, profile):
    desk.post(page(profile, "note_add"), {"text": "Met in Namur, wants to teach."}, follow=True)

    note = StaffNote.objects.get()
    assert (note.profile, note.author, note.unit) == (profile, colleague, "Project staff")
    text = desk.get(page(profile)).text
    assert "Met in Namur, wants to teach." in text
    assert "Project staff" in text
    entry = AuditEntry.objects.get(verb="members.note_added")
    assert (entry.person_id, entry.purpose, entry.detail) == (profile.user_id, WHY, {"note": note.pk})


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_a_note_that_cannot_be_kept_is_shown_again(desk, profile, text):
    answer = desk.post(page(profile, "note_add"), {"text": text})

    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert answer.context["form"]["text"].value() == text
    assert not StaffNote.objects.exists()


def test_nobody_deletes_what_a_colleague_wrote(desk, colleague, profile):
    own = staff.add_note(profile=profile, actor=colleague, text="Own.", purpose=WHY)
    other = staff.add_note(profile=profile, actor=staff_of("Secretariat"), text="Not own.", purpose=WHY)

    assert desk.post(page(profile, "note_delete", other.pk)).status_code == 403
    assert desk.post(page(profile, "note_delete", own.pk)).status_code == 302
    assert list(StaffNote.objects.all()) == [other]
    assert last_entry().verb == "members.note_deleted"


def test_a_note_is_reached_through_its_own_profile_only(desk, colleague, profile):
    note = staff.add_note(profile=ProfileFactory(), actor=colleague, text="Own.", purpose=WHY)

    assert desk.post(page(profile, "note_delete", note.pk)).status_code == 404


def test_notes_and_tags_are_on_no_page_of_members(desk, colleague, profile):
    staff.add_note(profile=profile, actor=colleague, text="Zqnote", purpose=WHY)
    staff.set_tags(profile=profile, actor=colleague, tags=[], new="Zqtag")

    for viewer in (profile.user, ProfileFactory(listed=True).user, colleague):
        client = browser(viewer)
        for address in (profile.get_absolute_url(), reverse("portal:me"), reverse("members:directory-members")):
            text = client.get(address).text
            assert "Zqnote" not in text
            assert "Zqtag" not in text


# --- tags -------------------------------------------------------------------------------------------------------------
def test_tags_are_set_and_taken_away_and_a_new_one_is_made_once(desk, profile):
    old = Tag.objects.create(name="Speaker")
    profile.tags.add(Tag.objects.create(name="Trainer"))

    desk.post(page(profile, "tags"), {"tags": [old.pk], "new": "Kigali 2026"})
    assert {tag.name for tag in profile.tags.all()} == {"Speaker", "Kigali 2026"}
    assert last_entry().detail == {"tags": sorted(tag.pk for tag in profile.tags.all())}

    desk.post(page(profile, "tags"), {"new": "  kigali 2026 "})
    assert {tag.name for tag in profile.tags.all()} == {"Kigali 2026"}
    before = AuditEntry.objects.count()
    desk.post(page(profile, "tags"), {"tags": [profile.tags.get().pk]})
    assert AuditEntry.objects.count() == before  # a second click changes nothing


def test_a_tag_of_a_name_that_is_too_long_is_asked_again(desk, profile):
    answer = desk.post(page(profile, "tags"), {"new": "x" * 61})

    assert answer.context["form"].errors
    assert not Tag.objects.exists()


def test_the_administrator_keeps_the_words_in_order(profile):
    client = browser(staff_of("Administrator"))
    profile.tags.add(tag := Tag.objects.create(name="Speker"))

    assert ">1<" in client.get(reverse("admin:members_tag_changelist")).text
    client.post(reverse("admin:members_tag_change", args=[tag.pk]), {"name": "Speaker"})
    assert profile.tags.get().name == "Speaker"
    client.post(reverse("admin:members_tag_delete", args=[tag.pk]), {"post": "yes"})
    assert not Tag.objects.exists()


# --- documents --------------------------------------------------------------------------------------------------------
def a_document(profile, **more):
    return profile.documents.create(
        **{"kind": "cv", "name": "Zqmy CV", "content_type": "application/pdf", "size": 8, **more},
        file=ContentFile(b"%PDF-1.7", name="cv.pdf"),
    )


def document_page(document):
    return reverse("members:staff-document", args=[document.pk])


def test_a_cv_is_opened_with_the_purpose_of_the_profile_and_the_person_sees_it(desk, colleague, profile):
    document = a_document(profile)
    assert document_page(document) in desk.get(page(profile)).text

    answer = desk.get(document_page(document))

    assert answer.getvalue() == b"%PDF-1.7"
    assert answer["Content-Disposition"] == 'attachment; filename="zqmy-cv.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    entry = last_entry()
    assert (entry.verb, entry.purpose, entry.unit) == ("read.document", WHY, "Project staff")
    assert (entry.person_id, entry.target_type) == (profile.user_id, "members.PrivateDocument")


def test_without_a_purpose_it_is_asked_for_on_the_documents_own_address(colleague, profile):
    client, document = browser(colleague), a_document(profile)

    asked = client.get(document_page(document))
    assert asked.templates[0].name == "core/purpose.html"
    assert client.post(document_page(document), {"then": "open", "purpose": "x"}).context["form"].errors
    assert not AuditEntry.objects.filter(verb__startswith="read.").exists()

    for _click in range(2):
        assert client.post(document_page(document), {"then": "open", "purpose": WHY}).status_code == 302
    client.get(document_page(document)).getvalue()
    assert [e.verb for e in AuditEntry.objects.filter(person_id=profile.user_id).order_by("pk")] == [
        "read.opened",
        "read.document",
    ]


def test_a_document_kept_from_the_team_is_named_and_opened_nowhere(desk, profile):
    document = a_document(profile, for_iom=False)

    assert "Zqmy CV" not in desk.get(page(profile)).text
    assert desk.get(document_page(document)).status_code == 404


@pytest.mark.parametrize("role", ["Secretariat", "Administrator", "Data-protection focal point"])
def test_documents_are_for_those_who_choose_people(profile, role):
    client, document = browser(staff_of(role)), a_document(profile)
    say_why(client, profile)

    assert "Zqmy CV" not in client.get(page(profile)).text
    assert client.get(document_page(document)).status_code == 404


# --- history ----------------------------------------------------------------------------------------------------------
def test_the_history_tells_deed_moment_and_unit_and_no_value(desk, profile):
    desk.post(page(profile, "note_add"), {"text": "Met in Namur."})
    Profile.objects.update(ties_audience=Audience.ONLY_ME)
    profiles.save_languages(user=profile.user, levels={})
    audit.record(actor=profile.user, verb="members.ties_saved", target=profile, person=profile.user_id)
    audit.record(actor=profile.user, verb="members.blocked", person=profile.user_id)
    audit.read(actor=staff_of("Project staff"), person=profile.user_id, what="listed", target=profile)

    answer = desk.get(page(profile))

    told = [(moment.what, moment.unit) for moment in answer.context["moments"]]
    assert told == [
        ("Seen in a list", "Project staff"),
        ("Changed by its owner", ""),
        ("Changed by its owner", ""),
        ("A note written", "Project staff"),
        ("Opened", "Project staff"),
    ]
    assert "ties_saved" not in answer.text
    assert "blocked" not in answer.text


# --- who reads much ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("count", [1, 3])
def test_the_focal_point_sees_who_reads_much(desk, colleague, profile, count, django_assert_num_queries):
    member = ProfileFactory(listed=True).user
    for other in ProfileFactory.create_batch(count):
        ProfileOpening.objects.create(reader=member, profile=other, day=localdate())
        say_why(desk, other)
    client = browser(staff_of("Data-protection focal point"))
    address = reverse("admin:members_user_readers")
    client.get(address)

    with django_assert_num_queries(9):
        answer = client.get(address)

    rows = {reader.number: (reader.pages, reader.readings) for reader in answer.context["readers"]}
    assert rows[member.pk] == (count, {})
    assert rows[colleague.pk] == (0, {"opened": count + 1})
    assert member.email not in answer.text
