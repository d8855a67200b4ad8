"""The environment, read once, and what every part of the settings stands on."""

from pathlib import Path

import environ

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"
SITE_NAME = "Diaspora Portal"

env = environ.Env()
environ.Env.read_env(ROOT / ".env")
