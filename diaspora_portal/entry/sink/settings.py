"""The portal's settings, with the mail page in place of the portal's pages."""

from pathlib import Path

from csp.constants import NONE, SELF

from diaspora_portal.settings.dev import *  # noqa: F403 - settings are layered
from diaspora_portal.settings.dev import DATABASES, STATICFILES_DIRS, TEMPLATES

HERE = Path(__file__).parent

DEBUG = True  # whoever reads this page repairs the portal
ROOT_URLCONF = "diaspora_portal.entry.sink.pages"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",  # allauth does not start without it
]
TEMPLATES = [
    TEMPLATES[0]
    | {"DIRS": [HERE / "templates", *TEMPLATES[0]["DIRS"]]}
    | {"OPTIONS": TEMPLATES[0]["OPTIONS"] | {"context_processors": []}}
]
STATICFILES_DIRS = [*STATICFILES_DIRS, HERE / "static"]
DATABASES["default"] |= {"CONN_MAX_AGE": 0}  # each request has a thread of its own
CSRF_COOKIE_NAME = "mail-page-csrf"  # cookies know no port, and the portal has one too
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF],
        "frame-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
