"""What people come to do, done in a browser: with JavaScript, without it, and on a phone."""

import re

import pytest

from diaspora_portal.entry.sink.letters import body_of

from . import second_step
from .pages import PASSWORD, a_new_address, ask_for_registration, prove, submit
from .readers import ADDRESSES

NAMES = ["Odile Vermeersch", "Brigitte Lambrechts", "Carine Vandamme"]
WAYS = {
    "with JavaScript": {},
    "without JavaScript": {"java_script_enabled": False},
    "on a phone": {"viewport": {"width": 375, "height": 740}, "is_mobile": True, "has_touch": True},
}


@pytest.fixture
def tab(readers):
    with readers.reader() as context:
        yield context.new_page()


def register(tab, portal):
    address = a_new_address()
    tab.goto("/en/accounts/signup/")
    ask_for_registration(tab, address)
    submit(tab, code=portal.letters.code_for(address))
    tab.wait_for_url("**/en/me/")
    return address


def save_and_go_on(tab, to):
    tab.click("#step button.btn-primary")
    tab.wait_for_url(f"**/en/me/profile/{to}")


def make_a_profile(tab, name, headline="Nurse and trainer"):
    """All steps of the profile of somebody who wants to be found by everyone."""
    tab.goto("/en/me/")
    tab.click("main a[href='/en/me/profile/about/']")
    tab.fill("[name=display_name]", name)
    tab.fill("[name=headline]", headline)
    tab.select_option("[name=country]", label="Belgium")
    tab.select_option("[name=region]", label="Antwerp")
    save_and_go_on(tab, "languages/")

    tab.select_option("[name=form-0-language]", label="English")
    tab.select_option("[name=form-0-level]", "C1")
    save_and_go_on(tab, "skills/")

    tab.fill("#find", "nursing")
    tab.press("#find", "Enter")
    tab.wait_for_url("**/skills/?find=nursing")
    tab.click("button[name=skill][value=nursing]")
    tab.wait_for_url("**/skills/")
    tab.locator("select[name$=-level]").select_option(label="Expert")
    tab.locator("input[name$=-years]").fill("12")
    save_and_go_on(tab, "offer/")

    tab.check("[name=offers_talks]")
    save_and_go_on(tab, "visibility/")

    tab.check("[name=listing][value='3']")
    save_and_go_on(tab, "")

    tab.goto("/en/me/profile/ties/")
    tab.check("[name=agreed]")
    tab.get_by_label("Rwanda").check()
    save_and_go_on(tab, "")


def open_in_the_list(tab, name):
    """Turn the directory's pages until this person is there, and open the profile."""
    person = tab.get_by_role("link", name=name, exact=True)
    while not person.count():
        tab.click("a[rel=next]", timeout=5_000)
        tab.wait_for_load_state()
    person.click()
    tab.wait_for_load_state()
    assert tab.locator("h1").inner_text() == name


def all_of(letter):
    return "\n".join([*letter.values(), body_of(letter, "plain"), body_of(letter, "html")])


def without_to(letter):
    del letter["To"]
    return all_of(letter)


@pytest.mark.parametrize(("way", "name"), list(zip(WAYS, NAMES, strict=True)))
def test_somebody_registers_tells_what_she_knows_is_found_in_another_language_and_answers_a_letter(
    readers, portal, way, name
):
    with readers.reader(**WAYS[way]) as hers:
        her = hers.new_page()
        her.goto("/en/")
        her.locator("main a[href='/en/accounts/signup/']").first.click()
        address = a_new_address()
        ask_for_registration(her, address)
        submit(her, code=portal.letters.code_for(address))
        her.wait_for_url("**/en/me/")
        make_a_profile(her, name)

        with readers.reader(language="fr", **WAYS[way]) as theirs:
            visitor = theirs.new_page()
            visitor.goto("/fr/")
            visitor.fill("main [name=q]", "infirmière")
            visitor.press("main [name=q]", "Enter")
            visitor.wait_for_url("**/fr/members/?q=*")
            open_in_the_list(visitor, name)
            page = visitor.url.removeprefix(f"{portal.url}/fr")
            # Her ties, which nobody sees unless she says so.
            assert "Rwanda" not in visitor.locator("main").inner_text()

        with readers.reader("member", **WAYS[way]) as theirs:
            member = theirs.new_page()
            member.goto(f"/en{page}")
            member.click(f"a[href='/en{page}write/']")
            submit(member, subject=f"A talk ({way})", text="Would you speak to our students in May?")
            member.wait_for_url(f"**/en{page}")
            assert member.locator("main [role=status]").count() == 1

        letter = portal.letters.next_to(address)
        assert f"A talk ({way})" in letter["Subject"]
        assert "Would you speak" in body_of(letter, "plain")
        assert ADDRESSES["member"] not in all_of(letter)
        assert address not in without_to(letter)

        her.goto(re.search(rf"{portal.url}/\S*/me/messages/\d+/", body_of(letter, "plain"))[0])
        assert ADDRESSES["member"] not in her.content()
        submit(her, text="Gladly, in the second week.")
        her.wait_for_url("**/me/messages/")

        answer = portal.letters.next_to(ADDRESSES["member"])
        while "Gladly" not in body_of(answer, "plain"):  # earlier mails of this account
            answer = portal.letters.next_to(ADDRESSES["member"])
        assert address not in all_of(answer)
        assert ADDRESSES["member"] not in without_to(answer)


@pytest.mark.parametrize("way", WAYS)
def test_what_a_member_hides_is_gone_for_visitors_at_once(readers, portal, way):
    with readers.reader(**WAYS[way]) as hers, readers.reader(**WAYS[way]) as theirs:
        her, visitor = hers.new_page(), theirs.new_page()
        register(her, portal)
        make_a_profile(her, "Nadège Hublet", headline="Zymurgy and fermentation")
        visitor.goto("/en/members/?q=zymurgy")
        open_in_the_list(visitor, "Nadège Hublet")
        assert visitor.get_by_text("Zymurgy").count() > 0

        her.goto("/en/me/profile/visibility/")
        her.select_option("[name=headline_audience]", label="Only me")
        save_and_go_on(her, "")
        visitor.reload()
        assert visitor.get_by_text("Zymurgy").count() == 0
        visitor.goto("/en/members/?q=zymurgy")
        assert visitor.get_by_role("link", name="Nadège Hublet").count() == 0

        her.goto("/en/me/profile/visibility/")
        her.check("[name=listing][value='0']")
        save_and_go_on(her, "")
        visitor.goto("/en/members/?q=hublet")
        assert visitor.get_by_role("link", name="Nadège Hublet").count() == 0


@pytest.mark.parametrize("way", WAYS)
def test_after_a_mistake_everything_typed_is_still_there(readers, portal, way):
    with readers.reader(**WAYS[way]) as context:
        tab = context.new_page()
        tab.goto("/en/accounts/signup/")
        tab.check("main [name=adult]")
        submit(tab, email="somebody@example.org", password1="short")
        assert tab.locator(".error-summary a").count() >= 2
        assert tab.input_value("[name=email]") == "somebody@example.org"
        assert tab.is_checked("[name=adult]")

        register(tab, portal)
        tab.goto("/en/me/profile/about/")
        tab.fill("[name=about]", "Twelve years in intensive care.\n\nI teach.")
        tab.select_option("[name=country]", label="Luxembourg")
        submit(tab, display_name="", headline="Nurse")
        assert tab.locator(".error-summary a[href='#id_display_name']").count() == 1
        assert tab.input_value("[name=headline]") == "Nurse"
        assert tab.input_value("[name=about]") == "Twelve years in intensive care.\n\nI teach."
        assert tab.locator("[name=country] option:checked").inner_text() == "Luxembourg"
        tab.fill("[name=display_name]", "Solange Weber")
        save_and_go_on(tab, "languages/")


def test_going_back_or_loading_again_sends_nothing_twice(readers, portal):
    with readers.reader("correspondent") as theirs, readers.reader() as hers:
        her, writer = hers.new_page(), theirs.new_page()
        register(her, portal)
        make_a_profile(her, "Mireille Hoffmann")
        her.goto("/en/me/")
        page = her.locator("main a[href^='/en/members/']").first.get_attribute("href")

        writer.goto(f"{page}write/")
        letter = {"subject": "Only once", "text": "Good morning!"}
        submit(writer, **letter)
        writer.wait_for_url(f"**{page}")
        writer.reload()
        writer.go_back()
        submit(writer, **letter)
        writer.wait_for_url(f"**{page}")

        her.goto("/en/me/messages/")
        assert her.get_by_role("link", name="Only once").count() == 1
        her.goto("/en/me/profile/languages/")
        her.go_back()
        her.reload()
        her.goto("/en/me/profile/skills/")
        assert her.locator("select[name$=-level]").count() == 1


# --- with JavaScript, without a new page ------------------------------------------------------------------------------
def test_a_facet_takes_effect_at_once_is_announced_and_can_be_gone_back_from(tab):
    tab.goto("/en/members/")
    tab.evaluate("window.samePage = true")
    before = tab.inner_text("#results-heading")
    tab.locator("#facets label:visible").first.click()
    tab.wait_for_url("**/en/members/?*")
    tab.locator(".applied a").wait_for()
    after = tab.inner_text("#results-heading")
    assert after != before
    assert tab.evaluate("window.samePage")
    assert tab.text_content("#results-status") == after

    with tab.expect_event("load"):  # nothing of the list is kept in the browser: it is fetched again
        tab.go_back()
    assert tab.url.endswith("/en/members/")
    assert tab.inner_text("#results-heading") == before


def test_a_skill_is_suggested_while_it_is_typed(readers):
    with readers.reader("member") as context:
        tab = context.new_page()
        tab.goto("/en/me/profile/skills/")
        tab.locator("#find").press_sequentially("infirm")
        tab.locator("button[name=skill][value=nursing]").wait_for()
        assert tab.url.endswith("/skills/")
        assert tab.input_value("#find") == "infirm"


# --- the way in -------------------------------------------------------------------------------------------------------
def test_a_wrong_code_is_refused_and_the_right_one_still_works(tab, portal):
    address = a_new_address()
    tab.goto("/en/accounts/signup/")
    ask_for_registration(tab, address)
    submit(tab, code="ZZZZ-ZZZZ")
    assert tab.locator(".error-summary").count() == 1

    submit(tab, code=portal.letters.code_for(address))
    tab.wait_for_url("**/en/me/")


def test_registering_a_known_address_looks_the_same(tab, portal):
    tab.goto("/en/accounts/signup/")
    ask_for_registration(tab, "board@demo.example")
    known = tab.locator("main").inner_text().replace("board@demo.example", "")
    tab.context.clear_cookies()
    tab.goto("/en/accounts/signup/")
    address = a_new_address()
    ask_for_registration(tab, address)
    assert tab.locator("main").inner_text().replace(address, "") == known


def test_a_forgotten_password_is_replaced_with_a_code(tab, readers, portal):
    address = register(tab, portal)
    tab.context.clear_cookies()
    tab.goto("/en/accounts/login/")
    tab.click("main a[href='/en/accounts/password/reset/']")
    submit(tab, email=address)
    submit(tab, code=portal.letters.code_for(address))
    submit(tab, password1="Coquelicot-rouge-8")
    tab.context.clear_cookies()
    tab.goto("/en/accounts/login/")
    submit(tab, login=address, password=PASSWORD)
    assert tab.locator(".error-summary").count() == 1
    readers.sign_in(tab, address, "Coquelicot-rouge-8")


def test_a_passkey_lets_in_without_a_password(tab, portal):
    register(tab, portal)
    second_step.hold_a_phone(tab)
    tab.goto("/en/accounts/2fa/webauthn/add/")
    prove(tab, PASSWORD)
    tab.check("main [name=passwordless]")
    second_step.add_passkey(tab)
    tab.context.clear_cookies()
    tab.goto("/en/accounts/login/")
    tab.click("main [data-passkey=get] button")
    tab.wait_for_url("**/en/me/")


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_with_an_app_a_password_is_not_enough_and_a_recovery_code_helps(readers, portal, javascript):
    with readers.reader(java_script_enabled=javascript) as context:
        tab = context.new_page()
        address = register(tab, portal)
        tab.goto("/en/accounts/2fa/totp/activate/")
        prove(tab, PASSWORD)
        second_step.add_app(tab)
        tab.goto("/en/accounts/2fa/recovery-codes/")
        recovery_code = tab.locator("main ul.panel li").first.inner_text()

        context.clear_cookies()
        tab.goto("/en/accounts/login/")
        submit(tab, login=address, password=PASSWORD)
        tab.goto("/en/me/")
        assert tab.url.endswith("/en/accounts/2fa/authenticate/")
        submit(tab, code="000000")
        assert tab.locator(".error-summary").count() == 1
        submit(tab, code=recovery_code)
        tab.wait_for_url("**/en/me/")


# --- keyboard only ----------------------------------------------------------------------------------------------------
FOCUSED = """() => {
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(document.activeElement);
  const ring = (outlineStyle !== "none" && parseFloat(outlineWidth) >= 2) || boxShadow !== "none";
  return { tag: document.activeElement.outerHTML.slice(0, 100), ring };
}"""


def test_the_first_stop_of_the_keyboard_leads_past_the_menu(tab):
    for path in ("/en/", "/en/members/", "/en/accounts/login/"):
        tab.goto(path)
        tab.keyboard.press("Tab")
        assert tab.evaluate("document.activeElement.getAttribute('href')") == "#main"
        assert tab.locator(".skip").bounding_box()["y"] >= 0
        tab.keyboard.press("Enter")
        assert tab.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("path", ["/en/", "/en/members/", "/en/accounts/signup/"])
def test_whoever_goes_by_keyboard_sees_where_he_is(tab, path):
    tab.goto(path)
    stops = []
    for _ in range(60):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement === document.body"):
            break
        stops.append(tab.evaluate(FOCUSED))
    assert len(stops) > 12
    assert [stop["tag"] for stop in stops if not stop["ring"]] == []


@pytest.mark.parametrize(
    ("path", "sheet"), [("/en/", "site-nav"), ("/en/members/", "facets"), ("/en/members/", "mapbox")]
)
def test_on_a_phone_a_sheet_opens_by_key_and_escape_closes_it_and_gives_the_focus_back(readers, path, sheet):
    with readers.reader(viewport={"width": 375, "height": 740}) as context:
        tab = context.new_page()
        tab.goto(path)
        button = tab.locator(f"button[popovertarget={sheet}]:not(#{sheet} *)")
        assert not tab.locator(f"#{sheet}").is_visible()
        button.focus()
        tab.keyboard.press("Enter")
        assert tab.locator(f"#{sheet}").is_visible()
        tab.keyboard.press("Tab")
        assert tab.evaluate(f"document.activeElement.closest('#{sheet}') !== null")
        tab.keyboard.press("Escape")
        assert not tab.locator(f"#{sheet}").is_visible()
        assert button.evaluate("button => button === document.activeElement")


def test_without_javascript_the_menu_and_the_filters_work_too(readers):
    with readers.reader(viewport={"width": 375, "height": 740}, java_script_enabled=False) as context:
        tab = context.new_page()
        tab.goto("/en/")
        tab.click("button[popovertarget=site-nav]:visible")
        tab.click("#site-nav a[href='/en/members/']")
        tab.wait_for_url("**/en/members/")
        tab.click("button[popovertarget=facets]:visible")
        tab.locator("#facets label:visible").first.click()
        tab.click("#facets .facet-actions button")
        tab.wait_for_url("**/en/members/?*")
        assert tab.locator(".applied a").count() == 1
