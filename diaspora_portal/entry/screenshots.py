"""`./portal screenshots`: the pictures in docs/, taken from a portal with demo data."""

import os

from playwright.sync_api import sync_playwright

from diaspora_portal import embedded
from diaspora_portal.stand_in import ROOT
from diaspora_portal.tests.browser.portal import running

from .terminal import step
from .test import chromium

PICTURES = {
    "home": "/en/",
    "directory": "/en/members/?field=health&field=tvet",
    "projects": "/en/projects/",
    "project": "/en/projects/rwanda-tvet-health/",
    "country": "/en/countries/rwanda/",
}
STAFF = "project@demo.example"
OF_STAFF = {"desk": "/admin/", "editing": "/admin/projects/project/?q=sample"}
SIZE = {"width": 1280, "height": 900}


def main(arguments):
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with embedded.temporary() as services, running(services.environment) as portal, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=options)
        page = browser.new_page(viewport=SIZE, base_url=portal.url)
        take(page, PICTURES)
        sign_in(page, portal.password)
        take(page, OF_STAFF)
        browser.close()


def take(page, pictures):
    for name, path in pictures.items():
        with step(f"docs/{name}.png"):
            page.goto(path)
            if name == "editing":
                page.locator("#result_list tbody th a").first.click()
                page.goto(f"{page.url.partition('?')[0]}?beside=fr")
            page.screenshot(path=ROOT / "docs" / f"{name}.png")


def sign_in(page, password):
    page.goto("/en/accounts/login/")
    page.fill("main [name=login]", STAFF)
    page.fill("main [name=password]", password)
    page.click("main button[type=submit], main form button:not([type=button])")
    page.wait_for_load_state()
