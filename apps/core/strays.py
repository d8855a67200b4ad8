"""Uploads that belong to no row any more: whoever was killed half-way left them."""

from collections.abc import Iterable
from datetime import timedelta

from django.core.files.storage import default_storage
from django.utils import timezone

from . import personal_data

STRAY = timedelta(days=1)  # a file that belongs to no row may belong to one that is being written


def let_go(folders: Iterable[str]) -> int:
    """Delete them from these folders, whose files belong to declared models. Returns how many went."""
    known, stray, oldest = set(personal_data.file_names()), [], timezone.now() - STRAY
    for folder in filter(default_storage.exists, folders):
        names = [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]]
        stray += [n for n in names if n not in known and default_storage.get_modified_time(n) < oldest]
    for name in stray:
        default_storage.delete(name)
    return len(stray)
