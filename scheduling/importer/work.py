"""What every step of one import shares."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.orm import Session

from scheduling.db import Base
from scheduling.events import Actor, Fact
from scheduling.importer.checks import Plan
from scheduling.importer.ids import Ids
from scheduling.importer.merging import Memory
from scheduling.importer.places import Places
from scheduling.importer.reading import Key
from scheduling.importer.report import Ledger
from scheduling.importer.store import Known
from scheduling.models import ConsentChannel, Location
from scheduling.solver.problem import TravelTimes
from scheduling.terms import LinkTerms


@dataclass
class Work:
    """The sound rows, what the portal holds of them, and what is still to be done at the end."""

    session: Session
    plan: Plan
    known: Known
    memory: Memory
    places: Places
    ledger: Ledger
    location: Location
    zone: ZoneInfo
    ids: Ids
    actor: Actor
    terms: LinkTerms
    travel: TravelTimes
    consent: Sequence[ConsentChannel] | None = None
    """What customers have granted whose rows don't say; None leaves it as stored."""
    facts: list[Fact] = field(default_factory=list)
    """Events to record at the end."""
    stale: set[Key] = field(default_factory=set)
    """Routes whose stops are to be set in order and in time again."""
    made: defaultdict[type[Base], list[Base]] = field(default_factory=lambda: defaultdict(list))
    """New records with their ids; the session doesn't know them, because it takes its time over each."""
    rows: defaultdict[type[Base], list[Mapping[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    """New rows that nobody needs as objects."""
    fresh: set[Key] = field(default_factory=set)
    """Routes that this import makes."""
    changed: set[Key] = field(default_factory=set)
    """Routes whose shift or break it changes."""
    joining: dict[str, Key] = field(default_factory=dict)
    """Visits that get a place in a route."""
    leaving: set[str] = field(default_factory=set)
    """Visits that lose the place they have."""
    starts: dict[str, datetime] = field(default_factory=dict)
    """The planned starts, by visit, of the routes that were set in time again."""
    agreeing: set[str] = field(default_factory=set)
    """Visits whose customers agreed, by the document's word, to the promise as it will stand."""

    def write(self, *kinds: type[Base]) -> None:
        """Write the new records and rows of these tables, those of a table in one statement."""
        for kind in kinds:
            rows = [*map(_columns, self.made.pop(kind, ())), *self.rows.pop(kind, ())]
            if rows:
                self.session.execute(insert(kind).execution_options(render_nulls=True), rows)


def _columns(record: Base) -> dict[str, Any]:
    """What was set of a new record; all of a kind are made by one call, so they have the same columns."""
    columns = record.__table__.columns
    return {name: value for name, value in vars(record).items() if name in columns}
