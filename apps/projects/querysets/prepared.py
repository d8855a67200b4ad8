"""Statements over a dozen tables, which take PostgreSQL longer to plan than to answer: each connection plans once."""

from weakref import WeakKeyDictionary

from django.db import connection

#: connections, and the names of what is prepared on each
_prepared: WeakKeyDictionary[object, set[str]] = WeakKeyDictionary()


def execute(cursor, name: str, types: list[str], statement: str, values: list) -> None:
    """Run a statement with the values $1, $2 … of these types; ``name`` stands for its text."""
    known = _prepared.setdefault(connection.connection, set())
    if name not in known:
        cursor.execute(f"PREPARE {name} ({', '.join(types)}) AS {statement}")
        known.add(name)
    cursor.execute(f"EXECUTE {name} ({', '.join(['%s'] * len(values))})", values)
