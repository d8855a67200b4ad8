"""The privacy centre: consents one by one, who has looked, with whom data are shared."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.core import audit
from apps.core.models import AuditEntry
from apps.core.tests.factories import CountryFactory
from apps.members.forms.privacy import AGREED, NEEDED, WITHDRAWN
from apps.members.models import Audience, Consent, DataGrant, DirectoryEntry, Facet
from apps.members.services import consents, grants
from apps.members.signals import consent_withdrawn, grant_withdrawn
from apps.members.tests.factories import ProfileFactory, UserFactory

pytestmark = pytest.mark.django_db
CENTRE = "members:privacy"


@pytest.fixture
def profile():
    return ProfileFactory(listed=True)


@pytest.fixture
def browser(profile):
    client = Client()
    client.force_login(profile.user)
    return client


def text_of(response):
    return " ".join(response.content.decode().split())


def share(user, **fields):
    given = {"to": "Hospital of Kigali", "parts": ["CV"], "purpose": "A mission", "wording": "Yes, share my CV."}
    return grants.share(user=user, **given | fields)


@pytest.fixture
def heard():
    """The signals that were sent meanwhile."""
    told = []

    def listen(signal, sender, **kwargs):
        told.append(kwargs)

    for signal in (consent_withdrawn, grant_withdrawn):
        signal.connect(listen)
    yield told
    for signal in (consent_withdrawn, grant_withdrawn):
        signal.disconnect(listen)


# --- consents ---------------------------------------------------------------------------------------------------------
def test_every_purpose_is_either_needed_for_an_account_or_has_its_words():
    assert set(AGREED) == set(WITHDRAWN) == set(Consent.Purpose) - NEEDED


def test_the_page_shows_each_consent_in_the_words_and_the_language_that_were_read(browser, profile):
    consents.give(user=profile.user, purpose=Consent.Purpose.TERMS, wording="J’ai lu <tout>.")
    Consent.objects.create(user=profile.user, purpose="ties", given=True, wording="Ik ga akkoord.", language="nl")

    page = text_of(browser.get(reverse(CENTRE)))

    assert "J’ai lu &lt;tout&gt;." in page
    assert '<blockquote lang="nl">Ik ga akkoord.</blockquote>' in page
    assert "in Nederlands" in page


def test_nobody_sees_the_consents_of_another(browser):
    consents.give(user=UserFactory(), purpose=Consent.Purpose.TERMS, wording="Somebody else's words.")

    assert "Somebody else" not in text_of(browser.get(reverse(CENTRE)))


def test_taking_back_the_ties_clears_them_everywhere_at_once(browser, profile):
    rwanda = CountryFactory()
    profile.ties.add(rwanda)
    profile.ties_audience = Audience.MEMBERS
    profile.save()
    consents.give(user=profile.user, purpose=Consent.Purpose.TIES, wording="Yes.")
    ProfileFactory._after_postgeneration(profile, True)
    token = Facet.TIE.token(rwanda.pk)
    assert DirectoryEntry.objects.filter(facets__contains=[token]).exists()

    page = browser.get(reverse("members:privacy-consent", args=["ties"]))
    browser.post(reverse("members:privacy-consent", args=["ties"]), {"withdraw": ""})

    profile.refresh_from_db()
    assert str(WITHDRAWN["ties"]) in page.content.decode()
    assert list(profile.ties.all()) == []
    assert profile.ties_audience == Audience.ONLY_ME
    assert not DirectoryEntry.objects.filter(facets__contains=[token]).exists()
    newest = profile.user.consents.order_by("-pk").first()
    assert (newest.given, newest.wording) == (False, str(WITHDRAWN["ties"]))


def test_a_withdrawal_is_told_once_in_its_transaction(profile, heard):
    for _ in range(2):
        consents.withdraw(user=profile.user, purpose=Consent.Purpose.MATCHING, wording="No.")
    assert heard == []

    consents.give(user=profile.user, purpose=Consent.Purpose.MATCHING, wording="Yes.")
    for _ in range(2):
        consents.withdraw(user=profile.user, purpose=Consent.Purpose.MATCHING, wording="No.")

    assert heard == [{"user": profile.user, "purpose": Consent.Purpose.MATCHING}]


def test_a_consent_is_given_in_exactly_the_words_of_the_page(browser, profile):
    address = reverse("members:privacy-consent", args=["matching"])

    page = browser.get(address)
    browser.post(address, {"give": ""})

    line = profile.user.consents.get()
    assert line.wording in page.content.decode()
    assert (line.purpose, line.given, line.language) == ("matching", True, "en")


@pytest.mark.parametrize("purpose", ["terms", "adult", "nothing"])
def test_what_an_account_needs_is_not_taken_back_here(browser, purpose):
    assert browser.get(reverse("members:privacy-consent", args=[purpose])).status_code == 404
    assert browser.post(reverse("members:privacy-consent", args=[purpose]), {"withdraw": ""}).status_code == 404


def test_a_post_that_says_nothing_changes_nothing(browser, profile):
    browser.post(reverse("members:privacy-consent", args=["matching"]))

    assert not profile.user.consents.exists()


# --- who has looked ---------------------------------------------------------------------------------------------------
def test_the_page_says_when_from_which_unit_what_and_why(browser, profile):
    audit.read(actor=None, person=profile.user_id, what="opened", purpose="A call for nurses", target=profile)
    audit.read(actor=None, person=profile.user_id, what="exported", purpose="A list for the embassy")
    audit.read(actor=None, person=UserFactory().pk, what="opened", purpose="Not about this reader")
    audit.record(actor=None, person=profile.user_id, verb="members.about_saved")

    for address in (reverse(CENTRE), reverse("members:privacy-readings")):
        page = text_of(browser.get(address))
        assert "Opened: profile" in page
        assert "A call for nurses" in page
        assert "Taken out of the portal in a list" in page
        assert "A list for the embassy" in page
        assert "Not about this reader" not in page


def test_all_readings_are_there_page_by_page(browser, profile):
    for number in range(30):
        audit.read(actor=None, person=profile.user_id, what="opened", purpose=f"Purpose {number}.")

    first = browser.get(reverse("members:privacy-readings"))
    second = browser.get(reverse("members:privacy-readings") + "?page=2")

    assert [len(page.context["readings"]) for page in (first, second)] == [24, 6]
    assert first.context["readings"][0].purpose == "Purpose 29."


def test_a_reading_of_a_model_that_is_gone_is_still_shown(browser, profile):
    AuditEntry.objects.create(verb="read.somehow", person_id=profile.user_id, target_type="calls.Gone")

    assert "Read" in text_of(browser.get(reverse("members:privacy-readings")))


# --- with whom it is shared -------------------------------------------------------------------------------------------
def test_a_sharing_is_written_with_its_words_and_shown(browser, profile):
    grant = share(profile.user, until=timezone.localdate() + timedelta(days=30))

    page = text_of(browser.get(reverse(CENTRE)))

    assert all(words in page for words in ("Hospital of Kigali", "A mission: CV", "Yes, share my CV."))
    assert AuditEntry.objects.get(verb="members.data_shared").target_id == str(grant.pk)


def test_the_same_sharing_twice_is_one(profile):
    assert share(profile.user) == share(profile.user)
    assert share(profile.user) != share(profile.user, purpose="Another mission")


def test_taking_a_sharing_back_holds_at_once_is_told_and_happens_once(browser, profile, heard):
    grant = share(profile.user)

    for _ in range(2):
        browser.post(reverse("members:privacy-grant-withdraw", args=[grant.pk]))

    grant.refresh_from_db()
    assert grant.withdrawn_at is not None
    assert heard == [{"grant": grant}]
    assert list(DataGrant.objects.in_force()) == []
    assert AuditEntry.objects.filter(verb="members.data_no_longer_shared").count() == 1


def test_a_sharing_that_is_over_is_not_in_force(profile):
    share(profile.user, until=timezone.localdate() - timedelta(days=1))

    assert list(DataGrant.objects.in_force()) == []


def test_nobody_takes_back_the_sharing_of_another(browser):
    grant = share(UserFactory())

    assert browser.post(reverse("members:privacy-grant-withdraw", args=[grant.pk])).status_code == 404


def test_a_sharing_says_to_whom_and_why(profile):
    with pytest.raises(DatabaseError, match="grant_says"), transaction.atomic():
        share(profile.user, to="")


def test_who_has_no_profile_has_a_privacy_centre_too():
    client = Client()
    client.force_login(UserFactory())

    assert client.get(reverse(CENTRE)).status_code == 200


@pytest.mark.parametrize(("purpose", "where"), [("ties", "members:profile-ties"), ("digest", "members:matching")])
def test_what_comes_with_a_choice_is_given_where_one_chooses(browser, profile, purpose, where):
    address = reverse("members:privacy-consent", args=[purpose])

    assert browser.get(address)["Location"] == reverse(where)
    browser.post(address, {"give": ""})
    assert not profile.user.consents.exists()
    assert reverse(where) in browser.get(reverse(CENTRE)).content.decode()


def test_taking_back_the_digest_stops_it_at_once(browser, profile):
    consents.give(user=profile.user, purpose=Consent.Purpose.DIGEST, wording="Yes.")
    profile.match_pace = 7
    profile.save()

    browser.post(reverse("members:privacy-consent", args=["digest"]), {"withdraw": ""})

    profile.refresh_from_db()
    assert profile.match_pace == 0
