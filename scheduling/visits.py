"""What happens to a visit: it is made, edited, promised, confirmed, and moved from one status to the next."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduling import clock, db, events, routes, settings, snapshot, wall
from scheduling.errors import IllegalMove, NoSuchWallTime, NotOpen, PromiseBroken, StaleVisit
from scheduling.events import (
    Actor,
    VisitConfirmationUndone,
    VisitConfirmed,
    VisitCreated,
    VisitFieldChanged,
    VisitNotified,
    VisitStatusChanged,
)
from scheduling.models import MOVES, Confirmation, Customer, Location, Route, Site, Visit, VisitStatus
from scheduling.models.visit import BEGUN, ON_ROUTE
from scheduling.solver import check
from scheduling.solver.problem import TravelTimes, Violation
from scheduling.terms import LinkTerms

EDITABLE = frozenset(
    {"type_id", "description", "contact", "price", "duration", "skills", "load", "lock", "auxiliaries", "custom"}
    | {"site_id", "customer_id"}
)
READ_BY_SOLVER = frozenset({"duration", "skills", "load", "lock", "site_id"})
WITHOUT_PROMISE = frozenset({VisitStatus.UNPLANNED, VisitStatus.CANCELLED})
PROMISED = frozenset({"site_id", "customer_id"})


def next_number(session: Session) -> int:
    """A number that no visit has; nobody else gets it while the transaction lasts."""
    db.exclusive(session, "visit.number")
    return (session.scalar(select(func.max(Visit.number))) or 0) + 1


def create(
    session: Session, *, customer: Customer, site: Site, location: Location, actor: Actor, **values: Any
) -> Visit:
    """A new visit without a place in a route; `values` are columns, `ref` and `status` among them if wanted."""
    number = next_number(session)
    values = {"ref": _free_ref(session, number), "status": VisitStatus.UNPLANNED, "duration": 30, **values}
    visit = Visit(
        number=number, customer=customer, site=site, location=location, created_at=clock.now(), generation=1, **values
    )
    session.add(visit)
    session.flush()
    events.record(session, VisitCreated(visit_id=visit.id, status=visit.status), actor=actor)
    return visit


def _free_ref(session: Session, number: int) -> str:
    """What the portal creates gets a ref of its own, unlike any that a document brought."""
    taken = set(session.scalars(select(Visit.ref).where(Visit.ref.startswith(f"P{number}"))))
    return next(
        ref for suffix in range(len(taken) + 1) if (ref := f"P{number}{f'-{suffix}' * bool(suffix)}") not in taken
    )


def edit(
    session: Session,
    visit: Visit,
    changes: Mapping[str, Any],
    *,
    travel: TravelTimes,
    actor: Actor,
    anyway: bool = False,
) -> None:
    """Set fields of the visit (those in `EDITABLE`) and keep its route true.

    Raises `PromiseBroken` where the route would newly break a promise, unless `anyway`; nothing is changed then.
    """
    old = {name: getattr(visit, name) for name in changes.keys() & EDITABLE}
    new = {name: value for name, value in changes.items() if name in old and value != old[name]}
    route = visit.stop.route if visit.stop and new.keys() & (READ_BY_SOLVER | PROMISED) else None
    broken = violations(session, route, travel) if route else ()
    for name, value in new.items():
        setattr(visit, name, value)
        events.record(session, VisitFieldChanged(visit_id=visit.id, field=name, old=old[name], new=value), actor=actor)
    if new.keys() & PROMISED:
        renew(visit)
    session.flush()
    session.refresh(visit, ["site", "customer"])
    if route:
        routes.replan_starts(session, route, travel=travel, actor=actor)
        fresh = [violation for violation in violations(session, route, travel) if violation not in broken]
        if fresh and not anyway:
            raise PromiseBroken(fresh)


def violations(session: Session, route: Route, travel: TravelTimes) -> tuple[Violation, ...]:
    """The promises that the route as planned breaks."""
    lock = settings.load(session, LinkTerms).lock
    return check(snapshot.route_of(route, [stop.visit for stop in route.stops], lock=lock), travel)


def renew(visit: Visit) -> None:
    """Another promise counts from now on, and the customer hasn't said anything about it."""
    visit.generation += 1
    visit.confirmation = Confirmation.NONE
    visit.locked_start = None


def notify(session: Session, visit: Visit, *, terms: LinkTerms, invitation_id: int, actor: Actor) -> wall.Window | None:
    """Make the promise that an invitation carries and mark the customer as notified; returns the promised window.

    Without a window it becomes the first configured slot that contains the planned start, failing that the shift. The
    customer of an unplanned visit is invited to choose. Raises `NotOpen` where there is nothing to confirm or choose.
    """
    if visit.status is VisitStatus.UNPLANNED and terms.rescheduling:
        visit.confirmation = Confirmation.NOTIFIED
        session.flush()
        events.record(session, VisitNotified(visit.id, invitation_id, None), actor=actor)
        return None
    if visit.status is not VisitStatus.PLANNED or visit.stop is None:
        raise NotOpen(visit.ref, "status")
    window = visit.window or promise(visit, terms)
    if visit.window is None:
        renew(visit)
        visit.window = window
        routes.touch_visit(session, visit)
    if visit.confirmation is Confirmation.NONE:
        visit.confirmation = Confirmation.NOTIFIED
    session.flush()
    events.record(session, VisitNotified(visit_id=visit.id, invitation_id=invitation_id, window=window), actor=actor)
    return window


def promise(visit: Visit, terms: LinkTerms) -> wall.Window:
    """The window that notifying the customer of a planned visit would promise. Raises `NotOpen` if it isn't planned."""
    if visit.stop is None:
        raise NotOpen(visit.ref, "status")
    if visit.window:
        return visit.window
    route, zone = visit.stop.route, visit.location.zone
    start = visit.stop.planned_start.astimezone(zone).time()
    for slot in terms.slots:
        with suppress(NoSuchWallTime):
            if slot.holds_on(route.day) and slot.start <= start <= slot.end:
                return wall.window(route.day, slot.start, slot.end, zone)
    return wall.window(route.day, route.shift_start, route.shift_end, zone)


def confirm(session: Session, visit: Visit, *, seen: int, actor: Actor) -> None:
    """The customer agrees to the promise he was shown. To confirm twice is to confirm once.

    Raises `StaleVisit` where another promise counts now, `NotOpen` where the visit isn't ahead.
    """
    _take(session, visit)
    _same_promise(visit, seen)
    if visit.agreed:
        return
    _ahead(visit)
    visit.confirmation = Confirmation.CONFIRMED
    agree(visit)
    session.flush()
    routes.touch_visit(session, visit)
    events.record(session, VisitConfirmed(visit.id, visit.window, visit.generation), actor=actor)


def agree(visit: Visit) -> None:
    """Remember the promise that the customer agreed to, and when the visit was to begin."""
    visit.agreed_generation = visit.generation
    visit.locked_start = visit.stop.planned_start if visit.stop else None


def undo_confirm(session: Session, visit: Visit, *, seen: int, terms: LinkTerms, actor: Actor) -> None:
    """Take a confirmation back, until the cut-off; the customer counts as notified again.

    Raises `StaleVisit`, and `NotOpen` where there is nothing to take back or it is too late.
    """
    _take(session, visit)
    _same_promise(visit, seen)
    if visit.confirmation is Confirmation.NOTIFIED:
        return
    if visit.confirmation is not Confirmation.CONFIRMED:
        raise NotOpen(visit.ref, "status")
    _ahead(visit)
    before_cut_off(visit, terms)
    visit.confirmation, visit.locked_start, visit.agreed_generation = Confirmation.NOTIFIED, None, None
    session.flush()
    routes.touch_visit(session, visit)
    events.record(session, VisitConfirmationUndone(visit.id, visit.window, visit.generation), actor=actor)


def _take(session: Session, visit: Visit) -> None:
    """Wait for whoever changes the visit's route at this moment, then read what he left."""
    if visit.stop:
        routes.lock(session, [visit.stop.route_id])
    session.refresh(visit)


def _same_promise(visit: Visit, seen: int) -> None:
    if visit.generation != seen:
        raise StaleVisit(visit.ref, seen, visit.generation)


def _ahead(visit: Visit) -> None:
    if visit.status is not VisitStatus.PLANNED or visit.stop is None:
        raise NotOpen(visit.ref, "status")
    end = visit.window.end if visit.window else visit.stop.planned_end
    if end < clock.now():
        raise NotOpen(visit.ref, "past")


def before_cut_off(visit: Visit, terms: LinkTerms) -> None:
    """Raises `NotOpen` where the present window is too near for the customer to change anything by himself."""
    start = visit.window.start if visit.window else visit.stop and visit.stop.planned_start
    if start and clock.now() > start - timedelta(hours=terms.cut_off_hours):
        raise NotOpen(visit.ref, "cut_off")


def move(session: Session, visit: Visit, to: VisitStatus, *, travel: TravelTimes, actor: Actor) -> None:
    """Change the status by hand or by report; a visit that leaves the planning leaves its route.

    Raises `IllegalMove`: by the table of moves, and for planning, which needs a place in a route.
    """
    if to not in MOVES[visit.status] or (to in ON_ROUTE and visit.stop is None):
        raise IllegalMove(visit.ref, visit.status, to)
    old, route, window = visit.status, visit.stop.route if visit.stop else None, visit.window
    visit.status = to
    leaves = route is not None and to not in ON_ROUTE
    if leaves:
        routes.leave(session, visit, travel=travel, actor=actor)
    if to in {VisitStatus.UNPLANNED, VisitStatus.DRAFT}:
        visit.window = None
    if leaves or to in WITHOUT_PROMISE or visit.window != window:
        renew(visit)
    report(visit)
    session.flush()
    if route and to in ON_ROUTE:
        routes.write(session, route, begun_first([stop.visit for stop in route.stops]), travel=travel, actor=actor)
    events.record(session, VisitStatusChanged(visit_id=visit.id, old=old, new=to), actor=actor)


def report(visit: Visit) -> None:
    """Keep when the visit began and ended, by the status that it has now."""
    if visit.status is VisitStatus.STARTED and visit.started_at is None:
        visit.started_at = clock.now()
    if visit.status is VisitStatus.COMPLETED:
        visit.completed_at = clock.now()


def begun_first(order: Collection[Visit]) -> list[Visit]:
    """The same order with the visits that have begun in front: a route reads as its day goes."""
    return sorted(order, key=lambda visit: visit.status not in BEGUN)
