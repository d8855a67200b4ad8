"""`python -m diaspora_portal.tests.browser.saved_pages FOLDER`: every page of the list as the portal serves it."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from diaspora_portal import embedded
from diaspora_portal.entry.test import chromium

from .pages import PAGES, visit
from .portal import running
from .readers import Readers


def main(folder):
    with embedded.temporary() as services, running(services.environment) as portal, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])  # it refuses to be root
        readers = Readers(browser, portal)
        for page in PAGES:
            with readers.reader(page.role, language=page.language) as context:
                answer = visit(context.new_page(), page, portal)
                (Path(folder) / f"{page.name}.{page.language}.html").write_text(answer.text())


if __name__ == "__main__":
    main(*sys.argv[1:])
