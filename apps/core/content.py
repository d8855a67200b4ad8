"""Rich text that staff write in four languages: one field, cleaned when saved and again when shown."""

import nh3
from django.utils.safestring import SafeString, mark_safe
from django_prose_editor.fields import ProseEditorField

EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "Heading": {"levels": [2, 3]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "Link": {"protocols": ["http", "https", "mailto"]},
    "History": True,
    "HardBreak": True,
    "Typographic": True,
}
TAGS = {"p", "br", "strong", "em", "h2", "h3", "ul", "ol", "li", "blockquote", "a"}
ATTRIBUTES = {"a": {"href", "title", "lang"}, "ol": {"start"}}

_cleaner = nh3.Cleaner(tags=TAGS, attributes=ATTRIBUTES, url_schemes={"http", "https", "mailto"})


def clean(html: str) -> str:
    """Return the HTML with nothing but the tags that the editor makes."""
    return _cleaner.clean(html or "")


def render(html: str) -> SafeString:
    """Return rich text for a template. Cleaned once more: what is in the database may be older than today's rules."""
    return mark_safe(clean(html))  # noqa: S308 - just cleaned


class RichTextField(ProseEditorField):
    """HTML from the editor in the admin; ``sanitize`` is ours, so that a script never reaches the database."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("config", {"extensions": EXTENSIONS})
        kwargs.setdefault("sanitize", clean)
        super().__init__(*args, **kwargs)
