"""A day planned from scratch: jobs booked one by one, in the order that turns out best."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from scheduling.solver.exact import Clock
from scheduling.solver.insertion import prepare
from scheduling.solver.network import NEVER
from scheduling.solver.offers import propose
from scheduling.solver.params import Params
from scheduling.solver.problem import Interval, Job, Route, Slot, TravelTimes

Plan = dict[int, tuple[int, ...]]


def plan_day(
    routes: Sequence[Route], jobs: Sequence[Job], travel: TravelTimes, budget: float = 0.0, seed: int = 1
) -> tuple[Plan, tuple[int, ...]]:
    """Job ids per route id, every promise kept, and the ids of the jobs for which there was no room.

    `routes` are those of one day, with the jobs they may have already. Without a budget the jobs are booked once, in
    the order of their windows; while seconds are left, in other orders too: the most jobs win, then the fewest metres.
    """
    clock, random = Clock.start(budget), Random(seed)  # noqa: S311 - shuffles, no secrets.
    order = sorted(jobs, key=_urgency)
    best = _book(routes, order, travel, seed)
    while not clock.expired():
        random.shuffle(order)
        best = min(best, _book(routes, order, travel, seed), key=lambda booked: (len(booked[1]), booked[2]))
    plan, left, _ = best
    return plan, left


def _urgency(job: Job) -> Interval:
    """Narrow windows first, then early ones."""
    return (NEVER, 0) if job.window is None else (job.window[1] - job.window[0], job.window[0])


def _book(
    routes: Sequence[Route], jobs: Sequence[Job], travel: TravelTimes, seed: int
) -> tuple[Plan, tuple[int, ...], int]:
    """The plan, the jobs left out and the metres above the plan there was."""
    known = {job.id: job for job in [*jobs, *(job for route in routes for job in route.jobs)]}
    prepared = {route.id: prepare(route, travel) for route in routes}
    left, metres = [], 0
    for job in jobs:
        slot = Slot(routes[0].day, job.window or _day(routes))
        answer = propose(job, [slot], list(prepared.values()), travel, Params(NEVER, budget=None, seed=seed))
        if not answer.offers:
            left.append(job.id)
            continue
        [offer] = answer.offers
        metres += offer.detour
        route = replace(prepared[offer.route].route, jobs=tuple(known[id_] for id_ in offer.order))
        prepared[offer.route] = prepare(route, travel)
    plan = {id_: tuple(job.id for job in entry.route.jobs) for id_, entry in prepared.items()}
    return plan, tuple(left), metres


def _day(routes: Sequence[Route]) -> Interval:
    return min(route.shift[0] for route in routes), max(route.shift[1] for route in routes)
