"""`./portal check`: what a commit must pass, in seconds and without a database. Each check prints its closing line."""

import os
import subprocess
import sys
from tempfile import TemporaryDirectory

from diaspora_portal.stand_in import ROOT

PYTHON = [sys.executable, "-m"]
LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
CHECKS = {
    "ruff": [*PYTHON, "ruff", "check"],
    "format": [*PYTHON, "ruff", "format", "--check"],
    "imports": [sys.executable, "-c", LINT_IMPORTS, "--config", "diaspora_portal/importlinter.ini"],
    "migrations": [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
    "static tests": [*PYTHON, "pytest", "-q", "-m", "static"],
}
# Nothing listens there: a check that asked a database would fail.
NO_DATABASE = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}


def main(arguments):
    settings = NO_DATABASE | {"DJANGO_SETTINGS_MODULE": "diaspora_portal.settings.test"}
    with TemporaryDirectory(prefix="portal-check-") as settings["TMPDIR"]:
        failed = [name for name, argv in CHECKS.items() if not _passes(name, argv, os.environ | settings)]
    return f"\nFailed: {', '.join(failed)}" if failed else 0


def _passes(name, argv, environment):
    done = subprocess.run(argv, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines = done.stdout.rstrip().splitlines() or ["(said nothing)"]
    print(f"{name:>12} │ " + f"\n{'':>12} │ ".join(lines if done.returncode else lines[-1:]), flush=True)
    return done.returncode == 0
