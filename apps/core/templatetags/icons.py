"""Icons as inline SVG, so that they take the text's colour and cost no request."""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from django import template
from django.utils.safestring import mark_safe

register = template.Library()

ICONS = Path(find_spec("js_lib_bootstrap_icons").origin).parent / "static" / "bootstrap-icons"
CONTENT = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


@register.simple_tag
@cache
def icon(name, flip=False):
    """`{% icon "search" %}`; with flip=True it turns round where text runs from right to left.

    It is always decoration: what it means must stand beside it in words.
    """
    drawing = CONTENT.search((ICONS / f"{name}.svg").read_text(encoding="utf-8"))[1]
    classes = "icon icon-flip" if flip else "icon"
    drawing = re.sub(r"\s*\n\s*", "", drawing)
    svg = f'<svg class="{classes}" viewBox="0 0 16 16" aria-hidden="true">{drawing}</svg>'
    return mark_safe(svg)  # noqa: S308 - a file of the package
