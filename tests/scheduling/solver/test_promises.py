"""Invariant I5: whatever is offered, at whatever budget, keeps every promise made to others."""

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.solver import Job, Offer, Params, Route, Slot, check, length, prepare, propose, schedule
from tests.scheduling.solver.builders import ASKED, Flat, at, random_route, slot

FLAT = Flat(metres=3)
jobs = st.builds(
    Job,
    id=st.just(ASKED),
    place=st.builds(at, st.integers(0, 9), st.integers(0, 9)),
    duration=st.integers(1, 6),
    load=st.integers(0, 2),
)
slots = st.builds(lambda low, width: slot(low, low + width), st.integers(0, 55), st.integers(0, 20))


@given(
    random=st.randoms(use_true_random=False),
    stops=st.integers(0, 6),
    job=jobs,
    asked=st.lists(slots, min_size=1, max_size=5),
    budget=st.sampled_from([0.0, None]),
)
@settings(max_examples=150, deadline=None)
def test_every_offer_keeps_every_promise(
    random: Random, stops: int, job: Job, asked: list[Slot], budget: float | None
) -> None:
    plan = random_route(random, 1, stops)
    params = Params(max_detour=60, budget=budget)
    for offer in propose(job, asked, [prepare(plan, FLAT)], FLAT, params).offers:
        assert_kept(plan, job, offer)


def assert_kept(plan: Route, job: Job, offer: Offer) -> None:
    known = {stop.id: stop for stop in (*plan.jobs, replace(job, window=offer.slot.interval))}
    changed = replace(plan, jobs=tuple(known[id_] for id_ in offer.order))
    assert sorted(offer.order) == sorted(known)
    assert check(changed, FLAT) == ()
    assert length(changed, FLAT) - length(plan, FLAT) == offer.detour <= 60
    assert schedule(changed, FLAT)[offer.order.index(job.id)] == offer.start
    begun = [stop.id for stop in plan.jobs if stop.begun is not None]
    assert list(offer.order[: len(begun)]) == begun
