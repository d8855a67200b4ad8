"""Celery's workers as `./portal run` starts them."""

import os
import time
from urllib.parse import urlsplit

import pytest
from celery import current_app
from django.db import connection

from apps.outbox import services as outbox
from apps.outbox.models import OutgoingMail
from apps.outbox.tests.smtp_server import serving
from diaspora_portal.child import Child
from diaspora_portal.entry.run import worker
from diaspora_portal.stand_in import ROOT

from .browser.portal import queues_of
from .test_embedded import soon

QUEUES = 2
MESSAGE = {"sender": "Fanta Sow", "subject": "A guest lesson", "text": "Come!", "answer_url": "http://localhost/"}


@pytest.fixture
def slow_server():
    with serving(delay=0.2) as server:
        yield server


@pytest.fixture
def sender(transactional_db, slow_server, tmp_path):
    """A worker for mails, with queues of its own, that has been rung."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    queues = queues_of(os.environ["REDIS_URL"], QUEUES)
    where = {"DATABASE_URL": database.geturl(), "REDIS_URL": queues}
    where["EMAIL_URL"] = f"smtp://127.0.0.1:{slow_server.port}"
    child = Child("sender", worker("sender", "mail"), log=tmp_path / "log", env=os.environ | where, cwd=ROOT)
    child.start()
    with current_app.connection_for_write(queues) as broker:
        current_app.send_task("outbox.deliver", connection=broker)
    yield child
    child.stop(patience=0)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_told_to_stop_ends_soon_and_gives_back_what_it_has_not_begun(slow_server, request):
    for number in range(100):  # twenty seconds' work
        outbox.queue(kind="members.relayed-message", to=f"reader{number}@example.org", language="en", values=MESSAGE)
    sender = request.getfixturevalue("sender")
    assert soon(lambda: slow_server.accepted.total() > 3), sender.log.read_text()

    asked = time.monotonic()
    sender.ask_to_stop()
    sender.process.wait(30)

    assert time.monotonic() - asked < 8, sender.log.read_text()
    assert sender.process.returncode == 0
    sent = slow_server.accepted.total()
    assert OutgoingMail.objects.counts() == {"sent": sent, "queued": 100 - sent}
