import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState


@pytest.mark.static
def test_the_migrations_say_what_the_models_say():
    loader = MigrationLoader(connection=None)
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))

    assert detector.changes(graph=loader.graph) == {}


@pytest.mark.static
def test_each_app_has_one_line_of_migrations():
    graph = MigrationLoader(connection=None).graph

    assert {label: len(graph.leaf_nodes(label)) for label, _name in graph.leaf_nodes()} == {
        config.label: 1 for config in apps.get_app_configs() if graph.leaf_nodes(config.label)
    }


@pytest.mark.django_db
@pytest.mark.services
def test_every_migration_is_applied_to_the_database_of_the_tests():
    call_command("migrate", check_unapplied=True, verbosity=0)
