"""What every page's frame needs: the navigation, the languages, the theme, the area."""

from functools import lru_cache, partial
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.members.models import User

NAMES = {"en": "English", "fr": "Français", "nl": "Nederlands", "de": "Deutsch"}
THEMES = ("light", "dark")


class Item(NamedTuple):
    """A line of the navigation."""

    url: str
    label: str
    current: bool


def page(request) -> dict:
    """What costs something is a function: a template that asks for it calls it, and others do not pay."""
    theme = request.COOKIES.get("theme", "")
    return {
        "site_name": _("Diaspora Portal"),
        "site_url": settings.SITE_URL,
        "contact_address": settings.CONTACT_ADDRESS,
        "main_nav": partial(main_nav, request),
        "languages": SimpleLazyObject(partial(languages, request)),
        "theme": theme if theme in THEMES else "",
        "area": "",
        "is_demo": is_demo,
    }


def is_demo() -> bool:
    """Are there sample people? Where none may be, nobody asks."""
    return settings.DEMO_ALLOWED and User.objects.samples().exists()


def main_nav(request) -> tuple[Item, ...]:
    return _main_nav(get_language(), request.resolver_match.view_name if request.resolver_match else "")


@lru_cache(maxsize=500)
def _main_nav(language: str, here: str) -> tuple[Item, ...]:
    in_directory = here in ("members:directory", "members:directory-members", "members:profile")
    in_projects = here.startswith("projects:") or here in ("portal:country", "portal:countries")
    return (
        Item(reverse("projects:project-list"), _("Projects"), in_projects),
        Item(reverse("members:directory"), _("Directory"), in_directory),
        Item(reverse("portal:about"), _("About"), here == "portal:about"),
    )


def languages(request) -> list[dict]:
    """The four languages, each with this very page in it."""
    current, path = get_language(), request.get_full_path()
    prefix = f"/{current}/"
    is_prefixed = path.startswith(prefix)  # what stands outside the languages has one address
    return [
        {
            "code": code,
            "label": code.upper(),
            "name": NAMES[code],
            "url": f"/{code}/{path.removeprefix(prefix)}" if is_prefixed else path,
            "current": code == current,
        }
        for code, _name in settings.LANGUAGES
    ]
