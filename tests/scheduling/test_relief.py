"""A technician falls ill: what is shown is what is done, whole or not at all, and no promise is broken by it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import events, relief, routes, slots, snapshot, visits
from scheduling.choices import STAFF, Question
from scheduling.errors import StaleWrite
from scheduling.events import Actor, RouteResequenced
from scheduling.models import (
    Absence,
    Event,
    Hold,
    Lock,
    RouteOrigin,
    Visit,
    VisitStatus,
)
from scheduling.relief import Chosen, Done, Relief
from scheduling.solver import Reason
from scheduling.terms import LinkTerms
from tests.conftest import SetClock
from tests.factories import (
    SETUP,
    TRAVEL,
    TUESDAY,
    hours,
    make_location,
    make_route,
    make_technician,
    make_visit,
)

ASK = Question(LinkTerms(), TRAVEL, limits=STAFF)
DANA = Actor.staff(1)


class Plan:
    """Ben is ill; Cleo can do all that he can, Dora can't do gas. Ben's visits: one each, and one that needs gas."""

    def __init__(self, session: Session) -> None:
        self.session = session
        location = make_location(session)
        early, late = hours(TUESDAY, 8, 10, location), hours(TUESDAY, 13, 15, location)
        self.ana = make_visit(session, location, ref="ANA", north=3, window=early)
        self.gus = make_visit(session, location, ref="GUS", north=4, window=late, skills=["gas"])
        ben = make_technician(session, location, ref="BEN", skills=["gas"])
        self.ben = make_route(session, ben, TUESDAY, [self.ana, self.gus])
        self.cleo = make_route(session, make_technician(session, location, ref="CLEO", skills=["gas"]), TUESDAY)
        self.dora = make_route(session, make_technician(session, location, ref="DORA"), TUESDAY)

    def plan(self, out: Sequence[Visit] = ()) -> Relief:
        """What would happen."""
        return relief.plan(self.session, self.ben, ASK, out={visit.id for visit in out})

    def act(self, shown: Relief, **changes: Any) -> Done:
        """Do what was shown."""
        chosen = Chosen(**{"orders": shown.orders, "versions": shown.versions, "until": TUESDAY, **changes})
        return relief.carry_out(self.session, self.ben.id, chosen, ASK, actor=DANA)

    def events(self) -> list[str]:
        """Kinds of what staff did about visits."""
        query = select(Event.kind).where(Event.actor == DANA.name, Event.visit_id.is_not(None)).order_by(Event.id)
        return list(self.session.scalars(query))


@pytest.fixture
def plan(session: Session, now: SetClock) -> Plan:
    return Plan(session)


def test_to_look_changes_nothing_and_places_what_others_can_take(plan: Plan) -> None:
    shown = plan.plan()
    assert {one.visit.ref: one.route.technician.ref for one in shown.placed}.keys() == {"ANA", "GUS"}
    assert [one.route.technician.ref for one in shown.placed if one.visit is plan.gus] == ["CLEO"]
    assert shown.left == ()
    assert [stop.visit for stop in plan.ben.stops] == [plan.ana, plan.gus]


def test_what_was_shown_is_done(plan: Plan) -> None:
    visits.confirm(plan.session, plan.ana, seen=plan.ana.generation, actor=SETUP)
    before = plan.ana.generation, plan.ana.confirmation, plan.ana.window
    shown = plan.plan()
    done = plan.act(shown, until=TUESDAY + timedelta(days=2), reason="Ill")
    assert set(done.placed) == {"ANA", "GUS"}
    assert (plan.ana.generation, plan.ana.confirmation, plan.ana.window) == before
    assert plan.events() == ["visit.technician_changed"] * 2
    assert plan.ben.stops == []
    [absence] = plan.ben.technician.absences
    assert (absence.first, absence.last, absence.reason) == (TUESDAY, TUESDAY + timedelta(days=2), "Ill")
    for one in shown.placed:
        assert one.visit.stop
        assert (one.visit.stop.route_id, one.visit.stop.planned_start) == (one.route.id, one.start)


def test_a_day_that_is_over_stays_as_it_was(plan: Plan, now: SetClock) -> None:
    shown = plan.plan()
    now.advance(days=(TUESDAY - now().date()).days + 1)
    with pytest.raises(StaleWrite):
        plan.act(shown)
    assert [stop.visit for stop in plan.ben.stops] == [plan.ana, plan.gus]


def test_nobody_is_offered_the_route_any_more(plan: Plan) -> None:
    shown = plan.plan(out=[plan.ana])
    plan.act(shown)
    offered = slots.offer(
        plan.session, [plan.ana], Question(LinkTerms(), TRAVEL, limits=STAFF, days=(TUESDAY, TUESDAY))
    )
    assert "BEN" not in {offer.technician for offer in offered.offers}


def test_what_finds_no_place_waits_for_one(plan: Plan) -> None:
    plan.cleo.technician.skills = []
    routes.touch_technician(plan.session, plan.cleo.technician)
    shown = plan.plan()
    assert [(left.visit.ref, left.reason) for left in shown.left] == [("GUS", Reason.SKILL)]
    generation = plan.gus.generation
    assert plan.act(shown) == Done(("ANA",), ("GUS",))
    assert (plan.gus.status, plan.gus.window, plan.gus.stop) == (VisitStatus.UNPLANNED, None, None)
    assert plan.gus.generation == generation + 1


def test_a_dispatcher_may_leave_single_visits_out(plan: Plan) -> None:
    shown = plan.plan(out=[plan.ana])
    assert [(left.visit.ref, left.reason) for left in shown.left] == [("ANA", None)]
    assert plan.act(shown) == Done(("GUS",), ("ANA",))


def test_one_place_is_given_once(plan: Plan) -> None:
    plan.gus.skills = []
    for visit in (plan.ana, plan.gus):
        visit.duration, visit.window = 240, hours(TUESDAY, 8, 9, visit.location)
    plan.dora.technician.capacity, plan.ana.load, plan.gus.load = 1, 1, 1
    plan.cleo.technician.capacity = 0
    plan.session.flush()
    shown = plan.plan()
    assert len(shown.placed) == len(shown.left) == 1
    plan.act(shown)


def test_who_agreed_to_a_time_keeps_it_or_is_asked(plan: Plan) -> None:
    plan.ana.lock = Lock.TIME
    visits.confirm(plan.session, plan.ana, seen=plan.ana.generation, actor=SETUP)
    agreed = plan.ana.locked_start
    assert agreed
    [placed] = [one for one in plan.plan().placed if one.visit is plan.ana]
    assert abs(placed.start - agreed) <= timedelta(minutes=15)


def test_what_has_begun_stays_with_who_began_it(plan: Plan) -> None:
    visits.move(plan.session, plan.ana, VisitStatus.STARTED, travel=TRAVEL, actor=SETUP)
    shown = plan.plan()
    assert shown.begun == (plan.ana,)
    plan.act(shown)
    assert [stop.visit for stop in plan.ben.stops] == [plan.ana]


def test_a_plan_that_is_older_than_the_planning_does_nothing(plan: Plan) -> None:
    shown = plan.plan()
    for id_ in shown.versions:
        with pytest.raises(StaleWrite):
            plan.act(shown, versions={**shown.versions, id_: 1})
    with pytest.raises(StaleWrite):
        plan.act(shown, orders={plan.dora.id: (plan.ana.id, plan.gus.id)}, versions=_versions(plan))
    assert [stop.visit for stop in plan.ben.stops] == [plan.ana, plan.gus]
    assert plan.session.scalars(select(Absence)).all() == []


def _versions(plan: Plan) -> dict[int, int]:
    return {route.id: route.version for route in (plan.ben, plan.dora)}


def test_a_slot_that_is_held_meanwhile_is_kept(plan: Plan) -> None:
    shown = plan.plan()
    window = hours(TUESDAY, 8, 10, plan.ana.location)
    [target] = {one.route.id for one in shown.placed if one.visit is plan.ana}
    other = make_visit(plan.session, plan.ana.location, ref="OTHER", duration=115)
    plan.session.add(
        Hold(
            visit_id=other.id,
            route_id=target,
            slot_start=window.start,
            slot_end=window.start + snapshot.SLACK,
            position=0,
            duration=8 * 60,
            expires_at=window.start,
            key="customer:99",
        )
    )
    plan.session.flush()
    with pytest.raises(StaleWrite):
        plan.act(shown)


def test_an_absence_does_not_trip_over_what_happened_in_an_empty_route(plan: Plan) -> None:
    plan.ben.origin = RouteOrigin.HOURS
    events.record(plan.session, RouteResequenced(plan.ben.id, ("GUS", "ANA")), actor=SETUP)
    plan.act(plan.plan())
    routes.open_days(plan.session)
    assert plan.ben.shift_start == plan.ben.shift_end
    plan.ben.technician.absences.clear()
    plan.ben.technician.hours = {"2": ["08:00", "17:00"]}
    routes.open_days(plan.session)
    assert plan.ben.shift_end.hour == 17
