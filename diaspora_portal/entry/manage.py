"""`./portal manage …`: Django's manage.py with the database and the broker up."""

import sys

from diaspora_portal import embedded
from diaspora_portal.stand_in import ROOT

from .terminal import foreground


def main(arguments):
    with embedded.permanent() as services:
        return foreground([sys.executable, ROOT / "manage.py", *arguments], services.environment)
