import pytest

from ..factories import UserFactory
from .browsing import Browser


@pytest.fixture
def browser(db, django_capture_on_commit_callbacks):
    """Open another browser: `browser()`."""
    return lambda: Browser(django_capture_on_commit_callbacks)


@pytest.fixture
def visitor(browser):
    return browser()


@pytest.fixture
def user(db):
    return UserFactory(email="amina@example.org")


@pytest.fixture
def member(browser, user):
    """A browser in which somebody is signed in, and has just shown again that it is him."""
    member = browser()
    member.sign_in(user)
    member.show_it_is_me()
    return member
