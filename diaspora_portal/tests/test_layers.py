"""Who may know whom, and what each file may hold: the part of the house that import-linter and ruff cannot see."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.db.models import CASCADE

from apps.core.admin import HouseAdmin

pytestmark = pytest.mark.static

ROOT = Path(settings.ROOT)
STOREYS = ["core", "outbox", "members", "projects", "portal"]  # from the ground up; whoever brings an app adds it here
LINES, LINES_OF_TESTS, LINES_OF_A_FUNCTION = 400, 600, 45
# One statement each: SQL, or a record of values, that would be no clearer in two.
LONG_IN_ONE_PIECE = {"_row"}
# The frame (base.html) and allauth's pages are put together above all apps; a component knows none, but for these:
# the navigation, the foot, and the card of a person, which only pages from members upward show.
TEMPLATES = {
    "core": ["components"],
    "outbox": ["admin/outbox"],
    "members": ["members", "emails/members"],
    "projects": ["projects", "admin/projects"],
    "portal": ["portal"],
}
KNOW_APPS = {
    "components/site_head.html",
    "components/area_me.html",
    "components/crumbs.html",
    "components/foot.html",
    "components/person.html",
}

PYTHON = sorted(
    path
    for folder in ("apps", "diaspora_portal", "bench")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
)
CODE = [path for path in PYTHON if "tests" not in path.parts]


def relative(path):
    return str(path.relative_to(ROOT))


def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def calls(path):
    """Every `something.name(…)` of a file, as (something, name, line)."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield ast.unparse(node.func.value), node.func.attr, node.lineno


def of_app(label):
    return [path for path in CODE if path.is_relative_to(ROOT / "apps" / label)]


# --- who may know whom ------------------------------------------------------------------------------------------------
def test_apps_and_their_files_import_downward_only():
    # In a process of its own: it sets up logging for itself, and would switch off ours.
    lint = (
        "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True, config_filename={!r}))"
    )
    config = str(ROOT / "diaspora_portal" / "importlinter.ini")

    done = subprocess.run([sys.executable, "-c", lint.format(config)], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_app_stands_on_a_storey():
    assert [config.label for config in apps.get_app_configs() if config.name.startswith("apps.")] == STOREYS


def naming(upper):
    """How text names another app: `"portal:home"`, `"portal.Page"`, `apps.portal`, `get_model("portal", …)`."""
    # `portal.letting_go` is a setting of the database session: there, portal is the project's name.
    quoted = rf"""["']{upper}(?:[:/][\w-]|\.(?!letting_go)\w)"""
    return re.compile(rf"""{quoted}|\bapps\.{upper}\b|get_model\(\s*["']{upper}["']""")


def lower_sources(label):
    yield from of_app(label)
    for folder in TEMPLATES[label]:
        for path in sorted((ROOT / "templates" / folder).rglob("*")):
            if path.is_file() and str(path.relative_to(ROOT / "templates")) not in KNOW_APPS:
                yield path


@pytest.mark.parametrize("storey", range(len(STOREYS) - 1), ids=STOREYS[:-1])
def test_a_lower_app_names_no_upper_one(storey):
    names = [naming(upper) for upper in STOREYS[storey + 1 :]]
    found = [
        f"{relative(path)}:{number}: {line.strip()}"
        for path in lower_sources(STOREYS[storey])
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if any(name.search(line) for name in names)
    ]

    assert found == []


@pytest.mark.parametrize("storey", range(len(STOREYS) - 1), ids=STOREYS[:-1])
def test_a_lower_app_asks_nothing_through_an_upper_ones_relation(storey):
    relations = [
        relation
        for model in apps.get_app_config(STOREYS[storey]).get_models()
        for relation in model._meta.related_objects
        if relation.related_model._meta.app_label in STOREYS[storey + 1 :] and not relation.hidden
    ]
    ways = [rf"\b{r.field.related_query_name()}__|\.{r.get_accessor_name()}\b" for r in relations]
    found = [
        relative(path)
        for path in of_app(STOREYS[storey])
        for way in ways
        if re.search(way, path.read_text(encoding="utf-8"))
    ]

    assert found == []


@pytest.mark.parametrize(
    "line",
    ["reverse('portal:home')", "{% url 'portal:me' %}", "'portal.Page'", "get_model('portal', 'Page')", "apps.portal"],
)
def test_a_name_of_an_upper_app_is_seen(line):
    assert naming("portal").search(line)


def test_an_import_inside_a_function_happens_only_where_an_app_gets_ready():
    inside = {
        relative(path)
        for path in CODE
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef)
        if any(isinstance(part, ast.Import | ast.ImportFrom) for part in ast.walk(node))
    }

    assert {path for path in inside if not re.fullmatch(r"(apps|bench/torture)/\w+/(apps|planner)\.py", path)} == set()


# --- what each file may hold ------------------------------------------------------------------------------------------
def test_only_the_bell_rings_a_worker():
    ringing = {"send_task", "delay", "apply_async"}

    # Benches and the torture are no part of the portal; they ring to see what comes of it.
    ringers = {relative(path) for path in CODE for _of, name, _line in calls(path) if name in ringing}
    assert {path for path in ringers if not path.startswith("bench/")} == {"apps/core/bell.py"}


def test_no_mail_goes_past_the_outbox():
    senders = {
        relative(path)
        for path in CODE
        if re.search(
            r"^(from|import) (django\.core\.mail|smtplib)|(?<!def )\bsend_mail\(|\bemail_user\(",
            path.read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    }

    # What Django's own mail functions are given is queued by the backend; one file speaks to the mail server.
    assert {path for path in senders if path.startswith("apps/")} == {"apps/outbox/backend.py", "apps/outbox/smtp.py"}


def views():
    return [path for path in CODE if re.search(r"/views(\.py|/)", relative(path))]


def test_views_neither_filter_nor_save_nor_delete():
    never = {"filter", "exclude", "save", "create", "update_or_create", "delete", "bulk_create"}
    found = [
        f"{relative(path)}:{line}: {of}.{name}()"
        for path in views()
        for of, name, line in calls(path)
        if name in never and of not in {"self", "super()"}
    ]

    assert found == []


def test_services_know_no_request():
    services = [path for path in CODE if re.search(r"/services(\.py|/)", relative(path))]
    takes_request = [
        f"{relative(path)}: {node.name}"
        for path in services
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef)
        if "request" in {argument.arg for argument in [*node.args.args, *node.args.kwonlyargs]}
    ]

    assert takes_request == []


def test_no_model_overrides_save():
    own = [model for model in apps.get_models() if model.__module__.startswith("apps.")]

    assert [model.__name__ for model in own if "save" in vars(model) or "delete" in vars(model)] == []


def test_outside_members_nothing_goes_away_with_an_account():
    """What an account leaves behind is let go of by erasure, not by a cascade that nobody sees."""
    user = apps.get_model(settings.AUTH_USER_MODEL)
    cascading = [
        f"{relation.related_model._meta.label}.{relation.field.name}"
        for relation in user._meta.related_objects
        if relation.related_model.__module__.startswith("apps.") and relation.on_delete is CASCADE
    ]

    assert [name for name in cascading if not name.startswith("members.")] == []


def test_every_page_of_ours_in_the_administration_is_a_house_admin():
    own = [page for page in admin.site._registry.values() if type(page).__module__.startswith("apps.")]

    assert own != []
    assert [type(page).__name__ for page in own if not isinstance(page, HouseAdmin)] == []


# --- how large --------------------------------------------------------------------------------------------------------
def test_no_file_is_longer_than_a_reader_can_hold():
    long = {relative(path): len(path.read_text(encoding="utf-8").splitlines()) for path in PYTHON}

    assert {
        name: lines for name, lines in long.items() if lines > (LINES_OF_TESTS if "/tests/" in name else LINES)
    } == {}


def test_no_function_is_longer_than_a_screen():
    long = {
        f"{relative(path)}: {node.name}": node.end_lineno - node.lineno + 1
        for path in CODE
        if path.parts[len(ROOT.parts)] != "bench"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef) and node.name not in LONG_IN_ONE_PIECE
    }

    assert {name: lines for name, lines in long.items() if lines > LINES_OF_A_FUNCTION} == {}


def test_there_is_no_room_for_odds_and_ends():
    assert [relative(path) for path in PYTHON if path.stem in {"utils", "helpers", "common", "misc"}] == []


def test_settings_fit_on_a_few_screens():
    assert len((ROOT / "diaspora_portal/settings/base.py").read_text(encoding="utf-8").splitlines()) <= 250
