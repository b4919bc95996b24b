"""From rows as they were written to rows that say what they mean, or to the reasons why they don't."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from scheduling.document import CustomerRow, RouteRow, Row, TableRow, TechnicianRow, VisitRow
from scheduling.importer import tables
from scheduling.importer.files import RawDocument, RawRow, Unreadable
from scheduling.importer.report import Ledger

R = TypeVar("R", bound=Row)
Key = tuple[date, str]
"""What names a route: its day and the ref of its technician."""

WORDS: Mapping[str, str] = {
    "missing": "is missing",
    "string_type": "must be text",
    "string_unicode": "holds a control character",
    "string_too_long": "must be at most {max_length} characters long",
    "string_pattern_mismatch": "must be a language such as de or fr-CH",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "enum": "must be one of {expected}",
    "tuple_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "value_error": "{error}",
}


@dataclass(frozen=True, slots=True)
class Entry(Generic[R]):
    """A sound row and where it stands in the file."""

    number: int
    row: R


@dataclass
class Document:
    """What the file says, row by row; `table` says that it names no technicians and no shifts."""

    location: str | None
    timezone: str | None
    technicians: list[Entry[TechnicianRow]]
    customers: list[Entry[CustomerRow]]
    visits: list[Entry[VisitRow]]
    routes: list[Entry[RouteRow]]
    table: bool = False


def read(raw: RawDocument, ledger: Ledger) -> Document:
    """The rows that are sound by themselves; the others are refused. Raises `Unreadable` where no zone is given."""
    for name in raw.strange:
        ledger.warn("file", ledger.file, name, "isn't known and was passed over")
    technicians = _entries(TechnicianRow, "technicians", raw, ledger)
    customers = _entries(CustomerRow, "customers", raw, ledger)
    if raw.table:
        customers = _united(customers, ledger)
    visits: Sequence[Entry[VisitRow]] = (
        _entries(TableRow, "visits", raw, ledger) if raw.table else _entries(VisitRow, "visits", raw, ledger)
    )
    routes = _entries(RouteRow, "routes", raw, ledger)
    return Document(
        location=None if raw.table else _location(raw.head),
        timezone=None if raw.table else _zone(raw.head),
        technicians=technicians,
        customers=customers,
        visits=list(visits),
        routes=routes,
        table=raw.table,
    )


def _location(head: Mapping[str, Any]) -> str:
    value = head.get("location", "main")
    if not isinstance(value, str) or not 0 < len(value.strip()) <= 64 or "\0" in value:
        raise Unreadable("must be a text of 1 to 64 characters", "location")
    return value


def _zone(head: Mapping[str, Any]) -> str:
    value = head.get("timezone")
    if value is None:
        raise Unreadable("is missing", "timezone")
    try:
        return ZoneInfo(value).key
    except (KeyError, ValueError, OSError, TypeError):
        raise Unreadable(f"{value!r} is no time zone; write one such as Europe/Vaduz", "timezone") from None


def _entries(model: type[R], kind: str, raw: RawDocument, ledger: Ledger) -> list[Entry[R]]:
    entries: list[Entry[R]] = []
    strange: Counter[str] = Counter()
    names = {field.alias or name for name, field in model.model_fields.items()}
    for row in raw.rows[kind]:
        strange.update(row.values.keys() - names)
        try:
            entries.append(Entry(row.number, model.model_validate(row.values)))
        except ValidationError as error:
            for mistake in error.errors(include_url=False, include_input=False):
                _refuse(kind, row, mistake, ledger, table=raw.table)
    for name, count in sorted(strange.items()):
        ledger.warn(kind, "", name, f"isn't known and was passed over ({count} rows)")
    return entries


def _united(entries: Sequence[Entry[CustomerRow]], ledger: Ledger) -> list[Entry[CustomerRow]]:
    """One entry a customer out of the rows of a table, each of which may say something about him."""
    united: dict[str, tuple[int, dict[str, Any]]] = {}
    for entry in entries:
        number, said = united.setdefault(entry.row.ref, (entry.number, {}))
        for name, value in entry.row.said().items():
            if said.setdefault(name, value) != value:
                reason = f"says something else about customer {entry.row.ref} than row {number}"
                ledger.refuse("customers", entry.number, tables.column("customers", name), reason, ref=entry.row.ref)
    return [Entry(number, CustomerRow.model_validate(said)) for number, said in united.values()]


def _refuse(kind: str, row: RawRow, mistake: ErrorDetails, ledger: Ledger, *, table: bool) -> None:
    field = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in mistake["loc"]).removeprefix(".")
    words = WORDS.get(mistake["type"])
    reason = words.format(**mistake.get("ctx", {})) if words else mistake["msg"]
    if table:
        field = tables.column(kind, field)
    ledger.refuse(kind, row.number, field, reason, ref=row.ref)
