"""The routes, as the document names them: made before the visits, set in order and in time after them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta

from sqlalchemy.orm.attributes import set_committed_value

from scheduling import exporter, routes, snapshot, wall
from scheduling.document import RouteRow
from scheduling.events import RouteResequenced, VisitConfirmed
from scheduling.importer.merging import Outcome
from scheduling.importer.reading import Key
from scheduling.importer.work import Work
from scheduling.models import Route, RouteOrigin, Stop, Visit
from scheduling.models.visit import BEGUN
from scheduling.solver.check import Inspection, inspect


def name_of(key: Key) -> str:
    """What a route is called in reports and in the importer's memory: outside it is its day and its technician."""
    return f"{key[0].isoformat()} {key[1]}"


def apply(work: Work) -> None:
    """Make the routes that are new and merge shift and break of the others."""
    for key in work.plan.orders:
        entry, route = work.plan.routes.get(key), work.known.routes.get(key)
        if route is None:
            work.known.routes[key] = _new(work, key, entry.row if entry else None)
        elif entry:
            _merge(work, key, route, entry.row)


def _new(work: Work, key: Key, row: RouteRow | None) -> Route:
    """A route of the document, or where a table puts a visit on a day, the technician's weekly hours."""
    technician = work.known.technicians[key[1]]
    route = Route(
        id=work.ids.next(Route.id),
        location_id=work.location.id,
        technician_id=technician.id,
        day=key[0],
        origin=RouteOrigin.PLANNING,
    )
    for name, value in (("location", work.location), ("technician", technician), ("stops", [])):
        set_committed_value(route, name, value)
    if row:
        _set_shift(route, row)
        _set_break(route, row)
    else:
        route.shift_start, route.shift_end = routes.shift_of(technician, key[0]) or (time.min, time.max)
    work.made[Route].append(route)
    work.stale.add(key)
    work.fresh.add(key)
    return route


def _merge(work: Work, key: Key, route: Route, row: RouteRow) -> None:
    said, stored, name = row.said(), exporter.route_row(route), name_of(key)
    for field, write in (("shift", _set_shift), ("break", _set_break)):
        if field in said and work.memory.take("routes", name, field, said[field], stored[field]):
            write(route, row)
            work.stale.add(key)
            work.changed.add(key)
    route.origin = RouteOrigin.PLANNING


def _set_shift(route: Route, row: RouteRow) -> None:
    route.shift_start, route.shift_end = row.shift.start, row.shift.end


def _set_break(route: Route, row: RouteRow) -> None:
    pause = row.pause
    route.break_start, route.break_end = (pause.start, pause.end) if pause else (None, None)
    route.break_minutes = pause.min if pause else None


def settle(work: Work) -> None:
    """Let visits leave and join, give every stop its position and its planned start, and look for broken promises."""
    orders = {key: _order(work, key) for key in work.plan.orders.keys() | work.stale}
    present = {key: list(work.known.routes[key].stops) for key in orders}
    _leave(work, present)
    for key in sorted(orders):
        there = {stop.visit.ref: stop.visit for stop in present[key]}
        order = [there.get(ref) or work.known.visits[ref] for ref in orders[key]]
        _settle(work, key, order, list(there))
    for ref in sorted(work.agreeing):
        _agree(work, work.known.visits[ref])


def _agree(work: Work, visit: Visit) -> None:
    """Remember the promise that the customer agreed to, and when the visit was to begin."""
    visit.agreed_generation, visit.locked_start = visit.generation, work.starts.get(visit.ref)
    work.facts.append(VisitConfirmed(visit_id=visit.id, window=visit.window))


def _leave(work: Work, present: Mapping[Key, Sequence[Stop]]) -> None:
    """Take stops out of their routes before others come in: a visit is in one place at any moment."""
    for key, stops in present.items():
        for stop in stops:
            if stop.visit.ref in work.leaving:
                work.known.routes[key].stops.remove(stop)
    if work.leaving:
        work.session.flush()
    for ref in work.leaving:
        work.session.expire(work.known.visits[ref], ["stop"])


def _settle(work: Work, key: Key, order: Sequence[Visit], before: Sequence[str]) -> None:
    route = work.known.routes[key]
    plan = snapshot.route_of(route, order, lock=work.terms.lock, begun=_begun(work, route, order))
    inspection = inspect(plan, work.travel)
    refs = {visit.id: visit.ref for visit in order}
    for broken in inspection.broken:
        who = f"{refs[broken.job]}: " if broken.job is not None else ""
        work.ledger.warn("routes", name_of(key), broken.kind, f"{who}{broken.detail}")
    changed = [visit.ref for visit in order] != before
    if changed or key in work.stale:
        _write(work, key, order, inspection)
    if changed:
        work.ledger.change("routes", name_of(key), "stops", before, [visit.ref for visit in order])
    if key in work.plan.routes:
        fresh, other = key in work.fresh, changed or key in work.changed
        work.ledger.count("routes", name_of(key), created=fresh, changed=other, label=f"{len(order)} stops")
    if key in work.plan.orders:
        _remember(work, key)


def _order(work: Work, key: Key) -> list[str]:
    """The route's visits in the order that holds from now on: the portal's, or the document's where it says so anew."""
    here = [stop.visit.ref for stop in work.known.routes[key].stops if stop.visit.ref not in work.leaving]
    said = work.plan.orders.get(key)
    if said is None:
        return here
    wanted = [ref for ref in said if ref in here or work.joining.get(ref) == key]
    if _decide(work, key, said, here) is Outcome.TAKE:
        return spliced(wanted, here)
    return spliced(here, wanted)


def _decide(work: Work, key: Key, said: list[str], here: list[str]) -> Outcome:
    """Merge the order: it counts for those that are there, so who has come or gone since makes no difference."""
    name = name_of(key)
    base = work.memory.base("routes", name).get("stops")
    stays = base is not None and _among(here, base) == _among(base, here)
    stored = base if stays else here
    outcome = Outcome.KEEP
    if _among(here, said) != _among(said, here):
        outcome = work.memory.decide("routes", name, "stops", said, stored)
    work.memory.conclude("routes", name, "stops", said, stored, outcome)
    return outcome


def _among(refs: Iterable[str], others: Iterable[str]) -> list[str]:
    kept = set(others)
    return [ref for ref in refs if ref in kept]


def spliced(order: Sequence[str], others: Sequence[str]) -> list[str]:
    """The order, with those of `others` that it lacks, each behind the one that it follows there."""
    result = list(order)
    for index, ref in enumerate(others):
        if ref not in result:
            result.insert(result.index(others[index - 1]) + 1 if index else 0, ref)
    return result


def _remember(work: Work, key: Key) -> None:
    entry = work.plan.routes.get(key)
    said = {name: value for name, value in entry.row.said().items() if name in {"shift", "break"}} if entry else {}
    work.memory.remember("routes", name_of(key), {**said, "stops": work.plan.orders[key]})


def _begun(work: Work, route: Route, order: Sequence[Visit]) -> dict[int, datetime]:
    """When the visits that have begun were planned to: as the portal remembers, or as an export says."""
    begun = {stop.visit_id: stop.planned_start for stop in route.stops}
    for visit in order:
        entry = work.plan.visits.get(visit.ref)
        said = entry.row.planned_start if entry else None
        if visit.status in BEGUN and visit.id not in begun and said and said.date() == route.day:
            begun[visit.id] = wall.instant(said.date(), said.time(), work.zone)
    return begun


def _write(work: Work, key: Key, order: Sequence[Visit], inspection: Inspection) -> None:
    """Write positions and planned starts, and raise the version of a route that was there before."""
    route, midnight = work.known.routes[key], wall.midnight(key[0], work.zone)
    before = [(stop.visit_id, stop.planned_start) for stop in route.stops]
    starts = [midnight + timedelta(seconds=start) for start in inspection.starts]
    kept = {stop.visit_id: stop for stop in route.stops}
    for position, (visit, start) in enumerate(zip(order, starts, strict=True)):
        end = start + timedelta(minutes=visit.duration)
        columns = {"position": position, "planned_start": start, "planned_end": end}
        if visit.id not in kept:
            work.rows[Stop].append({"route_id": route.id, "visit_id": visit.id, **columns})
        else:
            for name, value in columns.items():
                setattr(kept[visit.id], name, value)
        work.starts[visit.ref] = start
    if key in work.fresh:
        return
    routes.touch(work.session, route)
    if before != [(visit.id, start) for visit, start in zip(order, starts, strict=True)]:
        work.facts.append(RouteResequenced(route_id=route.id, order=tuple(visit.ref for visit in order)))
