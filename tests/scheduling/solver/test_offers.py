"""What is offered and why not, computed by hand on a line, a second a metre."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduling.solver import Answer, Job, Offer, Params, Reason, Refusal, Route, decide, prepare, propose
from tests.scheduling.solver.builders import ASKED, DAY, Flat, at, route, slot

LINE = Flat()
EXACT = Params(max_detour=20, budget=None, explain=True)
ASK = Job(ASKED, at(10), 5, load=1, skills=frozenset({"gas"}))
GAS = frozenset({"gas"})


def ask(*routes: Route, job: Job = ASK, params: Params = EXACT) -> Offer | Refusal:
    answer = propose(job, [slot(20, 30)], [prepare(route, LINE) for route in routes], LINE, params)
    return (*answer.offers, *answer.refused)[0]  # type: ignore[return-value]


STUCK = Job(1, at(-10), 5, window=(20, 30))


@pytest.mark.parametrize(
    ("plan", "reason", "over"),
    [
        (route(day=DAY + timedelta(days=1), skills=GAS), Reason.NO_ROUTE, None),
        (route(), Reason.SKILL, None),
        (route(Job(1, at(5), 5, load=4), skills=GAS, capacity=4), Reason.CAPACITY, None),
        (route(Job(1, at(30), 5, window=(0, 20)), skills=GAS), Reason.PLAN, None),
        (route(skills=GAS, shift=(0, 34)), Reason.SHIFT, None),
        (route(STUCK, skills=GAS), Reason.WINDOW, None),
        (route(replace(STUCK, window=None, lock=(20, 30)), skills=GAS), Reason.WINDOW, None),
        (route(replace(STUCK, held=True), skills=GAS), Reason.WINDOW, None),
        (route(Job(1, at(-30), 5), skills=GAS, shift=(0, 90)), Reason.SHIFT, None),
        (route(Job(1, at(-30), 5, held=True), skills=GAS, shift=(0, 89)), Reason.WINDOW, None),
    ],
)
def test_refuses_with_the_reason(plan: Route, reason: Reason, over: int | None) -> None:
    assert ask(plan) == Refusal(slot(20, 30), reason, over)


def test_a_detour_of_exactly_the_maximum_is_offered() -> None:
    plan = route(skills=GAS)
    assert ask(plan) == Offer(slot(20, 30), 1, 1, "T1", start=20, detour=20, order=(ASKED,))
    assert ask(plan, params=replace(EXACT, max_detour=19)) == Refusal(slot(20, 30), Reason.DETOUR, 1)


def test_the_reason_is_that_of_the_route_which_came_furthest() -> None:
    assert ask(route(), route(STUCK, skills=GAS, number=2), route(skills=GAS, shift=(0, 34), number=3)) == Refusal(
        slot(20, 30), Reason.WINDOW
    )


def test_equal_detours_go_to_the_technician_first_in_text_order() -> None:
    routes = [route(skills=GAS, number=i, technician=ref) for i, ref in enumerate(["T2", "T10", "t1"], 1)]
    assert isinstance(offer := ask(*routes), Offer)
    assert offer.technician == "T10"


def test_the_skills_of_other_stops_bar_nobody() -> None:
    other = Job(1, at(10), 5, skills=frozenset({"water"}))
    assert isinstance(ask(route(other, skills=GAS)), Offer)


def test_stops_change_places_where_that_helps() -> None:
    late, soon = Job(1, at(30), 5, window=(30, 80)), Job(2, at(12), 5)
    assert isinstance(offer := ask(route(late, soon, skills=GAS)), Offer)
    assert (offer.detour, offer.start) == (0, 20)


def test_what_has_begun_stays_first_and_nothing_starts_before_now() -> None:
    begun = Job(1, at(10), 5, begun=4)
    assert isinstance(offer := ask(route(begun, Job(2, at(20), 5), skills=GAS, now=25)), Offer)
    assert (offer.order, offer.start) == ((1, ASKED, 2), 25)
    assert ask(route(begun, skills=GAS, now=31)) == Refusal(slot(20, 30), Reason.SHIFT)


def test_without_time_what_isnt_scanned_is_undecided() -> None:
    plan = route(Job(1, at(30), 5, window=(31, 80)), Job(2, at(12), 5, window=(10, 30)), skills=GAS)
    assert ask(plan, params=replace(EXACT, budget=0.0)) == Refusal(slot(20, 30), Reason.UNDECIDED)
    assert isinstance(ask(plan, params=replace(EXACT, max_detour=60)), Offer)


def test_answers_by_date_then_as_asked() -> None:
    tomorrow = DAY + timedelta(days=1)
    asked = [slot(50, 60, tomorrow), slot(40, 60), slot(20, 30), slot(20, 30, tomorrow)]
    routes = [prepare(route(number=i, day=day), LINE) for i, day in enumerate((DAY, tomorrow))]
    answer = propose(replace(ASK, skills=frozenset()), asked, routes, LINE, EXACT)
    assert [offer.slot for offer in answer.offers] == [asked[1], asked[2], asked[0], asked[3]]


def test_many_slots_in_one_day() -> None:
    asked = [slot(low, low) for low in range(0, 120, 2)]
    answer = propose(replace(ASK, skills=frozenset()), asked, [prepare(route(), LINE)], LINE, EXACT)
    assert [offer.start for offer in answer.offers] == list(range(10, 86, 2))


def test_decides_one_pair() -> None:
    prepared = prepare(route(skills=GAS), LINE)
    assert isinstance(decide(ASK, slot(20, 30), prepared, LINE, EXACT), Offer)
    assert decide(ASK, slot(90, 99), prepared, LINE, EXACT) == Refusal(slot(90, 99), Reason.SHIFT)


def test_an_offer_that_the_check_refutes_is_not_made(caplog: pytest.LogCaptureFixture) -> None:
    prepared = prepare(route(Job(1, at(20), 5), skills=GAS), LINE)
    with caplog.at_level(logging.ERROR):
        answer = propose(ASK, [slot(20, 30)], [prepared], Flat(metres=2), EXACT)
    assert answer == Answer((), (Refusal(slot(20, 30), Reason.UNDECIDED),))
    assert "Wrong offer of route 1" in caplog.text
