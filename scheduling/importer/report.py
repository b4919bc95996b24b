"""What an import comes to, for the person who started it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that can't be taken; `row` counts from 1 within its kind, in a table it is the table's; 0 is the file."""

    file: str
    kind: str
    row: int
    ref: str
    field: str
    reason: str

    def __str__(self) -> str:
        where = f"{self.kind} row {self.row}" if self.row else self.kind
        name = f" ({self.ref})" if self.ref else ""
        return f"{self.file}: {where}{name}{f', {self.field}' * bool(self.field)}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A field that the document and the portal both changed; the portal's value stands."""

    kind: str
    ref: str
    field: str
    portal: Any
    document: Any

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}, {self.field}: the portal says {self.portal}, the document {self.document}"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that was taken although somebody should look at it: a broken promise, a number without a country."""

    kind: str
    ref: str
    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}{f', {self.field}' * bool(self.field)}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Record:
    """What becomes of one record of the document: it is new, called `label`, or fields change: before and after."""

    kind: str
    ref: str
    label: str = ""
    created: bool = False
    fields: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """Counts by kind (locations, technicians, customers, visits, routes), and what needs somebody's attention."""

    file: str
    created: Mapping[str, int]
    changed: Mapping[str, int]
    unchanged: Mapping[str, int]
    refused: Sequence[Refusal]
    conflicts: Sequence[Disagreement]
    warnings: Sequence[Notice]
    records: Sequence[Record] = ()
    """Every record that is new or changes."""

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON values, without the single records."""
        return asdict(replace(self, records=()))


@dataclass
class DocumentRefused(Exception):
    """Nothing was taken; the report names every row that stood in the way."""

    report: Report

    def __str__(self) -> str:
        return "\n".join(str(refusal) for refusal in self.report.refused)


@dataclass
class Ledger:
    """Gathers the report while the document is read and merged."""

    file: str
    created: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    refused: list[Refusal] = field(default_factory=list)
    conflicts: list[Disagreement] = field(default_factory=list)
    warnings: list[Notice] = field(default_factory=list)
    refused_refs: set[tuple[str, str]] = field(default_factory=set)
    """Kind and ref of every record with a refused row."""
    _made: dict[tuple[str, str], str] = field(default_factory=dict)
    _fields: defaultdict[tuple[str, str], dict[str, tuple[Any, Any]]] = field(default_factory=lambda: defaultdict(dict))

    def refuse(self, kind: str, row: int, field: str, reason: str, *, ref: str = "") -> None:
        """Name a row, one of its fields, and why it can't be taken."""
        self.refused.append(Refusal(self.file, kind, row, ref, field, reason))
        self.refused_refs.add((kind, ref))

    def warn(self, kind: str, ref: str, field: str, reason: str) -> None:
        """Name something that is taken all the same."""
        self.warnings.append(Notice(kind, ref, field, reason))

    def count(self, kind: str, ref: str, *, created: bool = False, changed: bool = False, label: str = "") -> None:
        """Count one record of the document; `label` is what people call a new one."""
        counter = self.created if created else self.changed if changed else self.unchanged
        counter[kind] += 1
        if created:
            self._made[kind, ref] = label

    def change(self, kind: str, ref: str, field: str, before: Any, after: Any) -> None:
        """Name a field that gets the document's value."""
        self._fields[kind, ref][field] = (before, after)

    def report(self) -> Report:
        """What was gathered, frozen."""
        return Report(
            self.file,
            dict(self.created),
            dict(self.changed),
            dict(self.unchanged),
            tuple(self.refused),
            tuple(self.conflicts),
            tuple(self.warnings),
            tuple(self._records()),
        )

    def _records(self) -> Iterator[Record]:
        for (kind, ref), label in self._made.items():
            yield Record(kind, ref, label, created=True)
        for (kind, ref), fields in self._fields.items():
            if (kind, ref) not in self._made:
                yield Record(kind, ref, fields=dict(fields))
