"""Lists that narrow: what every view's links lead to."""

from django.http import QueryDict

from apps.core import facets
from apps.core.vocabulary import Word

HEALTH, TVET, TRADE = Word(1, "health", "Health"), Word(2, "tvet", "TVET"), Word(3, "trade", "Trade")
KNOWN = {word.code: word for word in (HEALTH, TRADE, TVET)}


def group(counts, checked=()):
    return facets.group("field", "Field", KNOWN, counts, start=2_000_000, checked=checked)


def test_what_is_chosen_comes_first_then_the_most_frequent_then_by_name():
    told = group({2_000_001: 4, 2_000_002: 4, 2_000_003: 9}, checked={"tvet"})

    assert [(o.value, o.count, o.checked) for o in told.options] == [
        ("tvet", 4, True), ("trade", 9, False), ("health", 4, False),
    ]  # fmt: skip


def test_what_nobody_has_is_left_out_unless_it_is_chosen():
    assert [o.value for o in group({}, checked={"tvet"}).options] == ["tvet"]
    assert not group({}).options


def test_a_long_list_says_how_many_more_there_are():
    known = {str(n): Word(n, str(n), str(n)) for n in range(20)}
    told = facets.group("year", "Year", known, dict.fromkeys(range(20), 1), start=0, checked=())

    assert (len(told.options), told.more) == (facets.MOST_OPTIONS, 20 - facets.MOST_OPTIONS)


def test_a_chip_takes_its_own_choice_away_and_goes_back_to_the_first_page():
    query = QueryDict("q=nurse&field=health&field=tvet&page=3")

    chips = facets.chips(query, "nurse", {"field": [HEALTH, TVET]})

    assert [chip.label for chip in chips] == ["“nurse”", "Health", "TVET"]
    assert [sorted(QueryDict(chip.url[1:]).lists()) for chip in chips] == [
        [("field", ["health", "tvet"])],
        [("field", ["tvet"]), ("q", ["nurse"])],
        [("field", ["health"]), ("q", ["nurse"])],
    ]


def test_pages_keep_the_question():
    told = facets.pager(QueryDict("q=nurse&page=5"), 5, 9)

    assert [page.label for page in told["pages"]] == ["1", "3", "4", "5", "6", "7", "9"]
    assert [page.label for page in told["pages"] if page.current] == ["5"]
    assert (told["previous"].url, told["next"].url) == ("?q=nurse&page=4", "?q=nurse&page=6")
    assert facets.pager(QueryDict(""), 1, 1) == {"pages": [], "previous": None, "next": None}
