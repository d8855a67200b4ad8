#!/usr/bin/env python
"""Django's own; `./portal manage …` runs it with the embedded services up."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diaspora_portal.settings.dev")
    execute_from_command_line(sys.argv)
