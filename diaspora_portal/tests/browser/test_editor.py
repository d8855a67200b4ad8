"""The editor of the pages, under the strict policy and with production's file names."""


def test_the_editor_types_formats_and_saves_and_an_earlier_version_is_brought_back(readers):
    with readers.reader("communications") as context:
        tab = context.new_page()
        tab.goto("/admin/portal/page/?q=accessibility")
        tab.locator("#result_list tbody th a").first.click()
        text = tab.get_by_role("textbox", name="Text (English)")
        text.locator("h2").first.wait_for()  # the editor stands where the field was
        before = text.inner_text()

        text.locator("p").last.click()
        tab.keyboard.press("End")
        tab.keyboard.press("Enter")
        tab.locator(".field-body_en").get_by_role("button", name="unordered list").click()
        tab.keyboard.press("Control+b")
        tab.keyboard.type("Typed in a test")
        tab.get_by_role("button", name="Save and continue editing").click()
        tab.get_by_role("status").wait_for()

        text.locator("li strong", has_text="Typed in a test").wait_for()

        tab.get_by_role("link", name="History").click()
        tab.locator("#change-history tbody a").nth(1).click()
        tab.get_by_role("link", name="Bring this version back").click()
        tab.locator("ins, del", has_text="Typed in a test").first.wait_for()  # what would change, before it does
        tab.get_by_role("button", name="Bring this version back").click()
        tab.get_by_role("status").wait_for()
        tab.goto("/admin/portal/page/?q=accessibility")
        tab.locator("#result_list tbody th a").first.click()
        text.locator("h2").first.wait_for()

        assert text.inner_text() == before
