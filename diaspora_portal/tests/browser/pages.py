"""Every page of the portal, as whom it is read, and what to do until it stands there.

A template that is not reached from here is looked at by nobody: a new page is a new line.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import cycle
from uuid import uuid4

LANGUAGES = ("en", "fr", "nl", "de")
PASSWORD = "Tournesol-bleu-7"  # of whoever registers during a test


@dataclass(frozen=True)
class Page:
    name: str
    path: str  # {l}: the language; {expert}: somebody in the directory
    role: str = "visitor"
    status: int = 200
    reach: Callable = lambda tab, portal: None
    language: str = ""

    def __str__(self):
        return f"{self.name} ({self.language})"

    @property
    def language_is_the_accounts(self):
        """The administration has no language in its addresses."""
        return self.path.startswith("/admin/")


# --- what to do on the way --------------------------------------------------------------------------------------------
def submit(tab, **typed):
    """Fill in the form that has these fields, and send it."""
    for name, value in typed.items():
        tab.fill(f"main [name='{name}']", value)
    form = tab.locator(f"main form:has([name='{next(iter(typed))}'])")
    form.locator("button:not([type=button]), [type=submit]").first.click()
    tab.wait_for_load_state()


def with_wrong(**typed):
    """The page again, with its errors."""
    return lambda tab, portal: submit(tab, **typed)


def ask_for_registration(tab, address):
    tab.check("main [name=adult]")
    tab.check("main [name=terms]")
    submit(tab, email=address, password1=PASSWORD)


def wait_for_the_code_of_registration(tab, portal):
    ask_for_registration(tab, a_new_address())


def wait_for_the_code_of_a_new_password(tab, portal):
    submit(tab, email="newcomer@demo.example")


def choose_a_new_password(tab, portal):
    address = "project@demo.example"
    submit(tab, email=address)
    submit(tab, code=portal.letters.code_for(address))


def ask_too_often(tab, portal):
    address, path = a_new_address(), tab.url
    for _ in range(6):
        tab.goto(path)
        submit(tab, email=address)


def change_the_address(tab, portal):
    submit(tab, email=a_new_address())


def lose_the_cookie(tab, portal):
    tab.context.clear_cookies(name="csrftoken")
    submit(tab, login="nobody@example.org", password="not this one")


def open_the_first(tab, portal):
    """The first row of a list of the administration, or the first message."""
    tab.locator("#result_list tbody th a, .row-item h3 a").first.click()
    tab.wait_for_load_state()


def with_a_mail(tab, portal):
    """Somebody registers meanwhile, and is sent a code."""
    with tab.context.browser.new_context(base_url=portal.url) as context:
        page = context.new_page()
        page.goto("/en/accounts/signup/")
        ask_for_registration(page, a_new_address())
    tab.reload()


def choose_to_withhold_a_mail(tab, portal):
    with_a_mail(tab, portal)
    tab.locator("#result_list tbody input").first.check()
    tab.select_option("[name=action]", "withhold")
    tab.click("[name=index]")
    tab.wait_for_load_state()


def open_a_mail_with_a_purpose(tab, portal):
    with_a_mail(tab, portal)
    open_with_a_purpose(tab, portal)


def open_with_a_purpose(tab, portal):
    open_the_first(tab, portal)
    submit(tab, purpose="Looking at the pages of the administration.")


def look_up(tab, portal):
    submit(tab, address="gone@example.org")


def its(part):
    """The page about the same record that is called so: `history`, `delete`."""

    def reach(tab, portal):
        open_the_first(tab, portal)
        tab.goto(tab.url.replace("/change/", f"/{part}/"))

    return reach


def the_first_passkey(word):
    def reach(tab, portal):
        tab.locator(f"main a[href*='/{word}/']").first.click()
        tab.wait_for_load_state()

    return reach


def sign_in_again(tab, portal):
    tab.context.clear_cookies()
    tab.goto(tab.url)
    submit(tab, login="board@demo.example", password=portal.password)


def disagree_about_the_ties(tab, portal):
    tab.uncheck("main [name=agreed]")
    tab.locator("main [name=places]").first.check()
    tab.click("#step button.btn-primary")
    tab.wait_for_load_state()


def a_new_address():
    return f"{uuid4().hex[:12]}@example.org"


# --- the list ---------------------------------------------------------------------------------------------------------
STEPS = "/{l}/me/profile/"
ACCOUNT = "/{l}/accounts/"
MFA = "/{l}/accounts/2fa/"

PUBLIC = [
    Page("home", "/{l}/"),
    Page("directory", "/{l}/members/"),
    Page("directory-filtered", "/{l}/members/?q=health&field=health&sort=name"),
    Page("directory-nobody", "/{l}/members/?q=xylophonist+abdelhak"),
    Page("directory-closed", "/{l}/members/all/"),
    Page("profile", "/{l}/members/{expert}/"),
    Page("search", "/{l}/search/"),
    Page("search-results", "/{l}/search/?q=data"),
    Page("search-nothing", "/{l}/search/?q=xylophonist"),
    Page("about", "/{l}/about/"),
    Page("three-e", "/{l}/about/three-e/"),
    Page("contact", "/{l}/about/contact/"),
    Page("accessibility", "/{l}/about/accessibility/"),
    Page("privacy", "/{l}/about/privacy/"),
    Page("legal", "/{l}/about/legal/"),
]
ERRORS = [
    Page("bad-request", "/{l}/search/?" + "a=1&" * 1001, status=400),
    Page("not-allowed", "/styleguide/", role="member", status=403),
    Page("form-expired", ACCOUNT + "login/", status=403, reach=lose_the_cookie),
    Page("not-found", "/{l}/nothing-is-here/", status=404),
    Page("too-often", ACCOUNT + "password/reset/", status=429, reach=ask_too_often),
]
ENTRANCE = [
    Page("sign-in", ACCOUNT + "login/"),
    Page("sign-in-wrong", ACCOUNT + "login/", reach=with_wrong(login="nobody@example.org", password="not this one")),
    Page("register", ACCOUNT + "signup/"),
    Page("register-wrong", ACCOUNT + "signup/", reach=with_wrong(email="a@example.org", password1="short")),
    Page("register-code", ACCOUNT + "signup/", reach=wait_for_the_code_of_registration),
    Page("reset", ACCOUNT + "password/reset/"),
    Page("reset-code", ACCOUNT + "password/reset/", reach=wait_for_the_code_of_a_new_password),
    Page("reset-password", ACCOUNT + "password/reset/", reach=choose_a_new_password),
    Page("reset-done", ACCOUNT + "password/reset/done/"),
    Page("inactive", ACCOUNT + "inactive/"),
]
OF_ACCOUNTS = [
    Page("account", ACCOUNT, role="newcomer"),
    Page("account-address", ACCOUNT + "email/", role="newcomer"),
    Page("account-password", ACCOUNT + "password/change/", role="newcomer"),
    Page("account-sessions", ACCOUNT + "sessions/", role="newcomer"),
    Page("account-sign-out", ACCOUNT + "logout/", role="newcomer"),
    Page("account-prove", ACCOUNT + "reauthenticate/", role="newcomer"),
    Page("mfa-off", MFA, role="newcomer"),
    Page("mfa-add-app", MFA + "totp/activate/", role="newcomer"),
    Page("mfa-add-passkey", MFA + "webauthn/add/", role="newcomer"),
    Page("mfa-no-passkey", MFA + "webauthn/", role="newcomer"),
    Page("mfa-on", MFA, role="careful"),
    Page("mfa-remove-app", MFA + "totp/deactivate/", role="careful"),
    Page("mfa-codes", MFA + "recovery-codes/", role="careful"),
    Page("mfa-new-codes", MFA + "recovery-codes/generate/", role="careful"),
    Page("mfa-passkeys", MFA + "webauthn/", role="careful"),
    Page("mfa-rename-passkey", MFA + "webauthn/", role="careful", reach=the_first_passkey("edit")),
    Page("mfa-remove-passkey", MFA + "webauthn/", role="careful", reach=the_first_passkey("remove")),
    Page("mfa-sign-in", ACCOUNT + "login/", role="careful", reach=sign_in_again),
    Page("mfa-prove", MFA + "reauthenticate/", role="careful"),
    Page("mfa-prove-passkey", MFA + "webauthn/reauthenticate/", role="careful"),
]
OF_MEMBERS = [
    Page("me-new", "/{l}/me/", role="newcomer"),
    Page("step-about-new", STEPS + "about/", role="newcomer"),
    Page("step-about-wrong", STEPS + "about/", role="newcomer", reach=with_wrong(display_name="", headline="Nurse")),
    Page("directory-closed-new", "/{l}/members/all/", role="newcomer"),
    Page("profile-new", "/{l}/members/{expert}/", role="newcomer"),
    Page("messages-new", "/{l}/me/messages/", role="newcomer"),
    Page("me", "/{l}/me/", role="member"),
    Page("review", STEPS, role="member"),
    Page("step-about", STEPS + "about/", role="member"),
    Page("step-languages", STEPS + "languages/", role="member"),
    Page("step-ties", STEPS + "ties/", role="member"),
    Page("step-ties-wrong", STEPS + "ties/", role="member", reach=disagree_about_the_ties),
    Page("step-skills", STEPS + "skills/?find=nurse", role="member"),
    Page("step-skills-nothing", STEPS + "skills/?find=xylophonist", role="member"),
    Page("step-offer", STEPS + "offer/", role="member"),
    Page("step-visibility", STEPS + "visibility/", role="member"),
    Page("directory-members", "/{l}/members/all/", role="member"),
    Page("profile-to-members", "/{l}/members/{expert}/", role="correspondent"),
    Page("write", "/{l}/members/{expert}/write/", role="correspondent"),
    Page("write-wrong", "/{l}/members/{expert}/write/", role="correspondent", reach=with_wrong(subject="Hello")),
    Page("messages", "/{l}/me/messages/", role="member"),
    Page("message", "/{l}/me/messages/", role="member", reach=open_the_first),
]
OF_STAFF = [
    Page("styleguide", "/styleguide/", role="administrator"),
    Page("admin", "/admin/", role="administrator"),
    Page("admin-app", "/admin/core/", role="administrator"),
    Page("admin-accounts", "/admin/members/user/", role="administrator"),
    Page("admin-purpose", "/admin/members/user/?q=sample", role="administrator", reach=open_the_first),
    Page("admin-account", "/admin/members/user/?q=newcomer", role="administrator", reach=open_with_a_purpose),
    Page("admin-profiles", "/admin/members/profile/", role="administrator"),
    Page("admin-profile", "/admin/members/profile/", role="administrator", reach=open_with_a_purpose),
    Page("admin-skills", "/admin/core/skill/?q=nurs", role="administrator"),
    Page("admin-skill", "/admin/core/skill/?q=nurs", role="administrator", reach=open_the_first),
    Page("admin-skill-add", "/admin/core/skill/add/", role="administrator"),
    Page("admin-countries", "/admin/core/country/", role="administrator"),
    Page("admin-history", "/admin/core/sector/", role="administrator", reach=its("history")),
    Page("admin-pages", "/admin/portal/page/", role="communications"),
    Page("admin-page", "/admin/portal/page/", role="communications", reach=open_the_first),
    Page("admin-page-history", "/admin/portal/page/", role="communications", reach=its("history")),
    Page("admin-outbox", "/admin/outbox/outgoingmail/", role="administrator", reach=with_a_mail),
    Page("admin-mail", "/admin/outbox/outgoingmail/", role="administrator", reach=open_a_mail_with_a_purpose),
    Page("admin-withhold", "/admin/outbox/outgoingmail/", role="administrator", reach=choose_to_withhold_a_mail),
    Page("admin-outbox-status", "/admin/outbox/outgoingmail/status/", role="administrator"),
    Page("admin-previews", "/admin/outbox/outgoingmail/preview/", role="communications"),
    Page("admin-preview", "/admin/outbox/outgoingmail/preview/members.relayed-message/fr/", role="communications"),
    Page("admin-suppressed", "/admin/outbox/suppression/", role="administrator"),
    Page("admin-suppressed-address", "/admin/outbox/suppression/address/", role="administrator", reach=look_up),
    Page("admin-audit", "/admin/core/auditentry/", role="protection"),
    Page("admin-consents", "/admin/members/consent/", role="protection"),
]

PAGES = [
    replace(page, language=language)
    for page, language in zip(
        [*PUBLIC, *ERRORS, *ENTRANCE, *OF_ACCOUNTS, *OF_MEMBERS, *OF_STAFF], cycle(LANGUAGES), strict=False
    )
]
DESIGNED = [page for page in PAGES if page.name in {"home", "directory", "profile"}]


def visit(tab, page, portal):
    """Open the page and do what it takes; returns the server's last answer."""
    answers = []
    tab.on("response", lambda answer: answers.append(answer) if _is_a_page(answer) else None)
    tab.goto(page.path.format(l=page.language, expert=portal.expert()))
    if "/reauthenticate/" not in page.path:
        prove(tab, portal.password)
    page.reach(tab, portal)
    tab.wait_for_load_state()
    return answers[-1]


def prove(tab, password):
    """Some pages ask once more who is there, if it was not shown a moment ago."""
    if "/reauthenticate/" not in tab.url:
        return
    ways = tab.locator("main a[href*='/accounts/reauthenticate/']")
    if ways.count():
        ways.first.click()
    submit(tab, password=password)


def _is_a_page(answer):
    """Not what stands in a frame of it, nor what only leads to it."""
    is_document = answer.request.resource_type == "document" and answer.frame.parent_frame is None
    return is_document and not 300 <= answer.status < 400
