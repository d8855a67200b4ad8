"""People in front of a browser: each role signed in once, and what a page must never cause written down."""

import re
from contextlib import contextmanager

from . import second_step
from .pages import prove

ADDRESSES = {
    "newcomer": "newcomer@demo.example",  # an account without a profile
    "member": "member@demo.example",
    "correspondent": "association@demo.example",  # a member too, who has written to the one above
    "careful": "board@demo.example",  # a member who signs in with a second step
    "project": "project@demo.example",
    "another team": "morocco@demo.example",
    "communications": "communications@demo.example",
    "protection": "protection@demo.example",
    "administrator": "administrator@demo.example",
}

TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.violatedDirective} refused ${event.blockedURI} ${event.sample}`));
"""


class Readers:
    """Opens the portal in Chromium as somebody."""

    def __init__(self, chromium, portal):
        self.chromium, self.portal, self.sessions = chromium, portal, {}

    @contextmanager
    def reader(self, role="visitor", **options):
        """A context of this role's own, which complains at the end of whatever went wrong in any of its pages."""
        faults = []
        try:
            with self.watched(faults, role, **options) as context:
                yield context
        except BaseException as error:
            error.add_note("\n".join(faults))
            raise
        assert not faults, "\n".join(faults)

    @contextmanager
    def watched(self, faults, role="visitor", *, language="en", **options):
        context = self.chromium.new_context(
            base_url=self.portal.url, locale=language, storage_state=self._session(role), **options
        )
        context.set_default_timeout(15_000)
        Watch(context, self.portal, faults)
        try:
            yield context
        finally:
            context.close()

    def _session(self, role):
        if role == "visitor":
            return None
        if role not in self.sessions:
            with self.reader() as context:
                page = context.new_page()
                self.sign_in(page, ADDRESSES[role])
                if role in ARRIVALS:
                    ARRIVALS[role](self, page)
                self.sessions[role] = context.storage_state()
        return self.sessions[role]

    def sign_in(self, page, address, password=None):
        page.goto("/en/accounts/login/")
        page.fill("[name=login]", address)
        page.fill("[name=password]", password or self.portal.password)
        page.click("main form:has([name=login]) button")
        page.wait_for_url("**/me/")


def receive_a_letter(readers, page):
    """Somebody has a message to read."""
    page.goto("/en/me/")
    own_page = page.locator("main a[href*='/en/members/']").first.get_attribute("href")
    with readers.reader("correspondent") as context:
        tab = context.new_page()
        tab.goto(f"{own_page}write/")
        tab.fill("[name=subject]", "Training for midwives")
        tab.fill("[name=text]", "Dear colleague,\n\nwould you speak at our meeting in May?")
        tab.click("main form button")
        tab.wait_for_url(f"**{own_page}")


def add_second_steps(readers, page):
    """An authenticator app, the recovery codes that come with it, and a passkey."""
    page.goto("/en/accounts/2fa/totp/activate/")
    prove(page, readers.portal.password)
    second_step.add_app(page)
    second_step.hold_a_phone(page)
    page.goto("/en/accounts/2fa/webauthn/add/")
    second_step.add_passkey(page)


ARRIVALS = {"member": receive_a_letter, "careful": add_second_steps}


class Watch:
    """What the console says, what asks another host, and what the server could not answer."""

    def __init__(self, context, portal, faults):
        self.portal, self.faults = portal, faults
        context.add_init_script(TELL_VIOLATIONS)
        context.route(re.compile(f"^(?!{re.escape(portal.url)}/)"), self._refuse)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.faults.append(f"{error.page.url}: {error.error}"))
        context.on("response", self._response)

    def _refuse(self, route):
        self.faults.append(f"asked another host: {route.request.url}")
        route.abort()

    def _console(self, message):
        # A page that is meant to be refused is logged as a resource that failed to load.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.faults.append(f"{message.page.url}: {message.type}: {message.text}")

    def _response(self, response):
        is_page = response.request.resource_type == "document"
        if response.status >= (500 if is_page else 400):
            self.faults.append(f"{response.status} for {response.url}\n{self.portal.log()}")
