"""What must be in the database before the portal opens, in one process, since each start of Django takes a second.

Tells its progress on stderr; stdout is the table of demo accounts, for `run` to show at the end.
"""

import sys
from contextlib import redirect_stdout
from io import StringIO

import django
from django.contrib.auth import get_user_model
from django.core.management import call_command

from .terminal import step


def main(arguments):
    with redirect_stdout(sys.stderr):
        django.setup()
        _quietly("migrations", "migrate")
        _quietly("taxonomy", "load_taxonomy")
        _quietly("pages", "load_pages")
        people = get_user_model().objects
        if not people.exists():
            _quietly("demo data", "load_demo")
    if people.samples().exists():
        call_command("load_demo", accounts=True)


def _quietly(what, command):
    with step(what):
        call_command(command, stdout=StringIO())
