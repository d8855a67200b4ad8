"""What staff decide about mails and batches: with a name, for a reason where one is needed, and once only."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from apps.core.models import AuditEntry
from apps.outbox.models import MailBatch, MailEvent, OutgoingMail, State

from .factories import MailBatchFactory, OutgoingMailFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("some_kinds")]

LIST = "admin:outbox_outgoingmail_changelist"
WHY = "The meeting was moved"

# decision, the state it is for, the state it leads to, the event that it leaves
WAYS = [
    ("retry", State.FAILED, State.QUEUED, "requeued"),
    ("retry", State.WITHHELD, State.QUEUED, "requeued"),
    ("retry", State.RETRY, State.QUEUED, "requeued"),
    ("withhold", State.QUEUED, State.WITHHELD, "withheld"),
    ("withhold", State.RETRY, State.WITHHELD, "withheld"),
    ("arrived", State.UNCERTAIN, State.SENT, "settled"),
    ("again", State.UNCERTAIN, State.QUEUED, "settled"),
    ("let_be", State.UNCERTAIN, State.WITHHELD, "settled"),
]
STORY, ROWS = "on the mail's own page", "in the list"


def press(client, way, decision, *mails, **more):
    """A button on one mail, or the same as an action on rows."""
    if way == STORY:
        address = reverse("admin:outbox_outgoingmail_decide", args=[mails[0].pk])
        return client.post(address, {"decision": decision, "reason": WHY} | more)
    data = {"action": decision, "_selected_action": [mail.pk for mail in mails], "reason": WHY}
    return client.post(reverse(LIST), data | more)


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def state_of(mail):
    return OutgoingMail.objects.get(pk=mail.pk).state


def decided(mail):
    return list(mail.events.order_by("pk").values_list("what", "cause", "actor_id"))


# --- mails ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("way", [STORY, ROWS])
@pytest.mark.parametrize(("decision", "state", "after", "event"), WAYS)
def test_a_decision_moves_the_mail_and_names_who_took_it(
    desk, administrator, somebody, way, decision, state, after, event
):
    mail = OutgoingMailFactory(state=state, person=somebody())

    press(desk, way, decision, mail)

    assert state_of(mail) == after
    assert decided(mail) == [(event, "staff", administrator.pk)]
    entry = AuditEntry.objects.exclude(verb="read.listed").get()
    assert (entry.actor_id, entry.person_id, entry.target_id) == (administrator.pk, mail.person_id, str(mail.pk))


@pytest.mark.parametrize("way", [STORY, ROWS])
@pytest.mark.parametrize(("decision", "state", "after", "event"), WAYS)
def test_a_second_click_changes_nothing(desk, administrator, way, decision, state, after, event):
    mail = OutgoingMailFactory(state=state)
    press(desk, way, decision, mail)
    row = OutgoingMail.objects.filter(pk=mail.pk).values().get()

    press(desk, way, decision, mail)

    assert OutgoingMail.objects.filter(pk=mail.pk).values().get() == row
    assert decided(mail) == [(event, "staff", administrator.pk)]


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("decision", ["retry", "withhold", "arrived", "again", "let_be"])
def test_a_state_that_does_not_allow_it_is_said_in_a_plain_sentence(desk, decision, state):
    if (decision, state) in {(name, str(before)) for name, before, _after, _event in WAYS}:
        return
    mail = OutgoingMailFactory(state=state)

    response = press(desk, STORY, decision, mail)

    assert state_of(mail) == state
    assert decided(mail) == []
    [sentence] = said(response)
    wished = state == {"retry": "queued", "again": "queued", "arrived": "sent"}.get(decision, "withheld")
    assert wished or sentence == (
        f"Mail {mail.pk}: This cannot be done with a mail in this state: {mail.get_state_display()}."
    )


@pytest.mark.parametrize("way", [STORY, ROWS])
@pytest.mark.parametrize("reason", ["", "x", "y" * 201])
def test_a_mail_is_withheld_for_a_reason_only(desk, way, reason):
    mail = OutgoingMailFactory()

    asked = press(desk, way, "withhold", mail, reason=reason)

    assert asked.context["form"].errors
    assert state_of(mail) == State.QUEUED
    kept = dict(asked.context["kept"])
    desk.post(asked.wsgi_request.get_full_path(), kept | {"reason": WHY})
    assert state_of(mail) == State.WITHHELD
    assert mail.events.get().reason == WHY


def test_choosing_to_withhold_rows_asks_why_before_anything_happens(desk):
    mails = OutgoingMailFactory.create_batch(2)
    data = {"action": "withhold", "_selected_action": [mail.pk for mail in mails]}

    asked = desk.post(reverse(LIST), data)

    assert not asked.context["form"].is_bound
    assert asked.context["count"] == 2
    assert "This concerns 2 mails." in asked.text
    assert not MailEvent.objects.exists()


def test_of_the_rows_chosen_those_in_another_state_stay_as_they_are(desk):
    failed, sent, queued = (OutgoingMailFactory(state=state) for state in ("failed", "sent", "queued"))

    response = press(desk, ROWS, "retry", failed, sent, queued)

    assert [state_of(mail) for mail in (failed, sent, queued)] == ["queued", "sent", "queued"]
    assert said(response) == [
        "1 mail is queued again.",
        "2 mails stayed as they were, because their state allows nothing else.",
    ]


def test_one_press_decides_about_a_thousand_at_most_and_says_so(desk, monkeypatch):
    monkeypatch.setattr("apps.outbox.admin.mails.AT_ONCE", 2)
    mails = OutgoingMailFactory.create_batch(3, state=State.UNCERTAIN)

    response = press(desk, ROWS, "arrived", mails[0], select_across="1")

    assert [state_of(mail) for mail in mails] == ["sent", "sent", "uncertain"]
    assert said(response)[-1] == "These were the first thousand: do the same again for the next."


def test_where_another_mail_took_its_place_the_service_s_reason_is_shown(desk):
    given_up = OutgoingMailFactory(state=State.WITHHELD, dedupe_key="the same wish")
    OutgoingMailFactory(dedupe_key="the same wish")

    response = press(desk, STORY, "retry", given_up)

    assert state_of(given_up) == State.WITHHELD
    assert said(response)[0].startswith(f"Mail {given_up.pk}: ")


def test_the_codes_of_an_account_mail_that_are_gone_are_not_sent_again(desk):
    mail = OutgoingMailFactory(lane=1, content__kind="tests.code", state=State.FAILED, values={})

    press(desk, STORY, "retry", mail)

    assert state_of(mail) == State.FAILED


@pytest.mark.parametrize(("back", "route"), [("", "change"), ("status", "status"), ("//evil.example", "change")])
def test_after_a_decision_one_is_back_where_one_was(desk, back, route):
    mail = OutgoingMailFactory(state=State.FAILED)

    response = press(desk, STORY, "retry", mail, back=back)

    assert response.url == reverse(f"admin:outbox_outgoingmail_{route}", args=[mail.pk] if route == "change" else [])


@pytest.mark.parametrize("state", State.values)
def test_a_story_offers_the_decisions_that_its_state_allows(desk, state):
    mail = OutgoingMailFactory(state=state)
    story = reverse("admin:outbox_outgoingmail_change", args=[mail.pk])
    desk.post(story, {"then": "open", "purpose": "The member asks why no mail came"})

    offered = [decision.name for decision in desk.get(story).context["decisions"]]

    assert offered == list(dict.fromkeys(name for name, before, _after, _event in WAYS if before == state))


@pytest.mark.parametrize("way", [STORY, ROWS])
@pytest.mark.parametrize("decision", ["retry", "withhold"])
def test_who_only_reads_the_outbox_decides_nothing(client, somebody, way, decision):
    reader = somebody(is_staff=True)
    rights = reader.user_permissions.model.objects
    reader.user_permissions.add(rights.get(codename="view_outgoingmail"), rights.get(codename="view_mailbatch"))
    client.force_login(reader)
    mail = OutgoingMailFactory(state=State.RETRY)
    batch = MailBatchFactory()

    press(client, way, decision, mail)
    client.post(reverse("admin:outbox_mailbatch_pause", args=[batch.pk]), {"reason": WHY})

    assert state_of(mail) == State.RETRY
    assert not MailBatch.objects.paused().exists()
    assert client.get(reverse("admin:outbox_outgoingmail_status")).context["decisions"] == []


@pytest.mark.parametrize("decision", ["", "delete", "__class__"])
def test_what_is_no_decision_is_refused(desk, decision):
    assert press(desk, STORY, decision, OutgoingMailFactory()).status_code == 400


# --- batches ----------------------------------------------------------------------------------------------------------
def test_a_batch_says_how_many_of_its_mails_are_in_which_state(desk):
    batch = MailBatchFactory(figures={"sent": 40, "failed": 1})
    for state in ("queued", "sent", "sent"):
        OutgoingMailFactory(lane=3, batch=batch, state=state)
    OutgoingMailFactory(lane=3)

    page = desk.get(reverse("admin:outbox_mailbatch_changelist"))

    assert "Queued: 1, Sent: 42, Failed: 1" in page.text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_batches_costs_the_same_for_any_number(desk, count, django_assert_num_queries):
    for batch in MailBatchFactory.create_batch(count):
        OutgoingMailFactory.create_batch(2, lane=3, batch=batch)

    # The session, the account, its own rights and its roles', how many batches, the batches, is it a demonstration?
    with django_assert_num_queries(6):
        page = desk.get(reverse("admin:outbox_mailbatch_changelist"))

    assert page.context["cl"].result_count == count


def test_a_batch_is_paused_for_a_reason_and_goes_on(desk, administrator):
    batch = MailBatchFactory()
    pause, resume = (reverse(f"admin:outbox_mailbatch_{name}", args=[batch.pk]) for name in ("pause", "resume"))

    assert desk.post(pause, {"reason": ""}).context["form"].errors
    assert not MailBatch.objects.paused().exists()

    for _click in range(2):
        desk.post(pause, {"reason": "The link leads nowhere"})
    assert MailBatch.objects.paused().get().paused_because == "The link leads nowhere"

    for _click in range(2):
        desk.post(resume)
    assert not MailBatch.objects.paused().exists()
    entries = AuditEntry.objects.order_by("pk").values_list("verb", "actor_id", "target_id")
    assert list(entries) == [(f"outbox.{verb}", administrator.pk, str(batch.pk)) for verb in ("paused", "resumed")]


def test_the_page_of_a_batch_has_the_button_that_fits(desk):
    batch = MailBatchFactory()
    address = reverse("admin:outbox_mailbatch_change", args=[batch.pk])
    pause, resume = (reverse(f"admin:outbox_mailbatch_{name}", args=[batch.pk]) for name in ("pause", "resume"))

    assert (pause in desk.get(address).text, resume in desk.get(address).text) == (True, False)

    MailBatch.objects.update(paused_at=timezone.now())
    assert (pause in desk.get(address).text, resume in desk.get(address).text) == (False, True)
