"""The point of a picture that stays in sight when the picture is cut, chosen in the administration."""

from io import BytesIO

from PIL import Image

DESK = {"viewport": {"width": 1280, "height": 900}}


def picture() -> dict:
    file = BytesIO()
    Image.new("RGB", (640, 480), "teal").save(file, "PNG")
    return {"name": "hives.png", "mimeType": "image/png", "buffer": file.getvalue()}


def save_and_open(tab):
    tab.get_by_role("button", name="Save and continue editing", exact=True).click()
    tab.wait_for_load_state()
    for part in reversed(tab.locator("#project_form details:not([open]) > summary").all()):
        part.click()


def focus(tab):
    """What the two fields say, and where the ring stands on the picture."""
    ring = tab.locator("#pictures-0 .focus-frame circle")
    fields = [tab.input_value(f"[name=pictures-0-focus_{axis}]") for axis in "xy"]
    return fields, [ring.get_attribute(f"c{axis}") for axis in "xy"]


def test_a_press_on_a_picture_chooses_what_stays_in_sight_and_the_fields_say_the_same(readers):
    with readers.reader("project", **DESK) as context:
        tab = context.new_page()
        tab.goto("/admin/projects/project/add/")
        for part in reversed(tab.locator("#project_form details:not([open]) > summary").all()):
            part.click()
        tab.fill("[name=title_en]", "A picture is cut")
        tab.fill("[name=lead_en]", "Nobody is cut off.")
        tab.set_input_files("[name=pictures-0-upload]", picture())
        tab.fill("[name=pictures-0-alt_en]", "Hives on a slope")
        save_and_open(tab)
        assert focus(tab) == (["50", "50"], ["50%", "50%"])

        shown = tab.locator("#pictures-0 .focus-on")
        size = shown.bounding_box()
        shown.click(position={"x": size["width"] / 4, "y": size["height"] * 3 / 4})
        assert focus(tab) == (["25", "75"], ["25%", "75%"])
        tab.fill("[name=pictures-0-focus_y]", "40")
        assert focus(tab) == (["25", "40"], ["25%", "40%"])

        save_and_open(tab)
        assert focus(tab) == (["25", "40"], ["25%", "40%"])
