"""The tests: a throw-away cluster, plain static files, quick hashing."""

import atexit
import shutil
import tempfile

from diaspora_portal import logs

from .base import *  # noqa: F403 - settings are layered
from .base import STORAGES, TEMPLATES

DEBUG = False
SECRET_KEY = "only for tests"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
SITE_URL = "http://testserver"
DEMO_ALLOWED = True
MFA_KEYS = ["only for tests"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
MEDIA_ROOT = tempfile.mkdtemp(prefix="portal-test-media-")
atexit.register(shutil.rmtree, MEDIA_ROOT, ignore_errors=True)
EMAIL_TIMEOUT = 2  # scripted mail servers that say nothing
ACCOUNT_RATE_LIMITS = False
LOGGING = logs.configure(as_json=False)
LOGGING["root"]["level"] = "WARNING"
TEMPLATES[0]["OPTIONS"]["debug"] = True
WHITENOISE_AUTOREFRESH = True
