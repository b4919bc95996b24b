"""Insertion into an order that is kept, computed by hand on a line, a second a metre."""

from dataclasses import replace

import pytest

from scheduling.solver import Break, Interval, Job, Params, Reason, prepare, propose, sharpen
from tests.scheduling.solver.builders import ASKED, Flat, at, route, slot

LINE = Flat()
ONLY_SCAN = Params(max_detour=50, budget=0.0)
FIRST, SECOND = Job(1, at(10), 5, window=(10, 20)), Job(2, at(20), 5, window=(40, 60))
BETWEEN = Job(ASKED, at(15), 5)


@pytest.mark.parametrize(
    ("asked", "start", "order"),
    [
        ((0, 35), 20, (1, ASKED, 2)),  # Ready at 10 + 5 + 5.
        ((25, 30), 25, (1, ASKED, 2)),  # Waits for the slot.
        ((50, 50), 50, (1, ASKED, 2)),  # The last moment: 50 + 5 + 5 = 60.
        ((51, 70), 51, (1, 2, ASKED)),  # After the second: 40 + 5 + 5 = 50, then home at 71.
    ],
)
def test_takes_the_gap_that_is_wide_enough(asked: Interval, start: int, order: tuple[int, ...]) -> None:
    answer = propose(BETWEEN, [slot(*asked)], [prepare(route(FIRST, SECOND), LINE)], LINE, ONLY_SCAN)
    assert [(offer.start, offer.order, offer.detour) for offer in answer.offers] == [(start, order, 0)]


def test_both_ends_of_every_interval_belong_to_it() -> None:
    tight = [prepare(route(FIRST, SECOND, shift=(0, 70)), LINE)]
    assert propose(BETWEEN, [slot(50, 50)], tight, LINE, ONLY_SCAN).offers
    assert not propose(BETWEEN, [slot(51, 51)], tight, LINE, ONLY_SCAN).offers
    assert not propose(BETWEEN, [slot(0, 15)], tight, LINE, ONLY_SCAN).offers


def test_the_break_takes_room_from_one_gap() -> None:
    pause = Break(20, 40, 15)
    answer = propose(
        BETWEEN, [slot(20, 20), slot(51, 60)], [prepare(route(FIRST, SECOND, pause=pause), LINE)], LINE, ONLY_SCAN
    )
    assert [(offer.start, offer.order) for offer in answer.offers] == [(20, (1, ASKED, 2)), (51, (1, 2, ASKED))]


def test_a_best_order_may_make_a_detour_negative() -> None:
    crossing = prepare(route(Job(1, at(10), 1), Job(2, at(-10), 1), Job(3, at(20), 1), shift=(0, 200)), LINE)
    assert crossing.length == 80
    [before] = propose(BETWEEN, [slot(0, 100)], [crossing], LINE, ONLY_SCAN).offers
    assert before.detour == 0
    sharpen([crossing])
    [after] = propose(BETWEEN, [slot(0, 100)], [crossing], LINE, ONLY_SCAN).offers
    assert after.detour == -20


def test_a_plan_that_is_late_already_is_not_scanned() -> None:
    late = replace(SECOND, window=(0, 10))
    answer = propose(BETWEEN, [slot(0, 90)], [prepare(route(FIRST, late), LINE)], LINE, Params(50, None, explain=True))
    assert [refusal.reason for refusal in answer.refused] == [Reason.PLAN]
