"""What is the same everywhere. The environment is read here, once."""

from datetime import timedelta

from csp.constants import NONE, SELF
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from .environment import ROOT, SITE_NAME, VAR, env
from .mail import *  # noqa: F403 - a room of its own: mail and background work

SITE_URL = env.str("SITE_URL", "http://localhost:8000").rstrip("/")  # links in mails: never from a request's Host
DEMO_ALLOWED = False  # sample people never reach production

# --- apps -------------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "modeltranslation",  # before the admin
    "apps.core",
    "apps.outbox",
    "apps.members",
    "apps.projects",
    "apps.portal",
    "diaspora_portal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "anymail",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_filters",
    "django_countries",  # its names in four languages
    "django_prose_editor",
    "django_structlog",
    "reversion",
]

MIDDLEWARE = [
    "django_structlog.middlewares.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # a poor phone pays by the byte; Django pads against BREACH
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "apps.core.middleware.readable",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "apps.core.middleware.private",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "diaspora_portal.urls"
WSGI_APPLICATION = "diaspora_portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.portal.context.page",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "apps.core.templatetags.icons"],
        },
    }
]

# --- data -------------------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default="postgres:///diaspora_portal")}
DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
# Rate limits count here, so that no request needs Redis: with Redis away, people still sign up and sign in.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "core_cache"}}

# --- people -----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "members.User"
AUTHENTICATION_BACKENDS = ["apps.members.adapter.PasswordBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:me"
LOGOUT_REDIRECT_URL = "portal:home"
# What one agrees to when signing up; pages of an app above the one that asks.
PRIVACY_NOTICE_URL = reverse_lazy("portal:page", args=["privacy"])
LEGAL_NOTICE_URL = reverse_lazy("portal:page", args=["legal"])

ACCOUNT_ADAPTER = "apps.members.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "login": "apps.members.forms.LoginForm",
    "signup": "apps.members.forms.SignupForm",
    "add_email": "apps.members.forms.AddEmailForm",
    "change_password": "apps.members.forms.ChangePasswordForm",
    "set_password": "apps.members.forms.SetPasswordForm",
    "reset_password": "apps.members.forms.ResetPasswordForm",
    "reset_password_from_key": "apps.members.forms.ResetPasswordKeyForm",
    "reauthenticate": "apps.members.forms.ReauthenticateForm",
    "confirm_email_verification_code": "apps.members.forms.ConfirmEmailForm",
    "confirm_password_reset_code": "apps.members.forms.ConfirmPasswordResetForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ALLAUTH_USER_CODE_FORMAT = {"numeric": True}  # nine digits: typed on any keyboard, in any script
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60  # mail can be slow; allauth's three minutes are not enough
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
MFA_FORMS = {
    "authenticate": "apps.members.forms.SecondStepForm",
    "reauthenticate": "apps.members.forms.SecondStepAgainForm",
    "activate_totp": "apps.members.forms.ActivateTOTPForm",
    "add_webauthn": "apps.members.forms.AddPasskeyForm",
    "edit_webauthn": "apps.members.forms.RenamePasskeyForm",
}
MFA_ADAPTER = "apps.members.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
STAFF_NEED_MFA = env.bool("STAFF_NEED_MFA", False)  # prod: always
USERSESSIONS_TRACK_ACTIVITY = False
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)

SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_AGE = int(timedelta(days=365).total_seconds())
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no cookie of its own

# --- language and time ------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French")), ("nl", _("Dutch")), ("de", _("German"))]
LOCALE_PATHS = [ROOT / "diaspora_portal" / "locale"]
FORMAT_MODULE_PATH = ["diaspora_portal.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Brussels"
MODELTRANSLATION_DEFAULT_LANGUAGE = "en"
MODELTRANSLATION_FALLBACK_LANGUAGES = ("en", "fr", "nl", "de")

# --- files ------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(VAR / "static"))
STATICFILES_DIRS = [ROOT / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "apps.core.finders.PackageFilesFinder",
]
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # half the files to compress
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "apps.core.static.KeptStaticFilesStorage"},
}
# Uploads are private: they leave only through views that ask who is looking. There is no MEDIA_URL to guess.
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(VAR / "media"))
ACCEL_REDIRECT = env.str("ACCEL_REDIRECT", "")  # nginx's internal location for MEDIA_ROOT, "" to send files ourselves
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # a project with 200 documents is one form
PHOTO_MAX_BYTES = 8 * 1024 * 1024
PHOTO_MAX_PIXELS = 40_000_000
DOCUMENT_MAX_BYTES = 8 * 1024 * 1024
VIDEO_MAX_BYTES = 200 * 1024 * 1024

# --- security ---------------------------------------------------------------------------------------------------------
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- forms and logging ------------------------------------------------------------------------------------------------
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_USER_ID_FIELD = "pk"
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
