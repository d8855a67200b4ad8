"""One running portal for all browser tests, and the people who read it."""

import os
from types import SimpleNamespace

import pytest

from .pages import PAGES, visit
from .portal import running
from .readers import Readers


@pytest.hookimpl(tryfirst=True)  # before `-m` selects
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


@pytest.fixture(scope="session", params=PAGES, ids=str)
def opened(request, readers, portal):
    """Each page of the list, opened once for all tests that look at every page."""
    page, faults = request.param, []
    with readers.watched(faults, page.role, language=page.language) as context:
        tab = context.new_page()
        yield SimpleNamespace(page=page, tab=tab, faults=faults, answer=visit(tab, page, portal))
