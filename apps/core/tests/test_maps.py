import re

import pytest

from apps.core import maps

pytestmark = pytest.mark.static

NAMES = {
    "BE-VAN": "Antwerp",
    "BE-BRU": "Brussels",
    "LU": "Luxembourg",
    "RW": "Rwanda",
    "MA": "Morocco",
    "VN": "Viet Nam",
}


def link(code):
    return f"?lives={code}&q=a"


def drawn(code, shapes):
    """The points of a unit's first ring, as absolute places in the picture."""
    ring = shapes["units"][code]["d"].split("z")[0]
    steps = [float(number) for number in re.findall(r"-?\d*\.?\d+", ring)]
    x = y = 0
    places = []
    for dx, dy in zip(steps[::2], steps[1::2], strict=True):
        x, y = x + dx, y + dy
        places.append((x, y))
    return places


def test_each_place_with_people_is_a_link_with_its_number_in_words():
    drawing = maps.residence_map({"BE-VAN": 3, "LU": 1, "BE-BRU": 0}, NAMES, link)

    assert re.findall(r'href="([^"]*)" aria-label="([^"]*)"', drawing.svg) == [
        ("?lives=BE-VAN&amp;q=a", "Antwerp: 3 people"),
        ("?lives=LU&amp;q=a", "Luxembourg: 1 person"),
    ]
    assert [(row.name, row.number) for row in drawing.rows] == [("Antwerp", "3"), ("Luxembourg", "1")]


def test_a_map_that_stands_beside_no_list_hides_small_cells_in_label_number_and_table():
    drawing = maps.residence_map({"BE-VAN": 4, "LU": 5}, NAMES, link, hide_small=True)

    assert re.findall(r'aria-label="([^"]*)"', drawing.svg)[1:] == [
        "Antwerp: fewer than 5 people",
        "Luxembourg: 5 people",
    ]
    assert re.findall(r">([^<>]+)</text>", drawing.svg) == ["&lt;5", "5"]
    assert [row.number for row in drawing.rows] == ["5", "<5"]


def test_the_chosen_place_is_marked_in_the_map_and_in_the_table():
    drawing = maps.residence_map({"BE-VAN": 3, "LU": 1}, NAMES, link, selected=["LU"])

    assert drawing.svg.count('aria-current="true"') == 1
    assert [row.selected for row in drawing.rows] == [False, True]


def test_names_and_links_are_escaped():
    drawing = maps.residence_map({"LU": 1}, {"LU": '<b>"'}, link)

    assert "<b>" not in drawing.svg


def test_a_country_outside_the_picture_is_in_the_table_only():
    drawing = maps.ties_map({"RW": 2, "VN": 1}, NAMES, link)

    assert [row.name for row in drawing.rows] == ["Rwanda", "Viet Nam"]
    assert "Viet Nam" not in drawing.svg


def test_no_two_bubbles_touch():
    crowded = frozenset(
        {"RW", "BI", "UG", "TZ", "CD", "BJ", "TG", "GH", "BF", "NE", "NG", "SN", "GM", "GW", "GN", "SL"}
    )
    places = list(maps.bubble_places(crowded).values())

    assert len(places) == len(crowded)
    assert all(maps.is_free(place, places[:index]) for index, place in enumerate(places))


def test_every_province_has_its_shape_and_luxembourg_is_one():
    units = maps.shapes()["residence"]["units"]

    assert sorted(units) == [
        "BE-BRU", "BE-VAN", "BE-VBR", "BE-VLI", "BE-VOV", "BE-VWV", "BE-WBR", "BE-WHT", "BE-WLG", "BE-WLX", "BE-WNA",
        "LU",
    ]  # fmt: skip
    assert units["LU"]["d"].count("z") == 1


def test_morocco_ends_where_western_sahara_begins():
    shapes = maps.shapes()["ties"]
    southmost = max(y for _, y in drawn("MA", shapes))

    assert southmost < shapes["units"]["EH"]["at"][1]
    assert shapes["units"]["EH"]["d"] == ""


def test_the_number_of_flemish_brabant_does_not_lie_under_brussels():
    units = maps.shapes()["residence"]["units"]
    (x1, y1), (x2, y2) = units["BE-VBR"]["at"], units["BE-BRU"]["at"]

    assert abs(x1 - x2) + abs(y1 - y2) > 30
