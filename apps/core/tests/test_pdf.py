"""Documents: the same on every machine, readable by everybody, and nothing in the data is ever read as markup."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
import typst
from pypdf import PdfReader

from apps.core import pdf

pytestmark = pytest.mark.static
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
TEMPLATE = """
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title, author: "IOM")
#set text(lang: data.language, font: ("Figtree", "DejaVu Sans Mono"))
= #data.title
#data.text
"""


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "letter.typ"
    path.write_text(TEMPLATE)
    return path


def read(data: bytes) -> PdfReader:
    return PdfReader(BytesIO(data))


def made(template, **data):
    return pdf.made(template, {"title": "Title", "language": "nl", "text": "Text"} | data, at=NOW)


def test_a_document_is_tagged_titled_and_says_its_language(template):
    document = read(made(template))

    root = document.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("nl", True)
    assert b"pdfuaid:part>1<" in root["/Metadata"].get_data()
    assert document.metadata.title == "Title"
    assert document.metadata.creation_date == NOW


def test_the_same_data_give_the_same_document(template):
    assert made(template) == made(template)


def test_what_looks_like_markup_is_text(template):
    text = '#panic("x") $ sum $ *bold* _it_ <label> @label [a] \\ // # " 1'

    assert text in read(made(template, text=text)).pages[0].extract_text()


def test_a_sign_that_no_font_knows_is_set_all_the_same(template):
    document = read(made(template, text="Ready 🚀 to go"))

    assert "to go" in document.pages[0].extract_text()
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_our_letters_are_in_the_document(template):
    document = read(made(template, text="Ça, naïef, größer, Ștefan"))

    fonts = {font["/BaseFont"].partition("+")[2] for font in document.pages[0]["/Resources"]["/Font"].values()}
    assert fonts == {"Figtree-Regular", "Figtree-Bold"}


def test_a_template_reads_nothing_outside_its_folder_and_fetches_nothing(template):
    for line in ('#read("/etc/hostname")', '#read("../x")', '#import "@preview/cetz:0.4.0": canvas'):
        template.write_text(TEMPLATE + line)
        with pytest.raises(typst.TypstError):
            made(template)


def test_no_document_is_endless(template):
    with pytest.raises(pdf.TooLong):
        made(template, text="a" * pdf.MOST)
