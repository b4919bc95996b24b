"""What an import comes to, for the person who started it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
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
class Report:
    """Counts by kind (locations, technicians, customers, visits, routes), and what needs somebody's attention."""

    file: str
    created: Mapping[str, int]
    changed: Mapping[str, int]
    unchanged: Mapping[str, int]
    refused: Sequence[Refusal]
    conflicts: Sequence[Disagreement]
    warnings: Sequence[Notice]

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON values."""
        return asdict(self)


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

    def refuse(self, kind: str, row: int, field: str, reason: str, *, ref: str = "") -> None:
        """Name a row, one of its fields, and why it can't be taken."""
        self.refused.append(Refusal(self.file, kind, row, ref, field, reason))
        self.refused_refs.add((kind, ref))

    def warn(self, kind: str, ref: str, field: str, reason: str) -> None:
        """Name something that is taken all the same."""
        self.warnings.append(Notice(kind, ref, field, reason))

    def count(self, kind: str, *, created: bool = False, changed: bool = False) -> None:
        """Count one record of the document."""
        counter = self.created if created else self.changed if changed else self.unchanged
        counter[kind] += 1

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
        )
