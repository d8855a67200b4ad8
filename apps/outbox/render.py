"""From a kind's templates to what its mails say in one language, with [[placeholders]] where a value goes."""

import re
import textwrap
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from css_inline import CSSInliner
from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, override

from .kinds import Kind

WIDTH = 76  # of the plain text: leaves room for the "> " of two answers before lines of 80 break
PADDING = "\0"

# What mail programs take only from a <style> (the dark theme, small screens) is marked to stay; nothing is fetched.
_inliner = CSSInliner(load_remote_stylesheets=False, minify_css=True)


class Rendered(NamedTuple):
    sender: str
    reply_to: str
    subject: str
    text: str
    html: str


def rendered(kind: Kind, language: str, context: Mapping = MappingProxyType({})) -> Rendered:
    """Render a kind once for all its recipients of one language; ``context`` is what they have in common."""
    with override(language):
        words = {
            "site_name": gettext(settings.SITE_NAME),
            "site_url": settings.SITE_URL,
            "contact_address": settings.CONTACT_ADDRESS,
            "answerable": kind.answerable,
            **context,
            **{name: placeholder(name) for name in kind.sample},
        }
        subject = _folded(_plain(f"{kind.template}.subject.txt", words))
        return Rendered(
            sender=_folded(str(kind.sender)) or words["site_name"],
            reply_to=settings.CONTACT_ADDRESS if kind.answerable else "",
            subject=subject,
            text=_wrapped(_plain(f"{kind.template}.txt", words), kind.sample),
            html=_inliner.inline(get_template(f"{kind.template}.html").render(words | {"title": subject})),
        )


def placeholder(name: str) -> str:
    return mark_safe(f"[[{name}]]")  # noqa: S308 - the name is the kind's; the value is escaped when it is put there


def _plain(template: str, words: dict) -> str:
    return get_template(template).template.render(Context(words, autoescape=False))


def _folded(line: str) -> str:
    return " ".join(line.split())


def _wrapped(text: str, sample: Mapping[str, str]) -> str:
    """Fold lines for people who read plain text. Links, a recipient's own words and what is set in stay whole."""
    for name, value in sample.items():
        # A place is as wide as what will stand there, or nearly so.
        text = text.replace(f"[[{name}]]", f"[[{name}]]".ljust(len(str(value)), PADDING))
    fold = textwrap.TextWrapper(WIDTH, break_long_words=False, break_on_hyphens=False)
    lines = (fold.fill(line) if len(line) > WIDTH else line for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines).replace(PADDING, "")).strip("\n") + "\n"
