"""Whether the rows of a document agree with each other and with what the portal knows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from scheduling import holidays, routes, wall
from scheduling.document import CustomerRow, RouteRow, TableRow, TechnicianRow, VisitRow
from scheduling.importer.merging import Memory
from scheduling.importer.places import Places, Spot, spot_of
from scheduling.importer.reading import Document, Entry, Key, R
from scheduling.importer.report import Ledger
from scheduling.importer.store import Known
from scheduling.models.visit import ON_ROUTE

K = TypeVar("K", str, Key)


@dataclass
class Plan:
    """The sound part of a document. `orders` are the stops it names by route, `places` the same by visit."""

    technicians: dict[str, Entry[TechnicianRow]] = field(default_factory=dict)
    customers: dict[str, Entry[CustomerRow]] = field(default_factory=dict)
    visits: dict[str, Entry[VisitRow]] = field(default_factory=dict)
    routes: dict[Key, Entry[RouteRow]] = field(default_factory=dict)
    orders: dict[Key, list[str]] = field(default_factory=dict)
    places: dict[str, Key] = field(default_factory=dict)
    spots: dict[str, Spot] = field(default_factory=dict)


@dataclass
class Checker:
    """Moves sound rows from the document into the plan and refuses the others."""

    document: Document
    known: Known
    memory: Memory
    locations: Places
    zone: ZoneInfo
    ledger: Ledger
    plan: Plan = field(default_factory=Plan)

    def run(self) -> Plan:
        """Every kind after those that it refers to."""
        plan, document = self.plan, self.document
        plan.technicians = self._unique("technicians", document.technicians, lambda row: row.ref)
        plan.technicians = {ref: entry for ref, entry in plan.technicians.items() if self._ours("technicians", entry)}
        plan.customers = self._unique("customers", document.customers, lambda row: row.ref)
        plan.visits = self._unique("visits", document.visits, lambda row: row.ref)
        plan.visits = {ref: entry for ref, entry in plan.visits.items() if self._sound_visit(entry)}
        plan.routes = self._unique("routes", document.routes, lambda row: (row.date, row.technician))
        plan.routes = {key: entry for key, entry in plan.routes.items() if self._sound_route(entry)}
        self._place()
        plan.visits = {ref: entry for ref, entry in plan.visits.items() if self._sound_place(entry)}
        self._drop_refused_stops()
        return plan

    def _refuse(self, kind: str, entry: Entry[Any], name: str, reason: str) -> bool:
        ref = getattr(entry.row, "ref", "")
        self.ledger.refuse(kind, entry.number, name, reason, ref=ref)
        return False

    def _unique(self, kind: str, entries: Sequence[Entry[R]], key_of: Callable[[R], K]) -> dict[K, Entry[R]]:
        unique: dict[K, Entry[R]] = {}
        for entry in entries:
            first = unique.setdefault(key_of(entry.row), entry)
            if first is not entry:
                name = "date" if kind == "routes" else "ref"
                self._refuse(kind, entry, name, f"stands in row {first.number} already")
        return unique

    def _ours(self, kind: str, entry: Entry[TechnicianRow] | Entry[VisitRow]) -> bool:
        """A document speaks of one location, so it leaves alone what belongs to another."""
        present = (self.known.technicians if kind == "technicians" else self.known.visits).get(entry.row.ref)
        if present is None or (self.known.location and present.location_id == self.known.location.id):
            return True
        return self._refuse(kind, entry, "ref", f"belongs to the location {present.location.ref}")

    def _technician_exists(self, ref: str) -> bool:
        return ref in self.plan.technicians or ref in self.known.technicians

    def _sound_visit(self, entry: Entry[VisitRow]) -> bool:
        row = entry.row
        if row.customer not in self.plan.customers and row.customer not in self.known.customers:
            return self._refuse("visits", entry, "customer", self._missing("customer", row.customer))
        strangers = [ref for ref in row.auxiliaries if not self._technician_exists(ref)]
        if strangers:
            return self._refuse("visits", entry, "auxiliaries", self._missing("technician", strangers[0]))
        if row.window:
            for edge in (row.window.start, row.window.end):
                if not wall.exists(edge, self.zone):
                    return self._refuse("visits", entry, "window", self._skipped(edge))
        return self._ours("visits", entry)

    def _missing(self, what: str, ref: str) -> str:
        refused = (f"{what}s", ref) in self.ledger.refused_refs
        return f"the {what} {ref} is refused" if refused else f"there is no {what} {ref}"

    def _skipped(self, moment: datetime) -> str:
        return f"the clock skips {moment:%H:%M} on {moment:%Y-%m-%d} in {self.zone.key}"

    def _sound_route(self, entry: Entry[RouteRow]) -> bool:
        row = entry.row
        if not self._technician_exists(row.technician):
            return self._refuse("routes", entry, "technician", self._missing("technician", row.technician))
        for name, span in (("shift", row.shift), ("break", row.pause)):
            for edge in (span.start, span.end) if span else ():
                moment = datetime.combine(row.date, edge)
                if not wall.exists(moment, self.zone):
                    return self._refuse("routes", entry, name, self._skipped(moment))
        return True

    def _place(self) -> None:
        """Find out which visits the document puts where."""
        if self.document.table:
            self._place_by_row()
        for key, entry in self.plan.routes.items():
            self.plan.orders[key] = [
                ref for index, ref in enumerate(entry.row.stops) if self._takes(key, entry, index, ref)
            ]

    def _takes(self, key: Key, entry: Entry[RouteRow], index: int, ref: str) -> bool:
        name, other = f"stops[{index}]", self.plan.places.get(ref)
        if ref not in self.plan.visits and ("visits", ref) in self.ledger.refused_refs:
            return False
        if ref not in self.plan.visits and ref not in self.known.visits:
            return self._refuse("routes", entry, name, f"there is no visit {ref}")
        if other:
            where = f"in the route {other[0]} {other[1]}" if other != key else "there twice"
            return self._refuse("routes", entry, name, f"the visit {ref} is {where} already")
        if ref not in self.plan.visits and not self.known.visits[ref].site.located:
            return self._refuse("routes", entry, name, f"the visit {ref} has no coordinates")
        self.plan.places[ref] = key
        return True

    def _place_by_row(self) -> None:
        """A row of a table names its day and technician, and with `position` its place in the order."""
        found: list[tuple[Key, float, int, str]] = []
        for ref, entry in list(self.plan.visits.items()):
            row = entry.row
            if not isinstance(row, TableRow) or (row.date is None and row.technician is None):
                continue
            if row.date is None or row.technician is None:
                self._refuse("visits", entry, "technician" if row.date else "date", "is missing")
            elif self._has_shift(entry, (row.date, row.technician)):
                self.plan.places[ref] = (row.date, row.technician)
                position = float("inf") if row.position is None else row.position
                found.append(((row.date, row.technician), position, entry.number, ref))
                continue
            del self.plan.visits[ref]
        for key, _, _, ref in sorted(found):
            self.plan.orders.setdefault(key, []).append(ref)

    def _has_shift(self, entry: Entry[VisitRow], key: Key) -> bool:
        day, ref = key
        technician = self.known.technicians.get(ref)
        if technician is None:
            return self._refuse("visits", entry, "technician", self._missing("technician", ref))
        if key not in self.known.routes and routes.shift_of(technician, day) is None:
            closed = holidays.closed(technician.location, day)
            why = f" ({closed.reason})" if closed else ""
            return self._refuse("visits", entry, "date", f"{ref} has no shift on {day}{why}")
        return True

    def _sound_place(self, entry: Entry[VisitRow]) -> bool:
        """What a visit in a route needs: a status, a window and a place that go with it."""
        row, stays = entry.row, entry.row.status is None or entry.row.status in ON_ROUTE
        self.plan.spots[row.ref] = spot = self._spot(row)
        place, base = self.plan.places.get(row.ref), self.memory.base("visits", row.ref).get("place")
        if place and not stays:
            return self._refuse("visits", entry, "status", f"a visit that is {row.status} can't be in a route")
        if spot[1] is None and (place or (stays and self.known.place(row.ref))):
            return self._refuse("visits", entry, "lat", f"a visit in a route needs coordinates: {self.locations.why}")
        if spot[1] is None:
            self.ledger.warn("visits", row.ref, "lat", f"{self.locations.why}, so it can't be offered any slot")
        day = place[0].isoformat() if place else base[0] if base and stays else None
        if row.window and day and row.window.start.date().isoformat() != day:
            return self._refuse("visits", entry, "window", f"is on another day than the route ({day})")
        return True

    def _spot(self, row: VisitRow) -> Spot:
        visit = self.known.visits.get(row.ref)
        base = self.memory.base("visits", row.ref).get("site")
        known: list[Spot] = [(base[0], base[1], base[2])] if base else []
        return self.locations.meant(row, *known, *([spot_of(visit.site)] if visit else []))

    def _drop_refused_stops(self) -> None:
        """A visit whose row is refused takes no place either, not even a known one."""
        for ref in self.plan.places.keys() - self.plan.visits.keys():
            if ("visits", ref) in self.ledger.refused_refs:
                self.plan.orders[self.plan.places.pop(ref)].remove(ref)
