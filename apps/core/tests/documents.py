"""Small documents for tests."""

import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from pypdf import PdfWriter

from apps.core.documents import ODT, WORDS


def zipped(files: dict[str, bytes], how=ZIP_DEFLATED) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", how) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return out.getvalue()


def docx(more=None) -> bytes:
    types = f'<Types><Override PartName="/word/document.xml" ContentType="{WORDS}.main+xml"/></Types>'
    return zipped({"[Content_Types].xml": types.encode(), "word/document.xml": b"<w:document/>"} | (more or {}))


def odt(more=None) -> bytes:
    return zipped({"mimetype": ODT.encode(), "content.xml": b"<office:document-content/>"} | (more or {}))


def pdf(attachments: dict[str, bytes] | None = None, pages: int = 1) -> bytes:
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(200, 200)
    for name, data in (attachments or {}).items():
        writer.add_attachment(name, data)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


PAGES = {
    1: b"<</Type/Catalog/Pages 2 0 R>>",
    2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    3: b"<</Type/Page/MediaBox[0 0 9 9]/Parent 2 0 R>>",
}


def raw_pdf(objects: dict[int, bytes], packed: dict[int, dict[int, bytes]] | None = None) -> bytes:
    """A PDF with objects exactly as given; the first is its root. ``packed`` are streams that hold others."""
    objects, places = dict(objects), {}
    for number, inner in (packed or {}).items():
        head, body = b"", b""
        for place, (name, written) in enumerate(inner.items()):
            places[name] = b"\2" + number.to_bytes(4, "big") + place.to_bytes(2, "big")
            head += b"%d %d " % (name, len(body))
            body += written + b" "
        objects[number] = stream(head + body, b"/Type/ObjStm/N %d/First %d" % (len(inner), len(head)))
    out = bytearray(b"%PDF-1.7\n")
    table = max([*objects, *places]) + 1
    for number in [*objects, table]:
        places[number] = b"\1" + len(out).to_bytes(4, "big") + b"\0\0"
        if number != table:
            out += b"%d 0 obj\n%b\nendobj\n" % (number, objects[number])
    rows = b"".join(places.get(number, bytes(7)) for number in range(table + 1))
    end = stream(rows, b"/Type/XRef/W[1 4 2]/Root 1 0 R/Size %d" % (table + 1))
    return bytes(out) + b"%d 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF" % (table, end, len(out))


def stream(data: bytes, said: bytes = b"") -> bytes:
    data = zlib.compress(data)
    return b"<<%b/Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream" % (said, len(data), data)


def attaching(*places: bytes, objects: dict[int, bytes] | None = None) -> bytes:
    """A PDF whose attachments are where ``places`` say: references to ``objects``, or what stands there instead."""
    files = b" ".join(b"(%d) <</EF<</F %b>>>>" % (at, place) for at, place in enumerate(places))
    names = b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[%b]>>>>>>" % files
    return raw_pdf(PAGES | {1: names} | (objects or {}))
