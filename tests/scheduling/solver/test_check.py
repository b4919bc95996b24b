"""Planned starts and broken promises, computed by hand: the world is a line, a second a metre."""

from dataclasses import replace

import pytest

from scheduling.solver import Break, Interval, Job, Route, check, length, schedule
from tests.scheduling.solver.builders import Flat, at, route

LINE = Flat()
NEAR, FAR = Job(1, at(10), 5), Job(2, at(20), 5)


def kinds(plan: Route) -> list[tuple[str, int | None]]:
    return [(fault.kind, fault.job) for fault in check(plan, LINE)]


def test_serves_as_soon_as_travel_and_window_allow() -> None:
    plan = route(replace(NEAR, window=(20, 30)), FAR)
    assert schedule(plan, LINE) == (20, 35)
    assert length(plan, LINE) == 40
    assert kinds(plan) == []


def test_an_empty_route_is_the_way_from_start_to_end() -> None:
    plan = replace(route(), end=at(7))
    assert (schedule(plan, LINE), length(plan, LINE), kinds(plan)) == ((), 7, [])


@pytest.mark.parametrize(
    ("plan", "broken"),
    [
        (route(replace(NEAR, window=(0, 10))), []),
        (route(replace(NEAR, window=(0, 9))), [("window", 1)]),
        (route(replace(NEAR, window=(0, 30), lock=(0, 9))), [("lock", 1)]),
        (route(NEAR, shift=(0, 25)), []),
        (route(NEAR, shift=(0, 24)), [("shift", None)]),
        (route(replace(NEAR, load=2), replace(FAR, load=3), capacity=5), []),
        (route(replace(NEAR, load=2), replace(FAR, load=3), capacity=4), [("capacity", None)]),
        (route(replace(NEAR, skills=frozenset({"gas"}))), [("skill", 1)]),
        (route(replace(NEAR, skills=frozenset({"gas"})), skills=frozenset({"gas", "water"})), []),
        (route(NEAR, replace(FAR, begun=0)), [("begun", 2)]),
        (route(NEAR, shift=(0, 9)), [("window", 1), ("shift", None)]),
    ],
)
def test_names_each_broken_promise(plan: Route, broken: list[tuple[str, int | None]]) -> None:
    assert kinds(plan) == broken


def test_a_late_plan_shows_how_late() -> None:
    plan = route(replace(NEAR, window=(0, 8)), FAR)
    assert schedule(plan, LINE) == (10, 25)
    assert check(plan, LINE)[0].detail == "starts 2 s after its end"


def test_what_has_begun_is_a_fact() -> None:
    plan = route(replace(NEAR, begun=3, window=(50, 60)), FAR, now=40)
    assert schedule(plan, LINE) == (3, 40)
    assert kinds(plan) == []


@pytest.mark.parametrize(
    ("pause", "starts"),
    [
        (Break(0, 30, 10), (20, 35)),  # Before leaving, without cost.
        (Break(12, 20, 8), (20, 35)),  # While waiting at the first stop.
        (Break(26, 40, 8), (20, 44)),  # After the first stop: on arrival at the second it would end at 43.
        (Break(36, 42, 5), (20, 41)),  # On arrival at the second stop, before its service.
        (Break(41, 46, 5), (20, 35)),  # After the second stop.
        (Break(70, 90, 20), (20, 35)),  # After the return.
    ],
)
def test_takes_the_break_where_it_delays_least(pause: Break, starts: tuple[int, ...]) -> None:
    plan = route(replace(NEAR, window=(20, 30)), FAR, pause=pause)
    assert schedule(plan, LINE) == starts
    assert kinds(plan) == []


@pytest.mark.parametrize(
    ("shift", "pause", "starts"),
    [
        ((0, 100), Break(5, 14, 5), (30,)),  # Inside the first leg: the technician leaves after it.
        ((10, 100), Break(0, 10, 5), (30,)),  # Before the shift.
        ((0, 60), Break(50, 100, 50), (20,)),  # After the return, beyond the shift.
    ],
)
def test_a_break_is_never_taken_on_the_road(shift: Interval, pause: Break, starts: tuple[int, ...]) -> None:
    plan = route(FAR, shift=shift, pause=pause)
    assert schedule(plan, LINE) == starts
    assert kinds(plan) == []


def test_no_room_for_the_break() -> None:
    assert kinds(route(NEAR, pause=Break(30, 34, 5))) == [("break", None)]
    assert kinds(route(replace(NEAR, window=(0, 12), duration=60), pause=Break(12, 40, 5))) == [("break", None)]


def test_a_break_does_not_move_what_has_begun() -> None:
    begun = replace(NEAR, begun=12)
    assert kinds(route(begun, pause=Break(1, 4, 3), now=20)) == [("break", None)]
    assert kinds(route(begun, pause=Break(0, 2, 2), now=20)) == []
