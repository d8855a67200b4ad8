"""Writes on the pages."""

import json
from pathlib import Path

from django.conf import settings
from django.db import transaction

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
        Page.objects.update_or_create(
            slug=record["slug"], defaults=texts | {"draft_notice": record.get("draft_notice", False)}
        )
        written += 1
    return written
