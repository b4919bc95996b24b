"""What earlier documents said, and what that means for what this one says, field by field."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from scheduling import clock
from scheduling.importer.report import Disagreement, Ledger
from scheduling.importer.store import chunks
from scheduling.models import Conflict, DocumentRecord

MISSING = object()
PROMISE = frozenset({"status", "place", "window"})
"""Fields of a visit that only make sense together: who sides with the document in one does so in all."""
Side = tuple[str, str, str]
"""Kind, ref and field."""
Values = Mapping[str, Any]


class Outcome(Enum):
    """What becomes of a field: the portal's value stays, the document's is taken, or they disagree."""

    KEEP = "keep"
    TAKE = "take"
    CONFLICT = "conflict"


@dataclass
class Memory:
    """The last document's word about every field of the records of one document, and what is still in dispute."""

    session: Session
    ledger: Ledger
    theirs: bool | Collection[Side] = False
    """Whose conflicts are settled for the document: all, or those of these fields."""
    _records: dict[tuple[str, str], DocumentRecord] = field(default_factory=dict)
    _fresh: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    _disputes: dict[tuple[str, str, str], Conflict] = field(default_factory=dict)

    def load(self, kind: str, refs: Collection[str]) -> None:
        """Read what is remembered of these records."""
        for chunk in chunks(refs):
            records = select(DocumentRecord).where(DocumentRecord.kind == kind, DocumentRecord.ref.in_(chunk))
            self._records |= {(kind, record.ref): record for record in self.session.scalars(records)}
            disputes = select(Conflict).where(
                Conflict.kind == kind, Conflict.ref.in_(chunk), Conflict.resolved_at.is_(None)
            )
            self._disputes |= {(kind, row.ref, row.field): row for row in self.session.scalars(disputes)}

    def base(self, kind: str, ref: str) -> Values:
        """What documents have said about the record so far."""
        record = self._records.get((kind, ref))
        return record.fields if record else {}

    def decide(self, kind: str, ref: str, field: str, said: Any, stored: Any) -> Outcome:
        """Merge one field: what is said anew is taken, unless the portal changed it too.

        A dispute that nobody has settled lasts as long as the document repeats its side of it.
        """
        if said == stored:
            return Outcome.KEEP
        dispute = self._disputes.get((kind, ref, field))
        base = self.base(kind, ref).get(field, MISSING)
        disputed = dispute is not None and said == dispute.document
        if said == base and not disputed:
            return Outcome.KEEP
        if not disputed and (base is MISSING or stored == base):
            return Outcome.TAKE
        return Outcome.TAKE if self.takes_side(kind, ref, field) else Outcome.CONFLICT

    def takes_side(self, kind: str, ref: str, field: str) -> bool:
        """Whether the document's value is wanted where the portal has another."""
        if isinstance(self.theirs, bool):
            return self.theirs
        together = PROMISE if kind == "visits" and field in PROMISE else {field}
        return any((kind, ref, name) in self.theirs for name in together)

    def take(self, kind: str, ref: str, field: str, said: Any, stored: Any) -> bool:
        """Merge a field that stands for itself: whether the document's value is to be written."""
        outcome = self.decide(kind, ref, field, said, stored)
        self.conclude(kind, ref, field, said, stored, outcome)
        return outcome is Outcome.TAKE

    def conclude(self, kind: str, ref: str, field: str, said: Any, stored: Any, outcome: Outcome) -> None:
        """Open, keep or settle the dispute about the field."""
        dispute = self._disputes.get((kind, ref, field))
        if outcome is Outcome.TAKE:
            self.ledger.change(kind, ref, field, stored, said)
        if outcome is Outcome.CONFLICT:
            self.ledger.conflicts.append(Disagreement(kind, ref, field, stored, said))
            if dispute is None:
                dispute = Conflict(kind=kind, ref=ref, field=field)
                self.session.add(dispute)
            dispute.portal, dispute.document, dispute.at = stored, said, clock.now()
        elif dispute and (outcome is Outcome.TAKE or said == stored):
            dispute.resolved_at, dispute.resolved_by = clock.now(), "import"

    def remember(self, kind: str, ref: str, said: Values) -> None:
        """Keep what this document says; what it doesn't name stays as it was said before."""
        record = self._records.get((kind, ref))
        if record is None:
            self._fresh[kind, ref] = dict(said)
        elif any(record.fields.get(name, MISSING) != value for name, value in said.items()):
            record.fields = {**record.fields, **said}

    def write(self) -> None:
        """Store what was said of records that no document named before."""
        rows = [{"kind": kind, "ref": ref, "fields": said} for (kind, ref), said in self._fresh.items()]
        if rows:
            self.session.execute(insert(DocumentRecord), rows)
