"""Files for a spreadsheet: what somebody typed is text in every cell; what is a number or a day stays one."""

import csv
from datetime import date
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from apps.core import sheets

pytestmark = pytest.mark.static
ROWS = [
    ["=1+1", "Émilie Ångström", "a;b,c"],
    ["+32 4", "-1", "@SUM(A1)"],
    ["\tx", "line\nline", 'say "yes"'],
    ["\x00bell\x07", "", "ألين"],
]


def test_a_workbook_holds_texts_and_no_formula():
    book = load_workbook(BytesIO(sheets.written(sheets.XLSX, ["A", "B", "C"], ROWS)))
    cells = [cell for row in book.active.iter_rows() for cell in row if cell.value is not None]

    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in next(book.active.iter_rows(min_row=2, max_row=2))] == ROWS[0]
    assert book.active["A5"].value == "bell"
    assert book.active["C5"].value == "ألين"


def test_a_text_file_quotes_every_cell_and_disarms_what_would_be_a_formula():
    data = sheets.written(sheets.CSV, ["A", "B", "C"], ROWS).decode("utf-8-sig")

    assert data.startswith('"A","B","C"\r\n"\'=1+1",')
    read = list(csv.reader(StringIO(data, newline="")))
    assert read[1:3] == [["'=1+1", "Émilie Ångström", "a;b,c"], ["'+32 4", "'-1", "'@SUM(A1)"]]
    assert read[3] == ["'\tx", "line\nline", 'say "yes"']


def test_a_book_has_several_sheets_whose_numbers_and_days_can_be_reckoned_with():
    data = sheets.book(
        [
            ("Targets: 2019/2020", ["What", "Number", "Day"], [["=1+1", 37, date(2019, 10, 5)], ["none", None, None]]),
            ("A title that is longer than a sheet's may be", ["Only a heading"], []),
        ]
    )

    book = load_workbook(BytesIO(data))
    assert book.sheetnames == ["Targets  2019 2020", "A title that is longer than a s"]
    first = book.worksheets[0]
    assert [cell.data_type for cell in first[2]] == ["s", "n", "d"]
    assert [cell.value for cell in first[2]][:2] == ["=1+1", 37]
    assert first["C2"].value.date() == date(2019, 10, 5)
    assert [cell.value for cell in first[3]] == ["none", None, None]
    assert first.freeze_panes == "A2"
