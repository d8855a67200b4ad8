"""The portal as it runs, with the tests' own kinds of mail and, for the quick part, shorter waits, smaller batches."""

from diaspora_portal.settings.dev import *  # noqa: F403 - settings are layered
from diaspora_portal.settings.dev import INSTALLED_APPS, STORAGES, env

INSTALLED_APPS = [*INSTALLED_APPS, "bench.torture.subject"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
ACCOUNT_RATE_LIMITS = False  # hundreds sign up from one address
HASHERS = {"pbkdf2_sha256": "PBKDF2PasswordHasher", "md5": "MD5PasswordHasher"}  # the first is what production has
FIRST = env.str("TORTURE_HASHER", "pbkdf2_sha256")
PASSWORD_HASHERS = [f"django.contrib.auth.hashers.{HASHERS[name]}" for name in {FIRST: 0} | HASHERS]
EMAIL_TIMEOUT = env.int("TORTURE_TIMEOUT", 10)
OUTBOX_LAST_ANSWER = env.int("TORTURE_LAST_ANSWER", 25)
OUTBOX_BATCH = env.int("TORTURE_BATCH", 100)
