"""Somebody at a page: cookies, the token of the form, and the status of each answer."""

import re
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from ._ground import WEB_PORT

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


class Browser:
    def __init__(self):
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self.statuses: list[int] = []
        self.text = ""

    def get(self, path: str) -> int:
        return self._ask(path, None)

    def post(self, path: str, **fields) -> int:
        """Fill in the form that was shown last. Redirects are followed."""
        token = TOKEN.search(self.text)
        fields["csrfmiddlewaretoken"] = token[1] if token else ""
        return self._ask(path, urlencode(fields).encode())

    def _ask(self, path, data) -> int:
        try:
            with self.opener.open(f"http://127.0.0.1:{WEB_PORT}{path}", data, timeout=60) as response:
                self.text, status = response.read().decode(), response.status
        except HTTPError as error:
            with error:
                self.text, status = error.read().decode(errors="replace"), error.code
        self.statuses.append(status)
        return status


def sign_up(address: str) -> list[int]:
    """Register an account as a person does, up to the page that asks for the code. Returns every status."""
    browser = Browser()
    browser.get("/en/accounts/signup/")
    browser.post("/en/accounts/signup/", email=address, password1="a long sentence, kept", adult="on", terms="on")
    return browser.statuses
