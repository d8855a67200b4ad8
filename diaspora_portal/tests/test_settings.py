"""Production starts only when it is safe to; every page carries the policy; no cookie but the four."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.urls import reverse

from apps.members.tests.factories import PASSWORD, ProfileFactory

SECRETS = {
    "SECRET_KEY": "k4pJ9-w2Zq_7tXv0LmR8sYb3NcE6hUa1Df5GiOoPzKQeWxTyVu",
    "DATABASE_URL": "postgresql://portal@127.0.0.1:1/portal",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "SITE_URL": "https://portal.example",
    "ALLOWED_HOSTS": "portal.example",
    "EMAIL_URL": "smtp+tls://mail.example:587",
    "SUPPRESSION_KEY": "a key that never changes",
    "MFA_KEY": "the new key,the old key",
}


def production(*command, without=None, **instead):
    """Run a command of manage.py in production settings, with nothing in the environment but the secrets."""
    secrets = {name: value for name, value in SECRETS.items() if name != without} | instead
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "diaspora_portal.settings.prod"} | secrets
    return subprocess.run(
        [sys.executable, "manage.py", *command], cwd=settings.ROOT, env=environment, capture_output=True, text=True
    )


@pytest.mark.parametrize("secret", SECRETS)
def test_production_refuses_to_start_without_each_of_its_secrets(secret):
    done = production("check", without=secret)

    assert done.returncode != 0
    assert f"Set the {secret} environment variable" in done.stderr


@pytest.mark.parametrize("secret", ["SUPPRESSION_KEY", "MFA_KEY"])
def test_production_refuses_to_start_with_a_key_that_was_left_empty(secret):
    done = production("check", **{secret: ""})

    assert done.returncode != 0
    assert f"Set the {secret} environment variable" in done.stderr


def test_production_with_all_secrets_passes_djangos_deployment_check():
    done = production("check", "--deploy", "--fail-level", "WARNING")

    assert (done.returncode, done.stdout.strip()) == (0, "System check identified no issues (0 silenced)."), done.stderr


def test_production_keeps_what_the_portal_promises():
    names = [
        "DEBUG", "DEMO_ALLOWED", "STAFF_NEED_MFA", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "ALLOWED_HOSTS",
    ]  # fmt: skip
    done = production(
        "shell", "--no-imports", "-c", f"from django.conf import settings as s; print([getattr(s, n) for n in {names}])"
    )

    assert done.stdout.strip() == (
        "[False, False, True, '__Host-session', '__Host-csrf', True, True, True, True, ['portal.example']]"
    ), done.stderr


@pytest.mark.static
def test_the_policy_allows_nothing_inline_and_no_other_host():
    for policy in (settings.CONTENT_SECURITY_POLICY, getattr(settings, "CONTENT_SECURITY_POLICY_REPORT_ONLY", {})):
        for directive, sources in policy.get("DIRECTIVES", {}).items():
            assert {source for source in sources if source not in {"'self'", "'none'"}} == set(), directive


PUBLIC = ["portal:home", "members:directory", "account_login", "account_signup", "portal:search"]


def policy(response):
    return dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";") if part.strip())


@pytest.mark.django_db
@pytest.mark.parametrize("route", PUBLIC)
def test_every_page_carries_the_policy_and_its_companions(client, route):
    response = client.get(reverse(route))

    assert "unsafe" not in response["Content-Security-Policy"]
    assert policy(response)["default-src"] == policy(response)["frame-ancestors"] == "'none'"
    assert policy(response)["script-src"] == policy(response)["style-src"] == "'self'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/en/no-such-page/", "/admin/", "/healthz", "/robots.txt", "/sitemap.xml"])
def test_what_is_not_a_page_carries_the_policy_too(client, path):
    assert "unsafe" not in client.get(path)["Content-Security-Policy"]


@pytest.mark.django_db
def test_a_visitor_who_only_reads_gets_no_session(client):
    for route in ["portal:home", "members:directory"]:
        client.get(reverse(route))

    assert set(client.cookies) <= {settings.CSRF_COOKIE_NAME}


@pytest.mark.django_db
def test_a_whole_visit_sets_no_cookie_but_session_csrf_language_and_theme(client):
    profile, other = ProfileFactory(listed=True), ProfileFactory(listed=True)
    client.get(reverse("account_login"))
    client.post(reverse("account_login"), {"login": profile.user.email, "password": PASSWORD})
    client.post(reverse("theme"), {"theme": "dark", "next": "/en/"})
    client.get(reverse("members:write", args=[other.public_id]))
    client.post(reverse("members:write", args=[other.public_id]), {"subject": "Hello", "text": "Shall we talk?"})
    client.get(reverse("portal:me"))

    allowed = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME, "theme"}
    assert settings.SESSION_COOKIE_NAME in client.cookies
    assert set(client.cookies) <= allowed
    assert client.cookies[settings.SESSION_COOKIE_NAME]["httponly"]
    assert {cookie["samesite"] for cookie in client.cookies.values()} == {"Lax"}
