"""What an import would do, or did, as its page shows it: one outcome at a time, a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.admin import words
from portal.uploads import Upload
from scheduling.lists import SIZE, Page

KINDS = {"locations": "location", "technicians": "technician", "customers": "customer", "visits": "visit"} | {
    "routes": "route",
    "file": "file",
}
OUTCOMES = ("conflicts", "changed", "created", "refused", "warnings")
"""In the order in which they need somebody's attention."""


@dataclass(frozen=True, slots=True)
class Line:
    """One record, or one row of the document; `number` is its place in the whole list."""

    number: int
    kind: str
    ref: str
    text: str = ""
    field: str = ""
    ours: str = ""
    theirs: str = ""
    row: int = 0
    fields: Sequence[tuple[str, str, str]] = ()
    """Name, before and after."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The page: how many of each outcome, and the lines of the one that is looked at."""

    upload: Upload
    counts: Mapping[str, int]
    totals: Sequence[tuple[str, int, int, int]]
    """Kind, new, changed, as before."""
    shown: str
    page: Page[Line]


def of(upload: Upload, shown: str, number: int) -> Preview:
    """The outcome that is asked for, else the first that there is."""
    found = {outcome: _raw(upload, outcome) for outcome in OUTCOMES}
    if not found.get(shown):
        shown = next((outcome for outcome in OUTCOMES if found[outcome]), OUTCOMES[1])
    rows = found[shown]
    number = min(max(1, number), Page((), len(rows), 1).last)
    first = (number - 1) * SIZE
    lines = [_line(first + place, each) for place, each in enumerate(rows[first : first + SIZE])]
    counts = {outcome: len(each) for outcome, each in found.items()}
    return Preview(upload, counts, list(_totals(upload.report)), shown, Page(lines, len(rows), number))


def _raw(upload: Upload, outcome: str) -> Sequence[Mapping[str, Any]]:
    if outcome in {"changed", "created"}:
        return [each for each in upload.report["records"] if each["created"] is (outcome == "created")]
    found: Sequence[Mapping[str, Any]] = upload.report[outcome]
    return found


def _line(number: int, raw: Mapping[str, Any]) -> Line:
    fields = [
        (words.field(name), words.value(old), words.value(new)) for name, (old, new) in raw.get("fields", {}).items()
    ]
    return Line(
        number=number,
        kind=KINDS.get(raw["kind"], raw["kind"]),
        ref=raw["ref"],
        text=raw.get("reason") or raw.get("label") or "",
        field=words.field(raw.get("field", "")),
        ours=words.value(raw.get("portal")),
        theirs=words.value(raw.get("document")),
        row=raw.get("row", 0),
        fields=fields,
    )


def _totals(report: Mapping[str, Any]) -> list[tuple[str, int, int, int]]:
    parts = [report[name] for name in ("created", "changed", "unchanged")]
    rows = [(kind, *(part.get(kind, 0) for part in parts)) for kind in KINDS]
    return [(kind, new, changed, same) for kind, new, changed, same in rows if new or changed or same]
