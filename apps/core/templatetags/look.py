"""The drawn parts of the look: the two strands, avatars, the map of the home page."""

from functools import cache, lru_cache
from html import escape
from zlib import crc32

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext

from apps.core import maps

register = template.Library()

AVATAR_COLOURS = 6
CHECKED = " checked"
CURRENT_PAGE = ' aria-current="page"'
CURRENT = ' aria-current="true"'

# Where the names stand beside the hero's pins, so that no two touch: shift in x and y, and the side they grow from.
HERO_LABELS = {
    "MA": ("Rabat", -10, -8, "end"),
    "SN": ("Dakar", 4, -14, "start"),
    "NE": ("Niamey", 8, -10, "start"),
    "CD": ("Kinshasa", -11, 5, "end"),
    "RW": ("Kigali", 12, 9, "start"),
    "MZ": ("Maputo", 12, 5, "start"),
}


@register.simple_tag
@cache
def strand(size="lg"):
    """Here and there: two strands that cross, over and under in turn.

    `"lg"` above a heading, `"sm"` in a line, `"symbol"` to be drawn many times with `<use href="#strands"/>`.
    """
    large, small = (6, 13, 1, 17, 3.2, 6.4), (3, 12, 1.8, 10.2, 2.2, 5.4)
    crossings, step, top, bottom, width, gap = large if size == "lg" else small
    middle, pull = (top + bottom) / 2, step * 0.36
    parts = []
    for crossing in range(crossings):
        x = width + crossing * step
        falling = f"M{x:g} {top:g}c{pull:g} 0 {step - pull:g} {bottom - top:g} {step:g} {bottom - top:g}"
        rising = f"M{x:g} {bottom:g}c{pull:g} 0 {step - pull:g} {top - bottom:g} {step:g} {top - bottom:g}"
        # The over strand leaves a gap in the one beneath it, where they cross.
        over_falls = crossing % 2 == 0
        slope = (bottom - top) * 0.29 if over_falls else (top - bottom) * 0.29
        centre = x + step / 2
        parts += [
            f'<path class="{"sb" if over_falls else "sa"}" d="{rising if over_falls else falling}"/>',
            f'<path class="sh" stroke-width="{gap:g}"'
            f' d="M{centre - step * 0.2:g} {middle - slope:g}L{centre + step * 0.2:g} {middle + slope:g}"/>',
            f'<path class="{"sa" if over_falls else "sb"}" d="{falling if over_falls else rising}"/>',
        ]
    box = f'viewBox="0 0 {2 * width + crossings * step:g} {top + bottom:g}" preserveAspectRatio="xMinYMid meet"'
    if size == "symbol":
        start, end = f'<symbol id="strands" {box} stroke-width="{width:g}">', "</symbol>"
    else:
        name = "strand" if size == "lg" else "strand-sm"
        start, end = f'<svg class="{name}" {box} stroke-width="{width:g}" aria-hidden="true">', "</svg>"
    return mark_safe(start + "".join(parts) + end)  # noqa: S308 - numbers only


@register.simple_tag
def avatar(name, photo="", size=""):
    """A photo, or the first letters of a name on one of six colours that stays the same for the same name."""
    classes = f"av av-{size}" if size else "av"
    if photo:
        return format_html('<img class="{}" src="{}" alt="" width="120" height="120" loading="lazy">', classes, photo)
    colour = crc32(name.encode()) % AVATAR_COLOURS + 1
    return format_html('<span class="{} av-{}" aria-hidden="true">{}</span>', classes, colour, initials(name))


@register.simple_tag
def check_boxes(name, options):
    """A facet's options with their counts. Sixty stand on a page, and a template's loop takes ten times as long."""
    boxes = "\n".join(
        f'<label class="form-check"><input class="form-check-input" type="checkbox" name="{name}"'
        f' value="{escape(o.value)}"{CHECKED if o.checked else ""}>'
        f'<span>{escape(o.label)}</span><span class="count">{o.count}</span></label>'
        for o in options
    )
    return mark_safe(boxes)  # noqa: S308 - what people wrote is escaped


@register.simple_tag
def page_links(pages):
    """The numbers of components/pager.html; joined here for the reason of `check_boxes`."""
    page = gettext("Page")
    links = (
        f'<li><a href="{escape(link.url)}"{CURRENT_PAGE if link.current else ""}>'
        f'<span class="visually-hidden">{page} </span>{link.label}</a></li>'
        for link in pages
    )
    return mark_safe("".join(links))  # noqa: S308 - numbers, and addresses that are escaped


@register.simple_tag
def alternates(languages, site_url):
    """Where this page stands in each language, for search engines; on every page, so joined here as well."""
    return mark_safe(  # noqa: S308 - ours, and addresses that are escaped
        "\n  ".join(
            f'<link rel="alternate" hreflang="{language["code"]}" href="{escape(site_url + language["url"])}">'
            for language in languages
        )
    )


@register.simple_tag
def language_links(languages):
    """The same for readers."""
    links = (
        f'<li><a href="{escape(language["url"])}" lang="{language["code"]}" hreflang="{language["code"]}"'
        f"{CURRENT if language['current'] else ''}>{language['label']}"
        f'<span class="visually-hidden">, {language["name"]}</span></a></li>'
        for language in languages
    )
    return mark_safe("\n      ".join(links))  # noqa: S308 - ours, and addresses that are escaped


def initials(name):
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    return "".join(word[0].upper() for word in (words[:1] + words[-1:] if len(words) > 1 else words))


@register.simple_tag
@cache
def hero_map(home):
    """The home page's picture: dotted land, and arcs from Brussels (named by `home`) to the partner countries."""
    drawing = maps.shapes()["hero"]
    start_x, start_y = drawing["home"]
    arcs = "".join(arc_pair(start_x, start_y, *drawing["pins"][code]) for code in HERO_LABELS)
    pins = "".join(f'<circle class="pin" cx="{x}" cy="{y}" r="4"/>' for x, y in drawing["pins"].values())
    labels = "".join(
        f'<text class="map-label" x="{drawing["pins"][code][0] + dx:g}" y="{drawing["pins"][code][1] + dy:g}"'
        f' text-anchor="{anchor}">{city}</text>'
        for code, (city, dx, dy, anchor) in HERO_LABELS.items()
    )
    dashes = f'stroke-dasharray="0 {drawing["dot"]}"'
    return format_html(
        '<svg viewBox="0 0 {} {}" preserveAspectRatio="xMidYMid slice" aria-hidden="true">{}'
        '<circle class="pin-home" cx="{}" cy="{}" r="7"/><circle class="pin-ring" cx="{}" cy="{}" r="13"/>{}'
        '<text class="map-label map-label-home" x="{}" y="{}" text-anchor="end">{}</text></svg>',
        drawing["width"],
        drawing["height"],
        mark_safe(  # noqa: S308 - our own paths and numbers
            f'<path class="dots" stroke-width="4.4" {dashes} d="{drawing["dots"]}"/>'
            f'<path class="dots-on" stroke-width="5.2" {dashes} d="{drawing["dots_on"]}"/>{arcs}{pins}'
        ),
        start_x,
        start_y,
        start_x,
        start_y,
        mark_safe(labels),  # noqa: S308 - the names above
        start_x - 22,
        start_y + 5,
        home,
    )


@register.simple_tag
def kept(template, **given):
    """`{% kept "components/foot.html" signed_in=user.is_authenticated %}`: a component that is rendered once and kept.

    It knows its arguments and the language, neither request nor reader: what is kept says the same to everybody who
    gets it. For parts of every page, with arguments that have few values; nothing of a person is given to it.
    """
    return _rendered(template, get_language(), **given)


@lru_cache(maxsize=500)
def _rendered(template, language, **given):
    return render_to_string(template, given)


@register.simple_tag
def facet(group, open=False):  # noqa: A002 - the component's word
    """`{% facet group open=True %}`: components/facet.html, drawn once for the same counts and kept."""
    return _facet(group, open, get_language())


@lru_cache(maxsize=1_000)
def _facet(group, is_open, language):
    return render_to_string("components/facet.html", {"group": group, "open": is_open})


def arc_pair(x1, y1, x2, y2):
    """Two strands between two points, bent to either side."""
    middle_x, middle_y = (x1 + x2) / 2, (y1 + y2) / 2
    bend_x, bend_y = (y1 - y2) * 0.16, (x2 - x1) * 0.16
    return "".join(
        f'<path class="{name}" d="M{x1} {y1}Q{middle_x + side * bend_x:.1f} {middle_y + side * bend_y:.1f} {x2} {y2}"/>'
        for name, side in [("arc", 1), ("arc arc-b", -1)]
    )
