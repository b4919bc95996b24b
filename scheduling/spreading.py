"""Many jobs for the routes of one day: booked one after another, so that each sees what those before it took."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic

from scheduling.solver import Job, Offer, Params, Prepared, Reason, Route, Slot, TravelTimes, prepare, propose

PATIENCE = 4.0
"""Seconds for the whole list."""
ROUNDS = 3
"""How often the list is booked anew with those in front who found no place."""
FAR = 10**9
"""Metres: whoever moves by hand sees the detour and judges it himself."""


def _slot(job: Job, plans: Collection[Prepared]) -> Slot | None:
    """When the visit may begin elsewhere: its promise, within what its customer agreed to; None where that is empty."""
    shifts = [one.route.shift for one in plans]
    low, high = job.window or (min(shift[0] for shift in shifts), max(shift[1] for shift in shifts))
    if job.lock:
        low, high = max(low, job.lock[0]), min(high, job.lock[1])
    return Slot(next(iter(plans)).route.day, (low, high)) if low <= high else None


@dataclass(frozen=True, slots=True, eq=False)
class Booked:
    """Routes with what they took, offers by visit id, and why the others found no place."""

    routes: Mapping[int, Prepared]
    offers: Mapping[int, Offer]
    why: Mapping[int, Reason]

    @property
    def rank(self) -> tuple[int, int]:
        """The lower the better: how many are left, and the metres."""
        return len(self.why), sum(offer.detour for offer in self.offers.values())


def book(jobs: Mapping[int, Job], plans: Mapping[int, Prepared], travel: TravelTimes) -> Booked:
    """The best of some rounds: most visits placed, then the fewest metres."""
    if not plans or not jobs:
        return Booked(plans, {}, dict.fromkeys(jobs, Reason.NO_ROUTE))
    until = monotonic() + PATIENCE
    order = sorted(jobs, key=lambda id_: _freedom(jobs[id_], plans.values()))
    best = _round(order, jobs, plans, travel, until)
    for _ in range(ROUNDS):
        if not best.why or monotonic() > until:
            break
        order = sorted(order, key=lambda id_: id_ not in best.why)
        best = min(best, _round(order, jobs, plans, travel, until), key=lambda booked: booked.rank)
    return best


def _freedom(job: Job, plans: Collection[Prepared]) -> tuple[int, int, int]:
    """How many technicians could, how long the promise is, when it begins: the least free are booked first."""
    able = sum(job.skills <= one.route.skills for one in plans)
    slot = _slot(job, plans)
    low, high = slot.interval if slot else (0, 0)
    return able, high - low, low


def _round(
    order: Sequence[int], jobs: Mapping[int, Job], plans: Mapping[int, Prepared], travel: TravelTimes, until: float
) -> Booked:
    routes_, offers, why = dict(plans), dict[int, Offer](), dict[int, Reason]()
    for id_ in order:
        job, slot = jobs[id_], _slot(jobs[id_], plans.values())
        params = Params(FAR, max(0.05, min(0.5, until - monotonic())), explain=False)
        answer = propose(job, [slot] if slot else [], list(routes_.values()), travel, params)
        if answer.offers:
            [offer] = answer.offers
            offers[id_] = offer
            routes_[offer.route] = prepare(_with(routes_[offer.route].route, job, offer), travel)
        else:
            why[id_] = answer.refused[0].reason if answer.refused else Reason.WINDOW
    return Booked(routes_, offers, why)


def _with(route: Route, job: Job, offer: Offer) -> Route:
    known = {each.id: each for each in (*route.jobs, job)}
    return replace(route, jobs=tuple(known[id_] for id_ in offer.order))
