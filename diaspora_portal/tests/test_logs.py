"""Logs: one event a line, numbers instead of addresses, and the request's number from the page to the worker."""

import json
import logging
import re
import time

import pytest
import structlog
from celery import shared_task
from celery.contrib.testing.worker import start_worker
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLResolver

from apps.core import bell
from apps.members.tests.factories import PASSWORD, ProfileFactory
from apps.outbox.tests.letters import letters
from diaspora_portal import logs
from diaspora_portal.celery import app

ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.\w+")


@pytest.fixture
def lines(caplog):
    """Everything that was logged, as production writes it."""
    caplog.set_level(logging.INFO)
    (formatter,) = logs.configure(as_json=True)["formatters"].values()
    make = formatter.pop("()")
    return lambda: [make(**formatter).format(record) for record in caplog.records]


def sign_up(client, address):
    client.get(reverse("account_signup"))
    client.post(
        reverse("account_signup"), {"email": address, "password1": PASSWORD, "adult": "on", "terms": "on"}, follow=True
    )


@pytest.mark.django_db
def test_a_whole_visit_logs_nobodys_address_and_no_word_of_a_message(client, lines):
    writer, reader = ProfileFactory(listed=True), ProfileFactory(listed=True)
    sign_up(client, "new.person@example.org")
    client.post(reverse("account_reset_password"), {"email": writer.user.email})
    client.post(reverse("account_login"), {"login": writer.user.email, "password": "wrong, quite wrong"})
    client.post(reverse("account_login"), {"login": writer.user.email, "password": PASSWORD})
    client.post(reverse("members:write", args=[reader.public_id]), {"subject": "Zqsubject", "text": "Zqbody"})
    client.get(reverse("members:directory-members"), {"q": "Zqsearch"})
    client.get("/en/nobody@example.org/")

    everything = "\n".join(lines())
    assert "GET /en/members/all/" in everything
    assert ADDRESS.findall(everything) == []
    for word in (PASSWORD, "quite wrong", "Zqsubject", "Zqbody", "Zqsearch", writer.display_name):
        assert word not in everything
    assert not any(code in everything for code in re.findall(r"\b\d{6}\b|\b[A-Z0-9]{3}-[A-Z0-9]{3}\b", mail_text()))


def mail_text():
    return "".join(letter.body for letter in letters())


def test_an_error_that_quotes_an_address_is_logged_without_it(lines):
    try:
        raise ValueError("Key (email)=(aline@example.org) already exists.")
    except ValueError:
        logging.getLogger("django.request").exception("Internal Server Error for %s", "aline@example.org")
        structlog.get_logger("x").exception("failed", address="aline@example.org")

    (django, own) = lines()
    for line in (django, own):
        assert "aline" not in line
        assert "ValueError" in json.loads(line)["exception"]


PLAIN = {  # what else stands in addresses: numbers, words and languages
    "app_label", "audience", "content_type_id", "kind", "language", "note_id", "object_id", "pk", "public_id",
    "purpose", "search_id", "section", "size", "slug", "url", "version_id",
}  # fmt: skip


def routes_with_secrets(resolver, before=()):
    for pattern in resolver.url_patterns:
        parts = (*before, pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes_with_secrets(pattern, parts)
        elif any(set(part.regex.groupindex) - PLAIN for part in parts):
            yield "/" + "".join(map(str, parts))


@pytest.mark.django_db
@pytest.mark.parametrize("change", [str, lambda path: path[3:], lambda path: path.rstrip("/")])
def test_a_secret_in_an_address_stands_in_no_line(client, lines, change):
    """However the address came to us: without its language, without its end, or in an error's text."""
    routes = list(routes_with_secrets(get_resolver()))
    assert routes == ["/en/me/privacy/delete/cancel/<slug:secret>/"]
    for route in routes:
        path = change(re.sub(r"<[^>]+>", "Zqsecret-_0", route))
        client.get(path)
        client.post(path)
        logging.getLogger("django.request").error("Internal Server Error: %s", path)
        structlog.get_logger("x").error("failed", reason=f"Nothing at http://testserver{path}")

    assert "POST" in "\n".join(lines())
    assert "Zqsecret" not in "\n".join(lines())


@pytest.mark.django_db
def test_every_line_of_a_request_carries_its_number(client, lines):
    client.get(reverse("portal:home"))
    first = [json.loads(line) for line in lines()]
    client.get(reverse("portal:home"))
    both = [json.loads(line) for line in lines()]

    assert "request_finished" in {event["event"] for event in first}
    assert (len({event["request_id"] for event in first}), len({event["request_id"] for event in both})) == (1, 2)
    assert all({"timestamp", "level", "logger"} <= set(event) for event in both)


@shared_task(name="tests.listen")
def listen():
    structlog.get_logger("tests").info("heard")


@pytest.mark.services
def test_the_number_of_a_request_follows_into_the_task_that_a_worker_runs(caplog, lines, monkeypatch):
    # A worker sets Django up anew and so empties the root's handlers: listen on a logger of our own.
    monkeypatch.setattr(logging.getLogger("tests"), "handlers", [caplog.handler])
    with (
        caplog.at_level(logging.INFO, logger="tests"),
        start_worker(app, pool="solo", perform_ping_check=False, queues=["default"], shutdown_timeout=20),
        structlog.contextvars.bound_contextvars(request_id="r-43"),
    ):
        bell._send("tests.listen")
        wait_for(lambda: any('"heard"' in line for line in lines()))

    events = [json.loads(line) for line in lines()]
    assert {event["request_id"] for event in events if event["event"] == "heard"} == {"r-43"}


def wait_for(condition, seconds=20):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.1)
