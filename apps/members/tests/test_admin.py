"""What staff see of people, what it takes to open a record, and what is written down about it."""

from datetime import date, timedelta
from io import BytesIO

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now
from lxml.html import document_fromstring
from PIL import Image

from apps.core.models import AuditEntry
from apps.core.tests.factories import CountryFactory, LanguageFactory, SectorFactory, SkillFactory
from apps.members.models import PARTS, Audience, Consent, DirectoryEntry, Erasure, Message, Profile
from apps.members.services import consents, erasure, photos
from apps.members.tests.factories import ProfileFactory, UserFactory

pytestmark = pytest.mark.django_db
WHY = "Looks for a nurse for the mission in Kigali"


def staff_of(role):
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def administrator():
    return staff_of("Administrator")


@pytest.fixture
def desk(client, administrator):
    """The administration, as the administrator has it."""
    client.force_login(administrator)
    return client


def changelist(model):
    return reverse(f"admin:members_{model}_changelist")


def page(model, obj, name="change"):
    return reverse(f"admin:members_{model}_{name}", args=[obj.pk])


def opened(client, model, obj, name="change"):
    """The page of a record, once it was said why."""
    address = page(model, obj, name)
    client.post(address, {"then": "open", "purpose": WHY})
    return client.get(address)


def readings():
    return AuditEntry.objects.filter(verb__startswith="read.").order_by("pk")


# --- saying why -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["change", "history", "photo"])
@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_a_record_is_shown_only_to_who_says_why(desk, method, name):
    profile = ProfileFactory(public=True, headline="Nurse in Namur")

    answer = getattr(desk, method)(page("profile", profile, name))

    assert answer.status_code == 200
    assert answer.templates[0].name == "admin/purpose.html"
    assert "Nurse in Namur" not in answer.text
    assert not readings().filter(verb="read.opened").exists()


def test_the_reason_is_written_down_before_the_record_is_shown(desk, administrator):
    profile = ProfileFactory(public=True, headline="Nurse in Namur")

    answer = desk.post(page("profile", profile), {"then": "open", "purpose": WHY}, follow=True)

    assert "Nurse in Namur" in answer.text
    entry = readings().get()
    assert (entry.verb, entry.purpose) == ("read.opened", WHY)
    assert (entry.actor_id, entry.unit) == (administrator.pk, "Administrator")
    assert (entry.person_id, entry.target_type) == (profile.user_id, "members.Profile")


@pytest.mark.parametrize("purpose", ["", "x", "   \n   ", "y" * 201])
def test_no_reason_is_no_reason(desk, purpose):
    answer = desk.post(page("profile", ProfileFactory()), {"then": "open", "purpose": purpose})

    assert answer.context["form"].errors
    assert not readings().exists()


def test_a_reason_holds_for_one_record_and_half_an_hour(desk):
    profile, other = ProfileFactory.create_batch(2)
    with time_machine.travel(now(), tick=False) as clock:
        assert "adminform" in opened(desk, "profile", profile).context
        assert "adminform" not in desk.get(page("profile", other)).context
        assert "adminform" not in desk.get(page("user", profile.user)).context

        clock.shift(timedelta(minutes=29))
        assert "adminform" in desk.get(page("profile", profile)).context
        clock.shift(timedelta(minutes=2))
        assert "adminform" not in desk.get(page("profile", profile)).context

        opened(desk, "profile", other)
        assert list(desk.session["purposes"]) == [f"members.Profile:{other.pk}"]  # what has run out is let go


def test_another_way_of_naming_the_record_goes_round_nothing(desk):
    profile = ProfileFactory(headline="Nurse in Namur")
    by_number = reverse("admin:members_profile_change", args=[profile.public_id]) + "?_to_field=public_id"

    assert "Nurse in Namur" not in desk.get(by_number).text


def test_a_popup_stays_a_popup(desk):
    address = page("profile", ProfileFactory()) + "?_popup=1"

    assert 'class="popup' in desk.get(address).text
    assert desk.post(address, {"then": "open", "purpose": WHY}).url == address


def test_what_was_being_saved_when_the_half_hour_ran_out_is_not_lost(desk):
    user, role = UserFactory(), Group.objects.get(name="Communications staff")
    form = {"is_active": "on", "initial-is_active": "True", "is_staff": "on", "groups": [role.pk], "_continue": "Save"}

    asked = desk.post(page("user", user), form)

    assert ("groups", str(role.pk)) in asked.context["kept"]
    assert not user.groups.exists()

    still = dict(asked.context["kept"]) | {"then": asked.context["then"]}
    assert desk.post(page("user", user), still | {"purpose": "x"}).context["kept"] == asked.context["kept"]
    desk.post(page("user", user), still | {"purpose": WHY})

    assert list(user.groups.all()) == [role]
    assert [entry.verb for entry in AuditEntry.objects.filter(person_id=user.pk).order_by("pk")] == [
        "read.opened",
        "members.user.changed",
    ]


@pytest.mark.parametrize("role", ["Communications staff", "Secretariat", "Project staff"])
def test_a_reason_opens_nothing_for_who_may_not(role, client):
    client.force_login(staff_of(role))

    answer = client.post(page("consent", ProfileFactory()), {"then": "open", "purpose": WHY}, follow=True)

    assert "adminform" not in (answer.context or {})
    assert not readings().exists()


@pytest.mark.parametrize("model", ["user", "profile"])
def test_lists_and_searches_of_people_are_written_down(desk, administrator, model):
    desk.get(changelist(model))
    desk.get(changelist(model), {"q": "aline"})

    assert [(entry.verb, entry.actor_id, entry.detail["searched"]) for entry in readings()] == [
        ("read.listed", administrator.pk, False),
        ("read.listed", administrator.pk, True),
    ]


def test_completing_an_address_in_another_form_is_a_search_too(desk):
    UserFactory(email="aline@example.org")
    asked = {"app_label": "members", "model_name": "profile", "field_name": "user", "term": "aline"}

    desk.get(reverse("admin:autocomplete"), asked)

    assert readings().get().detail == {"model": "members.User", "searched": True}


# --- accounts ---------------------------------------------------------------------------------------------------------
def drawn(client, user):
    """What a browser sends when an account's page is saved just as it was drawn at this moment."""
    return dict(document_fromstring(opened(client, "user", user).text).get_element_by_id("user_form").form_values())


def save_user(client, user, **form):
    return client.post(page("user", user), drawn(client, user) | {"is_active": "on", **form})


def test_accounts_are_found_by_address_name_and_role(desk):
    aline = ProfileFactory(display_name="Aline Uwase", user__email="a.u@example.org").user
    comms = staff_of("Communications staff")
    closed = UserFactory(is_active=False, language="fr")

    def found(**asked):
        return set(desk.get(changelist("user"), asked).context["cl"].result_list)

    assert found(q="uwase") == {aline}
    assert found(q="a.u@") == {aline}
    assert found(role=Group.objects.get(name="Communications staff").pk) == {comms}
    assert found(is_active__exact=0) == found(language__exact="fr") == {closed}
    assert comms in found(is_staff__exact=1)


def test_the_administrator_gives_roles_and_the_audit_says_which(desk, administrator):
    user, role = UserFactory(), Group.objects.get(name="Secretariat")

    save_user(desk, user, is_staff="on", groups=[role.pk])

    user.refresh_from_db()
    assert (user.is_staff, list(user.groups.all())) == (True, [role])
    entry = AuditEntry.objects.get(verb="members.user.changed")
    assert (entry.actor_id, entry.person_id, entry.purpose) == (administrator.pk, user.pk, WHY)
    assert entry.detail == {
        "fields": ["May open the administration", "Roles"],
        "active": True,
        "staff": True,
        "roles": ["Secretariat"],
    }


def test_djangos_log_keeps_the_number_of_an_account_and_no_address(desk):
    user = UserFactory()

    save_user(desk, user, is_staff="on")

    assert LogEntry.objects.get().object_repr == f"account {user.pk}"


def test_nobody_is_made_superuser_and_no_password_is_seen_or_set_here(desk):
    user = UserFactory()
    before = user.password
    shown = opened(desk, "user", user)

    save_user(desk, user, is_superuser="on", password="pbkdf2", email="new@example.org", user_permissions=[1])

    after = type(user).objects.get(pk=user.pk)
    assert set(shown.context["adminform"].form.fields) == {"is_active", "is_staff", "groups"}
    assert before not in shown.text
    assert (after.is_superuser, after.password, after.email) == (False, before, user.email)
    assert not after.user_permissions.exists()


def test_nobody_changes_his_own_rights_nor_those_of_a_superuser(desk, administrator):
    everyone = [role.pk for role in Group.objects.all()]
    superuser = UserFactory(is_superuser=True, is_staff=True)

    for account in (administrator, superuser):
        assert save_user(desk, account, groups=everyone).status_code == 403
        assert account.groups.count() <= 1


def test_a_closed_account_leaves_the_directory_at_once_and_comes_back_when_opened(desk):
    profile = ProfileFactory(public=True)

    save_user(desk, profile.user, is_active="")
    assert not DirectoryEntry.objects.filter(profile=profile).exists()

    save_user(desk, profile.user, is_active="on")
    assert DirectoryEntry.objects.filter(profile=profile).exists()


def test_opening_an_account_ends_the_deletion_that_its_owner_asked_for(desk, administrator):
    user = UserFactory()
    erasure.ask(user=user)

    save_user(desk, user, is_active="", is_staff="on")
    assert Erasure.objects.filter(user=user).exists()

    save_user(desk, user, is_active="on")
    user.refresh_from_db()
    assert (user.is_active, Erasure.objects.exists()) == (True, False)
    assert AuditEntry.objects.get(verb="members.erasure_cancelled").actor_id == administrator.pk


def test_an_older_page_of_an_account_takes_no_deletion_back(desk):
    user, role = UserFactory(), Group.objects.get(name="Secretariat")
    older = drawn(desk, user)
    erasure.ask(user=user)

    desk.post(page("user", user), older | {"groups": [role.pk]})

    user.refresh_from_db()
    assert (user.is_active, list(user.groups.all())) == (False, [role])
    assert Erasure.objects.filter(user=user).exists()
    changed = AuditEntry.objects.get(verb="members.user.changed").detail
    assert (changed["fields"], changed["active"]) == (["Roles"], False)


def test_an_older_page_of_an_account_closes_none_that_came_back_and_takes_no_right_away(desk):
    user = UserFactory()
    erasure.ask(user=user)
    older = drawn(desk, user)
    erasure.open_or_close(user=user, active=True, actor=None)
    type(user).objects.filter(pk=user.pk).update(is_staff=True)

    desk.post(page("user", user), older)

    user.refresh_from_db()
    assert (user.is_active, user.is_staff) == (True, True)


@pytest.mark.parametrize("as_superuser", [False, True])
def test_no_account_profile_or_consent_is_made_or_deleted_here(client, administrator, as_superuser):
    administrator.is_superuser = as_superuser
    administrator.save()
    client.force_login(administrator)
    profile = ProfileFactory()
    consents.give(user=profile.user, purpose=Consent.Purpose.TERMS, wording="I have read it.")

    for model, obj in [("user", profile.user), ("profile", profile), ("consent", profile.user.consents.get())]:
        assert client.get(reverse(f"admin:members_{model}_add")).status_code == 403
        opened(client, model, obj, "delete")
        assert client.post(page(model, obj, "delete"), {"post": "yes"}).status_code == 403
        client.post(changelist(model), {"action": "delete_selected", "_selected_action": [obj.pk], "post": "yes"})
        assert type(obj).objects.filter(pk=obj.pk).exists()


# --- profiles ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def everything_told():
    """A member who has filled in every part."""
    profile = ProfileFactory(
        public=True,
        display_name="Aline Uwase",
        headline="Nurse in Namur",
        about="Twenty years in maternity wards",
        country=CountryFactory(code="BE", name="Belgium"),
        place="Jambes",
        ties=[CountryFactory(code="RW", name="Rwanda")],
        languages=[LanguageFactory(code="rw", name="Kinyarwanda")],
        skills=[SkillFactory(name="Midwifery")],
        sectors=[SectorFactory(name="Health care")],
        offers_talks=True,
    )
    senegal = CountryFactory(code="SN", name="Senegal")
    profile.occupations.create(
        title="Head nurse",
        organisation="Clinic of the Meuse",
        country=senegal,
        started_on=date(2019, 3, 1),
        text="Forty beds",
    )
    profile.degrees.create(title="Bachelor in nursing", institution="Haute École", year=2011, level=6)
    window = profile.availabilities.create(
        starts_on=date(2031, 5, 1), ends_on=date(2031, 8, 31), min_weeks=1, max_weeks=6, remote=True
    )
    window.countries.set([senegal])
    profile.links.create(label="Publications", url="https://aline.example/papers")
    return profile


TOLD = {
    "headline": ["Nurse in Namur"],
    "about": ["Twenty years in maternity wards"],
    "photo": ["Photo:"],
    "residence": ["Belgium", "Jambes"],
    "ties": ["Rwanda"],
    "languages": ["Kinyarwanda"],
    "skills": ["Midwifery"],
    "sectors": ["Health care"],
    "career": ["Head nurse · Clinic of the Meuse, Senegal, since March 2019 · Forty beds"],
    "education": ["Bachelor in nursing · Haute École, 2011, European level 6"],
    "offer": ["talks and interviews"],
    "availability": [
        "1 May 2031 to 31 August 2031 · on site or at a distance · at least 1 week · at most 6 weeks · Senegal"
    ],
    "links": ["Publications · https://aline.example/papers"],
}


def keep_to_oneself(profile, *parts):
    audiences = {f"{part}_audience": Audience.ONLY_ME if part in parts else Audience.IOM for part in PARTS}
    Profile.objects.filter(pk=profile.pk).update(**audiences)


@pytest.mark.parametrize("part", PARTS)
def test_a_part_kept_to_oneself_is_not_on_the_page(desk, everything_told, part):
    keep_to_oneself(everything_told, part)

    text = opened(desk, "profile", everything_told).text

    shown = {other for other in PARTS if any(value in text for value in TOLD[other])}
    assert shown == set(PARTS) - {part}


def test_the_team_reads_what_is_for_it_of_somebody_who_is_not_listed(desk, everything_told):
    keep_to_oneself(everything_told)
    Profile.objects.update(listing=Audience.ONLY_ME)

    page = opened(desk, "profile", everything_told)

    assert "Twenty years in maternity wards" in page.text
    assert not page.context["has_absolute_url"]


@pytest.mark.parametrize(
    ("part", "asked", "value"),
    [
        ("headline", {"q": "namur"}, "Nurse in Namur"),
        ("residence", {"country": "BE"}, "Belgium"),
        ("offer", {"offer": "offers_talks"}, "talks and interviews"),
        ("sectors", {}, "sector"),
    ],
)
def test_the_list_its_search_and_its_filters_know_nothing_of_a_part_kept_to_oneself(
    desk, everything_told, part, asked, value
):
    asked = asked or {"sector": everything_told.sectors.get().slug}
    ProfileFactory(country=CountryFactory(code="BE"), headline="Baker", offers_mentoring=True)

    def found():
        return list(desk.get(changelist("profile"), asked).context["cl"].result_list)

    keep_to_oneself(everything_told)
    assert everything_told in found()
    keep_to_oneself(everything_told, part)
    assert everything_told not in found()
    row = desk.get(changelist("profile"), {"q": "uwase"}).text.partition('id="result_list"')[2].partition("</table>")[0]
    assert value not in row


def test_profiles_are_found_by_name_and_by_how_far_they_are_listed(desk, everything_told):
    hidden = ProfileFactory(display_name="Somebody Else")

    def found(**asked):
        return list(desk.get(changelist("profile"), asked).context["cl"].result_list)

    assert found(q="uwase") == found(listed=3) == [everything_told]
    assert found(listed=0) == [hidden]
    assert len(found(listed="x' OR 1=1")) == 2


def test_nothing_in_a_profile_changes_here(desk, everything_told):
    before = Profile.objects.filter(pk=everything_told.pk).values().get()
    opened(desk, "profile", everything_told)

    assert desk.post(page("profile", everything_told), {"display_name": "Other"}).status_code == 403

    assert Profile.objects.filter(pk=everything_told.pk).values().get() == before


def test_the_way_to_the_account_is_for_who_looks_after_accounts(desk, everything_told):
    account = page("user", everything_told.user)
    other = Client()
    other.force_login(staff_of("Project staff"))

    assert account in opened(desk, "profile", everything_told).text
    assert account not in opened(other, "profile", everything_told).text


def test_a_photo_for_the_team_is_seen_by_the_team(desk, everything_told):
    data = BytesIO()
    Image.new("RGB", (40, 40), "teal").save(data, "PNG")
    everything_told.photo = photos.reencoded(SimpleUploadedFile("me.png", data.getvalue()))
    everything_told.save()
    keep_to_oneself(everything_told)

    answer = opened(desk, "profile", everything_told, "photo")
    assert answer.getvalue()[8:12] == b"WEBP"

    keep_to_oneself(everything_told, "photo")
    assert desk.get(page("profile", everything_told, "photo")).status_code == 404


# --- consents and messages --------------------------------------------------------------------------------------------
def test_the_ledger_is_read_in_the_words_that_were_read(client):
    client.force_login(staff_of("Data-protection focal point"))
    profile = ProfileFactory()
    consents.give(user=profile.user, purpose=Consent.Purpose.TERMS, wording="I have read the privacy notice.")
    line = profile.user.consents.get()

    assert "I have read the privacy notice." in opened(client, "consent", line).text
    assert client.post(page("consent", line), {"given": ""}).status_code == 403
    assert readings().filter(verb="read.opened").get().person_id == profile.user_id


def test_the_ledger_is_filtered_by_purpose_answer_and_day(client):
    client.force_login(staff_of("Data-protection focal point"))
    profile = ProfileFactory()
    for purpose in (Consent.Purpose.TERMS, Consent.Purpose.ADULT):
        consents.give(user=profile.user, purpose=purpose, wording="I agree.")
    yesterday = (now() - timedelta(days=1)).isoformat()

    def found(**asked):
        return client.get(changelist("consent"), asked).context["cl"].result_count

    assert found(purpose__exact="terms", given__exact=1) == 1
    assert (found(at__gte=yesterday), found(at__lt=yesterday)) == (2, 0)


@pytest.mark.parametrize("asked", ["password__startswith", "user__email__startswith", "about__contains", "place"])
def test_the_address_line_asks_nothing_that_no_filter_offers(desk, asked):
    assert desk.get(changelist("profile"), {asked: "x"}).status_code == 400


def test_messages_between_members_have_no_place_in_the_administration(admin_client):
    assert Message._meta.label not in {
        f"{app['app_label']}.{model['object_name']}"
        for app in admin_client.get("/admin/").context["app_list"]
        for model in app["models"]
    }
    assert admin_client.get("/admin/members/message/").status_code == 404


# --- cost -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("model", ["user", "profile", "consent"])
def test_a_list_of_people_costs_the_same_for_any_number(client, model, django_assert_max_num_queries):
    user = staff_of("Data-protection focal point" if model == "consent" else "Administrator")
    client.force_login(user)
    role = Group.objects.get(name="Secretariat")
    country, costs = CountryFactory(code="BE"), []
    client.get(changelist(model))  # the words of the taxonomy are in memory from here on
    for more in (1, 2):
        for profile in ProfileFactory.create_batch(more, country=country, offers_talks=True):
            profile.user.groups.add(role)
            consents.give(user=profile.user, purpose=Consent.Purpose.TERMS, wording="I have read it.")
        with django_assert_max_num_queries(12) as queries:
            assert client.get(changelist(model)).status_code == 200
        costs.append(len(queries))

    assert costs[0] == costs[1]
