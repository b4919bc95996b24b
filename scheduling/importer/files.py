"""From the bytes of a file to rows that nobody has looked at yet."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

UNDECODED = "isn't saved as UTF-8 (byte {number} can't be read); save it again with that encoding"
KINDS = ("technicians", "customers", "visits", "routes")
HEAD = frozenset({"location", "timezone"})
OTHERS: Mapping[bytes, str] = {
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "in an older format of Office (save it as XLSX first)",
}
"""What people choose by mistake, by its first bytes."""
MAX_BYTES = 32 * 1024 * 1024


@dataclass
class Unreadable(Exception):
    """The file as a whole can't be used; `field` is the part of it that is at fault, if one is."""

    reason: str
    field: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as it was written; `number` counts from 1 in its list, in a table it is the row a person sees."""

    number: int
    values: Mapping[str, Any]

    @property
    def ref(self) -> str:
        """What the row calls itself, for a report."""
        return str(self.values.get("ref") or "")[:64]


@dataclass
class RawDocument:
    """A file taken apart. A table names no location and no zone: it counts where its technicians are."""

    rows: dict[str, list[RawRow]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    head: Mapping[str, Any] = field(default_factory=dict)
    table: bool = False
    strange: Mapping[str, int] = field(default_factory=dict)
    """Columns or members that no document has, and how often they occur."""


def parse_json(payload: bytes) -> RawDocument:
    """The planning document as JSON. Raises `Unreadable`, with line and column where it isn't JSON."""
    top = _loads(payload)
    if not isinstance(top, dict):
        raise Unreadable("the document must be an object with timezone, technicians, customers, visits and routes")
    known = HEAD | set(KINDS)
    document = RawDocument(
        head={name: top[name] for name in HEAD & top.keys()}, strange=dict.fromkeys(top.keys() - known, 1)
    )
    for kind in KINDS:
        document.rows[kind] = [_row(kind, number, value) for number, value in enumerate(_list(top, kind), start=1)]
    return document


def _loads(payload: bytes) -> Any:
    try:
        text = payload.decode("utf-8-sig")
        return json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise Unreadable(f"isn't JSON: {error.msg} (line {error.lineno}, column {error.colno})") from None
    except UnicodeDecodeError as error:
        raise Unreadable(UNDECODED.format(number=error.start + 1)) from None
    except RecursionError:
        raise Unreadable("isn't a planning document: it is nested too deeply") from None
    except ValueError as error:
        raise Unreadable(f"isn't JSON: {error}") from None


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _list(top: Mapping[str, Any], kind: str) -> list[Any]:
    value = top.get(kind, [])
    if not isinstance(value, list):
        raise Unreadable("must be a list", kind)
    return value


def _row(kind: str, number: int, value: object) -> RawRow:
    if not isinstance(value, dict):
        raise Unreadable("must be an object", kind, number)
    return RawRow(number, value)


def reader_of(payload: bytes, name: str) -> Callable[[bytes], RawDocument]:
    """What can read the file: by its content where that is plain, otherwise by its name."""
    from scheduling.importer import tables

    if payload.startswith(b"PK") or name.lower().endswith(".xlsx"):
        return tables.parse_xlsx
    if payload.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")) or name.lower().endswith(".json"):
        return parse_json
    return tables.parse_csv


def _look(payload: bytes) -> None:
    """Say what the file is where it plainly is something else."""
    what = next((words for magic, words in OTHERS.items() if payload.startswith(magic)), "")
    if not what and b"\0" in payload[:16] and not payload.startswith((b"PK", b"\xff\xfe", b"\xfe\xff")):
        what = "a file of another kind"
    if what:
        raise Unreadable(f"is {what}; a planning document is JSON, CSV or XLSX")


def parse(payload: bytes, name: str, *, max_bytes: int = MAX_BYTES) -> RawDocument:
    """The rows of the file. Raises `Unreadable`."""
    if len(payload) > max_bytes:
        raise Unreadable(f"is larger than {max_bytes // 2**20} MB")
    _look(payload)
    return reader_of(payload, name)(payload)
