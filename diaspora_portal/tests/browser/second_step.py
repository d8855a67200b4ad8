"""What a member's phone does for the second step: an authenticator app's codes, and passkeys."""

import base64
import hmac
import struct
import time


def app_code(secret):
    """The six digits that an authenticator app shows now (RFC 6238)."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), "sha1")
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def add_app(tab):
    """On the page that offers it; returns the secret."""
    secret = tab.locator("details code").text_content().strip()
    tab.fill("main [name=code]", app_code(secret))
    tab.click("main form:has([name=code]) button")
    tab.wait_for_url(lambda url: "activate" not in url)
    return secret


def hold_a_phone(tab):
    """Give this tab a device that makes passkeys and whose owner always agrees."""
    devtools = tab.context.new_cdp_session(tab)
    devtools.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    device |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": device})


def add_passkey(tab, name="My phone"):
    tab.fill("main [name=name]", name)
    tab.click("main [data-passkey=create] button")
    tab.wait_for_url(lambda url: "/add/" not in url)
