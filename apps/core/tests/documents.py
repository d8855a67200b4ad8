"""Small documents for tests."""

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
