"""Queueing, planning, deciding and forgetting."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import CharField, F, JSONField, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from apps.core.models import AuditEntry
from apps.outbox import kinds, services
from apps.outbox.models import Lane, MailBatch, MailContent, MailEvent, OutgoingMail, State, Suppression
from apps.outbox.services import NotAllowed, keeping, queueing

pytestmark = [pytest.mark.django_db, pytest.mark.services]
SETTLED, NOW = MailEvent.What.SETTLED, timezone.now


@pytest.fixture
def staff(django_user_model):
    return django_user_model.objects.create(email="secretary@example.org", is_staff=True)


@pytest.fixture
def rung(monkeypatch):
    rung = []
    monkeypatch.setattr(queueing.bell, "ring", rung.append)
    return rung


@pytest.fixture
def words(monkeypatch, some_kinds):
    """What the kinds' templates would say; counts how often it is asked."""
    asked = []

    def rendered(kind, language, context):
        asked.append((kind.name, language, context))
        marks = " ".join(f"[[{name}]]" for name in kind.sample)
        return queueing.Rendered("", "", f"{kind.name} {language}", f"{marks} {context}", "<p></p>")

    monkeypatch.setattr(queueing, "rendered", rendered)
    queueing._words.cache_clear()
    yield asked
    queueing._words.cache_clear()


def queue(**fields):
    row = {"kind": "tests.notice", "to": "amina@example.org", "language": "fr", "values": {"name": "Amina"}}
    return services.queue(**(row | fields))


def fresh(mail):
    return OutgoingMail.objects.get(pk=mail.pk)


def told(mail):
    return [(event.what, event.cause, event.actor_id) for event in mail.events.order_by("pk")]


# --- queueing ---------------------------------------------------------------------------------------------------------
def test_a_queued_mail_has_all_that_a_worker_needs_and_rings_once(words, rung, staff):
    mail = queue(about=7, person=staff, dedupe_key="talk:7")

    assert (mail.state, mail.lane, mail.about_id, mail.person, mail.values) == (
        State.QUEUED,
        Lane.NOTICE,
        7,
        staff,
        {"name": "Amina"},
    )
    assert (mail.content.language, mail.content.subject) == ("fr", "tests.notice fr")
    assert mail.content.placeholders == ["name"]
    assert mail.message_key == fresh(mail).message_key
    assert len(mail.message_key) == 32
    assert rung == ["outbox.deliver"]


def test_the_same_wish_twice_is_one_mail_until_the_first_is_given_up(words, rung, staff):
    first = queue(dedupe_key="talk:7")
    assert queue(dedupe_key="talk:7") == first

    services.withhold(mail=first, actor=staff, reason="Moved")
    again = queue(dedupe_key="talk:7")
    assert again != first
    assert again.message_key == first.message_key
    with pytest.raises(NotAllowed):
        services.retry(mail=first, actor=staff)


def test_words_are_rendered_once_for_each_language_and_kept_once(words, rung):
    for _ in range(3):
        queue()
        queue(language="nl")
        queue(context={"cancelled": True})

    assert len(words) == 3
    assert MailContent.objects.count() == 3


def test_a_kind_that_nobody_registered_and_values_that_do_not_fit_are_refused(words, rung):
    with pytest.raises(kinds.UnknownKind):
        queue(kind="tests.nobody")
    for values in ({}, {"name": "Amina", "more": "x"}):
        with pytest.raises(ValueError, match="wants the values"):
            queue(values=values)
    assert not OutgoingMail.objects.exists()


def test_a_kind_says_how_long_its_mails_are_worth_sending(words, rung, some_kinds):
    kinds.register(
        "tests.code",
        lane=Lane.ACCOUNT,
        when_uncertain=kinds.WhenUncertain.REPEAT,
        sample={"code": ""},
        lives=timedelta(minutes=15),
    )

    mail = queue(kind="tests.code", values={"code": "1"})

    assert abs(mail.expires_at - NOW() - timedelta(minutes=15)) < timedelta(seconds=5)


def test_a_mail_lives_and_dies_with_the_transaction_it_speaks_of(words):
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)

    assert not OutgoingMail.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_with_the_same_wish_queue_one_mail(words, rung, some_kinds):
    def wish(_number):
        try:
            return queue(dedupe_key="talk:7").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert len(set(pool.map(wish, range(10)))) == 1
    assert OutgoingMail.objects.count() == 1


def test_a_list_needs_a_way_out(some_kinds):
    with pytest.raises(ValueError, match="unsubscribe_url"):
        services.content(kind="tests.notice", language="en", subject="News", text="News", list_id="news.example")


# --- planning ---------------------------------------------------------------------------------------------------------
def people(content, count=3):
    sql = """SELECT %s::bigint AS content_id, 'p' || n || '@example.org' AS "to", n AS about_id,
        jsonb_build_object('name', 'P' || n) AS values, 'talk:' || n AS dedupe_key FROM generate_series(1, %s) n"""
    return sql, [content.pk, count]


def test_a_plan_queues_thousands_in_one_statement_and_twice_changes_nothing(words, rung, django_assert_num_queries):
    content = services.contents(kind="tests.notice")["de"]
    with django_assert_num_queries(4):  # a savepoint, the columns, the insert
        assert services.plan_due(kind="tests.notice", rows=people(content, 2000)) == 2000

    assert services.plan_due(kind="tests.notice", rows=people(content, 2001)) == 1
    assert OutgoingMail.objects.filter(lane=Lane.NOTICE, state=State.QUEUED, attempts=0).count() == 2001
    assert rung == ["outbox.deliver"] * 2


def test_a_plan_may_be_a_queryset_and_may_be_empty(words, rung, staff, django_user_model):
    content = services.contents(kind="tests.notice")["en"]
    rows = django_user_model.objects.annotate(
        content_id=Value(content.pk),
        to=F("email"),
        values=Value({"name": "x"}, JSONField()),
        person_id=F("pk"),
        dedupe_key=Concat(Value("talk:"), Cast("pk", output_field=CharField())),
    ).values("content_id", "to", "values", "person_id", "dedupe_key")

    assert services.plan_due(kind="tests.notice", rows=rows) == 1
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.person_id, mail.values) == (staff.email, staff.pk, {"name": "x"})
    assert services.plan_due(kind="tests.notice", rows=rows.none()) == 0


@pytest.mark.django_db(transaction=True)
def test_three_planners_at_once_plan_each_mail_once(words, rung, some_kinds):
    content = services.contents(kind="tests.notice")["en"]

    def plan(_number):
        try:
            return services.plan_due(kind="tests.notice", rows=people(content, 500))
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(plan, range(3))) == 500
    assert OutgoingMail.objects.count() == 500


def test_what_was_moved_is_planned_afresh_even_there_and_back_again(words, rung):
    content = services.contents(kind="tests.notice")["en"]
    services.plan_due(kind="tests.notice", rows=people(content))

    assert services.supersede(kind="tests.notice", about_ids=[1, 2], reason="The event was moved.") == 2
    assert services.plan_due(kind="tests.notice", rows=people(content)) == 2
    assert OutgoingMail.objects.counts() == {"superseded": 2, "queued": 3}
    assert [event.reason for event in MailEvent.objects.all()] == ["The event was moved."] * 2


# --- staff decide -----------------------------------------------------------------------------------------------------
def test_a_failed_mail_is_tried_again_once_however_often_one_clicks(mail, staff, rung):
    failed = mail(state=State.FAILED)
    for _click in range(2):
        services.retry(mail=failed, actor=staff)

    assert fresh(failed).state == State.QUEUED
    assert told(failed) == [("requeued", "staff", staff.pk)]
    assert AuditEntry.objects.filter(verb="outbox.retried", actor_id=staff.pk, target_id=str(failed.pk)).count() == 1


def test_what_was_forgotten_cannot_be_tried_again(mail, staff):
    failed = mail("code", state=State.FAILED, values={})
    with pytest.raises(NotAllowed, match="no longer kept"):
        services.retry(mail=failed, actor=staff)


@pytest.mark.parametrize("state", [State.QUEUED, State.RETRY])
def test_a_waiting_mail_can_be_withheld_with_a_reason(mail, staff, state):
    waiting = mail(state=state)
    for _click in range(2):
        services.withhold(mail=waiting, actor=staff, reason="A wrong date")

    assert fresh(waiting).state == State.WITHHELD
    assert [event.reason for event in waiting.events.all()] == ["A wrong date"]


def test_a_sent_mail_can_be_neither_tried_again_nor_withheld_nor_settled(mail, staff):
    sent = mail(state=State.SENT, sent_at=NOW())
    for decide in (
        lambda: services.retry(mail=sent, actor=staff),
        lambda: services.withhold(mail=sent, actor=staff, reason="x"),
        lambda: services.settle(mail=sent, actor=staff, sent=False, again=True),
    ):
        with pytest.raises(NotAllowed):
            decide()
    assert told(sent) == []


@pytest.mark.parametrize(
    ("how", "state"),
    [
        ({"sent": True}, State.SENT),
        ({"sent": False, "again": True}, State.QUEUED),
        ({"sent": False, "again": False}, State.WITHHELD),
    ],
)
def test_an_uncertain_mail_is_settled_by_a_named_person_once(mail, staff, rung, how, state):
    uncertain = mail(state=State.UNCERTAIN)
    for _click in range(2):
        services.settle(mail=uncertain, actor=staff, **how)

    assert fresh(uncertain).state == state
    assert told(uncertain) == [("settled", "staff", staff.pk)]
    assert rung == (["outbox.deliver"] if state == State.QUEUED else [])


# --- logs and providers tell ------------------------------------------------------------------------------------------
def test_a_log_settles_what_arrived_and_what_did_not(mail, rung):
    there, not_there, certain = (mail(state=s) for s in (State.UNCERTAIN, State.UNCERTAIN, State.FAILED))

    assert services.arrived(message_keys=[there.message_key, certain.message_key], cause="log") == 1
    assert services.not_arrived(message_keys=[not_there.message_key], cause="log") == 1

    assert [fresh(m).state for m in (there, not_there, certain)] == [State.SENT, State.QUEUED, State.FAILED]
    assert told(there) == told(not_there) == [("settled", "log", None)]


def test_a_complaint_is_taken_once_and_ends_all_notices_to_the_address(mail):
    sent = mail(state=State.SENT, sent_at=NOW())
    complaint = {
        "message_key": sent.message_key,
        "what": MailEvent.What.COMPLAINED,
        "cause": "mailgun",
        "provider_event": "e1",
        "suppress_for": Suppression.Reason.COMPLAINED,
    }

    assert services.report(**complaint)
    assert not services.report(**complaint)
    assert not services.report(**complaint | {"message_key": "f" * 32, "provider_event": "e2"})

    assert told(sent) == [("complained", "mailgun", None)]
    assert Suppression.objects.get().key == services.key_of(sent.to)


def test_a_complaint_about_a_mail_that_was_let_be_counts_too(mail):
    let_be = mail(state=State.WITHHELD)

    what, reason = MailEvent.What.COMPLAINED, Suppression.Reason.COMPLAINED
    assert services.report(message_key=let_be.message_key, what=what, cause="mailgun", suppress_for=reason)

    assert told(let_be) == [("complained", "mailgun", None)]
    assert Suppression.objects.exists()


def test_whoever_tells_of_a_mail_had_it(mail):
    uncertain = mail("code", state=State.UNCERTAIN)

    services.report(message_key=uncertain.message_key, what=MailEvent.What.DEFERRED, cause="postmark")

    assert (fresh(uncertain).state, fresh(uncertain).values) == (State.SENT, {})


# --- suppression ------------------------------------------------------------------------------------------------------
def test_an_address_is_known_by_its_hash_only_and_can_come_back(staff):
    services.suppress(address="Amina@Example.org ", reason=Suppression.Reason.BOUNCED)
    services.suppress(address="amina@example.org", reason=Suppression.Reason.COMPLAINED)

    [kept] = Suppression.objects.all()
    assert kept.reason == Suppression.Reason.BOUNCED
    assert "amina" not in " ".join(map(str, vars(kept).values())).lower()
    assert services.lift(address="AMINA@example.org", actor=staff)
    assert not services.lift(address="AMINA@example.org", actor=staff)
    assert not Suppression.objects.exists()


def test_the_hash_hangs_on_a_key_of_its_own(settings):
    settings.SUPPRESSION_KEY = "one"
    first = services.key_of("amina@example.org")
    settings.SUPPRESSION_KEY = "two"

    assert services.key_of("amina@example.org") != first


# --- forgetting -------------------------------------------------------------------------------------------------------
def test_after_ninety_days_mails_and_unused_texts_go_and_a_batch_keeps_its_figures(mail, monkeypatch):
    old = NOW() - timedelta(days=91)
    gone = [mail("bulk", state=State.SENT, sent_at=old) for _ in range(3)] + [mail("bulk", state=State.FAILED)]
    waiting, young = mail("notice"), mail("notice", state=State.SENT, sent_at=NOW())
    MailEvent.objects.create(mail=gone[0], what=MailEvent.What.BOUNCED, cause="log")
    OutgoingMail.objects.exclude(pk=young.pk).update(created_at=old)
    MailContent.objects.update(created_at=old)
    monkeypatch.setattr(keeping, "AT_ONCE", 3)

    assert services.keep_tidy() == {"mails": 4, "contents": 1}

    assert set(OutgoingMail.objects.all()) == {waiting, young}
    assert MailContent.objects.count() == 1
    assert MailBatch.objects.get().figures == {"sent": 3, "failed": 1}
    assert AuditEntry.objects.filter(verb="outbox.tidied").count() == 1
