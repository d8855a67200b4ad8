"""What every page's frame needs: the navigation, the languages, the theme, the area."""

from django.conf import settings
from django.urls import reverse, translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.members.models import User

NAMES = {"en": "English", "fr": "Français", "nl": "Nederlands", "de": "Deutsch"}
THEMES = ("light", "dark")


def page(request) -> dict:
    theme = request.COOKIES.get("theme", "")
    return {
        "site_name": _("Diaspora Portal"),
        "site_url": settings.SITE_URL,
        "contact_address": settings.CONTACT_ADDRESS,
        "main_nav": SimpleLazyObject(lambda: main_nav(request)),
        "languages": SimpleLazyObject(lambda: languages(request)),
        "theme": theme if theme in THEMES else "",
        "area": "",
        "is_demo": SimpleLazyObject(lambda: User.objects.samples().exists()),
    }


def main_nav(request) -> list[dict]:
    here = request.resolver_match.view_name if request.resolver_match else ""
    items = [
        (
            "members:directory",
            _("Directory"),
            here in ("members:directory", "members:directory-members", "members:profile"),
        ),
        ("portal:about", _("About"), here == "portal:about"),
    ]
    return [{"url": reverse(name), "label": label, "current": current} for name, label, current in items]


def languages(request) -> list[dict]:
    """The four languages, each with this very page in it."""
    current, path = get_language(), request.get_full_path()
    return [
        {
            "code": code,
            "label": code.upper(),
            "name": NAMES[code],
            "url": translate_url(path, code),
            "current": code == current,
        }
        for code, _name in settings.LANGUAGES
    ]
