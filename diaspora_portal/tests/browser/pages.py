"""Every page of the portal, as whom it is read, and what to do until it stands there.

A template that is not reached from here is looked at by nobody: a new page is a new line.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path
from uuid import uuid4

from apps.core.tests.documents import pdf

LANGUAGES = ("en", "fr", "nl", "de")
EUROPASS = Path(__file__).parents[3] / "apps/members/tests/data/europass"
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


def open_a_number(tab, portal):
    tab.locator("a.p-number").first.click()
    tab.wait_for_load_state()


def ask_for_a_report(tab, portal):
    """The first donor's, of all years, and wait for it."""
    tab.select_option("[name=donor]", index=1)
    submit(tab, first_day="2001-01-01")
    tab.wait_for_selector("#ready")  # the page looks again by itself


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


def save_without_a_name(tab, portal):
    tab.locator("[name=name]").evaluate("field => field.removeAttribute('required')")
    tab.click(".save button")
    tab.wait_for_load_state()


def save_the_search(tab, portal):
    tab.fill("[name=name]", "Nurses")
    tab.check("[name=shared]")
    tab.click(".save button")
    tab.wait_for_load_state()


def write_a_note(tab, portal):
    open_the_first(tab, portal)
    if tab.locator("[name=purpose]").count():
        submit(tab, purpose="Looking at the pages of the administration.")
    tab.fill("[name=new]", "Speaker")
    tab.click("form[action*='/tags/'] button")
    tab.wait_for_load_state()
    tab.fill("[name=text]", "Met in Namur; wants to teach.")
    tab.click("form[action*='/notes/add/'] button")
    tab.wait_for_load_state()


def choose_to_take_out(tab, portal):
    tab.locator("#result_list tbody input").first.check()
    tab.select_option("[name=action]", "take_out")
    tab.click("[name=index]")
    tab.wait_for_load_state()


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


def leave_and_open_the_link(tab, portal):
    """Somebody registers, asks for the account to be deleted, and opens the link of the mail."""
    address, language = a_new_address(), tab.url.split("/")[3]
    tab.goto(f"/{language}/accounts/signup/")
    ask_for_registration(tab, address)
    submit(tab, code=portal.letters.code_for(address))
    tab.goto(f"/{language}/me/privacy/delete/")
    prove(tab, PASSWORD)
    tab.click("main .btn-danger")
    tab.wait_for_load_state()
    tab.goto(portal.letters.link_for(address))


def press_the_button(tab, portal):
    tab.click("main .form-actions .btn-primary")
    tab.wait_for_load_state()


def go_away_for_a_week(tab, portal):
    """Somebody registers, writes a name and hides the profile."""
    language = tab.url.split("/")[3]
    tab.goto(f"/{language}/accounts/signup/")
    address = a_new_address()
    ask_for_registration(tab, address)
    submit(tab, code=portal.letters.code_for(address))
    tab.goto(f"/{language}/me/profile/about/")
    submit(tab, display_name="Somebody on leave")
    tab.goto(f"/{language}/me/profile/suspend/")
    submit(tab, until=(date.today() + timedelta(days=7)).isoformat())


def open_a_reported_message(tab, portal):
    """A member got a letter meanwhile, and reports it."""

    def signed_in(context, address):
        page = context.new_page()
        page.goto("/en/accounts/login/")
        submit(page, login=address, password=portal.password)
        page.goto("/en/me/")
        return page

    browser = tab.context.browser
    with (
        browser.new_context(base_url=portal.url) as theirs,
        browser.new_context(base_url=portal.url) as hers,
    ):
        reader = signed_in(hers, "member@demo.example")
        own_page = reader.locator("main a[href*='/en/members/']").first.get_attribute("href")
        writer = signed_in(theirs, "association@demo.example")
        writer.goto(f"{own_page}write/")
        submit(writer, subject="Your passport", text="Please send me a copy.")
        reader.goto("/en/me/messages/")
        reader.locator(".row-item h3 a").first.click()
        submit(reader, reason="Asks for papers.")
    tab.reload()
    open_with_a_purpose(tab, portal)


def tell_half_a_job(tab, portal):
    tab.locator("[name^=work-][name$=-organisation]").last.fill("Hospital of the Three Rivers")
    save_the_step(tab)


def save_the_step(tab, portal=None):
    tab.click("#step button.btn-primary")
    tab.wait_for_load_state()


def choose_a_cv(tab, portal):
    tab.set_input_files("main [name=file]", EUROPASS / "candidate.xml")
    save_the_step(tab)


def keep_a_document(tab, portal):
    tab.set_input_files("main [name=file]", {"name": "cv.pdf", "mimeType": "application/pdf", "buffer": pdf()})
    save_the_step(tab)


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
    Page("projects", "/{l}/projects/"),
    Page("projects-filtered", "/{l}/projects/?country=RW&status=past"),
    Page("projects-nothing", "/{l}/projects/?q=xylophonist"),
    Page("project", "/{l}/projects/rwanda-tvet-health/"),
    Page("project-planned", "/{l}/projects/women4dev-academy/"),
    Page("project-phases", "/{l}/projects/mida-great-lakes/"),
    Page("project-draft", "/{l}/projects/sample-draft/", role="project"),
    Page("countries", "/{l}/countries/"),
    Page("country", "/{l}/countries/rwanda/"),
    Page("country-of-residence", "/{l}/countries/belgium/"),
    Page("search", "/{l}/search/"),
    Page("search-projects", "/{l}/search/?q=rwanda"),
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
    Page("bad-request", "/{l}/search/?q=%00", status=400),
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
    Page("step-career", STEPS + "career/", role="member"),
    Page("step-career-wrong", STEPS + "career/", role="member", reach=tell_half_a_job),
    Page("step-availability", STEPS + "availability/", role="member"),
    Page("step-links", STEPS + "links/", role="member"),
    Page("step-documents", STEPS + "documents/", role="member", reach=keep_a_document),
    Page("step-documents-wrong", STEPS + "documents/", role="member", reach=save_the_step),
    Page("europass", STEPS + "europass/", role="member"),
    Page("europass-found", STEPS + "europass/", role="member", reach=choose_a_cv),
    Page("step-visibility", STEPS + "visibility/", role="member"),
    Page("directory-members", "/{l}/members/all/", role="member"),
    Page("profile-to-members", "/{l}/members/{expert}/", role="correspondent"),
    Page("write", "/{l}/members/{expert}/write/", role="correspondent"),
    Page("write-wrong", "/{l}/members/{expert}/write/", role="correspondent", reach=with_wrong(subject="Hello")),
    Page("seen-as-everyone", STEPS + "as/everyone/", role="member"),
    Page("seen-as-members", STEPS + "as/members/", role="member"),
    Page("seen-as-iom", STEPS + "as/iom/", role="member"),
    Page("seen-as-host", STEPS + "as/host/", role="member"),
    Page("suspend", STEPS + "suspend/", role="member"),
    Page("suspend-wrong", STEPS + "suspend/", role="member", reach=with_wrong(until="2020-01-01")),
    Page("suspended", "/{l}/", reach=go_away_for_a_week),
    Page("block", "/{l}/members/{expert}/block/", role="correspondent"),
    Page("blocks-none", "/{l}/me/blocks/", role="correspondent"),
    Page("blocks", "/{l}/members/{expert}/block/", role="member", reach=press_the_button),
    Page("matching", "/{l}/me/matching/", role="member"),
    Page("messages", "/{l}/me/messages/", role="member"),
    Page("privacy-centre", "/{l}/me/privacy/", role="member"),
    Page("privacy-readings", "/{l}/me/privacy/readings/", role="member"),
    Page("privacy-consent", "/{l}/me/privacy/consents/matching/", role="member"),
    Page("privacy-download", "/{l}/me/privacy/download/", role="member"),
    Page("privacy-delete", "/{l}/me/privacy/delete/", role="member"),
    Page("privacy-delete-staff", "/{l}/me/privacy/delete/", role="project"),
    Page("privacy-delete-asked", "/{l}/me/privacy/delete/asked/"),
    Page("privacy-delete-cancel", "/{l}/me/privacy/delete/", reach=leave_and_open_the_link),
    Page("privacy-delete-unknown", "/{l}/me/privacy/delete/cancel/nonsense/", status=404),
    Page("message", "/{l}/me/messages/", role="member", reach=open_the_first),
]
OF_STAFF = [
    Page("styleguide", "/styleguide/", role="administrator"),
    Page("admin", "/admin/", role="administrator"),
    Page("admin-desk", "/admin/", role="project"),
    Page("admin-app", "/admin/core/", role="administrator"),
    Page("admin-accounts", "/admin/members/user/", role="administrator"),
    Page("admin-purpose", "/admin/members/user/?q=sample", role="administrator", reach=open_the_first),
    Page("admin-account", "/admin/members/user/?q=newcomer", role="administrator", reach=open_with_a_purpose),
    Page("admin-profiles", "/admin/members/profile/", role="administrator"),
    Page("admin-profile", "/admin/members/profile/", role="administrator", reach=open_with_a_purpose),
    Page("admin-profiles-asked", "/admin/members/profile/?skill=nurs&language=fr&country=nowhere", role="project"),
    Page("admin-profiles-nobody", "/admin/members/profile/?skill=nurze", role="project"),
    Page("admin-search-wrong", "/admin/members/profile/?skill=nurs", role="project", reach=save_without_a_name),
    Page("admin-search-saved", "/admin/members/profile/?skill=nurs", role="project", reach=save_the_search),
    Page("admin-dossier", "/admin/members/profile/", role="project", reach=write_a_note),
    Page("admin-export", "/admin/members/profile/", role="project", reach=choose_to_take_out),
    Page("admin-tags", "/admin/members/tag/", role="administrator"),
    Page("admin-readers", "/admin/members/user/readers/", role="protection"),
    Page("admin-reports", "/admin/members/messagereport/", role="administrator"),
    Page("admin-report", "/admin/members/messagereport/", role="administrator", reach=open_a_reported_message),
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
    Page("admin-processing", "/admin/core/auditentry/processing/", role="protection"),
    Page("admin-retention", "/admin/core/auditentry/retention/", role="protection"),
    Page("admin-consents", "/admin/members/consent/", role="protection"),
    Page("project-number", "/{l}/projects/mauritania-circular-migration/", role="communications", reach=open_a_number),
    Page("admin-donor-reports", "/admin/projects/donorreport/", role="communications"),
    Page("admin-report-ask", "/admin/projects/donorreport/add/", role="communications"),
    Page(
        "admin-report-wrong",
        "/admin/projects/donorreport/add/",
        role="communications",
        reach=with_wrong(first_day="2030-01-01"),
    ),
    Page("admin-report-ready", "/admin/projects/donorreport/add/", role="communications", reach=ask_for_a_report),
]

PAGES = [
    replace(page, language=language)
    for page, language in zip(
        [*PUBLIC, *ERRORS, *ENTRANCE, *OF_ACCOUNTS, *OF_MEMBERS, *OF_STAFF], cycle(LANGUAGES), strict=False
    )
]
#: what anybody reads without doing anything first
OPEN_TO_ALL = [
    page
    for page in PAGES
    if page.role == "visitor" and page.status == 200 and page.path.startswith("/{l}/") and page.reach is Page.reach
]
DESIGNED = [page for page in PAGES if page.name in {"home", "directory", "profile", "project"}]


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
