"""What the providers tell through their webhooks: the payloads of their documentation, as they come in."""

import hashlib
import hmac
import json
from base64 import b64encode

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.urls import reverse

from apps.outbox import provider
from apps.outbox.models import MailEvent, OutgoingMail, State, Suppression

from .factories import OutgoingMailFactory

pytestmark = pytest.mark.django_db

SIGNING_KEY, BASIC = "key-of-the-webhooks", "portal:a long secret"


# --- the providers ----------------------------------------------------------------------------------------------------
class Mailgun:
    name = "mailgun"
    path = "/webhooks/mail/mailgun/"

    def __init__(self, client, mail):
        self.client, self.mail = client, mail

    def event(self, **data):
        headers = {
            "to": self.mail.to,
            "message-id": self.mail.message_id.strip("<>"),
            "from": "no-reply@portal.example",
        }
        return {
            "event": "delivered",
            "id": "hTWCTD81RtiDN-IHVD2nUg",
            "timestamp": 1534108637.153125,
            "log-level": "info",
            "recipient": self.mail.to,
            "recipient-domain": "example.org",
            "tags": [],
            "campaigns": [],
            "user-variables": {"outbox": self.mail.message_key},
            "envelope": {"sender": "no-reply@portal.example", "transport": "smtp", "targets": self.mail.to},
            "message": {"headers": headers, "attachments": [], "size": 809},
            "delivery-status": {"tls": True, "attempt-no": 1, "description": "", "code": 250, "message": "OK"},
        } | data

    def failed(self, code, message, *, reason="bounce", severity="permanent"):
        status = {"attempt-no": 1, "description": "", "code": code, "message": message}
        return self.event(**{"event": "failed", "severity": severity, "reason": reason, "delivery-status": status})

    def unusual(self):
        return self.failed(550, "5.1.1 Gone")

    def tell(self, event, *, token="651869375b9df3c98fc15c4889b102119add1235c38fc92824", key=SIGNING_KEY):  # noqa: S107
        timestamp = "1534108637"
        signature = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
        signed = {"timestamp": timestamp, "token": token, "signature": signature}
        return self.post({"signature": signed, "event-data": event})

    def post(self, payload, **how):
        return self.client.post(self.path, json.dumps(payload), content_type="application/json", **how)


class Postmark:
    name = "postmark"
    path = "/webhooks/mail/postmark/"

    def __init__(self, client, mail):
        self.client, self.mail = client, mail

    def event(self, **data):
        return {
            "RecordType": "Delivery",
            "ServerID": 23,
            "MessageStream": "outbound",
            "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
            "Recipient": self.mail.to,
            "Tag": "welcome-email",
            "DeliveredAt": "2019-11-05T16:33:54.9070259Z",
            "Details": "smtp;250 2.0.0 OK",
            "Metadata": {"outbox": self.mail.message_key},
        } | data

    def bounce(self, kind="HardBounce", *, record="Bounce", details="smtp;550 5.1.1 No such user", number=42):
        bounced = {"RecordType": record, "ID": number, "Type": kind, "TypeCode": 1, "Name": kind, "Details": details}
        bounced |= {"Email": self.mail.to, "BouncedAt": "2019-11-05T16:33:54.9070259Z", "Inactive": True}
        bounced |= {"Description": "The server was unable to deliver your message.", "Subject": "Test subject"}
        return {name: self.event()[name] for name in ("ServerID", "MessageStream", "MessageID", "Metadata")} | bounced

    def unusual(self):
        return self.bounce()

    def subscription(self, reason, *, suppress=True):
        changed = {
            "RecordType": "SubscriptionChange",
            "ChangedAt": "2020-02-01T10:53:34.416071Z",
            "Origin": "Recipient",
        }
        return self.event(**changed, SuppressSending=suppress, SuppressionReason=reason)

    def tell(self, event, *, basic=BASIC):
        return self.post(event, headers={"authorization": f"Basic {b64encode(basic.encode()).decode()}"})

    post = Mailgun.post


@pytest.fixture
def sent(settings):
    settings.ANYMAIL = {"MAILGUN_WEBHOOK_SIGNING_KEY": SIGNING_KEY, "WEBHOOK_SECRET": ""}
    mail = OutgoingMailFactory(state=State.SENT)
    mail.refresh_from_db()
    return mail


@pytest.fixture
def mailgun(client, sent, settings):
    settings.MAIL_PROVIDER = "mailgun"
    return Mailgun(client, sent)


@pytest.fixture
def postmark(client, sent, settings):
    settings.MAIL_PROVIDER = "postmark"
    settings.ANYMAIL = {"MAILGUN_WEBHOOK_SIGNING_KEY": "", "WEBHOOK_SECRET": BASIC}
    return Postmark(client, sent)


@pytest.fixture(params=["mailgun", "postmark"])
def either(request):
    return request.getfixturevalue(request.param)


def story(mail):
    return list(mail.events.order_by("pk").values_list("what", "smtp_code", "reason", "cause"))


def suppressed():
    return list(Suppression.objects.values_list("reason", flat=True))


# --- what both tell ---------------------------------------------------------------------------------------------------
def test_a_delivery_settles_an_uncertain_mail(either):
    uncertain = OutgoingMailFactory(state=State.UNCERTAIN)
    uncertain.refresh_from_db()
    either.mail = uncertain

    assert either.tell(either.event()).status_code == 200

    assert OutgoingMail.objects.get(pk=uncertain.pk).state == State.SENT
    assert [event[0] for event in story(uncertain)] == ["delivered", "settled"]


def test_the_same_event_twice_is_one(either):
    for _ in range(2):
        assert either.tell(either.event()).status_code == 200

    assert [(what, cause) for what, _code, _reason, cause in story(either.mail)] == [("delivered", either.name)]


def test_a_mail_is_found_by_our_id_when_the_provider_replaced_its_message_id(mailgun):
    event = mailgun.event()
    event["message"]["headers"]["message-id"] = "20180812211713.1.DF5966851B4BAA99@mg.provider.example"

    mailgun.tell(event)

    assert len(story(mailgun.mail)) == 1


def test_a_mail_is_found_by_its_message_id_when_the_provider_lost_our_metadata(mailgun):
    mailgun.tell(mailgun.event(**{"user-variables": {}}))

    assert len(story(mailgun.mail)) == 1


def test_somebody_elses_message_id_is_none_of_ours(mailgun):
    event = mailgun.event(**{"user-variables": {}})
    event["message"]["headers"]["message-id"] = f"{mailgun.mail.message_key}@elsewhere.example"

    assert mailgun.tell(event).status_code == 200
    assert not MailEvent.objects.exists()


@pytest.mark.parametrize("key", ["0" * 32, "", None, 7, ["x"], "nobody's", "\x00" * 32])
def test_of_an_unknown_mail_nothing_is_written_down(either, key):
    event = either.event()
    event["Metadata"] = event["user-variables"] = {"outbox": key}
    event["message"] = {"headers": {"message-id": f"{'0' * 32}@elsewhere.example"}}

    assert either.tell(event).status_code == 200
    assert not MailEvent.objects.exists()


def test_our_id_travels_in_the_header_that_each_provider_gives_back():
    assert provider.metadata_header("mailgun", "0a" * 16) == ("X-Mailgun-Variables", f'{{"outbox": "{"0a" * 16}"}}')
    assert provider.metadata_header("postmark", "0a" * 16) == ("X-PM-Metadata-outbox", "0a" * 16)
    assert provider.metadata_header("", "0a" * 16) is None


# --- Mailgun ----------------------------------------------------------------------------------------------------------
GONE = "5.1.1 The email account that you tried to reach\ndoes not exist."


@pytest.mark.parametrize(
    ("failure", "told", "why"),
    [
        ({"code": 550, "message": GONE}, ("bounced", 550, " ".join(GONE.split())), ["bounced"]),
        (
            {"code": 605, "message": "Not delivering to previously bounced address", "reason": "suppress-bounce"},
            ("bounced", None, "Not delivering to previously bounced address"),
            ["bounced"],
        ),
        (
            {"code": 602, "message": "Too old", "reason": "old"},
            ("bounced", None, "Too old"),
            [],
        ),
        (
            {"code": 452, "message": "4.2.2 Mailbox full", "severity": "temporary", "reason": "generic"},
            ("deferred", 452, "4.2.2 Mailbox full"),
            [],
        ),
    ],
)
def test_a_failure_at_mailgun_suppresses_the_address_if_that_was_at_fault(mailgun, failure, told, why):
    mailgun.tell(mailgun.failed(**failure))

    assert story(mailgun.mail) == [(*told, "mailgun")]
    assert suppressed() == why


def test_a_complaint_at_mailgun_ends_the_letters_at_once(mailgun):
    event = mailgun.event(event="complained")
    del event["delivery-status"]

    mailgun.tell(event)

    assert story(mailgun.mail) == [("complained", None, "", "mailgun")]
    assert suppressed() == ["complained"]


def test_mailgun_may_refuse_a_mail_itself(mailgun):
    event = mailgun.event(event="rejected", reject={"reason": "Sandbox subdomains are for test purposes only."})
    del event["delivery-status"]

    mailgun.tell(event)

    assert story(mailgun.mail) == [("bounced", None, "Sandbox subdomains are for test purposes only.", "mailgun")]
    assert suppressed() == []


def test_an_event_that_mailgun_tells_anew_is_known_whatever_its_signature(mailgun):
    """A lost answer, or a webhook for the domain and another one for the account: each is signed for itself."""
    for token in ("a" * 50, "b" * 50):
        assert mailgun.tell(mailgun.failed(550, GONE), token=token).status_code == 200
    mailgun.tell(mailgun.failed(550, GONE) | {"id": "another"}, token="c" * 50)

    assert len(story(mailgun.mail)) == 2


# --- Postmark ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "what", "why"),
    [
        ("HardBounce", "bounced", ["bounced"]),
        ("BadEmailAddress", "bounced", ["bounced"]),
        ("SoftBounce", "bounced", []),
        ("SpamNotification", "bounced", []),
        ("Blocked", "bounced", []),
        ("DMARCPolicy", "bounced", []),
        ("SMTPApiError", "bounced", []),
        ("Transient", "deferred", []),
        ("DnsError", "deferred", []),
    ],
)
def test_a_bounce_at_postmark_suppresses_the_address_if_that_was_at_fault(postmark, kind, what, why):
    postmark.tell(postmark.bounce(kind))

    assert story(postmark.mail) == [(what, 550, "smtp;550 5.1.1 No such user", "postmark")]
    assert suppressed() == why


def test_a_complaint_at_postmark_ends_the_letters_at_once(postmark):
    postmark.tell(postmark.bounce("SpamComplaint", record="SpamComplaint", details="Test spam complaint details"))

    assert story(postmark.mail) == [("complained", None, "Test spam complaint details", "postmark")]
    assert suppressed() == ["complained"]


def test_a_hard_bounce_that_postmark_tells_twice_is_one(postmark):
    postmark.tell(postmark.bounce())
    postmark.tell(postmark.subscription("HardBounce"))

    assert len(story(postmark.mail)) == 1


def test_a_soft_bounce_may_be_followed_by_a_hard_one(postmark):
    postmark.tell(postmark.bounce("SoftBounce"))
    postmark.tell(postmark.bounce("HardBounce"))

    assert len(story(postmark.mail)) == 2
    assert suppressed() == ["bounced"]


# --- what we do not want to know --------------------------------------------------------------------------------------
@pytest.mark.parametrize("event", ["opened", "clicked", "unsubscribed", "accepted", "stored"])
def test_nobody_is_followed_at_mailgun(mailgun, event):
    assert mailgun.tell(mailgun.event(event=event)).status_code == 200
    assert story(mailgun.mail) == []


def test_nobody_is_followed_at_postmark(postmark):
    for event in (
        postmark.event(RecordType="Open", FirstOpen=True, ReceivedAt="2019-11-05T16:33:54.9070259Z"),
        postmark.event(RecordType="Click", OriginalLink="https://portal.example/"),
        postmark.subscription("ManualSuppression"),
        postmark.subscription(None, suppress=False),
        postmark.bounce("AutoResponder"),
    ):
        assert postmark.tell(event).status_code == 200

    assert story(postmark.mail) == []


# --- the door ---------------------------------------------------------------------------------------------------------
def test_whoever_cannot_prove_to_be_the_provider_changes_nothing(mailgun, settings):
    right = mailgun.tell(mailgun.event(event="opened")).wsgi_request
    unsigned = {"event-data": mailgun.event()}
    forged = json.loads(right.body) | unsigned if right else unsigned
    forged["signature"]["token"] = "another"

    assert mailgun.tell(mailgun.event(), key="another key").status_code == 400
    assert mailgun.post(unsigned).status_code == 400
    assert mailgun.post(forged).status_code == 400
    settings.ANYMAIL = settings.ANYMAIL | {"WEBHOOK_SECRET": BASIC}  # asked for besides, if it is set
    assert mailgun.tell(mailgun.event()).status_code == 400
    assert story(mailgun.mail) == []


@pytest.mark.parametrize("basic", ["", "portal", "portal:another secret", "a long secret", BASIC + " ", "None"])
def test_postmark_has_to_know_the_password(postmark, basic):
    assert postmark.tell(postmark.event(), basic=basic).status_code == 400
    assert postmark.post(postmark.event()).status_code == 400
    assert story(postmark.mail) == []


@pytest.mark.parametrize("named", ["", "mailgun", "postmark", "another"])
def test_only_the_named_providers_door_is_there(client, settings, named):
    settings.MAIL_PROVIDER = named
    settings.ANYMAIL = {"MAILGUN_WEBHOOK_SIGNING_KEY": SIGNING_KEY, "WEBHOOK_SECRET": BASIC}
    for name in ("mailgun", "postmark"):
        url = reverse(f"outbox:webhook-{name}")
        assert url == f"/webhooks/mail/{name}/"
        assert client.get(url).status_code == (405 if name == named else 404)
        assert client.post(url).status_code == (400 if name == named else 404)


def test_a_door_without_its_secret_stays_shut(client, either, settings):
    settings.ANYMAIL = {"MAILGUN_WEBHOOK_SIGNING_KEY": "", "WEBHOOK_SECRET": ""}

    if either.name == "mailgun":
        response = either.tell(either.event(), key="")
    else:
        response = either.tell(either.event(), basic="")

    assert response.status_code == 404
    assert story(either.mail) == []


@pytest.mark.parametrize(
    ("named", "anymail", "error"),
    [
        ("", {}, None),
        ("mailgun", {"MAILGUN_WEBHOOK_SIGNING_KEY": SIGNING_KEY}, None),
        ("postmark", {"WEBHOOK_SECRET": BASIC}, None),
        ("another", {}, "outbox.E001"),
        ("mailgun", {"WEBHOOK_SECRET": BASIC}, "outbox.E002"),
        ("postmark", {"MAILGUN_WEBHOOK_SIGNING_KEY": SIGNING_KEY}, "outbox.E002"),
        ("postmark", {"WEBHOOK_SECRET": "no colon"}, "outbox.E003"),
    ],
)
def test_the_deploy_check_says_why_a_door_stays_shut(settings, named, anymail, error):
    settings.MAIL_PROVIDER, settings.ANYMAIL = named, anymail

    try:
        call_command("check", "--deploy", "--tag=security", "--fail-level=ERROR")
        found = ""
    except SystemCheckError as failed:
        found = str(failed)

    assert (error in found) if error else ("outbox." not in found)


HOSTILE = [
    "", "null", "[]", "7", '"x"', "{", "{}", "\x00", "[" * 100_000, '{"signature": []}', '{"signature": "x"}',
    '{"signature": {"token": "é", "timestamp": "1", "signature": "x"}}',
    '{"signature": {"token": [], "timestamp": {}, "signature": null}}',
    '{"FromFull": {"Email": "x@example.org"}}', '{"RecordType": []}', '{"RecordType": "Inbound"}',
    '{"RecordType": "Delivery", "DeliveredAt": 7}', '{"RecordType": "Delivery", "DeliveredAt": "2019-99-99T00:00:00Z"}',
    '{"RecordType": "Bounce", "Type": {}}', '{"RecordType": "Delivery", "Metadata": []}',
]  # fmt: skip


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_no_event_is_refused_without_a_fault(either, body):
    basic = {"authorization": f"Basic {b64encode(BASIC.encode()).decode()}"}
    for content_type in ("application/json", "application/x-www-form-urlencoded", "text/plain"):
        for headers in ({}, basic, {"authorization": "Basic \xff"}, {"authorization": "Basic a b"}):
            posted = either.client.post(either.path, body, content_type=content_type, headers=headers)
            assert posted.status_code in {200, 400}

    assert not MailEvent.objects.exists()


@pytest.mark.parametrize("spoilt", [[], {}, None, "x", 7, {"headers": []}, "\x00\ud800", "x" * 999], ids=range(8))
def test_a_genuine_event_in_a_form_that_nobody_has_seen_is_no_fault_either(either, spoilt):
    for whole in (either.event(), either.unusual()):
        for part in whole:
            changed, shortened = whole | {part: spoilt}, {name: whole[name] for name in whole if name != part}
            assert either.tell(changed).status_code in {200, 400}
            assert either.tell(shortened).status_code in {200, 400}
    assert either.tell(spoilt).status_code in {200, 400}
