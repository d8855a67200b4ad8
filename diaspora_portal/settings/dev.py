"""`./portal run`: production's code paths on one machine, with plain cookies and no HSTS."""

import os
import secrets

from diaspora_portal import logs

from .base import *  # noqa: F403 - settings are layered
from .base import VAR, env

DEBUG = env.bool("DEBUG", False)
DEMO_ALLOWED = env.bool("DEMO_ALLOWED", True)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
LOGGING = logs.configure(as_json=False)


def _secret() -> str:
    """The machine's own secret, made at the first start."""
    path = VAR / "secret"
    if not path.exists():
        VAR.mkdir(exist_ok=True)
        new = VAR / f"secret.{os.getpid()}"
        new.touch(mode=0o600)
        new.write_text(secrets.token_urlsafe(50))
        new.replace(path)  # whole or not at all
    return path.read_text()


SECRET_KEY = env.str("SECRET_KEY", "") or _secret()
MFA_KEYS = env.list("MFA_KEY", default=[SECRET_KEY])
