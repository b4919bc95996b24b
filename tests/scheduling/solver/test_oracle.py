"""The solver against brute force over seeded random days: offers, least detours, starts and reasons are the same."""

from collections import Counter
from random import Random

import pytest

from scheduling.solver import Job, Params, Reason, Route, Slot, TravelTimes, labels, prepare, propose, sharpen
from tests.scheduling.solver.builders import ASKED, Flat, Rough, at, random_route, slot
from tests.scheduling.solver.oracle import truth

FLAT = Flat(metres=7)


def question(seed: int) -> tuple[Job, list[Slot], list[Route], Params]:
    random = Random(seed)
    routes = [random_route(random, i + 1, random.randint(0, 5)) for i in range(random.randint(1, 2))]
    skills = frozenset(random.sample("xy", random.choice((0, 0, 0, 1))))
    place = at(random.randint(0, 9), random.randint(0, 9))
    job = Job(ASKED, place, random.randint(1, 6), load=random.randint(0, 2), skills=skills)
    lows = random.sample(range(0, 56, 4), 4)
    slots = [slot(low, low + random.choice((3, 8, 15))) for low in lows]
    return job, slots, routes, Params(random.choice((5, 30, 200)), budget=None, explain=True)


def answered(seed: int, travel: TravelTimes, *, sharp: bool = False) -> Counter[str]:
    """Asserts that every answer to a question is the truth, and counts the kinds of answers."""
    job, slots, routes, params = question(seed)
    prepared = [prepare(route, travel) for route in routes]
    if sharp:
        sharpen(prepared)
    answer = propose(job, slots, prepared, travel, params)
    for offer in answer.offers:
        known = truth(job, offer.slot, routes, travel, params.max_detour)
        assert (offer.detour, offer.technician) == (known.detour, known.technician)
        assert known.starts[offer.order] == offer.start
    for refusal in answer.refused:
        known = truth(job, refusal.slot, routes, travel, params.max_detour)
        assert (refusal.reason, refusal.over) == (known.reason, known.over)
    assert len(answer.offers) + len(answer.refused) == len(slots)
    return Counter(["offer" for _ in answer.offers] + [refusal.reason for refusal in answer.refused])


@pytest.mark.parametrize("start", range(0, 200, 50))
def test_agrees_with_brute_force(start: int) -> None:
    seen = sum((answered(seed, FLAT) for seed in range(start, start + 50)), Counter[str]())
    assert seen.keys() == {"offer", *Reason} - {Reason.NO_ROUTE, Reason.UNDECIDED}


def test_agrees_where_best_orders_are_known() -> None:
    for seed in range(200, 260):
        answered(seed, FLAT, sharp=True)


def test_agrees_where_ways_keep_no_triangle() -> None:
    late_through_its_break = 2541
    for seed in (*range(300, 360), late_through_its_break):
        answered(seed, Rough(seed), sharp=seed % 2 == 0)


def test_cp_sat_alone_agrees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labels, "WIDEST", 0)
    for seed in range(400, 430):
        answered(seed, FLAT)
