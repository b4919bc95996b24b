"""What it would come to if a visit were served in some place of some route: the way, the start, the broken promises."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
from sqlalchemy.orm import Session

from scheduling import snapshot, wall
from scheduling.choices import Question
from scheduling.models import Lock, Route, Visit
from scheduling.snapshot import Lens
from scheduling.solver import Inspection, Job, Params, Place, Prepared, Slot, TravelTimes, Violation, inspect, propose
from scheduling.solver.problem import IntArray
from scheduling.spreading import FAR
from scheduling.terms import LinkTerms
from scheduling.wall import Window

FIRST = "first"
WHATEVER_THE_ORDER = frozenset({"skill", "capacity", "day"})


@dataclass(frozen=True, slots=True)
class Target:
    """The day and the promise that a visit is to get; `agreed`: its customer said yes on the phone.

    Without a window nothing is promised and any time of the shift will do.
    """

    day: date
    window: Window | None
    agreed: bool = False


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that would be broken; `visit` is None where the route is at fault, or a slot that is held."""

    kind: str
    """`window`, `lock`, `day` (agreed to), `begun`, `held`; of the route: `shift`, `break`, `capacity`, `skill`."""
    visit: Visit | None
    start: datetime | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The visit in one place of one route; `order` are visit ids, negative ones are slots held for customers."""

    route: Route
    after: str | None
    """`FIRST`, or the ref of the stop before; None where other stops change places too."""
    order: tuple[int, ...]
    start: datetime
    detour_m: int
    """How much longer the route gets than without the visit."""
    broken: tuple[Broken, ...]
    """What the move would break; empty where it may be made."""
    standing: tuple[Broken, ...]
    """What the route as planned breaks already, and the move makes no worse."""

    @property
    def fits(self) -> bool:
        """Whether the move breaks nothing."""
        return not self.broken


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One visit and one route without it; `job` carries the promise that the visit would have there."""

    visit: Visit
    target: Target
    route: Route
    plan: Prepared
    job: Job
    travel: TravelTimes
    before: Mapping[int, int]
    """The start of each job as planned now, in seconds of the day."""
    stood: tuple[Violation, ...]
    held_to_day: bool


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Travel times asked once, for many orders of the same places."""

    index: Mapping[Place, int]
    seconds: IntArray
    metres: IntArray

    @classmethod
    def of(cls, places: Sequence[Place], travel: TravelTimes) -> "Table":
        """The ways between all the places."""
        distinct = list(dict.fromkeys(places))
        return cls({place: i for i, place in enumerate(distinct)}, *travel.matrix(distinct, distinct))

    def matrix(self, sources: Sequence[Place], targets: Sequence[Place]) -> tuple[IntArray, IntArray]:
        """As `TravelTimes` says."""
        cells = np.ix_([self.index[place] for place in sources], [self.index[place] for place in targets])
        return self.seconds[cells], self.metres[cells]


def lens(visits: Sequence[Visit], question: Question) -> Lens:
    """How staff look at routes that the visits leave: holds of others and the present time count."""
    leaving = frozenset(visit.id for visit in visits)
    return Lens(lock=question.terms.lock, travel=question.travel, leaving=leaving, own=question.own)


def case(session: Session, visit: Visit, route: Route, target: Target, question: Question) -> Case:
    """Prepare the question. Raises `NoCoordinates` where nobody knows the place."""
    plan = snapshot.one(session, route, lens([visit], question))
    job = job_for(visit, target, question.terms)
    here = visit.stop is not None and visit.stop.route_id == route.id
    now = snapshot.one(session, route, lens([], question)).route if here else plan.route
    places = [now.start, now.end, job.place, *(other.place for other in now.jobs)]
    travel = Table.of(places, question.travel)
    seen = inspect(now, travel)
    return Case(
        visit=visit,
        target=target,
        route=route,
        plan=plan,
        job=job,
        travel=travel,
        before={each.id: start for each, start in zip(now.jobs, seen.starts, strict=True)},
        stood=seen.broken,
        held_to_day=held_to_day(visit, target, question.terms),
    )


def job_for(visit: Visit, target: Target, terms: LinkTerms) -> Job:
    """The visit as the solver sees it with its new promise; a customer's own yes lifts his own lock."""
    zone = visit.location.zone
    window = snapshot.interval(target.window, target.day, zone) if target.window else None
    lock = None if target.agreed else snapshot.locked(visit, target.day, zone, terms.lock)
    return replace(snapshot.job_of(visit, target.day, zone, lock=terms.lock), window=window, lock=lock)


def held_to_day(visit: Visit, target: Target, terms: LinkTerms) -> bool:
    """Whether the customer agreed to another day, which binds everybody but himself."""
    bound = (visit.lock or terms.lock) is not Lock.NONE and visit.agreed and not target.agreed
    return bound and day_of(visit) not in {None, target.day}


def day_of(visit: Visit) -> date | None:
    """The day that the visit is promised for, else planned on."""
    if visit.window:
        return wall.day_of(visit.window.start, visit.location.zone)
    return visit.stop.route.day if visit.stop else None


def positions(asked: Case) -> Iterator[Outcome]:
    """The visit in every place of the order as it is, those after what has begun."""
    jobs = asked.plan.route.jobs
    begun = sum(job.begun is not None for job in jobs)
    refs = {stop.visit_id: stop.visit.ref for stop in asked.route.stops}
    for at in range(begun, len(jobs) + 1):
        before = jobs[at - 1] if at else None
        if before is None or not before.held:
            after = refs[before.id] if before else FIRST
            yield weigh(asked, (*jobs[:at], asked.job, *jobs[at:]), after)


def best(asked: Case, budget: float) -> Outcome:
    """The place that breaks nothing with the least detour; where only another order would do, that; else the least bad.

    `budget` in seconds is what the search for another order may take.
    """
    found = min(positions(asked), key=lambda one: (len(one.broken), one.detour_m))
    hopeless = any(broken.kind in WHATEVER_THE_ORDER for broken in found.broken)
    if found.fits or hopeless or asked.stood or budget <= 0:
        return found
    return _another_order(asked, budget) or found


def _another_order(asked: Case, budget: float) -> Outcome | None:
    route, job = asked.plan.route, asked.job
    low, high = job.window or route.shift
    if job.lock:
        low, high = max(low, job.lock[0]), min(high, job.lock[1])
    slot = Slot(route.day, (low, high))
    answer = propose(job, [slot] if low <= high else [], [asked.plan], asked.travel, Params(FAR, budget))
    known = {each.id: each for each in (*route.jobs, job)}
    for offer in answer.offers:
        outcome = weigh(asked, tuple(known[id_] for id_ in offer.order), None)
        return outcome if outcome.fits else None
    return None


def weigh(asked: Case, jobs: tuple[Job, ...], after: str | None) -> Outcome:
    """One order of the route with the visit, inspected by the code that shares nothing with what proposes orders."""
    seen = inspect(replace(asked.plan.route, jobs=jobs), asked.travel)
    starts = {job.id: start for job, start in zip(jobs, seen.starts, strict=True)}
    fresh = [fault for fault in seen.broken if not _stands(asked, fault, starts)]
    own_day = [Broken("day", asked.visit, None)] if asked.held_to_day else []
    return Outcome(
        route=asked.route,
        after=after,
        order=tuple(job.id for job in jobs),
        start=_moment(asked, starts[asked.visit.id]),
        detour_m=seen.length - asked.plan.length,
        broken=(*own_day, *_told(asked, fresh, seen, jobs)),
        standing=_told(asked, [fault for fault in seen.broken if fault not in fresh], seen, jobs),
    )


def _stands(asked: Case, fault: Violation, starts: Mapping[int, int]) -> bool:
    """Whether the route as planned breaks the same promise, no less."""
    if fault.job is None or fault.job == asked.visit.id:
        return fault in asked.stood and fault.job is None
    before = any((stood.kind, stood.job) == (fault.kind, fault.job) for stood in asked.stood)
    return before and starts[fault.job] <= asked.before[fault.job]


def _told(asked: Case, faults: Sequence[Violation], seen: Inspection, jobs: Sequence[Job]) -> tuple[Broken, ...]:
    visits = {stop.visit_id: stop.visit for stop in asked.route.stops} | {asked.visit.id: asked.visit}
    starts = {job.id: _moment(asked, start) for job, start in zip(jobs, seen.starts, strict=True)}
    held = {job.id for job in jobs if job.held}
    return tuple(
        Broken(
            kind="held" if fault.job in held else fault.kind,
            visit=visits.get(fault.job) if fault.job else None,
            start=starts.get(fault.job) if fault.job else None,
            detail=fault.detail,
        )
        for fault in faults
    )


def _moment(asked: Case, seconds: int) -> datetime:
    return wall.moment(seconds, asked.route.day, asked.route.location.zone)
