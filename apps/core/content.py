"""Rich text that staff write in four languages: one field, cleaned when saved and again when shown."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

import nh3
from django.contrib.staticfiles import finders
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django_prose_editor.fields import ProseEditorField
from django_prose_editor.widgets import importmap

EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "Heading": {"levels": [2, 3]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "Link": {"protocols": ["http", "https", "mailto"], "enableTarget": False},
    "History": True,
    "HardBreak": True,
    "SpecialCharacters": True,
    "NoSpellCheck": False,  # the browser checks the spelling, in the language of the field
}
TAGS = {"p", "br", "strong", "em", "h2", "h3", "ul", "ol", "li", "blockquote", "a"}
ATTRIBUTES = {"a": {"href", "title", "lang"}, "ol": {"start"}}

_cleaner = nh3.Cleaner(tags=TAGS, attributes=ATTRIBUTES, url_schemes={"http", "https", "mailto"})


def clean(html: str) -> str:
    """Return the HTML with nothing but the tags that the editor makes; paragraphs without a word are no text."""
    cleaned = _cleaner.clean(html or "")
    return cleaned if strip_tags(cleaned).strip() else ""


def render(html: str) -> SafeString:
    """Return rich text for a template. Cleaned once more: what is in the database may be older than today's rules."""
    return mark_safe(clean(html))  # noqa: S308 - just cleaned


class RichTextField(ProseEditorField):
    """HTML from the editor in the admin; ``sanitize`` is ours, so that a script never reaches the database."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("config", {"extensions": EXTENSIONS})
        kwargs.setdefault("sanitize", clean)
        super().__init__(*args, **kwargs)


INSIDE = re.compile(r">(.*)</script>", re.DOTALL)
# A template literal without escapes or placeholders, so that its text is what the browser will see.
TIPTAP_STYLE = re.compile(r"`(\.ProseMirror \{[^`\\$]*)`")


@cache
def editor_csp() -> dict[str, list[str]]:
    """Return what the editor's pages need beside the CSP: two inline parts, each named by its hash.

    The import map, as rendered with the addresses of this start's static files, and the style that Tiptap puts into
    the page. Both are read from the installed package, so that no update leaves a stale hash behind.
    """
    import_map = INSIDE.search(importmap.render())[1]
    editor = Path(finders.find("django_prose_editor/editor.js")).read_text(encoding="utf-8")
    style = TIPTAP_STYLE.search(editor)[1]
    return {"script-src": [_source(import_map)], "style-src": [_source(style)]}


def _source(inline: str) -> str:
    digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
    return f"'sha256-{digest}'"
