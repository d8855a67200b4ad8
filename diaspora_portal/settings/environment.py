"""The environment, read once, and what every part of the settings stands on."""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"
SITE_NAME = "Diaspora Portal"

env = environ.Env()
environ.Env.read_env(ROOT / ".env")


def needed(name: str) -> str:
    """What production does not start without; left empty, as in `.env.example`, it is missing."""
    if value := env.str(name):
        return value
    raise ImproperlyConfigured(f"Set the {name} environment variable")
