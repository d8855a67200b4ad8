"""Two tables of the tests' own, of events and those who come to them; `subject/planner.py` reminds of them."""

from ._portal import rows


def make_tables() -> None:
    rows("CREATE TABLE torture_event (id bigserial PRIMARY KEY, starts_at timestamptz NOT NULL)")
    rows("CREATE TABLE torture_place (event_id bigint NOT NULL, address text NOT NULL)")


def add_events(events: int, people: int, *, first_in: str, spread: str = "0 s") -> None:
    """Add events that start in so long, one after the other over `spread`, and people who come to each."""
    rows(
        """
        WITH event AS (
            INSERT INTO torture_event (starts_at)
            SELECT now() + %s::interval + %s::interval * n / %s FROM generate_series(1, %s) AS n RETURNING id)
        INSERT INTO torture_place
        SELECT id, 'e' || id || 'p' || p || '@torture.example' FROM event, generate_series(1, %s) AS p
        """,
        *(first_in, spread, events, events, people),
    )
