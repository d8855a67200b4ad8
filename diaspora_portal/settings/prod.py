"""Production. Refuses to start without its secrets; passes `check --deploy`."""

from diaspora_portal import logs

from .base import *  # noqa: F403 - settings are layered
from .base import env
from .environment import needed

DEBUG = False
SECRET_KEY = needed("SECRET_KEY")
DATABASES["default"] |= env.db("DATABASE_URL")  # noqa: F405
REDIS_URL = CELERY_BROKER_URL = env.str("REDIS_URL")
SITE_URL = needed("SITE_URL").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
EMAIL_URL = needed("EMAIL_URL")
SUPPRESSION_KEY = needed("SUPPRESSION_KEY")
MFA_KEYS = needed("MFA_KEY").split(",")
STAFF_NEED_MFA = True

SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"

LOGGING = logs.configure(as_json=True)
