import pytest

from apps.core.finders import PACKAGE_FILES, PackageFilesFinder

STYLESHEETS = [name for name in PACKAGE_FILES if name.endswith(".css")]


def served(name):
    storage = dict(PackageFilesFinder().list([]))[name]
    with storage.open(name) as file:
        return file.read().decode()


@pytest.mark.parametrize("name", STYLESHEETS)
def test_a_stylesheet_of_a_package_asks_for_no_picture_our_policy_refuses(name):
    """Before our own sheet overrules it, a browser would ask for it, and report that it may not."""
    css = served(name)
    assert "data:" not in css
    assert "url(" not in css
    assert "--bs-form-select-bg-img:none" in css, "the rest of the rule stays valid"


@pytest.mark.parametrize("name", PACKAGE_FILES)
def test_no_served_file_names_a_source_map_that_is_not_served(name):
    assert "/*# sourceMappingURL" not in served(name)
