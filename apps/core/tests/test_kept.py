"""Components that are rendered once and kept."""

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.translation import override

FOOT = "{% load look %}{% kept 'components/foot.html' signed_in=signed_in is_demo=False %}"


def drawn(**context) -> str:
    return Template(FOOT).render(Context(context))


@pytest.mark.parametrize(
    ("language", "word"), [("en", "Find an expert"), ("fr", "Trouver une expertise"), ("en", "Find")]
)
def test_each_language_has_its_own(language, word):
    with override(language):
        assert word in drawn(signed_in=False)


def test_what_it_is_told_decides_what_it_says():
    assert "Join the directory" in drawn(signed_in=False)
    assert "Join the directory" not in drawn(signed_in=True)
    assert "Your profile" in drawn(signed_in=True)
    assert "Your profile" not in drawn(signed_in=False)


def test_it_knows_nothing_of_who_is_reading():
    """What is kept goes to the next reader too: not even the request reaches it."""
    request = RequestFactory().get("/en/secret/")
    request.user = "secret@example.org"

    assert "secret" not in drawn(signed_in=True, request=request, user=request.user)
