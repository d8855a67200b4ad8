"""Statements that take PostgreSQL as long to plan as to answer: each connection plans them once."""

from collections import OrderedDict
from hashlib import md5
from weakref import WeakKeyDictionary

from django.db import connection

MOST = 100  # statements of a connection: the one not asked for longest makes room

#: connections, and what is prepared on each: the text of a statement, and its name
_prepared: WeakKeyDictionary[object, OrderedDict[str, str]] = WeakKeyDictionary()


class Values:
    """What stands in a statement as $1, $2 …: each has a type, and is worked out once however often it is used."""

    def __init__(self, *typed: tuple[str, object]):
        self.types: list[str] = []
        self.expressions: list[str] = []
        self.values: list = []
        for kind, value in typed:
            self.add(kind, value)

    def add(self, kind: str, *values, expression: str = "%s") -> str:
        """Take a value of an SQL type, or an SQL expression over several; return what stands for it in the text."""
        self.types.append(kind)
        self.expressions.append(expression)
        self.values += values
        return f"${len(self.types)}"


def execute(cursor, statement: str, given: Values) -> None:
    """Run a statement with its values."""
    known = _prepared.setdefault(connection.connection, OrderedDict())
    if statement not in known:
        if len(known) >= MOST:
            _statement, name = known.popitem(last=False)
            cursor.execute(f"DEALLOCATE {name}")
        name = f"prepared_{md5(statement.encode(), usedforsecurity=False).hexdigest()}"
        # Planned with no values in sight, or it would be planned anew for each.
        setting = "SET plan_cache_mode = force_generic_plan"
        cursor.execute(f"{setting}; PREPARE {name} ({', '.join(given.types)}) AS {statement}")
        known[statement] = name
    known.move_to_end(statement)
    cursor.execute(f"EXECUTE {known[statement]} ({', '.join(given.expressions)})", given.values)
