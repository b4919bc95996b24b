"""The front door's questions: which slots can be offered, and whether one route can still serve one slot."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace

from scheduling.solver.check import inspect
from scheduling.solver.exact import Clock, orders
from scheduling.solver.insertion import Prepared, trace
from scheduling.solver.labels import Verdict, shortest
from scheduling.solver.network import NEVER, Call, open_places
from scheduling.solver.params import Params
from scheduling.solver.problem import Answer, Interval, Job, Offer, Reason, Refusal, Route, Slot, TravelTimes
from scheduling.solver.reasons import Why, explain, furthest, unfit
from scheduling.solver.search import Candidate, Case, Search

_GLANCE = 2_000  # Labels on a level.
_FEW = 8  # Slots decided together: each takes a bit of the labels' keys.
_log = logging.getLogger(__name__)


def propose(job: Job, slots: Sequence[Slot], routes: Sequence[Prepared], travel: TravelTimes, params: Params) -> Answer:
    """The least detour for every slot, or why there is none. `routes` no longer hold the job.

    Without a budget an offer's detour is the least there is; with one, the least that was found in time.
    """
    clock = Clock.start(params.budget)
    slots = sorted(slots, key=lambda slot: slot.day)
    cases = _cases(job, slots, [prepared for prepared in routes if unfit(job, prepared.route) is None], travel)
    _glance(list(dict.fromkeys(case.prepared for case in cases)), clock)
    search = Search(params.max_detour, clock, params.seed).run(cases)
    offers = {i: offer for i, found in search.best.items() if (offer := _offer(job, slots[i], found, travel))}
    refused = set(range(len(slots))) - offers.keys()
    why = _reasons(job, slots, refused, routes)
    undecided = refused & (search.undecided | search.best.keys())
    why |= dict.fromkeys(undecided, (Reason.UNDECIDED, None))
    if params.explain:
        why |= explain(cases, refused - why.keys(), params.max_detour, clock, params.seed)
    return Answer(
        offers=tuple(offers[i] for i in sorted(offers)),
        refused=tuple(Refusal(slots[i], *why.get(i, (Reason.WINDOW, None))) for i in sorted(refused)),
    )


def decide(job: Job, slot: Slot, prepared: Prepared, travel: TravelTimes, params: Params) -> Offer | Refusal:
    """As `propose` for one slot and one route."""
    answer = propose(job, [slot], [prepared], travel, params)
    return answer.offers[0] if answer.offers else answer.refused[0]


def sharpen(routes: Sequence[Prepared], budget: float | None = None, seed: int = 1) -> None:
    """Find and keep the shortest order of every route, off the path of any question: later ones scan it too.

    Questions do so themselves where it takes few labels.
    """
    routes = [prepared for prepared in routes if prepared.best is None]
    networks = [prepared.network for prepared in routes]
    _keep(routes, orders(networks, [[NEVER]] * len(routes), Clock.start(budget), seed))


def _glance(routes: Sequence[Prepared], clock: Clock) -> None:
    """As `sharpen` at little cost, once a route."""
    routes = [prepared for prepared in routes if not prepared.tried and prepared.best is None]
    networks = [prepared.network for prepared in routes]
    _keep(routes, shortest(networks, [[NEVER]] * len(routes), clock.expired, most=_GLANCE))
    for prepared in routes:
        prepared.tried = not clock.expired()


def _keep(routes: Sequence[Prepared], answers: Sequence[Sequence[Verdict]]) -> None:
    for prepared, [verdict] in zip(routes, answers, strict=True):
        if verdict.proven and verdict.nodes is not None:
            prepared.best = trace(prepared.network, verdict.nodes)


def _cases(job: Job, slots: Sequence[Slot], routes: Sequence[Prepared], travel: TravelTimes) -> list[Case]:
    """What to ask the routes of the slots' days; all ways to and from the job in two calls."""
    days = {slot.day for slot in slots}
    routes = [prepared for prepared in routes if prepared.route.day in days]
    if not routes:
        return []
    places = [open_places(prepared.route) for prepared in routes]
    every = [place for row in places for place in row]
    seconds_to, metres_to = travel.matrix(every, [job.place])
    seconds_from, metres_from = travel.matrix([job.place], every)
    cases, first = [], 0
    for prepared, row in zip(routes, places, strict=True):
        part = slice(first, first := first + len(row))
        call = Call(seconds_to[part, 0], seconds_from[0, part], metres_to[part, 0], metres_from[0, part], job.duration)
        cases += [Case(prepared, call, intervals) for intervals in _intervals(slots, prepared.route)]
    return cases


def _intervals(slots: Sequence[Slot], route: Route) -> Iterator[dict[int, Interval]]:
    """When the job may start, by the number of the slot, a few at a time."""
    since = route.shift[0] if route.now is None else route.now
    asked = [(i, slot.interval) for i, slot in enumerate(slots) if slot.day == route.day]
    for first in range(0, len(asked), _FEW):
        yield {i: (max(low, since), high) for i, (low, high) in asked[first : first + _FEW]}


def _reasons(job: Job, slots: Sequence[Slot], refused: set[int], routes: Sequence[Prepared]) -> dict[int, Why]:
    """The slots of days on which no technician is fit for the job."""
    why: dict[int, Why] = {}
    for i in refused:
        faults = [unfit(job, prepared.route) for prepared in routes if prepared.route.day == slots[i].day]
        if None not in faults:
            why[i] = furthest(fault for fault in faults if fault), None
    return why


def _offer(job: Job, slot: Slot, found: Candidate, travel: TravelTimes) -> Offer | None:
    """The offer, inspected by code that shares nothing with what found it; None, with an error logged, if wrong."""
    prepared = found.case.prepared
    route, jobs = (
        prepared.route,
        (*prepared.jobs, replace(job, window=slot.interval, lock=None, begun=None, held=False)),
    )
    begun = tuple(other for other in route.jobs if other.begun is not None)
    order = replace(route, jobs=(*begun, *(jobs[node - 2] for node in found.nodes)))
    seen = inspect(order, travel)
    broken = [fault for fault in seen.broken if fault.kind != "skill" or fault.job == job.id]
    if broken or sorted(found.nodes) != list(range(2, len(jobs) + 2)) or seen.length - prepared.length != found.detour:
        _log.error("Wrong offer of route %s at version %s for visit %s: %s", route.id, route.version, job.id, broken)
        return None
    ids = tuple(stop.id for stop in order.jobs)
    start = seen.starts[ids.index(job.id)]
    return Offer(slot, route.id, route.version, route.technician, start, found.detour, ids)
