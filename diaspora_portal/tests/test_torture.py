"""How tests of `./portal torture` are named; what they find is in CI's slow part."""

import pytest

from diaspora_portal.entry import torture

pytestmark = pytest.mark.static


@pytest.mark.parametrize("typed", ["T-F1", "t-f1", "t_f1"])
def test_a_test_is_known_by_its_name_however_it_is_typed(typed):
    assert torture.module_of(typed) == "t_f1"
    assert torture.title_of("t_f1") == "T-F1"


def test_an_unknown_name_runs_nothing_and_tells_which_there_are():
    said = torture.main(["T-F1", "T-F77"])

    assert said.startswith("./portal torture knows: T-A3, T-F1, T-F2, ")
    assert said.endswith("T-F12, control.")
