"""What staff see of the outbox: a list without addresses, the story of one mail for a purpose, and no secret at all."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from apps.core.models import AuditEntry
from apps.outbox import kinds
from apps.outbox.models import Lane, MailBatch, MailEvent, OutgoingMail, State, Suppression
from apps.outbox.permissions import can_decide, can_read_outbox

from .factories import MailBatchFactory, MailContentFactory, OutgoingMailFactory, SuppressionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("some_kinds")]

WHY = "The member asks why no mail came"
LIST = "admin:outbox_outgoingmail_changelist"


def page(mail, name="change"):
    return reverse(f"admin:outbox_outgoingmail_{name}", args=[mail.pk])


def opened(client, mail, name="change"):
    client.post(page(mail, name), {"then": "open", "purpose": WHY})
    return client.get(page(mail, name))


def found(client, **asked):
    return list(client.get(reverse(LIST), asked).context["cl"].result_list)


def rows(response):
    table = response.text.partition('id="result_list"')[2].partition("</table>")[0]
    return [re.sub(r"\s*<[^>]*>\s*", " ", row).split("  ") for row in table.split("<tr>")[2:]]


# --- who --------------------------------------------------------------------------------------------------------------
ROLES = {
    "Administrator": (True, True),
    "Communications staff": (True, True),
    "Data-protection focal point": (False, False),
    "Project staff": (False, False),
    "Secretariat": (False, False),
}


@pytest.mark.parametrize(("role", "may"), ROLES.items())
def test_the_lists_and_the_rule_agree(staff_of, role, may):
    mail = OutgoingMailFactory(lane=Lane.BULK)
    event = MailEvent.objects.create(mail=mail, what=MailEvent.What.RETRY, cause="w1")
    user = staff_of(role)

    assert (can_read_outbox(user), can_decide(user)) == may
    for model, all_of_it in [(OutgoingMail, [mail]), (MailBatch, [mail.batch]), (MailEvent, [event])]:
        assert list(model.objects.visible_to(user)) == (all_of_it if can_read_outbox(user) else [])


def test_the_hashes_of_addresses_are_for_administrators_and_the_focal_point(staff_of):
    SuppressionFactory()

    assert {role for role in ROLES if Suppression.objects.visible_to(staff_of(role)).exists()} == {
        "Administrator",
        "Data-protection focal point",
    }


def test_to_decide_one_has_to_see(somebody):
    user = somebody(is_staff=True)
    user.user_permissions.add(*user.user_permissions.model.objects.filter(codename="decide_outgoingmail"))

    assert not can_decide(user)


# --- the list ---------------------------------------------------------------------------------------------------------
def test_a_row_tells_everything_but_the_address(desk):
    kinds.register("tests.notice", lane=Lane.NOTICE, when_uncertain="drop", sample={}, title="Reminder")
    OutgoingMailFactory(
        to="amina.diallo@example.org",
        state=State.FAILED,
        smtp_code=550,
        smtp_text="5.1.1 <amina.diallo@example.org>: no such user, says postmaster@mx.example.org",
    )

    response = desk.get(reverse(LIST))

    assert "amina" not in response.text
    [row] = rows(response)
    text = " ".join(row)
    for part in ("Failed", "550 5.1.1", "a…@example.org", "p…@mx.example.org", "Reminder", "Notice"):
        assert part in text


def test_a_row_says_when_it_was_sent_or_will_be_tried(desk):
    OutgoingMailFactory(state=State.RETRY, next_attempt_at=datetime(2031, 5, 4, 10, tzinfo=UTC))
    OutgoingMailFactory(state=State.SENT, sent_at=datetime(2031, 5, 3, 10, tzinfo=UTC))

    sent, retried = rows(desk.get(reverse(LIST)))

    assert "next attempt 4 May 2031, 12:00" in " ".join(retried)
    assert "3 May 2031, 12:00" in " ".join(sent)


def test_mails_are_filtered_by_state_lane_kind_and_batch(desk):
    notice = OutgoingMailFactory()
    failed = OutgoingMailFactory(state=State.FAILED)
    bulk = OutgoingMailFactory(lane=Lane.BULK, content__kind="tests.bulk")

    assert found(desk, state__exact="failed") == [failed]
    assert found(desk, lane__exact=3) == found(desk, kind="tests.bulk") == found(desk, batch=bulk.batch_id) == [bulk]
    assert found(desk, batch="x' OR 1=1") == [bulk, failed, notice]
    assert found(desk, batch="9" * 40) == found(desk, kind="tests.nothing") == []


def test_a_mail_is_found_by_its_number_its_message_id_and_its_whole_address(desk):
    mail, _other = OutgoingMailFactory(to="Amina@example.org"), OutgoingMailFactory()
    mail.refresh_from_db()

    for name in (mail.pk, mail.message_id, f" {mail.message_key.upper()} ", "amina@EXAMPLE.org"):
        assert found(desk, q=name) == [mail]
    for name in ("amina", "example.org", mail.message_key[:31], "tests:", "9" * 40):
        assert found(desk, q=name) == []


def test_the_list_and_each_search_are_written_down_without_what_was_searched(desk, administrator):
    desk.get(reverse(LIST))
    desk.get(reverse(LIST), {"q": "amina@example.org"})

    entries = AuditEntry.objects.order_by("pk")
    assert [(entry.verb, entry.actor_id, entry.detail) for entry in entries] == [
        ("read.listed", administrator.pk, {"model": "outbox.OutgoingMail", "searched": searched})
        for searched in (False, True)
    ]


@pytest.mark.parametrize("asked", [{}, {"state__exact": "uncertain"}, {"q": "reader@example.org"}])
def test_the_list_costs_the_same_for_any_number_and_reads_no_values(desk, asked, django_assert_max_num_queries):
    costs, there = [], 0
    for more in (1, 2):
        there += more
        OutgoingMailFactory.create_batch(more, to="reader@example.org", state=State.UNCERTAIN, lane=Lane.BULK)
        with django_assert_max_num_queries(10) as queries:
            assert len(found(desk, **asked)) == there
        costs.append(len(queries))

    assert costs[0] == costs[1]
    assert [query["sql"] for query in queries if '"outbox_outgoingmail"."values"' in query["sql"]] == []
    assert sum("COUNT(" in query["sql"] for query in queries) == 1


@pytest.mark.parametrize("asked", [{"_facets": "1"}, {"o": "1.2.3.4"}])
def test_nothing_in_the_address_line_makes_the_list_read_the_whole_table(desk, asked, django_assert_max_num_queries):
    OutgoingMailFactory()

    with django_assert_max_num_queries(10) as queries:
        desk.get(reverse(LIST), asked)

    assert sum("COUNT(" in query["sql"] for query in queries) == 1
    assert [query["sql"] for query in queries if "ORDER BY" in query["sql"] and '"lane"' in query["sql"][-80:]] == []


# --- the story of one mail --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["change", "history", "body"])
@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_a_mail_is_opened_only_by_who_says_why(desk, method, name):
    mail = OutgoingMailFactory(to="amina@example.org")

    answer = getattr(desk, method)(page(mail, name))

    assert answer.templates[0].name == "admin/purpose.html"
    assert "amina" not in answer.text
    assert not AuditEntry.objects.filter(verb="read.opened").exists()


def test_the_person_will_see_who_opened_it_and_why(desk, administrator, somebody):
    mail = OutgoingMailFactory(person=somebody())

    opened(desk, mail)

    entry = AuditEntry.objects.get(verb="read.opened")
    assert (entry.actor_id, entry.person_id, entry.purpose) == (administrator.pk, mail.person_id, WHY)
    assert (entry.target_type, entry.target_id) == ("outbox.OutgoingMail", str(mail.pk))


def test_the_story_names_every_moment_in_its_order_and_who_caused_it(desk, administrator):
    start = timezone.now() - timedelta(hours=1)
    moment = iter(start + timedelta(minutes=minute) for minute in range(10))
    mail = OutgoingMailFactory(
        state=State.SENT,
        created_at=next(moment),
        claimed_at=next(moment),
        handover_at=next(moment),
        started_at=next(moment),
        sent_at=next(moment),
        smtp_code=250,
        smtp_text="2.0.0 Ok: queued as 4D2C",
    )
    what = MailEvent.What
    told = {"mail": mail, "smtp_code": None}
    MailEvent.objects.create(**told | {"at": next(moment), "what": what.UNCERTAIN, "cause": "reaper", "reason": "Lost"})
    MailEvent.objects.create(
        **told | {"at": next(moment), "what": what.SETTLED, "cause": "staff", "actor_id": administrator.pk}
    )
    MailEvent.objects.create(**told | {"at": next(moment), "what": what.WITHHELD, "cause": "staff", "actor_id": 10**9})
    MailEvent.objects.create(
        **told | {"at": next(moment), "what": what.BOUNCED, "cause": "mailgun", "smtp_code": 550, "reason": "No user"}
    )

    told = [(moment.what, moment.detail, moment.by) for moment in opened(desk, mail).context["moments"]]

    assert told == [
        ("Queued", "", ""),
        ("Taken", "", ""),
        ("Handover of its batch began", "", ""),
        ("Its own handover began", "", ""),
        ("Sent", "250 2.0.0 Ok: queued as 4D2C", ""),
        ("Uncertain", "Lost", "reaper"),
        ("Settled", "", administrator.email),
        ("Withheld", "", "Account 1000000000"),
        ("Came back", "550 No user", "mailgun"),
    ]


def test_a_notice_is_read_with_its_headers_its_text_and_its_html_in_a_frame(desk):
    mail = OutgoingMailFactory(to="amina@example.org", values={"name": "Aïssa <b>"})
    mail.refresh_from_db()

    story = opened(desk, mail)
    body = desk.get(page(mail, "body"))

    headers = dict(story.context["headers"])
    assert headers["To"] == "amina@example.org"
    assert headers["Subject"] == "News for Aïssa <b>"
    assert headers["Message-ID"] == mail.message_id
    assert "Date" not in headers
    assert story.context["filled"].text == "Hello Aïssa <b>\n"
    assert f'<iframe sandbox src="{page(mail, "body")}"' in story.text
    assert "<p>Hello" not in story.text
    assert body.text == "<p>Hello Aïssa &lt;b&gt;</p>"


@pytest.mark.parametrize("fields", [{"content__blanked_at": datetime(2031, 1, 1, tzinfo=UTC)}, {"values": {}}])
def test_a_mail_whose_text_was_let_go_of_or_is_broken_still_has_its_story(desk, fields):
    mail = OutgoingMailFactory(**fields)

    story = opened(desk, mail)

    assert "Its text was let go of, or cannot be put together." in story.text
    assert "<iframe" not in story.text
    assert desk.get(page(mail, "body")).status_code == 404


def test_nothing_is_changed_made_or_deleted_here(admin_client):
    mail = OutgoingMailFactory(lane=Lane.BULK)
    before = OutgoingMail.objects.values().get()
    opened(admin_client, mail)

    assert admin_client.post(page(mail), {"state": "sent", "to": "x@example.org"}).status_code == 403
    for model, obj in [("outgoingmail", mail), ("mailbatch", mail.batch), ("suppression", SuppressionFactory())]:
        assert admin_client.get(reverse(f"admin:outbox_{model}_add")).status_code == 403
        assert admin_client.post(reverse(f"admin:outbox_{model}_delete", args=[obj.pk])).status_code in {403, 200}
        admin_client.post(
            reverse(f"admin:outbox_{model}_changelist"),
            {"action": "delete_selected", "_selected_action": [obj.pk], "post": "yes"},
        )
    assert OutgoingMail.objects.values().get() == before
    assert MailBatch.objects.exists()
    assert Suppression.objects.exists()


@pytest.mark.parametrize("model", ["mailcontent", "mailevent"])
def test_contents_and_events_have_no_list_of_their_own(admin_client, model):
    assert admin_client.get(f"/admin/outbox/{model}/").status_code == 404


# --- what nobody of the staff reads -----------------------------------------------------------------------------------
CANARY = "qz77canary"


def secret_mail(of):
    """An account mail with its code; a message of one person to another; a kind that nobody registers any more."""
    kinds.register("tests.message", lane=Lane.NOTICE, when_uncertain="repeat", sample={"name": "A"}, private=True)
    kind, lane = {
        "account": ("tests.code", Lane.ACCOUNT),
        "private": ("tests.message", Lane.NOTICE),
        "forgotten": ("tests.gone", Lane.NOTICE),
    }[of]
    texts = dict.fromkeys(["subject", "text", "html", "sender"], f"{CANARY} [[name]]")
    content = MailContentFactory(kind=kind, **texts)
    return OutgoingMailFactory(content=content, lane=lane, values={"name": CANARY}, state=State.UNCERTAIN)


@pytest.mark.parametrize("as_superuser", [False, True])
@pytest.mark.parametrize("of", ["account", "private", "forgotten"])
def test_no_page_of_the_administration_shows_what_a_secret_mail_says(desk, administrator, of, as_superuser):
    administrator.is_superuser = as_superuser
    administrator.save()
    mail = secret_mail(of)
    mail.refresh_from_db()
    opened(desk, mail)
    asked = {"app_label": "outbox", "model_name": "mailevent", "field_name": "mail", "term": str(mail.pk)}
    ways = [
        (page(mail), {}),
        (page(mail), {"_popup": "1"}),
        (page(mail), {"width": "375", "scheme": "dark"}),
        (page(mail, "history"), {}),
        (page(mail, "delete"), {}),
        (page(mail, "body"), {}),
        (reverse("admin:outbox_outgoingmail_change", args=[mail.message_key]), {"_to_field": "message_key"}),
        (reverse(LIST), {"q": str(mail.pk)}),
        (reverse(LIST), {"state__exact": "uncertain", "_facets": "1"}),
        (reverse("admin:outbox_outgoingmail_status"), {}),
        (reverse("admin:autocomplete"), asked),
    ]

    answers = {f"{address} {query}": desk.get(address, query) for address, query in ways}

    assert [way for way, answer in answers.items() if CANARY in answer.text] == []
    assert desk.get(page(mail, "body")).status_code == 404
    assert "for its reader only" in desk.get(page(mail)).text


@pytest.mark.parametrize(
    "lookup",
    [
        "values__name", "values__name__startswith", "values__icontains", "content__text__contains", "content__subject",
        "content__html__contains", "to", "to__startswith", "person__email__startswith", "person__password__startswith",
        "dedupe_key__contains", "smtp_text__contains", "message_key__startswith", "events__reason__contains",
    ],
)  # fmt: skip
def test_the_address_line_asks_nothing_that_no_filter_offers(desk, lookup):
    secret_mail("account")

    assert desk.get(reverse(LIST), {lookup: CANARY[:4]}).status_code == 400


@pytest.mark.parametrize("lookup", ["mails__to__startswith", "mails__values__name", "mails__content__text__contains"])
def test_nor_through_a_batch(desk, lookup):
    MailBatchFactory()

    assert desk.get(reverse("admin:outbox_mailbatch_changelist"), {lookup: "a"}).status_code == 400


@pytest.mark.parametrize("term", [CANARY, "tests.code", "1"])
def test_the_search_finds_no_secret(desk, term):
    secret_mail("account")

    assert found(desk, q=CANARY) == []


def test_an_account_mail_is_opened_without_reading_its_content_or_values(desk, django_assert_max_num_queries):
    mail = secret_mail("account")
    opened(desk, mail)

    with django_assert_max_num_queries(12) as queries:
        desk.get(page(mail))

    touched = [query["sql"] for query in queries if "outbox_mailcontent" in query["sql"] or '"values"' in query["sql"]]
    assert touched == []


def test_the_account_named_in_a_story_is_the_one_that_gets_the_mail(desk, somebody):
    mail = OutgoingMailFactory(person=somebody())

    assert reverse(f"admin:{get_user_model()._meta.label_lower.replace('.', '_')}_change", args=[mail.person_id]) in (
        opened(desk, mail).text
    )
