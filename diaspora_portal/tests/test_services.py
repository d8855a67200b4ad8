"""What the project needs of its servers, whichever they are: the embedded ones, or Debian's in CI."""

import pytest
from celery import current_app
from django.db import connection, transaction

from apps.core import bell

pytestmark = pytest.mark.services


@pytest.mark.django_db
def test_the_database_has_the_extensions_and_dictionaries_that_the_search_leans_on():
    with connection.cursor() as cursor:
        cursor.execute("SELECT unaccent('Émile'), similarity('nurse', 'nurze') > 0.3")
        assert cursor.fetchone() == ("Emile", True)
        cursor.execute("SELECT cfgname FROM pg_ts_config WHERE cfgname IN ('english', 'french', 'dutch', 'german')")
        assert len(cursor.fetchall()) == 4


@pytest.mark.django_db(transaction=True)
def test_a_bell_rung_in_a_transaction_reaches_the_broker_after_its_commit():
    with current_app.connection_for_write() as broker:
        queue = broker.SimpleQueue(current_app.amqp.queues["default"])
        queue.clear()
        with transaction.atomic():
            bell.ring("nobody.listens")
            with pytest.raises(queue.Empty):
                queue.get_nowait()
        message = queue.get(timeout=5)
        message.ack()
        queue.close()
    assert message.headers["task"] == "nobody.listens"
