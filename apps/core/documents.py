"""Documents that people upload: PDF, DOCX and ODT, told by their content, without macros, unpacked within bounds.

Nothing in them is run, and nothing outside them is fetched. Only ``inside_pdf`` reads PDFs, in a process of its own.
"""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from io import BytesIO
from zipfile import BadZipFile, ZipFile

import structlog
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from . import inside_pdf
from .inside_pdf import Refused, Why

log = structlog.get_logger(__name__)

MOST_ENTRIES = 2_000
MOST_UNPACKED = 80 * 1024 * 1024
HIGHEST_RATIO = 200  # unpacked to packed, of one entry that is not small anyway
SMALL = 1024 * 1024
WORDS = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
# What runs: macros of Word and of LibreOffice, controls, and programs packed inside.
RUNNING = re.compile(r"(^|/)(vbaproject\.bin|vbadata\.xml|activex/|basic/|scripts/)|\.(exe|dll|js|vbs|bat|ps1)$", re.I)
RUNNING_PDF = re.compile(rb"/(JavaScript|Launch)\b")
PATIENCE = 20  # seconds for a process that may use a few of the processor's


@dataclass(frozen=True)
class Kind:
    """A kind of document: what it is called in a header, and at the end of a name."""

    content_type: str
    extension: str


PDF = Kind("application/pdf", "pdf")
DOCX = Kind(WORDS, "docx")
OPEN_TEXT = Kind(ODT, "odt")
KINDS = {kind.content_type: kind for kind in (PDF, DOCX, OPEN_TEXT)}
ACCEPTED = ",".join([*KINDS, *(f".{kind.extension}" for kind in KINDS.values())])

UNKNOWN = _("This is not a PDF, DOCX or ODT document that we can read.")
RUNS = _("This document holds macros or scripts. Save it without them, or as a PDF.")
LOCKED = _("This document is locked with a password. Save it without one.")
TOO_MUCH = _("This document unpacks to more than we take. Save it as a PDF.")
REFUSALS = {Why.BROKEN: UNKNOWN, Why.LOCKED: LOCKED, Why.RUNS: RUNS, Why.TOO_MUCH: TOO_MUCH}


def kind_of(upload) -> Kind:
    """Return what a file is, by its content; raises ``ValidationError`` in the reader's words for all that is not."""
    upload.seek(0)
    data = upload.read()
    upload.seek(0)
    if b"%PDF-" in data[:1024]:
        _look_at_pdf(data)
        return PDF
    if data.startswith(b"PK\x03\x04"):
        return _kind_of_zip(data)
    raise ValidationError(UNKNOWN)


def file_name(name: str, content_type: str) -> str:
    """A name under which a document can be saved anywhere, whatever its owner calls it."""
    extension = KINDS[content_type].extension
    words = re.sub(r"[\x00-\x1f\x7f\"<>|:*?/\\]+", " ", name).split()
    plain = " ".join(words).strip(" .")[:100] or "document"
    return plain if plain.lower().endswith(f".{extension}") else f"{plain}.{extension}"


def _look_at_pdf(data: bytes) -> None:
    if RUNNING_PDF.search(data):
        raise ValidationError(RUNS)
    try:
        asked_of_pdf("looked_at", data)
    except Refused as refused:
        raise ValidationError(REFUSALS[refused.args[0]]) from refused


def asked_of_pdf(question: str, data: bytes):
    """Return the answer of a function of ``inside_pdf``; raises ``Refused``, also for what takes too long to answer."""
    argv = [sys.executable, "-P", inside_pdf.__file__, question]
    try:
        done = subprocess.run(argv, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=PATIENCE)  # noqa: S603 - a program of ours; the file goes to its input
    except subprocess.TimeoutExpired as error:
        raise Refused(Why.TOO_MUCH) from error
    if done.returncode:
        log.warning("pdf.reader_ended", status=done.returncode, bytes=len(data))
        raise Refused(Why.TOO_MUCH)
    found = json.loads(done.stdout)
    if why := found.get("refused"):
        raise Refused(Why(why))
    return found["answer"]


def _kind_of_zip(data: bytes) -> Kind:
    try:
        with ZipFile(BytesIO(data)) as packed:
            entries = packed.infolist()
            _keep_within_bounds(entries)
            names = [entry.filename for entry in entries]
            if any(RUNNING.search(name) for name in names):
                raise ValidationError(RUNS)
            if names[:1] == ["mimetype"] and _read(packed, "mimetype") == ODT.encode():
                return OPEN_TEXT
            if "[Content_Types].xml" in names and "word/document.xml" in names:
                types = _read(packed, "[Content_Types].xml")
                if b"macroEnabled" in types:
                    raise ValidationError(RUNS)
                if f"{WORDS}.main+xml".encode() in types:
                    return DOCX
    except (BadZipFile, OSError, ValueError, LookupError, NotImplementedError, RuntimeError, EOFError) as error:
        raise ValidationError(UNKNOWN) from error
    raise ValidationError(UNKNOWN)


def _keep_within_bounds(entries) -> None:
    """By what the archive says of itself; what is really read is bounded again in ``_read``."""
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise ValidationError(LOCKED)
    steep = any(
        entry.file_size > SMALL and entry.file_size > HIGHEST_RATIO * max(entry.compress_size, 1) for entry in entries
    )
    if steep or len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise ValidationError(TOO_MUCH)


def _read(packed: ZipFile, name: str) -> bytes:
    with packed.open(name) as entry:
        return entry.read(SMALL)
