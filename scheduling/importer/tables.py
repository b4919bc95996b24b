"""CSV and XLSX with one visit a row, taken apart into the customers and visits of a planning document."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from scheduling.importer.files import UNDECODED, RawDocument, RawRow, Unreadable

CUSTOMER = {
    "customer": "ref",
    "customer_name": "name",
    "phone": "phone",
    "email": "email",
    "locale": "locale",
    "consent": "consent",
}
"""Columns that speak of the customer, and the fields they stand for."""
VISIT = (
    *("ref", "type", "date", "technician", "position", "window_start", "window_end", "duration_min", "skills"),
    *("load", "status", "confirmed", "address", "lat", "lon", "customer"),
)
LISTS = frozenset({"skills", "consent"})
REQUIRED = ("ref", "customer", "duration_min")
COLUMNS = {name: column for column, name in CUSTOMER.items()}
CELLS = 5_000_000
UNPACKED = 256 * 1024 * 1024
CELL = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")

Cells = Mapping[str, Any]


def parse_csv(payload: bytes) -> RawDocument:
    """Comma, semicolon or tab, whichever the first line has most of. Raises `Unreadable`."""
    try:
        text = payload.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(UNDECODED.format(number=error.start + 1)) from None
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    try:
        return _document(enumerate(reader, start=1))
    except csv.Error as error:
        raise Unreadable(f"isn't CSV: {error}", row=reader.line_num) from None


def parse_xlsx(payload: bytes) -> RawDocument:
    """The first sheet of a workbook; of a formula what it came to when it was saved. Raises `Unreadable`."""
    _within_bounds(payload)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(payload)) as workbook:
            rows = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, IndexError) as error:
        raise Unreadable(f"isn't a workbook that can be read: {error}") from None
    return _document(enumerate(rows, start=1))


def _within_bounds(payload: bytes) -> None:
    """The reader lays out every cell up to the last one, so a single far cell would take all memory there is."""
    try:
        with zipfile.ZipFile(io.BytesIO(payload)) as archive:
            if sum(member.file_size for member in archive.infolist()) > UNPACKED:
                raise Unreadable(f"unpacks to more than {UNPACKED // 2**20} MB")
            sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
            if any(_area(archive.read(name)) > CELLS for name in sheets):
                raise Unreadable("has a cell far outside its table: remove it")
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise Unreadable(f"isn't a workbook that can be read: {error}") from None


def _area(sheet: bytes) -> int:
    """Rows times columns up to the last cell."""
    cells = CELL.findall(sheet)
    return max((int(row) for _, row in cells), default=0) * max((_column(name) for name, _ in cells), default=0)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _document(lines: Iterable[tuple[int, Sequence[Any]]]) -> RawDocument:
    rows = iter(lines)
    _, first = next(rows, (1, ()))
    header = _header(first)
    document = RawDocument(table=True, strange=dict.fromkeys(set(header) - set(VISIT) - CUSTOMER.keys() - {""}, 1))
    for number, line in rows:
        if len(line) > len(header) and any(cell != "" for cell in line[len(header) :]):
            raise Unreadable("has more cells than the header has columns", row=number)
        cells = {name: value for name, cell in zip(header, line, strict=False) if (value := _value(cell)) is not None}
        if cells:
            document.rows["visits"].append(RawRow(number, _visit(cells)))
            if "customer" in cells:
                document.rows["customers"].append(RawRow(number, dict(_customer(cells))))
    return document


def _header(cells: Sequence[Any]) -> list[str]:
    header = [str(cell).strip().lower() for cell in cells]
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        raise Unreadable(f"has no column {', '.join(missing)}", row=1)
    twice = {name for name in header if name and header.count(name) > 1}
    if twice:
        raise Unreadable(f"has the column {', '.join(sorted(twice))} twice", row=1)
    return header


def _value(cell: Any) -> Any:
    """A cell as a document would write it; None where it is empty."""
    if isinstance(cell, datetime):
        return (cell + timedelta(milliseconds=500)).isoformat(timespec="seconds")
    if isinstance(cell, timedelta):
        return (datetime.combine(date.min, time.min) + cell).time().isoformat(timespec="seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() else cell
    return (cell.strip() or None) if isinstance(cell, str) else cell


def _visit(cells: Cells) -> dict[str, Any]:
    row = {name: _field(name, cells[name]) for name in VISIT if name in cells and not name.startswith("window_")}
    window = {edge: _moment(cells, f"window_{edge}") for edge in ("start", "end") if f"window_{edge}" in cells}
    return {**row, "window": window} if window else row


def _customer(cells: Cells) -> Iterator[tuple[str, Any]]:
    for column, name in CUSTOMER.items():
        if column in cells:
            yield name, _field(column, cells[column])


def _field(name: str, value: Any) -> Any:
    if name in LISTS:
        return [part for part in (part.strip() for part in str(value).split(";")) if part]
    if name in {"lat", "lon"}:
        return value.replace(",", ".") if isinstance(value, str) else value
    if name in {"duration_min", "load", "position"}:
        return value
    if name == "date":
        return str(value).removesuffix("T00:00:00")
    return str(value).lower() if name in {"status", "confirmed"} else str(value)


def _moment(cells: Cells, name: str) -> str:
    """A date and time of day; a time alone belongs to the row's date."""
    value = str(cells[name])
    day = str(cells.get("date", "")).removesuffix("T00:00:00")
    return f"{day}T{value.zfill(5)}" if day and re.fullmatch(r"\d{1,2}:\d\d(:\d\d)?", value) else value


def column(kind: str, field: str) -> str:
    """The column that a field of a document stands in."""
    return COLUMNS.get(field, field) if kind == "customers" else field.replace("window.", "window_")
