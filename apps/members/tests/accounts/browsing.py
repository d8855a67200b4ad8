"""A browser for tests of accounts, and the words for what it shows."""

import base64
import hmac
import re
import struct
import time

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.urls import reverse

from ..factories import PASSWORD

NEW = "newcomer@example.org"
ANOTHER_PASSWORD = "another thread, another strand"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Browser(Client):
    """Goes where it is sent, by the names of pages; what it posts is committed: allauth tells some of it only then."""

    def __init__(self, committing):
        super().__init__(headers={"user-agent": FIREFOX})
        self.committing = committing

    def post(self, name, **data):
        with self.committing(execute=True):
            return super().post(reverse(name), data, follow=True)

    def read(self, name, *args):
        return self.get(reverse(name, args=args), follow=True)

    def register(self, email=NEW):
        return self.post("account_signup", email=email, password1=PASSWORD, adult="on", terms="on")

    def sign_in(self, user, password=PASSWORD):
        return self.post("account_login", login=user.email, password=password)

    def show_it_is_me(self):
        return self.post("account_reauthenticate", password=PASSWORD)

    @property
    def is_signed_in(self) -> bool:
        return "_auth_user_id" in self.session


def here(response) -> str:
    return response.request["PATH_INFO"]


def what_is_said(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def without_what_differs(response, *addresses) -> str:
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    for address in addresses:
        text = text.replace(address, "ADDRESS")
    return text


def code_in(letter) -> str:
    return re.search(r"^ {4}(\S+)$", letter.body, re.MULTILINE)[1]


def code_of_app(secret=SECRET) -> str:
    """What an authenticator app shows now (RFC 6238)."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), "sha1")
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def add_app(user) -> RecoveryCodes:
    TOTP.activate(user, SECRET)
    return RecoveryCodes.activate(user)
