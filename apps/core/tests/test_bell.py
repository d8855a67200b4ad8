from unittest.mock import patch

import pytest
from django.db import transaction
from kombu.exceptions import OperationalError

from apps.core import bell

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def rung():
    with patch("apps.core.bell.current_app.send_task") as send_task:
        yield send_task


def test_a_worker_is_rung_after_the_commit_and_not_before(rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        bell.ring("core.keep_tidy")
        rung.assert_not_called()

    rung.assert_called_once_with("core.keep_tidy", retry=False, expires=bell.STALE)


def test_nobody_is_rung_for_what_was_taken_back(rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        bell.ring("core.keep_tidy")
        transaction.set_rollback(True)

    rung.assert_not_called()


def test_without_a_broker_the_ring_is_logged_and_the_page_goes_on(rung, django_capture_on_commit_callbacks, caplog):
    rung.side_effect = OperationalError("no broker")

    with django_capture_on_commit_callbacks(execute=True):
        bell.ring("core.keep_tidy")

    assert "bell.unheard" in caplog.text
