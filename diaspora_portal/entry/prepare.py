"""What must be in the database before the portal opens, in one process, since each start of Django takes a second.

Tells its progress on stderr; stdout is the table of demo accounts, for `run` to show at the end.
"""

import sys
from contextlib import redirect_stdout

import django
from django.contrib.auth import get_user_model
from django.core.management import call_command as _call_command, get_commands

from .terminal import step


def call_command(name, **options):  # TEMPORARY until every command is there
    if name in get_commands():
        _call_command(name, **options)


def main(arguments):
    with redirect_stdout(sys.stderr):
        django.setup()
        with step("migrations"):
            call_command("migrate", verbosity=0)
        with step("taxonomy and pages"):
            call_command("load_taxonomy", verbosity=0)
            call_command("load_pages", verbosity=0)
        if not get_user_model().objects.exists():
            with step("demo data"):
                call_command("load_demo", verbosity=0)
    call_command("load_demo", accounts=True)
