"""Prepared statements: planned once a connection, bounded in number, answered whatever was planned before."""

import pytest
from django.db import connection, transaction

from apps.core import prepared
from apps.core.prepared import Values

pytestmark = pytest.mark.django_db


def answer(statement, *typed):
    with connection.cursor() as cursor:
        prepared.execute(cursor, statement, Values(*typed))
        return cursor.fetchone()[0]


def there() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        return cursor.fetchone()[0]


def test_a_statement_is_prepared_once_and_asked_with_any_values(django_assert_num_queries):
    assert answer("SELECT $1 + $1 + 41", ("int", 1)) == 43
    known = there()

    with django_assert_num_queries(1):
        assert answer("SELECT $1 + $1 + 41", ("int", 2)) == 45

    assert there() == known


def test_an_expression_is_worked_out_before_the_statement_sees_it():
    values = Values()
    text = values.add("text", "a", "b", expression="%s || %s")
    with connection.cursor() as cursor:
        prepared.execute(cursor, f"SELECT {text} || {text}", values)

        assert cursor.fetchone() == ("abab",)


def test_the_one_not_asked_for_longest_makes_room(monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    monkeypatch.setattr(prepared, "_prepared", type(prepared._prepared)())
    monkeypatch.setattr(prepared, "MOST", 2)

    for number in (1, 2, 1, 3):
        assert answer(f"SELECT $1 * {number}", ("int", 10)) == 10 * number

    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        kept = " ".join(text for (text,) in cursor.fetchall())
    assert "$1 * 1" in kept
    assert "$1 * 3" in kept
    assert "$1 * 2" not in kept
    assert answer("SELECT $1 * 2", ("int", 10)) == 20


def test_what_was_prepared_in_a_transaction_that_failed_can_still_be_asked():
    with transaction.atomic():
        assert answer("SELECT $1 + 1951", ("int", 1)) == 1952
        transaction.set_rollback(True)

    assert answer("SELECT $1 + 1951", ("int", 2)) == 1953
