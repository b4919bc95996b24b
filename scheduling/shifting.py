"""Moving a visit by hand: to a day, a route and a place in it, with what becomes of the promise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from time import monotonic

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import away, events, routes, slots, snapshot, visits, weighing
from scheduling.choices import Question
from scheduling.errors import NotOpen, PromiseBroken, StaleVisit, StaleWrite
from scheduling.events import (
    Actor,
    Fact,
    VisitPlanned,
    VisitPlannedTimeChanged,
    VisitRescheduled,
    VisitTechnicianChanged,
)
from scheduling.models import Confirmation, Route, Visit, VisitStatus
from scheduling.solver import Violation, length
from scheduling.wall import Window
from scheduling.weighing import Outcome, Target

PATIENCE = 2.0
"""Seconds for all routes of a day together."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the page showed: the visit's generation, and the versions of routes by id."""

    generation: int
    versions: Mapping[int, int]


def may_shift(visit: Visit) -> None:
    """Raises `NotOpen` where the visit is begun, done or called off."""
    if visit.status is not VisitStatus.PLANNED and visit.status not in slots.OUTSIDE:
        raise NotOpen(visit.ref, "status")


def outcomes(session: Session, visit: Visit, target: Target, question: Question) -> Sequence[Outcome]:
    """The best place in every route of the day: those that break nothing first, the least detour in front."""
    question = _own(visit, question)
    until = monotonic() + PATIENCE
    found = [
        weighing.best(weighing.case(session, visit, route, target, question), until - monotonic())
        for route in _routes(session, visit, target.day)
    ]
    return sorted(found, key=lambda one: (not one.fits, len(one.broken), one.detour_m, one.route.technician.ref))


def positions(session: Session, visit: Visit, route: Route, target: Target, question: Question) -> Sequence[Outcome]:
    """The visit in every place of one route."""
    return list(weighing.positions(weighing.case(session, visit, route, target, _own(visit, question))))


def saved(visit: Visit, question: Question) -> int:
    """Metres by which the visit's present route gets shorter without it."""
    if visit.stop is None:
        return 0
    route = snapshot.route_of(
        visit.stop.route, [stop.visit for stop in visit.stop.route.stops], lock=question.terms.lock
    )
    rest = replace(route, jobs=tuple(job for job in route.jobs if job.id != visit.id))
    return length(route, question.travel) - length(rest, question.travel)


def changes_promise(visit: Visit, target: Target) -> bool:
    """Whether the customer's window, or where there is none his day, would be another.

    Who was invited to choose a time is asked about nothing any more once the visit has a place.
    """
    another_day = weighing.day_of(visit) not in {None, target.day}
    return visit.window != target.window or visit.choosing or (visit.window is None and another_day)


def shift(
    session: Session,
    visit: Visit,
    target: Target,
    route_id: int,
    question: Question,
    *,
    seen: Seen,
    actor: Actor,
    after: str | None = None,
) -> None:
    """Move the visit into the route, behind the stop `after` or where it fits best, if that breaks no promise.

    Raises `StaleVisit` and `StaleWrite` where something changed since it was shown, `PromiseBroken`, `NotOpen`; then
    everything stands.
    """
    held = routes.lock(session, {route_id, *([visit.stop.route_id] if visit.stop else [])})
    session.refresh(visit)
    _as_seen(visit, held, seen)
    may_shift(visit)
    route = held.get(route_id)
    if route is None or route.location_id != visit.location_id or route.day != target.day or away.on(session, route):
        raise StaleWrite
    outcome = _choose(weighing.case(session, visit, route, target, _own(visit, question)), after)
    _write(session, visit, target, outcome, question, actor)


def _own(visit: Visit, question: Question) -> Question:
    """The customer's own hold gives way to what is done for him."""
    return replace(question, own=f"customer:{visit.customer_id}")


def _routes(session: Session, visit: Visit, day: date) -> Sequence[Route]:
    query = select(Route.id).where(Route.location_id == visit.location_id, Route.day == day, ~away.absent())
    return snapshot.load(session, session.scalars(query).all())


def _as_seen(visit: Visit, held: Mapping[int, Route], seen: Seen) -> None:
    if visit.generation != seen.generation:
        raise StaleVisit(visit.ref, seen.generation, visit.generation)
    if (visit.stop and visit.stop.route_id not in held) or any(
        seen.versions.get(id_) != route.version for id_, route in held.items()
    ):
        raise StaleWrite


def _choose(asked: weighing.Case, after: str | None) -> Outcome:
    if after is None:
        found = weighing.best(asked, PATIENCE)
    else:
        there = [one for one in weighing.positions(asked) if one.after == after]
        if not there:
            raise StaleWrite
        [found] = there
    if not found.fits:
        raise PromiseBroken([Violation(b.kind, b.visit.id if b.visit else None, b.detail) for b in found.broken])
    return found


def _write(session: Session, visit: Visit, target: Target, outcome: Outcome, question: Question, actor: Actor) -> None:
    """Visit, routes and event together."""
    old_window, old_route = visit.window, visit.stop.route if visit.stop else None
    changed = changes_promise(visit, target)
    visit.status = VisitStatus.PLANNED
    if changed:
        visits.renew(visit)
        visit.window = target.window
    if old_route and old_route.id != outcome.route.id:
        rest = [stop.visit for stop in old_route.stops if stop.visit_id != visit.id]
        routes.write(session, old_route, rest, travel=question.travel, actor=actor)
    there = {stop.visit_id: stop.visit for stop in outcome.route.stops} | {visit.id: visit}
    order = [there[id_] for id_ in outcome.order if id_ in there]
    routes.write(session, outcome.route, order, travel=question.travel, actor=actor)
    _agree(session, visit, target, changed=changed)
    fact = _fact(visit, target, outcome, old_window, old_route, changed=changed)
    if fact:
        events.record(session, fact, actor=actor)
    slots.release(session, [visit])


def _agree(session: Session, visit: Visit, target: Target, *, changed: bool) -> None:
    """The customer's yes counts for what is promised; it also holds the new start where a lock asks for that."""
    if target.agreed and changed and visit.window:
        visit.confirmation = Confirmation.RESCHEDULED
    if target.agreed and visit.agreed:
        session.refresh(visit, ["stop"])
        visits.agree(visit)
    session.flush()


def _fact(
    visit: Visit, target: Target, outcome: Outcome, old_window: Window | None, old_route: Route | None, *, changed: bool
) -> Fact | None:
    """What happened to the visit; None where only the order did."""
    route, generation, left = outcome.route, visit.generation, old_route.id if old_route else None
    if old_route is None and not visit.agreed:
        return VisitPlanned(visit.id, route.id, visit.window, generation)
    if old_route and not changed:
        handed = old_route.technician.ref != route.technician.ref
        return VisitTechnicianChanged(visit.id, old_route.technician.ref, route.technician.ref) if handed else None
    if visit.agreed:
        return VisitRescheduled(
            visit.id,
            old_window,
            visit.window,
            left,
            route.id,
            outcome.detour_m,
            generation=generation,
        )
    return VisitPlannedTimeChanged(visit.id, old_window, visit.window, left, route.id, generation)
