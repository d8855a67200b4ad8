"""From the bytes of an upload to an XML tree or JSON, within bounds and without anything from outside the file."""

import json
import zlib
from io import BytesIO

from django.utils.translation import gettext as _
from lxml import etree
from pypdf import PdfReader
from pypdf.errors import PyPdfError

MOST_BYTES = 8 * 1024 * 1024  # of the upload, and of what is packed inside it
MOST_ATTACHMENTS = 20
MOST_NODES = 200_000
ROOTS = ("Candidate", "SkillsPassport")


class CannotRead(Exception):
    """This is no Europass CV that we can read; says why, in the reader's words."""


def unpacked(data: bytes) -> tuple[str, object]:
    """Return which of the two kinds a CV is, and its tree: an XML element, or a dict for JSON."""
    if len(data) > MOST_BYTES:
        raise CannotRead(_("This file is larger than a Europass CV is."))
    if b"%PDF-" in data[:1024]:
        return _from_pdf(data)
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"<" or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _from_xml(data)
    if start == b"{":
        return _from_json(data)
    raise CannotRead(_("This is neither a PDF, nor XML, nor JSON."))


def _from_xml(data: bytes) -> tuple[str, etree._Element]:
    _keep_within_bounds(data, b"<")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise CannotRead(_("The XML of this file is broken.")) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise CannotRead(_("The XML of this file defines words of its own, which Europass never does."))
    kind = etree.QName(root).localname
    if kind not in ROOTS:
        raise CannotRead(_("This is XML, but not that of a Europass CV."))
    return kind, root


def _from_json(data: bytes) -> tuple[str, dict]:
    _keep_within_bounds(data, b"[", b"{", b",")
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise CannotRead(_("The JSON of this file is broken.")) from error
    if not isinstance(found.get("SkillsPassport"), dict):
        raise CannotRead(_("This is JSON, but not that of a Europass CV."))
    return "SkillsPassport", found["SkillsPassport"]


def _from_pdf(data: bytes) -> tuple[str, etree._Element]:
    """The first attachment that is a Europass CV; whatever else is in the PDF is not looked at."""
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise CannotRead(_("This PDF is locked with a password."))
        packed = [
            _stream_of(file) for _number, file in zip(range(MOST_ATTACHMENTS), reader.attachment_list, strict=False)
        ]
    except (PyPdfError, OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise CannotRead(_("This PDF is broken.")) from error
    for stream in packed:
        content = _content_of(stream)
        if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            try:
                return _from_xml(content)
            except CannotRead:
                continue
    raise CannotRead(
        _("This PDF has no Europass data inside. Download it anew from Europass, or choose the XML file instead.")
    )


def _stream_of(file):
    return file.pdf_object["/EF"]["/F"].get_object()


def _content_of(stream) -> bytes:
    """What is packed in an attachment: plain or deflated, as Europass does; unpacked by ourselves, to a bound."""
    raw = stream._data if isinstance(stream._data, bytes) else bytes(stream._data or b"")
    how = stream.get("/Filter")
    how = how if isinstance(how, str) or how is None else how[0] if len(how) == 1 else "several"
    if how is None:
        return raw[:MOST_BYTES]
    if how != "/FlateDecode":
        return b""
    unpack = zlib.decompressobj()
    try:
        content = unpack.decompress(raw, MOST_BYTES)
    except zlib.error:
        return b""
    if unpack.unconsumed_tail:
        raise CannotRead(_("What is packed in this PDF is larger than a Europass CV is."))
    return content


def _keep_within_bounds(data: bytes, *marks: bytes) -> None:
    if sum(data.count(mark) for mark in marks) > MOST_NODES:
        raise CannotRead(_("This file has more parts than a Europass CV has."))
