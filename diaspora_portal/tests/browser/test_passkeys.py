"""Passkeys, with a device that Chromium pretends to have."""

import re

import pytest

ADDRESS = "passkey@example.org"
PASSWORD = "two strands, one thread"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def newcomer(portal, chromium):
    """Somebody who has just registered, on a device with a fingerprint reader."""
    context = chromium.new_context(base_url=portal.url)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    page.goto("/en/accounts/signup/")
    page.get_by_label("Email").fill(ADDRESS)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("I am 18 or older.").check()
    page.get_by_label("I have read the privacy notice").check()
    page.get_by_role("button", name="Register").click()
    page.get_by_label("Code").fill(portal.letters.code_for(ADDRESS))
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url("**/me/")
    yield page
    context.close()


def test_a_passkey_signs_in_alone_and_as_second_step(newcomer):
    page = newcomer
    page.goto("/en/accounts/2fa/webauthn/add/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url("**/2fa/recovery-codes/")

    sign_out(page)
    page.goto("/en/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/me/")

    sign_out(page)
    page.goto("/en/accounts/login/")
    page.get_by_label("Email").fill(ADDRESS)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/2fa/authenticate/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(re.compile(r"/me/$"))


def sign_out(page):
    page.goto("/en/accounts/logout/")
    page.locator("main").get_by_role("button", name="Sign out").click()
