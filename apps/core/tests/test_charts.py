import re

import pytest

from apps.core import charts

pytestmark = pytest.mark.static


def rects(svg):
    return re.findall(r'<rect class="(\w+)" y="3" width="([\d.]+)"', svg)


def test_a_bar_fills_its_track_as_far_as_the_target_is_reached_and_says_when_it_falls_short():
    assert rects(charts.bar(5, 20)) == [("track", "500"), ("short", "125")]
    assert rects(charts.bar(20, 20)) == [("track", "500"), ("reached", "500")]
    assert rects(charts.bar(0, 20)) == [("track", "500"), ("short", "0")]


def test_what_goes_beyond_its_target_fills_the_track_and_the_target_is_marked_on_it():
    svg = charts.bar(40, 20)
    assert rects(svg) == [("track", "500"), ("reached", "500")]
    assert 'x1="248"' in svg


def test_a_bar_without_a_target_has_no_mark():
    assert "<line" not in charts.bar(7, None)


def test_columns_stand_on_one_line_and_the_largest_is_as_tall_as_the_chart():
    heights = re.findall(r'y="([\d.]+)" width="20" height="([\d.]+)"', charts.columns([1, 0, 4]))
    assert heights == [("90", "30"), ("120", "0"), ("0", "120")]


def test_charts_hold_nothing_but_shapes():
    for svg in (charts.bar(1, 2), charts.columns([1, 2]), charts.columns([])):
        assert re.sub(r"<[^>]+>", "", svg) == ""
        assert "style=" not in svg
        assert 'aria-hidden="true"' in svg
