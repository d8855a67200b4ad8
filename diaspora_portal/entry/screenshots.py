"""`./portal screenshots`: the pictures in docs/, taken from a portal with demo data."""

import os

from playwright.sync_api import sync_playwright

from diaspora_portal import embedded
from diaspora_portal.stand_in import ROOT
from diaspora_portal.tests.browser.portal import running

from .terminal import step
from .test import chromium

PICTURES = {"home": "/en/", "directory": "/en/members/?field=health&field=tvet"}
SIZE = {"width": 1280, "height": 900}


def main(arguments):
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with embedded.temporary() as services, running(services.environment) as portal, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=options)
        page = browser.new_page(viewport=SIZE)
        for name, path in PICTURES.items():
            with step(f"docs/{name}.png"):
                page.goto(portal.url + path)
                page.screenshot(path=ROOT / "docs" / f"{name}.png")
        browser.close()
