"""Years as strips and in words."""

import re

import pytest
from django.utils.translation import override

from apps.core import timeline


def bars(spans, until=2026) -> list[tuple[str, float, float]]:
    """Class, first and last year of each bar, read back from the drawing."""
    found = re.findall(
        r'<rect class="?([a-z]*)"? x="?([\d.]+)"? y="?[\d.]+"? width="?([\d.]+)', timeline.strip(spans, until)
    )
    year = timeline.WIDTH / (until + 1 - timeline.SINCE)
    return [
        (how, round(timeline.SINCE + float(x) / year), round(timeline.SINCE + (float(x) + float(width)) / year) - 1)
        for how, x, width in found
    ]


@pytest.mark.parametrize(
    ("spans", "drawn"),
    [
        ([[2001, 2012]], [("", 2001, 2012)]),
        ([[2007, 2007], [2012, 2015]], [("", 2007, 2007), ("", 2012, 2015)]),  # the gap is kept
        ([[2019, None]], [("open", 2019, 2026)]),
        ([[1984, 2003]], [("", 2001, 2003)]),  # cut off where the strip begins
        ([[1984, 1999]], []),
    ],
)
def test_each_period_is_a_bar_from_its_first_year_to_its_last(spans, drawn):
    assert bars(spans) == drawn


def test_the_words_say_the_same():
    assert timeline.in_words([[2007, 2007], [2012, 2015]]) == "2007, 2012–2015"
    assert timeline.in_words([[2019, None]]) == "since 2019"
    assert timeline.in_words([]) == ""
    with override("fr"):
        assert timeline.in_words([[2019, None]]) == "depuis 2019"
