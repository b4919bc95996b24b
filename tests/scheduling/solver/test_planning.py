"""A day planned from scratch keeps every promise."""

from dataclasses import replace
from random import Random

from scheduling.solver import Job, check, plan_day
from tests.scheduling.solver.builders import Flat, at, route

LINE = Flat()


def test_plans_what_fits_and_names_what_does_not() -> None:
    jobs = [Job(1, at(10), 5, window=(10, 15)), Job(2, at(-10), 5, window=(10, 15)), Job(3, at(50), 5, window=(0, 40))]
    plan, left = plan_day([route(number=1), route(number=2, technician="T2")], jobs, LINE)
    assert sorted(plan.values()) == [(1,), (2,)]
    assert left == (3,)


def test_every_route_keeps_its_promises_and_loads() -> None:
    random = Random(4)
    jobs = [
        Job(i, at(random.randint(-20, 20), random.randint(-20, 20)), 8, (low, low + 30) if low else None, load=1)
        for i in range(20)
        for low in [random.choice((0, 30, 80, 120))]
    ]
    routes = [route(number=i, shift=(0, 240), capacity=7, technician=f"T{i}") for i in range(3)]
    plan, left = plan_day(routes, jobs, LINE, budget=0.2, seed=3)
    assert sorted([*left, *(id_ for order in plan.values() for id_ in order)]) == list(range(20))
    for entry in routes:
        planned = replace(entry, jobs=tuple(jobs[id_] for id_ in plan[entry.id]))
        assert check(planned, LINE) == ()


def test_the_same_seed_gives_the_same_plan() -> None:
    jobs = [Job(i, at(i, -i), 3) for i in range(6)]
    assert plan_day([route()], jobs, LINE, 0, 1) == plan_day([route()], jobs, LINE, 0, 1)
