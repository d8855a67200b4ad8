"""One running portal for all browser tests, and the people who read it."""

import os

import pytest

from .portal import running
from .readers import Readers


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.parent.name == "browser":
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def portal():
    with running(dict(os.environ)) as portal:
        yield portal


@pytest.fixture(scope="session")
def readers(chromium, portal):
    return Readers(chromium, portal)
