"""Chromium for the tests marked `browser`, and what a skipped test means."""

import os

import pytest
from django.utils import translation
from playwright.sync_api import sync_playwright

CHROMIUM = os.environ.get("CHROMIUM")
NO_CHROMIUM = "no Chromium found: install one (on Debian: apt install chromium) or set CHROMIUM to its path"
IN_CI = os.environ.get("CI") == "true"


def pytest_runtest_setup(item):
    if item.get_closest_marker("browser") and not CHROMIUM:
        pytest.skip(NO_CHROMIUM)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter):
    skipped = terminalreporter.stats.get("skipped", [])
    if any(NO_CHROMIUM in str(report.longrepr) for report in skipped):
        terminalreporter.line(f"The browser tests were skipped: {NO_CHROMIUM}.", yellow=True)
    if IN_CI and skipped:
        terminalreporter.line("CI=true: a skipped test is a failed run.", red=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if IN_CI and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def chromium():
    """One browser for all tests; each opens a context of its own."""
    with sync_playwright() as playwright:
        # Chromium's sandbox refuses to run as root.
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def english():
    """A request leaves its language to the thread; each test starts in English."""
    translation.activate("en")
