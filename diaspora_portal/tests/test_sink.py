"""The mail page of `./portal run`: what arrived beside what has not, told by a process of its own."""

import os
import re
import smtplib
import socket
import sys
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from html import unescape
from http.cookiejar import CookieJar
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest
from django.db import connection
from django.utils import timezone

from apps.members.tests.factories import UserFactory
from apps.outbox import services as outbox
from apps.outbox.models import LanePace
from diaspora_portal.child import Child
from diaspora_portal.entry import ports
from diaspora_portal.stand_in import ROOT

from .test_embedded import soon

RELAYED, CODE = "members.relayed-message", "account.email-confirmation-signup"
MESSAGE = {"sender": "Fanta Sow", "subject": "A guest lesson", "text": "Would you come?\n\nIn June."}
NO_DATABASE = "postgresql://nobody@127.0.0.1:1/none"


@dataclass
class Sink:
    smtp_port: int
    page_port: int
    folder: Path

    def __post_init__(self):
        self.browser = build_opener(HTTPCookieProcessor(CookieJar()))

    def open(self, path="/", form=None, **headers):
        """A page as its reader gets it; with `form`, after pressing its button."""
        data = urlencode(form).encode() if form is not None else None
        request = Request(f"http://127.0.0.1:{self.page_port}{path}", data, headers)
        with self.browser.open(request, timeout=10) as response:
            self.headers = response.headers
            return response.read().decode()

    def press(self, path, button, **typed):
        """Press the button of a form on a page, with its token."""
        forms = re.findall(r"<form.*?</form>", self.open(path), re.DOTALL)
        form = next(form for form in forms if button in form)
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', form)[1]
        action = re.search(r'action="(.*?)"', form)
        return self.open(action[1] if action else path, {"csrfmiddlewaretoken": token} | typed)

    def rows(self, path="/"):
        """The list, each mail as its cells read."""
        body = self.open(path).partition("<tbody>")[2].partition("</tbody>")[0]
        return [tuple(map(words, row.split("<td>")[1:-1])) for row in body.split("<tr>")[1:]]

    def page_of(self, subject):
        """The address of the newest mail of this subject."""
        return re.search(rf'href="(/[\w-]+/)">{re.escape(subject)}<', self.open())[1]


def words(html):
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def started(folder, database):
    """The sink as `./portal run` starts it."""
    smtp_port, page_port = ports.free_port(21025), ports.free_port(28025)
    argv = [sys.executable, "-m", "diaspora_portal.entry", "sink"]
    argv += ["--smtp-port", str(smtp_port), "--page-port", str(page_port)]
    environment = os.environ | {"DATABASE_URL": database, "MAIL_FOLDER": str(folder / "mail"), "SECRET_KEY": "x" * 50}
    child = Child("mails", argv, log=folder / "mails.log", env=environment, cwd=ROOT)
    child.start()
    assert soon(lambda: not ports._is_free(page_port) and not ports._is_free(smtp_port)), child.log.read_text()
    return child, Sink(smtp_port, page_port, folder / "mail")


@pytest.fixture(scope="module")
def running(django_db_setup, tmp_path_factory):
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    child, sink = started(tmp_path_factory.mktemp("sink"), database.geturl())
    yield sink
    child.stop()


@pytest.fixture
def sink(running, transactional_db, settings):
    """The page over the tests' database, its folder empty, nothing going wrong; the outbox sends to it."""
    for path in running.folder.iterdir():
        path.unlink()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.smtp_port
    yield running
    if "as usual again" in running.open():
        running.press("/", "as usual again")


@pytest.fixture
def sink_without_database(tmp_path):
    child, sink = started(tmp_path, NO_DATABASE)
    yield sink
    child.stop()


def a_message(to="awa@example.org", *, language="fr", link="http://127.0.0.1:1/me/messages/17/", **when):
    values = MESSAGE | {"answer_url": link}
    return outbox.queue(kind=RELAYED, to=to, language=language, values=values, **when)


def deliver():
    LanePace.objects.update(rests_until=None)  # after a break it is quiet for some seconds
    return outbox.deliver_due(worker="w1")


def from_a_stranger(sink):
    mail = EmailMessage()
    mail["To"], mail["Subject"] = "awa@example.org", "Votre code <b>"
    mail.set_content("Bonjour Zoé\n.hidden\n")
    mail.add_alternative("<p>Bonjour <script>alert(1)</script></p>", subtype="html")
    with smtplib.SMTP("127.0.0.1", sink.smtp_port) as client:
        client.send_message(mail, from_addr="no-reply@example.org")


# --- what arrives -----------------------------------------------------------------------------------------------------
def test_a_mail_that_the_outbox_did_not_send_is_shown_as_text_html_and_source(sink):
    from_a_stranger(sink)

    assert sink.rows() == [("unknown", "Votre code <b> awa@example.org", "not of this outbox")]
    address = sink.page_of("Votre code &lt;b&gt;")
    shown = sink.open(address)
    assert "Bonjour Zoé\n.hidden\n" in shown
    assert "<script>" not in shown
    assert sink.open(f"{address}html/") == "<p>Bonjour <script>alert(1)</script></p>\n"
    assert "sandbox" in sink.headers["Content-Security-Policy"]
    assert "script-src" not in sink.headers["Content-Security-Policy"]
    assert "To: awa@example.org" in sink.open(f"{address}source/")
    assert sink.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("path", ["/../../etc/passwd", "/arrived-..%2F..%2Fetc%2Fpasswd/", "/arrived-1/", "/99999/"])
def test_what_is_not_there_is_not_found(sink, path):
    with pytest.raises(HTTPError, match="404"):
        sink.open(path)


def test_a_page_of_another_name_for_this_machine_reads_nothing(sink):
    with pytest.raises(HTTPError, match="400"):
        sink.open(Host="elsewhere.example")


def test_a_mail_that_breaks_off_is_not_kept(sink):
    with socket.create_connection(("127.0.0.1", sink.smtp_port)) as client:
        client.sendall(b"EHLO x\r\nDATA\r\nSubject: half\r\n")

    assert sink.rows() == []
    assert list(sink.folder.iterdir()) == []


def test_without_the_database_mails_are_kept_and_shown_in_an_unknown_state(sink_without_database):
    from_a_stranger(sink_without_database)

    assert "The database does not answer" in sink_without_database.open()
    assert sink_without_database.rows() == [("unknown", "Votre code <b> awa@example.org", "")]
    assert "Bonjour Zoé" in sink_without_database.open(sink_without_database.page_of("Votre code &lt;b&gt;"))


# --- the list ---------------------------------------------------------------------------------------------------------
def test_what_arrived_stands_beside_what_has_not(sink, settings):
    staff = UserFactory()
    a_message("sent@example.org", language="de")
    outbox.queue(kind=CODE, to="code@example.org", language="en", values={"code": "123-456-789"})
    assert deliver() == 2
    outbox.withhold(mail=a_message("withheld@example.org"), actor=staff, reason="Not now.")
    due = timezone.localtime() + timedelta(days=1)
    a_message("tomorrow@example.org", language="nl", not_before=due)

    assert sink.rows() == [
        (
            f"queued due {due.day} {due:%b %H:%M:%S}",
            "Fanta Sow schrijft u: A guest lesson tomorrow@example.org",
            f"{RELAYED} nl · notice",
        ),
        ("withheld", "Fanta Sow vous écrit : A guest lesson withheld@example.org", f"{RELAYED} fr · notice"),
        ("sent", "Confirm your email address code@example.org", f"{CODE} en · account"),
        ("sent", "Fanta Sow schreibt Ihnen: A guest lesson sent@example.org", f"{RELAYED} de · notice"),
    ]


def test_the_list_is_asked_for_a_recipient_a_kind_and_a_state(sink):
    a_message("awa@example.org")
    outbox.queue(kind=CODE, to="awa@example.org", language="en", values={"code": "123-456-789"})
    deliver()
    a_message("bintou@example.org")
    from_a_stranger(sink)

    assert [row[0] for row in sink.rows("/?to=AWA")] == ["unknown", "sent", "sent"]
    assert [row[2] for row in sink.rows(f"/?kind={CODE}")] == [f"{CODE} en · account"]
    assert [row[1] for row in sink.rows("/?state=queued")] == [
        "Fanta Sow vous écrit : A guest lesson bintou@example.org"
    ]
    assert "No mail fits." in sink.open(f"/?to=bintou&kind={CODE}")
    assert '<option value="sent">sent (2)</option>' in sink.open()


# --- one mail ---------------------------------------------------------------------------------------------------------
def test_a_mail_tells_its_story_its_headers_and_what_it_says(sink):
    mail = a_message()
    deliver()

    page = sink.open(f"/{mail.pk}/")
    story = re.search(r'<ol class="story">(.*?)</ol>', page, re.DOTALL)[1]
    moments = [words(moment.partition("</time>")[2]) for moment in story.split("<li>")[1:]]
    assert moments == ["Queued", "Taken", "Handover of its batch began", "Arrived here", "Sent: 250 kept"]
    assert f"<dt>Message-ID<dd>&lt;{mail.message_key}@" in page
    assert "<dt>Auto-Submitted<dd>auto-generated" in page
    assert "Would you come?\n\nIn June." in page
    assert "Would you come?<br>" in sink.open(f"/{mail.pk}/html/")


def test_a_mail_that_has_not_arrived_is_shown_as_it_will_be(sink):
    mail = a_message()

    page = sink.open(f"/{mail.pk}/")
    assert "As it will be (fr)" in words(page)
    assert f"<dt>Message-ID<dd>&lt;{mail.message_key}@" in page
    assert "Would you come?<br>" in sink.open(f"/{mail.pk}/html/")
    with pytest.raises(HTTPError, match="404"):
        sink.open(f"/{mail.pk}/source/")


@pytest.mark.parametrize(
    ("language", "heading"),
    [
        ("en", "Fanta Sow writes to you: A guest lesson"),
        ("fr", "Fanta Sow vous écrit : A guest lesson"),
        ("nl", "Fanta Sow schrijft u: A guest lesson"),
        ("de", "Fanta Sow schreibt Ihnen: A guest lesson"),
    ],
)
def test_the_same_mail_is_shown_in_every_language_with_its_own_values(sink, language, heading):
    mail = a_message(language="fr")
    deliver()

    page = sink.open(f"/{mail.pk}/?language={language}")
    assert f'<h1 lang="{language}">{heading}</h1>' in page
    assert "Would you come?" in page
    assert "sample" not in page


def test_a_code_that_was_forgotten_is_another_one_in_the_other_languages(sink):
    mail = outbox.queue(kind=CODE, to="awa@example.org", language="en", values={"code": "987-654-321"})
    deliver()

    assert "987-654-321" in sink.open(f"/{mail.pk}/")  # as it arrived on this machine
    page = sink.open(f"/{mail.pk}/?language=fr")
    assert "With sample values: its own were forgotten" in page
    assert "123-456-789" in page
    assert "987-654-321" not in page


# --- links ------------------------------------------------------------------------------------------------------------
@pytest.fixture
def site():
    """A site on this machine that writes down who asks, and how."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):  # noqa: N802 - the name that http.server calls
            asked.append((self.command, self.path, self.headers["Cookie"]))
            away = {"/moved/": "/answer/", "/away/": "https://elsewhere.example/"}.get(self.path)
            self.send_response(302 if away else 200)
            if away:
                self.send_header("Location", away)
            self.end_headers()

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *args):
            """The tests read `asked`."""

    asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        server.asked, server.url = asked, f"http://127.0.0.1:{server.server_address[1]}"
        yield server
        server.shutdown()


@pytest.mark.parametrize(
    ("path", "hops", "answer"),
    [
        ("/answer/", ["/answer/"], "200"),
        ("/moved/", ["/moved/", "/answer/"], "302 → 200"),
        ("/away/", ["/away/"], "302 → away, to elsewhere.example"),
    ],
)
def test_every_link_is_pressed_as_a_scanner_does_and_only_by_the_button(sink, site, path, hops, answer):
    mail = a_message(link=site.url + path)
    deliver()
    address = f"/{mail.pk}/"
    assert f'<a href="{site.url}{path}" target="_blank" rel="noreferrer">' in sink.open(address)
    assert site.asked == []

    page = words(sink.press(address, "Press every link"))

    assert f"{site.url}{path} GET {answer} · HEAD {answer}" in page
    assert site.asked == [(method, hop, None) for method in ("GET", "HEAD") for hop in hops]


def test_a_link_that_leads_away_is_not_pressed(sink):
    mail = a_message(link="https://elsewhere.example/me/")
    deliver()

    page = words(sink.press(f"/{mail.pk}/", "Press every link"))
    assert "https://elsewhere.example/me/ leads away: not pressed" in page


# --- trouble ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("trouble", "state", "kept"),
    [("later", "retry", 0), ("never", "failed", 0), ("lost", "uncertain", 0), ("kept", "uncertain", 1)],
)
def test_the_next_mails_meet_the_trouble_that_was_asked_for(sink, trouble, state, kept):
    page = sink.press("/", "Let it", trouble=trouble, mails="2")
    assert "The next 2 mails will meet" in page

    for number in (1, 2, 3):
        a_message(f"reader{number}@example.org")
        deliver()

    found = [row[0].split()[0] for row in sink.rows("/?kind=members.relayed-message")]
    assert found == ["sent", state, state]
    assert len(list(sink.folder.glob("*.eml"))) == 1 + 2 * kept
    assert ("arrived" in sink.rows(f"/?state={state}")[0][0]) is bool(kept)


def test_trouble_ends_at_a_press_of_a_button_of_this_page(sink):
    sink.press("/", "Let it", trouble="never", mails="5")

    assert "will meet" not in sink.press("/", "as usual again")
    a_message()
    assert deliver() == 1
    with pytest.raises(HTTPError, match="403"):
        sink.open("/trouble/", {"trouble": "never", "mails": "5"})
