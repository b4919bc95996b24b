"""A technician can't come: his visits of a day go to others as far as every promise holds, the rest wait for a time.

A plan is reckoned outside any transaction and shown; carrying it out writes exactly what was shown, or nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from scheduling import away, clock, events, routes, slots, snapshot, spreading, visits, wall, weighing
from scheduling.choices import Question
from scheduling.errors import StaleWrite
from scheduling.events import Actor, VisitTechnicianChanged
from scheduling.models import Absence, Hold, Route, Visit, VisitStatus
from scheduling.solver import Job, Reason, check, inspect
from scheduling.solver import Route as Plan
from scheduling.weighing import Target


@dataclass(frozen=True, slots=True)
class Placed:
    """A visit that another technician can take within its promise."""

    visit: Visit
    route: Route
    start: datetime
    detour_m: int


@dataclass(frozen=True, slots=True)
class Left:
    """A visit that becomes unplanned: nobody can take it, or the dispatcher would rather have its customer choose."""

    visit: Visit
    reason: Reason | None
    """None where it was the dispatcher's choice, or where its place isn't known."""


@dataclass(frozen=True, slots=True)
class Relief:
    """What would happen to a route; `orders` are visit ids of the routes that would be written, by route id."""

    route: Route
    placed: tuple[Placed, ...]
    left: tuple[Left, ...]
    begun: tuple[Visit, ...]
    """They stay where they are."""
    orders: Mapping[int, tuple[int, ...]]
    versions: Mapping[int, int]
    """Of the route and of those that would be written."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a dispatcher saw and wants: orders and versions as in `Relief`, and until when the technician is away."""

    orders: Mapping[int, tuple[int, ...]]
    versions: Mapping[int, int]
    until: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What was done, by ref; `left` are those whose customers are to be invited."""

    placed: tuple[str, ...]
    left: tuple[str, ...]


def plan(session: Session, route: Route, question: Question, *, out: Collection[int] = ()) -> Relief:
    """What would happen to each visit of the route; those `out` get no other place.

    Booked one after another, those with the fewest ways first, so that each sees what the ones before took.
    """
    [route, *others] = _of_the_day(session, route)
    ahead = [stop.visit for stop in route.stops if stop.visit.status is VisitStatus.PLANNED]
    lens = weighing.lens(ahead, question)
    prepared = {other.id: snapshot.one(session, other, lens) for other in others}
    sound = {id_: one for id_, one in prepared.items() if not check(one.route, question.travel)}
    jobs = {visit.id: _job(visit, route, question) for visit in ahead if visit.id not in out and visit.site.located}
    booked = spreading.book(jobs, sound, question.travel)
    by_id = {visit.id: visit for visit in ahead}
    placed = _placed(booked, by_id, {other.id: other for other in others}, question)
    moved = {one.visit.id for one in placed}
    touched = {one.route.id for one in placed}
    return Relief(
        route=route,
        placed=placed,
        left=tuple(Left(visit, booked.why.get(visit.id)) for visit in ahead if visit.id not in moved),
        begun=tuple(stop.visit for stop in route.stops if stop.visit.status is not VisitStatus.PLANNED),
        orders={id_: _visits_of(booked.routes[id_].route) for id_ in sorted(touched)},
        versions={each.id: each.version for each in (route, *others) if each.id in touched | {route.id}},
    )


def _of_the_day(session: Session, route: Route) -> list[Route]:
    """The route and then those of others who are there, in the order of their refs."""
    query = select(Route.id).where(Route.location_id == route.location_id, Route.day == route.day, ~away.absent())
    rows = snapshot.load(session, {route.id, *session.scalars(query)})
    others = sorted((row for row in rows if row.id != route.id), key=lambda row: row.technician.ref)
    return [next(row for row in rows if row.id == route.id), *others]


def _job(visit: Visit, route: Route, question: Question) -> Job:
    return weighing.job_for(visit, Target(route.day, visit.window), question.terms)


def _placed(
    booked: spreading.Booked, visits_: Mapping[int, Visit], routes_: Mapping[int, Route], question: Question
) -> tuple[Placed, ...]:
    """In the order of their starts, as the whole list makes them."""
    starts: dict[int, int] = {}
    for id_ in {offer.route for offer in booked.offers.values()}:
        plan_ = booked.routes[id_].route
        seen = inspect(plan_, question.travel)
        starts |= {job.id: start for job, start in zip(plan_.jobs, seen.starts, strict=True)}
    found = [
        Placed(
            visits_[id_],
            routes_[offer.route],
            wall.moment(starts[id_], routes_[offer.route].day, routes_[offer.route].location.zone),
            offer.detour,
        )
        for id_, offer in booked.offers.items()
    ]
    return tuple(sorted(found, key=lambda one: (one.start, one.visit.id)))


def _visits_of(route: Plan) -> tuple[int, ...]:
    """Without the slots that are held."""
    return tuple(job.id for job in route.jobs if not job.held)


def carry_out(session: Session, route_id: int, chosen: Chosen, question: Question, *, actor: Actor) -> Done:
    """Do what was shown: the absence, the moves, and the rest unplanned. Nothing is sent.

    Raises `StaleWrite` where anything changed since, be it that a promise wouldn't be kept; then everything stands.
    """
    held = routes.lock(session, {route_id, *chosen.orders})
    route = held.get(route_id)
    if route is None or {id_: each.version for id_, each in held.items()} != dict(chosen.versions):
        raise StaleWrite
    targets = [held[id_] for id_ in sorted(chosen.orders)]
    if route_id in chosen.orders or not may_relieve(route) or any(_elsewhere(session, each, route) for each in targets):
        raise StaleWrite
    ahead = {stop.visit_id: stop.visit for stop in route.stops if stop.visit.status is VisitStatus.PLANNED}
    _keeps_promises(session, targets, ahead, chosen, question)
    placed = _move(session, route, targets, ahead, chosen, question, actor)
    left = [visit for id_, visit in ahead.items() if id_ not in placed]
    _unplan(session, left, question, actor)
    session.execute(delete(Hold).where(Hold.route_id == route.id))
    _be_absent(session, route, chosen)
    return Done(tuple(ahead[id_].ref for id_ in placed), tuple(visit.ref for visit in left))


def _elsewhere(session: Session, target: Route, route: Route) -> bool:
    same = (target.location_id, target.day) == (route.location_id, route.day)
    return not same or away.on(session, target)


def _keeps_promises(
    session: Session, targets: Sequence[Route], ahead: Mapping[int, Visit], chosen: Chosen, question: Question
) -> None:
    """Every order is checked as it would be written, with the slots that are held now."""
    taken: set[int] = set()
    for target in targets:
        order, there = chosen.orders[target.id], {stop.visit_id for stop in target.stops}
        added = set(order) - there
        if len(set(order)) != len(order) or there - set(order) or added - ahead.keys() or added & taken:
            raise StaleWrite
        taken |= added
        if check(_ordered(session, target, ahead, order, question), question.travel):
            raise StaleWrite


def _ordered(
    session: Session, target: Route, ahead: Mapping[int, Visit], order: Sequence[int], question: Question
) -> Plan:
    now = snapshot.one(session, target, weighing.lens([], question)).route
    new = {id_: _job(visit, target, question) for id_, visit in ahead.items() if id_ in order}
    known = {job.id: job for job in now.jobs} | new
    jobs = [known[id_] for id_ in order]
    for position, job in enumerate(now.jobs):
        if job.held:
            jobs.insert(min(position, len(jobs)), job)
    return replace(now, jobs=tuple(jobs))


def _move(
    session: Session,
    route: Route,
    targets: Sequence[Route],
    ahead: Mapping[int, Visit],
    chosen: Chosen,
    question: Question,
    actor: Actor,
) -> list[int]:
    """Empty the route of what lies ahead, and write the others; returns who was placed."""
    stays = [stop.visit for stop in route.stops if stop.visit_id not in ahead]
    routes.write(session, route, stays, travel=question.travel, actor=actor)
    placed: list[int] = []
    for target in targets:
        there = {stop.visit_id: stop.visit for stop in target.stops}
        order = chosen.orders[target.id]
        new = [id_ for id_ in order if id_ not in there]
        routes.write(
            session, target, [there.get(id_) or ahead[id_] for id_ in order], travel=question.travel, actor=actor
        )
        for id_ in new:
            fact = VisitTechnicianChanged(id_, route.technician.ref, target.technician.ref)
            events.record(session, fact, actor=actor)
        placed += new
    return placed


def _unplan(session: Session, left: Sequence[Visit], question: Question, actor: Actor) -> None:
    for visit in left:
        session.refresh(visit)
        visits.move(session, visit, VisitStatus.UNPLANNED, travel=question.travel, actor=actor)
    if left:
        slots.release(session, left)


def _be_absent(session: Session, route: Route, chosen: Chosen) -> None:
    """Away from the day on; days that an absence covers already aren't told twice."""
    until = max(chosen.until, route.day)
    known = [absence for absence in route.technician.absences if absence.first <= route.day and absence.last >= until]
    if not known:
        route.technician.absences.append(Absence(first=route.day, last=until, reason=chosen.reason[:200]))
    session.flush()


def also_away(session: Session, route: Route, until: date) -> Sequence[Route]:
    """The technician's other routes of those days that still have visits."""
    query = select(Route).where(Route.technician_id == route.technician_id, Route.day > route.day, Route.day <= until)
    return [each for each in session.scalars(query.order_by(Route.day)) if each.stops]


def may_relieve(route: Route) -> bool:
    """Whether anything of the route lies ahead: a day that is over can't be taken off."""
    today = wall.day_of(clock.now(), route.location.zone)
    return route.day >= today and any(stop.visit.status is VisitStatus.PLANNED for stop in route.stops)
