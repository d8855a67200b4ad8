"""Doubles of people who are there already, directory entries included: set by set, inside the database."""

from django.db import connection, transaction

from apps.members.models import DirectoryEntry, Profile, ProfileLanguage, ProfileSkill, User

from .report import progress

BATCH = 20_000
OWNED = [ProfileLanguage, ProfileSkill, Profile.ties.through, Profile.sectors.through, DirectoryEntry]
#: person %(first)s to %(last)s, each with the one whose double he is
NUMBERED = """
    generate_series(%(first)s, %(last)s) AS n
    JOIN members_user AS original ON original.email = 'p' || ((n - 1) %% %(originals)s + 1) || '@bench.example'
"""


def copies(model, expressions: dict[str, str], of: str = "copied") -> tuple[str, str]:
    """Return columns and values of rows that are those of ``of`` but for these expressions."""
    columns = [field.column for field in model._meta.concrete_fields if not (field.primary_key or field.generated)]
    return ", ".join(columns), ", ".join(expressions.get(column, f"{of}.{column}") for column in columns)


def make(start: int, number: int, originals: int) -> None:
    """Make the people after ``start`` as doubles of the first ``originals``."""
    for have in range(start, number, BATCH):
        last = min(have + BATCH, number)
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in statements():
                cursor.execute(statement, {"first": have + 1, "last": last, "originals": originals})
        progress(last - start, number - start, "members doubled")


def statements():
    columns, values = copies(User, {"email": "'p' || n || '@bench.example'"}, of="original")
    yield f"INSERT INTO members_user ({columns}) SELECT {values} FROM {NUMBERED}"  # noqa: S608 - names of ours
    columns, values = copies(Profile, {"user_id": "person.id", "public_id": "substr(md5(person.id || 'bench'), 1, 12)"})
    profile = """
        JOIN members_user AS person ON person.email = 'p' || n || '@bench.example'
        JOIN members_profile AS copied ON copied.user_id = original.id
    """
    yield f"INSERT INTO members_profile ({columns}) SELECT {values} FROM {NUMBERED} {profile}"  # noqa: S608
    yield "DROP TABLE IF EXISTS pair"
    yield f"""
        CREATE TEMP TABLE pair ON COMMIT DROP AS
        SELECT copied.id AS original, double.id AS double, double.public_id
        FROM {NUMBERED} {profile} JOIN members_profile AS double ON double.user_id = person.id
    """  # noqa: S608
    yield "ANALYZE pair"
    for model in OWNED:
        columns, values = copies(
            model,
            {"profile_id": "pair.double", "card": "jsonb_set(copied.card, '{id}', to_jsonb(pair.public_id))"},
        )
        yield (
            f"INSERT INTO {model._meta.db_table} ({columns}) SELECT {values}"  # noqa: S608
            f" FROM {model._meta.db_table} AS copied JOIN pair ON pair.original = copied.profile_id"
        )
