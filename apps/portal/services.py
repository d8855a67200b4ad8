"""Writes on the pages."""

import json
from pathlib import Path

from django.conf import settings
from django.db import transaction

from apps.core import history, translated
from apps.core.content import clean

from .models import Page

DATA = Path(__file__).parent / "data" / "pages"


@transaction.atomic
def load_pages(*, overwrite: bool = False) -> int:
    """Make the pages that the portal needs from the data files; what staff have written since is left alone.

    Returns how many were written. ``overwrite`` brings every page back to its file.
    """
    known = set(Page.objects.values_list("slug", flat=True))
    written = 0
    for path in sorted(DATA.glob("*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        if record["slug"] in known and not overwrite:
            continue
        texts = {}
        for code, _name in settings.LANGUAGES:
            texts |= {f"title_{code}": record["title"][code], f"lead_{code}": record["lead"][code]}
            texts |= {f"body_{code}": clean(record["body"][code])}
        page = Page.objects.filter(slug=record["slug"]).first() or Page(slug=record["slug"])
        page.draft_notice = record.get("draft_notice", False)
        for name, text in texts.items():
            setattr(page, name, text)
        translated.write(page, changed=texts)
        history.keep(obj=page, actor=None, comment="loaded")
        written += 1
    return written


@transaction.atomic
def restore_page(*, page: Page, version, actor) -> int:
    """Bring an earlier version back, as a version of its own; returns how many rows could not come."""
    lost = history.restore(obj=page, version=version)
    history.keep(obj=page, actor=actor, comment="restored")
    return lost
