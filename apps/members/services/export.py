"""A download of everything that the portal holds of a person: JSON for machines, pages for people, and the files.

The register of personal data says which fields of which tables are in it, upper apps' too.
"""

import json
import mimetypes
from collections.abc import Iterator
from datetime import timedelta
from pathlib import PurePath
from tempfile import TemporaryFile
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.core.files import File
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import override

from apps.core import audit, background, bell, personal_data
from apps.core.background import come_to
from apps.core.personal_data import Treatment

from .. import emails
from ..models import DataExport, User
from . import readable

KEPT = timedelta(days=7)
BUILD = "members.build_exports"
STYLE = PurePath(__file__).parents[1] / "data" / "export.css"


# --- what members ask for ---------------------------------------------------------------------------------------------
@transaction.atomic
def ask(*, user: User) -> DataExport:
    """Ask for a download; an earlier one is deleted. While one is being put together, that is the one."""
    User.objects.locked().get(pk=user.pk)
    if building := DataExport.objects.filter(user=user, state=DataExport.State.ASKED).first():
        return building
    for earlier in DataExport.objects.filter(user=user, state=DataExport.State.READY):
        _drop(earlier)
    asked = DataExport.objects.create(user=user)
    audit.record(actor=user, verb="members.export_asked", target=asked, person=user.pk)
    bell.ring(BUILD)
    return asked


def fetched(*, export: DataExport) -> None:
    """Write down that the file was fetched: whoever had the password did it."""
    audit.record(actor=export.user, verb="members.export_fetched", target=export, person=export.user_id)


def let_go(before) -> int:
    """Delete the files of downloads that were ready before this moment."""
    over = list(DataExport.objects.ready_before(before).values_list("pk", flat=True))
    for pk in over:
        with transaction.atomic():
            _drop(DataExport.objects.select_for_update().get(pk=pk))
    return len(over)


def _drop(export) -> None:
    storage, name = export.file.storage, export.file.name
    if name:
        transaction.on_commit(lambda: storage.delete(name), robust=True)
    export.state, export.file = DataExport.State.GONE, ""
    export.save(update_fields=["state", "file"])


# --- what the worker does ---------------------------------------------------------------------------------------------
def build_all() -> int:
    """Build whatever was asked for and is in nobody's hands. Returns how many were."""
    return background.build_all(DataExport, _build)


def _build(export: DataExport) -> None:
    with TemporaryFile() as file, override(export.user.language):
        with ZipFile(file, "w", ZIP_DEFLATED) as archive:
            tables = []
            for table in _tables(export, archive):
                tables.append(table)
            about = {"address": export.user.email, "made_at": timezone.now(), "site": settings.SITE_URL}
            data = about | {"tables": {table["model"]: table["rows"] for table in tables}}
            archive.writestr("data.json", json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))
            page = about | {"tables": [table for table in tables if table["told"]], "language": export.user.language}
            archive.writestr("index.html", render_to_string("members/privacy/export.html", page))
            archive.write(STYLE, "style.css")
        file.seek(0)
        _finish(export, File(file, name="export.zip"))


@transaction.atomic
def _finish(export, file) -> None:
    export = background.mine(export)
    export.state, export.done, export.lease_until = DataExport.State.READY, 100, None
    export.ready_at = timezone.now()
    export.expires_at = export.ready_at + KEPT
    export.file = file
    export.save()
    audit.record(actor=None, verb="members.export_ready", target=export, person=export.user_id)
    emails.export_ready(export)


def _tables(export, archive) -> Iterator[dict]:
    declared = [d for d in personal_data.declarations() if d.person and not d.stands_in_another]
    for number, declaration in enumerate(declared):
        names = [name for name, treatment in declaration.fields.items() if treatment == Treatment.EXPORT]
        rows, told = [], []
        found = personal_data.copied_rows_of(declaration, export.user)
        for row in found.select_related(*readable.near(found.model, names)).order_by("pk"):
            files = {name: _put(archive, row, name) for name in names if readable.is_file(row, name)}
            rows.append(readable.plain(row, names, files))
            told.append(readable.told(row, names, files))
        yield {
            "model": declaration.model,
            "name": declaration.name,
            "purpose": declaration.purpose,
            "rows": rows,
            "told": told,
        }
        come_to(export, (number + 1) * 95 // len(declared))


def _put(archive, row, name: str) -> str:
    """Put a file into the archive, and return where; "" where there is none, or none any more."""
    file = getattr(row, name)
    if not file or not file.storage.exists(file.name):
        return ""
    ending = PurePath(file.name).suffix or mimetypes.guess_extension(getattr(row, "content_type", "")) or ""
    called = slugify(PurePath(str(row)).stem)[:60]
    path = f"files/{row._meta.model_name}-{row.pk}-{called}{ending}"
    with file.storage.open(file.name) as source:
        archive.writestr(path, source.read())
    return path
