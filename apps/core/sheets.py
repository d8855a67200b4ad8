"""Lists as files for a spreadsheet. No cell is ever a formula: what people typed stays what they typed."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from io import BytesIO, StringIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.workbook.child import INVALID_TITLE_REGEX

XLSX, CSV = "xlsx", "csv"
CONTENT_TYPES = {
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    CSV: "text/csv; charset=utf-8",
}
FORMULA = ("=", "+", "-", "@", "\t", "\r")
LONGEST_CELL = 32_767  # what a cell of a spreadsheet holds
LONGEST_TITLE = 31  # of a sheet
NARROW, WIDE = 10, 60  # columns, in letters

Rows = Iterable[Sequence[str]]
Values = Sequence[str | int | date | None]


def written(kind: str, header: Sequence[str], rows: Rows) -> bytes:
    """Return the whole file."""
    return {XLSX: _xlsx, CSV: _csv}[kind]([header, *rows])


def _xlsx(rows: Rows) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append([_text(sheet, value) for value in row])
    data = BytesIO()
    book.save(data)
    return data.getvalue()


def book(sheets: Iterable[tuple[str, Sequence[str], Sequence[Values]]]) -> bytes:
    """Return a spreadsheet of several sheets: title, header, rows. Numbers and days stay what they are."""
    made = Workbook(write_only=True)
    for title, header, rows in sheets:
        sheet = made.create_sheet(INVALID_TITLE_REGEX.sub(" ", str(title))[:LONGEST_TITLE])
        sheet.freeze_panes = "A2"
        for number, column in enumerate(zip(header, *rows, strict=True), start=1):
            longest = max(len(str(value)) for value in column)
            sheet.column_dimensions[get_column_letter(number)].width = min(max(longest + 2, NARROW), WIDE)
        sheet.append([_heading(sheet, name) for name in header])
        for row in rows:
            sheet.append([_value(sheet, value) for value in row])
    data = BytesIO()
    made.save(data)
    return data.getvalue()


def _heading(sheet, name) -> WriteOnlyCell:
    cell = _text(sheet, name)
    cell.font = Font(bold=True)
    return cell


def _value(sheet, value) -> WriteOnlyCell:
    if value is None or isinstance(value, int | date):
        return WriteOnlyCell(sheet, value)
    cell = _text(sheet, value)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _text(sheet, value) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", str(value))[:LONGEST_CELL])
    cell.data_type = "s"  # openpyxl takes "=1+1" for a formula
    return cell


def _csv(rows: Rows) -> bytes:
    data = StringIO(newline="")
    csv.writer(data, quoting=csv.QUOTE_ALL).writerows([_quoted(str(value)) for value in row] for row in rows)
    return data.getvalue().encode("utf-8-sig")  # spreadsheets take anything else for an older encoding


def _quoted(value: str) -> str:
    return f"'{value}" if value.startswith(FORMULA) else value
