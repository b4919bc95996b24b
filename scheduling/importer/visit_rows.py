"""The visits, as the document names them."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm.attributes import set_committed_value

from scheduling import clock, exporter, visits, wall
from scheduling.document import VisitRow
from scheduling.events import (
    Fact,
    VisitConfirmationUndone,
    VisitCreated,
    VisitFieldChanged,
    VisitPlanned,
    VisitPlannedTimeChanged,
    VisitStatusChanged,
    VisitTechnicianChanged,
)
from scheduling.importer import promises
from scheduling.importer.merging import Outcome
from scheduling.importer.places import spot_of
from scheduling.importer.promises import Promise
from scheduling.importer.reading import Key
from scheduling.importer.work import Work
from scheduling.models import Confirmation, Customer, Route, Site, Visit, VisitStatus, VisitType
from scheduling.models.visit import ON_ROUTE
from scheduling.wall import Window

COLUMNS = {name: name for name in ("description", "contact", "skills", "load", "auxiliaries", "lock", "custom")}
COLUMNS["duration_min"] = "duration"
AGREED = frozenset({Confirmation.CONFIRMED, Confirmation.RESCHEDULED})
READ_BY_SOLVER = frozenset({"duration_min", "skills", "load", "lock", "site"})
ONLY_OURS = frozenset({"ref", "address", "lat", "lon", "planned_start", "confirmation", "generation"}) | {
    *("date", "technician", "position")
}
"""What is no field of its own, or counts for a new visit only."""


def apply(work: Work) -> None:
    """Make the visits that are new and merge the others, those too that only a route names."""
    number = visits.next_number(work.session)
    for ref, entry in work.plan.visits.items():
        if ref not in work.known.visits:
            work.known.visits[ref] = _new(work, entry.row, number)
            number += 1
        else:
            _merge(work, work.known.visits[ref], entry.row)
    for ref in work.plan.places.keys() - work.plan.visits.keys():
        _merge(work, work.known.visits[ref], None)


def _new(work: Work, row: VisitRow, number: int) -> Visit:
    customer, place = work.known.customers[row.customer], work.plan.places.get(row.ref)
    site, type_ = work.places.site(customer, work.plan.spots[row.ref]), _type(work, row.type)
    visit = Visit(
        id=work.ids.next(Visit.id),
        ref=row.ref,
        number=number,
        location_id=work.location.id,
        customer_id=customer.id,
        site_id=site.id,
        type_id=type_.id if type_ else None,
        status=_first_status(work, row, place),
        confirmation=_first_confirmation(row),
        generation=row.generation or 1,
        created_at=clock.now(),
        agreed_generation=None,
        locked_start=None,
        reschedules=0,
        **{column: _column(row, name) for name, column in COLUMNS.items()},
    )
    said = row.model_dump(mode="json", exclude=set(ONLY_OURS))
    visit.window = _window(work, said["window"])
    set_committed_value(visit, "site", site)
    work.made[Visit].append(visit)
    work.facts.append(VisitCreated(visit_id=visit.id, status=visit.status))
    if place:
        _join(work, visit, place)
    if visit.agreed:
        work.agreeing.add(visit.ref)
    place_said = {"site": list(work.plan.spots[row.ref]), "place": _place_value(place)}
    work.memory.remember("visits", row.ref, {**said, "status": visit.status, **place_said})
    work.ledger.count("visits", row.ref, created=True, label=f"{customer.name}, {site.address}")
    return visit


def _column(row: VisitRow, name: str) -> Any:
    value = getattr(row, name)
    return list(value) if isinstance(value, tuple) else value


def _first_status(work: Work, row: VisitRow, place: Key | None) -> VisitStatus:
    if row.status is VisitStatus.PLANNED and place is None:
        work.ledger.warn("visits", row.ref, "status", "is in no route, so it is taken as unplanned")
        return VisitStatus.UNPLANNED
    return row.status or (VisitStatus.PLANNED if place else VisitStatus.UNPLANNED)


def _first_confirmation(row: VisitRow) -> Confirmation:
    """What an export says more exactly counts as far as it agrees with `confirmed`."""
    said = row.confirmation or Confirmation.NONE
    if row.confirmed:
        return said if said in AGREED else Confirmation.CONFIRMED
    return Confirmation.NONE if said in AGREED else said


def _type(work: Work, ref: str | None) -> VisitType | None:
    if ref is not None and ref not in work.known.types:
        made = VisitType(id=work.ids.next(VisitType.id), ref=ref, name=ref, names={}, duration=30, skills=[])
        work.known.types[ref] = made
        work.made[VisitType].append(made)
    return work.known.types[ref] if ref is not None else None


def _window(work: Work, value: Mapping[str, str] | None) -> Window | None:
    if value is None:
        return None
    start, end = (datetime.fromisoformat(value[edge]) for edge in ("start", "end"))
    return wall.window(start.date(), start.time(), end.time(), work.zone)


def _values(visit: Visit, work: Work, place: Key | None) -> dict[str, Any]:
    """The visit as documents speak of it: its place among its fields, address and degrees as one."""
    values = exporter.visit_row(visit, work.zone)
    kept = {name: value for name, value in values.items() if name not in ONLY_OURS}
    return {**kept, "site": list(spot_of(visit.site)), "place": _place_value(place)}


def _place_value(place: Key | None) -> list[str] | None:
    return [place[0].isoformat(), place[1]] if place else None


def _said(work: Work, ref: str, row: VisitRow | None) -> dict[str, Any]:
    said = {name: value for name, value in row.said().items() if name not in ONLY_OURS} if row else {}
    if said.get("status", "") is None:
        del said["status"]
    if row:
        said["site"] = list(work.plan.spots[ref])
    if ref in work.plan.places:
        said["place"] = _place_value(work.plan.places[ref])
    return said


def _merge(work: Work, visit: Visit, row: VisitRow | None) -> None:
    ref, place = visit.ref, work.known.place(visit.ref)
    stored, said = _values(visit, work, place), _said(work, visit.ref, row)
    plain = [name for name in said if name not in {*promises.FIELDS, "confirmed"}]
    taken = [name for name in plain if work.memory.take("visits", ref, name, said[name], stored[name])]
    if row:
        _set(work, visit, row, taken)
    moved = _promise(work, visit, said, stored)
    if another := moved or _elsewhere(taken, said, stored):
        visits.renew(visit)
    answered = "confirmed" in said and work.memory.take(
        "visits", ref, "confirmed", said["confirmed"], stored["confirmed"]
    )
    if answered:
        _answer(work, visit, agreed=said["confirmed"])
    if place and (another or answered or READ_BY_SOLVER.intersection(taken)):
        work.stale.add(place)
    _remember(work, ref, said)
    work.ledger.count("visits", ref, changed=bool(taken or moved or answered))


def _set(work: Work, visit: Visit, row: VisitRow, taken: list[str]) -> None:
    """Write the fields that stand for themselves, the customer before his site."""
    for name in taken:
        if name in COLUMNS:
            _change(work, visit, COLUMNS[name], _column(row, name))
    if "type" in taken:
        _relate(work, visit, "type", _type(work, row.type))
    if "customer" in taken:
        _relate(work, visit, "customer", work.known.customers[row.customer])
    if "customer" in taken or "site" in taken:
        spot = work.plan.spots[visit.ref] if "site" in taken else spot_of(visit.site)
        _relate(work, visit, "site", work.places.site(visit.customer, spot))


def _change(work: Work, visit: Visit, column: str, value: Any) -> None:
    old = getattr(visit, column)
    setattr(visit, column, value)
    work.facts.append(VisitFieldChanged(visit_id=visit.id, field=column, old=old, new=value))


def _relate(work: Work, visit: Visit, name: str, value: VisitType | Customer | Site | None) -> None:
    old, new = getattr(visit, f"{name}_id"), value.id if value else None
    setattr(visit, f"{name}_id", new)
    set_committed_value(visit, name, value)
    work.facts.append(VisitFieldChanged(visit_id=visit.id, field=f"{name}_id", old=old, new=new))


def _elsewhere(taken: list[str], said: Mapping[str, Any], stored: Mapping[str, Any]) -> bool:
    """Whether the promise is about another customer or place; coordinates found for an address make no other place."""
    if "customer" in taken:
        return True
    found = "site" in taken and stored["site"][1] is None and stored["site"][0] == said["site"][0]
    return "site" in taken and not found


def _promise(work: Work, visit: Visit, said: Mapping[str, Any], stored: Mapping[str, Any]) -> bool:
    """Merge status, place and window; returns whether another promise counts from now on."""
    before = Promise(visit.status, stored["place"], stored["window"])

    def decide(name: str) -> Outcome:
        return work.memory.decide("visits", visit.ref, name, said[name], stored[name])

    verdict = promises.merge(said, before, decide, theirs=work.memory.takes_side("visits", visit.ref, "place"))
    for name in promises.FIELDS:
        if name in said:
            work.memory.conclude("visits", visit.ref, name, said[name], stored[name], verdict.outcomes[name])
    after = verdict.promise
    if said.get("status") == VisitStatus.PLANNED and after.status is VisitStatus.UNPLANNED and "place" not in said:
        work.ledger.warn("visits", visit.ref, "status", "is in no route, so it stays unplanned")
    if after != before:
        _become(work, visit, before, after)
    ended = after.status != before.status and after.status not in ON_ROUTE
    return ended or _day(after) != _day(before) or after.window != before.window


def _become(work: Work, visit: Visit, before: Promise, after: Promise) -> None:
    old_window, old_route = visit.window, visit.stop.route if visit.stop else None
    route = work.known.routes[_key(after.place)] if after.place else None
    visit.window = _window(work, after.window)
    if after.status != before.status:
        visit.status = after.status
        visits.report(visit)
    work.stale |= {_key(place) for place in (before.place, after.place) if place}
    if after.place != before.place:
        if before.place:
            work.leaving.add(visit.ref)
        if after.place:
            work.joining[visit.ref] = _key(after.place)
    work.facts += _facts(visit, before, after, old_window, (old_route, route))


def _facts(
    visit: Visit, before: Promise, after: Promise, old_window: Window | None, ways: tuple[Route | None, Route | None]
) -> Iterator[Fact]:
    old_route, route = ways
    planned = route is not None and old_route is None
    if route is not None and old_route is None:
        yield VisitPlanned(visit_id=visit.id, route_id=route.id, window=visit.window)
    elif after.status in ON_ROUTE and (_day(after) != _day(before) or after.window != before.window):
        yield VisitPlannedTimeChanged(
            visit_id=visit.id,
            old_window=old_window,
            window=visit.window,
            old_route_id=old_route.id if old_route else None,
            route_id=route.id if route else None,
        )
    if after.place and before.place and after.place[1] != before.place[1]:
        yield VisitTechnicianChanged(visit_id=visit.id, old_technician=before.place[1], technician=after.place[1])
    if after.status != before.status and not (planned and after.status is VisitStatus.PLANNED):
        yield VisitStatusChanged(visit_id=visit.id, old=before.status, new=after.status)


def _day(promise: Promise) -> str | None:
    return promise.place[0] if promise.place else None


def _key(place: list[str]) -> Key:
    return date.fromisoformat(place[0]), place[1]


def _join(work: Work, visit: Visit, place: Key) -> None:
    """Give a new visit its place."""
    work.joining[visit.ref] = place
    work.stale.add(place)
    work.facts.append(VisitPlanned(visit_id=visit.id, route_id=work.known.routes[place].id, window=visit.window))


def _answer(work: Work, visit: Visit, *, agreed: bool) -> None:
    """Write down what the customer told whoever wrote the document."""
    if agreed:
        visit.confirmation = Confirmation.CONFIRMED
        work.agreeing.add(visit.ref)
        return
    visit.confirmation, visit.locked_start, visit.agreed_generation = Confirmation.NONE, None, None
    work.facts.append(VisitConfirmationUndone(visit_id=visit.id, window=visit.window))


def _remember(work: Work, ref: str, said: dict[str, Any]) -> None:
    """A visit that the document takes out of the planning has no place by its word."""
    ended = "status" in said and said["status"] not in ON_ROUTE
    work.memory.remember("visits", ref, {**said, "place": None} if ended else said)
