"""Parts of every page of the administration that Django's loops would draw anew each time."""

from functools import lru_cache
from html import escape
from typing import NamedTuple

from django import template
from django.template.loader import render_to_string
from django.utils.encoding import iri_to_uri
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

register = template.Library()


class Model(NamedTuple):
    """A line of the sidebar, in the words of Django's template."""

    object_name: str
    name: str
    admin_url: str | None
    add_url: str | None


class App(NamedTuple):
    app_label: str
    name: str
    app_url: str
    models: tuple[Model, ...]


@register.simple_tag
def sidebar(available_apps, path):
    """Django's navigation at the side, drawn once for the same rights, language and place, and kept."""
    apps = tuple(_app(app) for app in available_apps)
    urls = [url for app in apps for url in (app.app_url, *(model.admin_url for model in app.models))]
    return _sidebar(apps, max((url for url in urls if url and url in path), key=len, default=""), get_language())


def _app(app: dict) -> App:
    models = (Model(m["object_name"], str(m["name"]), m.get("admin_url"), m.get("add_url")) for m in app["models"])
    return App(app["app_label"], str(app["name"]), app["app_url"], tuple(models))


@lru_cache(maxsize=500)
def _sidebar(apps, here, language):
    return render_to_string("admin/nav_sidebar.html", {"available_apps": apps, "request": {"path": here}})


@register.simple_tag
def filter_choices(choices, none):
    """What a filter of a list offers: sixty countries, joined here as `look.check_boxes` joins a facet's boxes."""
    return mark_safe("\n    ".join(_choice(choice, none) for choice in choices))  # noqa: S308 - escaped below


def _choice(choice: dict, none: str) -> str:
    of_item, of_link = (' class="selected"', ' aria-current="true"') if choice["selected"] else ("", "")
    url, label = escape(iri_to_uri(choice["query_string"])), escape(str(choice["display"] or none))
    return f'<li{of_item}><a href="{url}"{of_link}>{label}</a></li>'
