"""Moving a visit by hand: what it would cost, what it would break, and that it happens whole or not at all."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import shifting, slots, visits
from scheduling.choices import STAFF, Question
from scheduling.errors import NotOpen, PromiseBroken, StaleVisit, StaleWrite
from scheduling.models import Absence, Confirmation, Event, Lock, Route, Visit, VisitStatus
from scheduling.shifting import Seen
from scheduling.terms import LinkTerms
from scheduling.wall import Window
from scheduling.weighing import FIRST, Outcome, Target
from tests.conftest import SetClock
from tests.factories import SETUP, TRAVEL, TUESDAY, hours, make_location, make_route, make_technician, make_visit

WEDNESDAY = TUESDAY + timedelta(days=1)
ASK = Question(LinkTerms(), TRAVEL, limits=STAFF)


class Plan:
    """Ana's visit at 8 to 10 with Greta's after it in one route; another route that day, and one on Wednesday."""

    def __init__(self, session: Session) -> None:
        self.session = session
        location = make_location(session)
        self.window = hours(TUESDAY, 8, 10, location)
        self.ana = make_visit(session, location, ref="ANA", north=3, window=self.window)
        self.greta = make_visit(session, location, ref="GRETA", north=4, window=self.window)
        self.first = make_route(session, make_technician(session, location, ref="T1"), TUESDAY, [self.ana, self.greta])
        self.second = make_route(session, make_technician(session, location, ref="T2"), TUESDAY)
        self.later = make_route(session, make_technician(session, location, ref="T3"), WEDNESDAY)
        session.execute(Event.__table__.delete())  # type: ignore[attr-defined]

    def move(
        self, route: Route, window: Window | None = None, *, agreed: bool = False, after: str | None = None
    ) -> None:
        """Move Ana's visit as a page that was just shown would."""
        target = Target(route.day, window or self.ana.window, agreed)
        shifting.shift(self.session, self.ana, target, route.id, ASK, seen=self.seen(route), actor=SETUP, after=after)

    def seen(self, route: Route) -> Seen:
        """What a page shows now."""
        concerned = [route, *([self.ana.stop.route] if self.ana.stop else [])]
        return Seen(self.ana.generation, {each.id: each.version for each in concerned})

    def events(self) -> list[str]:
        """The kinds of what happened since the plan was made."""
        return list(self.session.scalars(select(Event.kind).order_by(Event.id)))

    def order(self, route: Route) -> list[str]:
        """Who is visited, in order."""
        return [stop.visit.ref for stop in route.stops]

    def outcomes(self, target: Target) -> dict[str, Outcome]:
        """By technician."""
        return {one.route.technician.ref: one for one in shifting.outcomes(self.session, self.ana, target, ASK)}


@pytest.fixture
def plan(session: Session, now: SetClock) -> Plan:
    return Plan(session)


def test_another_technician_in_the_same_window_is_the_same_promise(plan: Plan) -> None:
    visits.notify(plan.session, plan.ana, terms=ASK.terms, invitation_id=1, actor=SETUP)
    generation = plan.ana.generation
    plan.move(plan.second)
    assert (plan.order(plan.first), plan.order(plan.second)) == (["GRETA"], ["ANA"])
    assert (plan.ana.generation, plan.ana.confirmation) == (generation, Confirmation.NOTIFIED)
    assert "visit.technician_changed" in plan.events()
    assert "visit.planned_time_changed" not in plan.events()


def test_another_place_in_the_same_route_is_no_news_of_the_visit(plan: Plan) -> None:
    plan.move(plan.first, after="GRETA")
    assert plan.order(plan.first) == ["GRETA", "ANA"]
    assert plan.events() == ["route.resequenced"]
    plan.move(plan.first, after=FIRST)
    assert plan.order(plan.first) == ["ANA", "GRETA"]


@pytest.mark.parametrize(
    ("agreed", "confirmation", "kind"),
    [
        (True, Confirmation.RESCHEDULED, "visit.rescheduled"),
        (False, Confirmation.NONE, "visit.planned_time_changed"),
    ],
)
def test_another_window_is_agreed_to_or_told(plan: Plan, agreed: bool, confirmation: Confirmation, kind: str) -> None:
    visits.notify(plan.session, plan.ana, terms=ASK.terms, invitation_id=1, actor=SETUP)
    generation, window = plan.ana.generation, hours(WEDNESDAY, 10, 12, plan.ana.location)
    plan.move(plan.later, window, agreed=agreed)
    assert (plan.ana.window, plan.ana.generation) == (window, generation + 1)
    assert plan.ana.confirmation is confirmation
    assert [each for each in plan.events() if each.startswith("visit.")] == ["visit.notified", kind]
    assert plan.ana.reschedules == 0


def test_a_visit_without_a_promise_changes_it_with_the_day(plan: Plan) -> None:
    plan.ana.window = None
    plan.move(plan.second)
    assert (plan.ana.generation, plan.ana.window) == (1, None)
    plan.move(plan.later)
    assert (plan.ana.generation, plan.ana.window) == (2, None)
    assert [each for each in plan.events() if each.startswith("visit.")] == [
        "visit.technician_changed",
        "visit.planned_time_changed",
    ]


def test_an_unplanned_visit_gets_a_place(plan: Plan) -> None:
    visits.move(plan.session, plan.ana, VisitStatus.UNPLANNED, travel=TRAVEL, actor=SETUP)
    plan.move(plan.second, plan.window)
    assert (plan.ana.status, plan.ana.window) == (VisitStatus.PLANNED, plan.window)
    assert plan.events()[-1] == "visit.planned"


def crowd(plan: Plan) -> None:
    """Greta's visit moves to the second route, where she is to be served at eight sharp and long."""
    shifting.shift(
        plan.session,
        plan.greta,
        Target(TUESDAY, plan.window),
        plan.second.id,
        ASK,
        seen=Seen(plan.greta.generation, {plan.first.id: plan.first.version, plan.second.id: plan.second.version}),
        actor=SETUP,
    )
    plan.greta.duration = 120
    plan.greta.window = Window(plan.window.start, plan.window.start + timedelta(minutes=20))
    plan.session.flush()


def test_who_was_to_choose_a_time_is_asked_no_more_once_the_visit_has_a_place(plan: Plan) -> None:
    visits.move(plan.session, plan.ana, VisitStatus.UNPLANNED, travel=TRAVEL, actor=SETUP)
    visits.notify(plan.session, plan.ana, terms=ASK.terms, invitation_id=1, actor=SETUP)
    invited = plan.ana.generation
    target = Target(plan.second.day, None)
    assert shifting.changes_promise(plan.ana, target)
    shifting.shift(plan.session, plan.ana, target, plan.second.id, ASK, seen=plan.seen(plan.second), actor=SETUP)
    assert (plan.ana.generation, plan.ana.confirmation) == (invited + 1, Confirmation.NONE)


def test_what_would_break_a_promise_is_told_by_visit_and_refused(plan: Plan) -> None:
    crowd(plan)
    plan.ana.duration = 60
    plan.session.flush()
    found = plan.outcomes(Target(TUESDAY, plan.window))["T2"]
    assert {(broken.kind, broken.visit and broken.visit.ref) for broken in found.broken} <= {
        ("window", "GRETA"),
        ("window", "ANA"),
    }
    assert found.broken
    before = plan.order(plan.second)
    with pytest.raises(PromiseBroken):
        plan.move(plan.second)
    assert plan.order(plan.second) == before


def skill(plan: Plan) -> None:
    plan.ana.skills = ["gas"]


def load(plan: Plan) -> None:
    plan.ana.load = 5
    plan.second.technician.capacity = 4


def long(plan: Plan) -> None:
    plan.ana.duration = 9 * 60


@pytest.mark.parametrize(("change", "kind"), [(skill, "skill"), (load, "capacity"), (long, "shift")])
def test_skill_capacity_and_shift_refuse_with_their_name(plan: Plan, change: Callable[[Plan], None], kind: str) -> None:
    change(plan)
    plan.session.flush()
    found = plan.outcomes(Target(TUESDAY, plan.window))["T2"]
    assert kind in {broken.kind for broken in found.broken}
    with pytest.raises(PromiseBroken):
        plan.move(plan.second)


def test_what_the_route_breaks_already_is_no_reason_against(plan: Plan) -> None:
    plan.greta.window = Window(plan.window.start, plan.window.start)  # nobody can be there when the shift begins
    plan.session.flush()
    found = {one.after: one for one in shifting.positions(plan.session, plan.ana, plan.first, _same(plan), ASK)}
    assert found["GRETA"].fits
    assert [broken.visit for broken in found["GRETA"].standing] == [plan.greta]


def _same(plan: Plan) -> Target:
    return Target(TUESDAY, plan.window)


@pytest.mark.parametrize("lock", [Lock.NONE, Lock.DAY])
def test_who_agreed_to_a_day_keeps_it_unless_he_agrees_again(plan: Plan, lock: Lock) -> None:
    plan.ana.lock = lock
    visits.confirm(plan.session, plan.ana, seen=plan.ana.generation, actor=SETUP)
    window = hours(WEDNESDAY, 8, 10, plan.ana.location)
    [found] = plan.outcomes(Target(WEDNESDAY, window)).values()
    assert [broken.kind for broken in found.broken] == (["day"] if lock is Lock.DAY else [])
    assert plan.outcomes(Target(TUESDAY, hours(TUESDAY, 10, 12, plan.ana.location)))["T2"].fits
    if lock is Lock.DAY:
        with pytest.raises(PromiseBroken):
            plan.move(plan.later, window)
    plan.move(plan.later, window, agreed=True)
    assert plan.ana.agreed


def test_who_agreed_to_a_time_is_served_within_a_quarter_of_an_hour_of_it(plan: Plan) -> None:
    plan.ana.lock = Lock.TIME
    visits.confirm(plan.session, plan.ana, seen=plan.ana.generation, actor=SETUP)
    late = [
        one for one in shifting.positions(plan.session, plan.ana, plan.first, _same(plan), ASK) if one.after == "GRETA"
    ]
    assert [(broken.kind, broken.visit) for broken in late[0].broken] == [("lock", plan.ana)]
    agreed = Target(TUESDAY, plan.window, agreed=True)
    [found] = [
        one for one in shifting.positions(plan.session, plan.ana, plan.first, agreed, ASK) if one.after == "GRETA"
    ]
    assert found.fits
    plan.move(plan.first, agreed=True, after="GRETA")
    assert plan.ana.stop
    assert plan.ana.locked_start == plan.ana.stop.planned_start
    assert plan.ana.confirmation is Confirmation.CONFIRMED


def test_nothing_happens_on_a_page_that_is_older_than_the_planning(plan: Plan) -> None:
    seen = plan.seen(plan.second)
    for stale, error in (
        (Seen(seen.generation + 1, seen.versions), StaleVisit),
        (Seen(seen.generation, {**seen.versions, plan.first.id: 1}), StaleWrite),
        (Seen(seen.generation, {**seen.versions, plan.second.id: 1}), StaleWrite),
        (Seen(seen.generation, {}), StaleWrite),
    ):
        with pytest.raises(error):
            shifting.shift(plan.session, plan.ana, _same(plan), plan.second.id, ASK, seen=stale, actor=SETUP)
    assert (plan.order(plan.first), plan.events()) == (["ANA", "GRETA"], [])


def test_who_is_absent_gets_nothing(plan: Plan) -> None:
    plan.second.technician.absences.append(Absence(first=TUESDAY, last=TUESDAY))
    plan.session.flush()
    assert "T2" not in plan.outcomes(_same(plan))
    with pytest.raises(StaleWrite):
        plan.move(plan.second)
    window = plan.window
    offered = slots.offer(
        plan.session, [plan.ana], Question(LinkTerms(), TRAVEL, limits=STAFF, days=(TUESDAY, TUESDAY))
    )
    assert {offer.technician for offer in offered.offers} == {"T1"}
    assert window == plan.ana.window


def test_a_visit_that_has_begun_stays(plan: Plan) -> None:
    visits.move(plan.session, plan.ana, VisitStatus.STARTED, travel=TRAVEL, actor=SETUP)
    with pytest.raises(NotOpen):
        plan.move(plan.second)


def test_the_ways_saved_and_added_are_those_of_the_routes(plan: Plan) -> None:
    [alone] = [one for one in plan.outcomes(_same(plan)).values() if one.route is plan.second]
    assert 6_000 < alone.detour_m < 10_000  # three kilometres there and back, by road
    assert 0 <= shifting.saved(plan.ana, ASK) < 500  # on the way to Greta


def test_a_day_without_routes_has_no_outcomes(plan: Plan) -> None:
    assert plan.outcomes(Target(date(2026, 12, 24), plan.window)) == {}


def test_a_move_back_undoes_a_move(plan: Plan) -> None:
    plan.move(plan.second)
    plan.move(plan.first, after=FIRST)
    assert plan.order(plan.first) == ["ANA", "GRETA"]
    assert isinstance(plan.ana, Visit)
