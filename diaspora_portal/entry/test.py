"""`./portal test`: everything, against throw-away servers, with the Chromium that this machine has."""

import os
import shutil
import sys

from diaspora_portal import embedded

from .terminal import foreground

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main(arguments):
    settings = {
        "DJANGO_SETTINGS_MODULE": "diaspora_portal.settings.test",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright's loop runs in the tests' thread
        "CHROMIUM": chromium(),  # without one conftest.py skips the browser tests and says how to get it
    }
    with embedded.temporary() as services:
        settings["TMPDIR"] = str(services.folder / "tmp")  # what tests leave behind goes with the servers
        os.mkdir(settings["TMPDIR"])
        return foreground([sys.executable, "-m", "pytest", *arguments], services.environment | settings)


def chromium():
    """The path of this machine's Chromium, or an empty string."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), "")
