"""From the bytes of an upload to an XML tree or JSON, within bounds and without anything from outside the file."""

import json
from base64 import b64decode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from lxml import etree

from apps.core.documents import asked_of_pdf
from apps.core.inside_pdf import Refused, Why

MOST_BYTES = 8 * 1024 * 1024
MOST_NODES = 200_000
ROOTS = ("Candidate", "SkillsPassport")
REFUSALS = {
    Why.BROKEN: gettext_lazy("This PDF is broken."),
    Why.LOCKED: gettext_lazy("This PDF is locked with a password."),
    Why.TOO_MUCH: gettext_lazy("What is packed in this PDF is larger than a Europass CV is."),
}


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
        attached = asked_of_pdf("attached_xml", data)
    except Refused as refused:
        raise CannotRead(REFUSALS[refused.args[0]]) from refused
    for content in attached:
        try:
            return _from_xml(b64decode(content))
        except CannotRead:
            continue
    raise CannotRead(
        _("This PDF has no Europass data inside. Download it anew from Europass, or choose the XML file instead.")
    )


def _keep_within_bounds(data: bytes, *marks: bytes) -> None:
    if sum(data.count(mark) for mark in marks) > MOST_NODES:
        raise CannotRead(_("This file has more parts than a Europass CV has."))
