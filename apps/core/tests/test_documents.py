"""Uploaded documents: known by their content, without macros, unpacked within bounds."""

import json
import random
import resource
import subprocess
import sys
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest
from django.core.exceptions import ValidationError
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from apps.core import documents, inside_pdf
from apps.core.documents import DOCX, ODT, OPEN_TEXT, PDF, WORDS, file_name, kind_of
from apps.core.inside_pdf import Why
from apps.core.tests.documents import PAGES, attaching, docx, odt, pdf, raw_pdf, stream, zipped


@pytest.mark.parametrize(("data", "kind"), [(pdf(), PDF), (docx(), DOCX), (odt(), OPEN_TEXT)])
def test_a_document_is_known_by_its_content(data, kind):
    upload = BytesIO(data)

    assert kind_of(upload) is kind
    assert upload.read() == data  # ready to be stored


def said(data):
    with pytest.raises(ValidationError) as refusal:
        kind_of(BytesIO(data))
    return refusal.value.message


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"A letter.",
        b"MZ\x90\x00",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7\nnothing more",
        raw_pdf({1: b"null"}),
        raw_pdf(PAGES | {1: b"<</Pages 4 0 R>>", 4: stream(b"", b"/Type/ObjStm")}),
        raw_pdf(PAGES | {3: b"<</Type/Page/Annots 7>>"}),
        pdf().replace(b"/Root", b"/Encrypt<</Filter/Standard/V 99>>/Root"),
        pdf()[:200],
        docx()[:200],
        b"PK\x03\x04 and nothing more",
        zipped({"readme.txt": b"x"}),
        zipped({"[Content_Types].xml": b"spreadsheetml.sheet.main+xml", "xl/workbook.xml": b""}),
        zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b""}),
        zipped({"content.xml": b"", "mimetype": ODT.encode()}),  # not where ODT says it stands
    ],
)
def test_what_is_none_is_refused(data):
    assert said(data) == documents.UNKNOWN


@pytest.mark.parametrize(
    "data",
    [
        docx({"word/vbaProject.bin": b"x"}),
        docx({"word/activeX/activeX1.xml": b"x"}),
        docx({"word/embeddings/run.exe": b"x"}),
        zipped(
            {"[Content_Types].xml": b"application/vnd.ms-word.document.macroEnabled.main+xml", "word/document.xml": b""}
        ),
        odt({"Basic/Standard/Module1.xml": b"x"}),
        odt({"Scripts/python/run.py": b"x"}),
        pdf() + b"\n/JavaScript",
    ],
)
def test_what_can_run_is_refused(data):
    assert said(data) == documents.RUNS


@pytest.mark.parametrize("action", ["/JavaScript", "/Launch", "/URI"])
def test_a_pdf_that_does_something_when_it_opens_is_refused(action, monkeypatch):
    """Also where the words stand packed, so that no look at the bytes finds them."""
    monkeypatch.setattr(documents, "RUNNING_PDF", documents.re.compile(rb"\Znever"))
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    begins = {NameObject("/S"): NameObject(action), NameObject("/JS"): TextStringObject("app.alert(1)")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(begins)
    out = BytesIO()
    writer.write(out)

    assert said(out.getvalue()) == documents.RUNS


@pytest.mark.parametrize(("action", "kind"), [("/JavaScript", None), ("/SubmitForm", None), ("/URI", PDF)])
def test_a_pdf_whose_page_does_something_when_pressed_is_refused_and_one_with_a_link_is_not(action, kind, monkeypatch):
    monkeypatch.setattr(documents, "RUNNING_PDF", documents.re.compile(rb"\Znever"))
    writer = PdfWriter()
    page = writer.add_blank_page(100, 100)
    pressed = DictionaryObject({NameObject("/S"): NameObject(action)})
    page[NameObject("/Annots")] = ArrayObject([DictionaryObject({NameObject("/A"): pressed})])
    out = BytesIO()
    writer.write(out)

    if kind:
        assert kind_of(BytesIO(out.getvalue())) is kind
    else:
        assert said(out.getvalue()) == documents.RUNS


def test_a_locked_pdf_is_refused_and_one_that_anybody_may_read_is_not():
    def locked(password):
        writer = PdfWriter()
        writer.add_blank_page(100, 100)
        writer.encrypt(password, "owner", algorithm="RC4-128")
        out = BytesIO()
        writer.write(out)
        return out.getvalue()

    assert said(locked("secret")) == documents.LOCKED
    assert kind_of(BytesIO(locked(""))) is PDF


MILLIONS = dict.fromkeys(range(100, 140), b"[%b]" % (b"1 " * 99_000))


def test_a_pdf_that_unpacks_to_millions_of_numbers_is_refused_within_seconds():
    """A few kilobytes, within every bound of pypdf's own: it would read them for half a minute."""
    data = raw_pdf({}, {9: PAGES | MILLIONS})
    before = resource.getrusage(resource.RUSAGE_CHILDREN)

    assert len(data) < 20_000
    assert said(data) == documents.TOO_MUCH
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 5


def test_a_pdf_that_unpacks_to_gigabytes_is_refused_in_little_memory():
    large = stream(b"<" + b" " * 70_000_000)
    data = attaching(*(b"%d 0 R" % number for number in range(10, 40)), objects=dict.fromkeys(range(10, 40), large))
    # In a process between, as a new one is counted with the memory of the one that it came from.
    code = (
        "import resource, subprocess, sys; subprocess.run([sys.executable, *sys.argv[1:]]); "
        "print(); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)"
    )
    argv = [sys.executable, "-c", code, "-P", inside_pdf.__file__, "attached_xml"]
    answer, megabytes = subprocess.run(argv, input=data, capture_output=True, check=True).stdout.splitlines()

    assert len(data) < 3_000_000
    assert json.loads(answer) == {"refused": Why.TOO_MUCH}
    assert int(megabytes) < 300


@pytest.mark.parametrize("question", inside_pdf.QUESTIONS)
def test_whatever_is_broken_in_a_pdf_is_an_answer(question):
    chance = random.Random(27)
    cv = attaching(b"10 0 R", objects={10: stream(b"<Candidate/>")})
    for data in [pdf({"cv.xml": b"<Candidate/>"}), raw_pdf({}, {9: PAGES}), cv] * 50:
        broken = bytearray(data)
        for _each in range(chance.randint(1, 8)):
            at = chance.randrange(len(broken))
            words = chance.choice((b"", b"<<", b"9", b"null", b" 1 0 R", b"\0"))
            broken[at : at + chance.choice((0, 1, 1, 1, 9))] = words
        found = inside_pdf.answer(question, bytes(broken))
        assert found.keys() <= {"answer", "refused"}
        assert json.dumps(found)


def test_a_reader_that_ends_without_an_answer_refuses(monkeypatch, tmp_path):
    program = tmp_path / "inside_pdf.py"
    monkeypatch.setattr(inside_pdf, "__file__", str(program))
    program.write_text("import os; os.abort()")

    assert said(pdf()) == documents.TOO_MUCH

    program.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(documents, "PATIENCE", 0.5)

    assert said(pdf()) == documents.TOO_MUCH


def test_what_unpacks_to_more_than_we_take_is_refused_before_it_is_unpacked():
    bomb = docx({"word/media/image1.bmp": b"\0" * (4 * documents.SMALL)})
    many = docx({f"word/part{n}.xml": b"" for n in range(documents.MOST_ENTRIES)})

    assert len(bomb) < 20_000
    assert said(bomb) == documents.TOO_MUCH
    assert said(many) == documents.TOO_MUCH


def test_an_archive_that_lies_about_its_size_is_read_to_the_bound_only():
    data = zipped({"mimetype": ODT.encode()}, how=ZIP_STORED)
    assert kind_of(BytesIO(data)) is OPEN_TEXT
    with ZipFile(BytesIO(zipped({"a": b"x" * (2 * documents.SMALL)}, how=ZIP_DEFLATED))) as packed:
        assert len(documents._read(packed, "a")) == documents.SMALL


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("Curriculum vitae", "Curriculum vitae.pdf"),
        ("cv.PDF", "cv.PDF"),
        ("../../etc/passwd", "etc passwd.pdf"),
        ('a"b\r\nSet-Cookie: x', "a b Set-Cookie x.pdf"),
        ("السيرة الذاتية", "السيرة الذاتية.pdf"),
        ("...", "document.pdf"),
        ("x" * 300, "x" * 100 + ".pdf"),
    ],
)
def test_a_document_is_saved_under_a_name_that_every_system_takes(name, saved):
    assert file_name(name, PDF.content_type) == saved


def test_every_kind_has_a_name_and_is_offered_by_the_browser():
    assert WORDS in documents.ACCEPTED
    assert ".odt" in documents.ACCEPTED
