"""Lists as files for a spreadsheet. No cell is ever a formula: what people typed stays what they typed."""

import csv
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

XLSX, CSV = "xlsx", "csv"
CONTENT_TYPES = {
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    CSV: "text/csv; charset=utf-8",
}
FORMULA = ("=", "+", "-", "@", "\t", "\r")
LONGEST_CELL = 32_767  # what a cell of a spreadsheet holds

Rows = Iterable[Sequence[str]]


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
