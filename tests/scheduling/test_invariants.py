"""Whatever people do, in whatever order: others' promises hold, each visit is in one place, a change is told once.

A machine draws a small planning of two days and acts on it; after each act it compares the whole planning with before.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from scheduling import clock, db, slots, snapshot, visits, wall
from scheduling.choices import CUSTOMER, STAFF, Limits, Question, SlotOffer
from scheduling.errors import SchedulingError, SlotTaken
from scheduling.events import Actor, RouteResequenced, VisitNotified
from scheduling.models import Confirmation, Event, Hold, Lock, Route, Stop, Visit, VisitStatus
from scheduling.models.visit import BEGUN, ON_ROUTE
from scheduling.solver.problem import Route as Seen
from scheduling.solver.problem import Violation
from scheduling.terms import LinkTerms
from tests.conftest import MONDAY, SetClock
from tests.factories import TRAVEL, TUESDAY, make_location, make_route, make_technician, make_visit

ANA, DANA = Actor.customer(1), Actor.staff(1)
DAYS = (TUESDAY, TUESDAY + timedelta(days=1))
TERMS = LinkTerms(cut_off_hours=2, notice_hours=3, max_reschedules=3)
LEFT = frozenset({VisitStatus.UNPLANNED, VisitStatus.CANCELLED})
WHO = st.integers(0, 7)
"""Which visit, by its number; as many as there are, round and round."""
AROUND = st.integers(-6, 6)
COLUMNS = [column.key for column in Visit.__mapper__.column_attrs]
Place = tuple[int, date] | None
"""Route and day."""
Act = Callable[[Session, Visit], object]


@dataclass(frozen=True)
class Now:
    """The planning at one moment."""

    visits: Mapping[int, Mapping[str, Any]]
    places: Mapping[int, Place]
    routes: Mapping[int, Seen]
    broken: Mapping[int, tuple[Violation, ...]]
    rows: tuple[str, ...]
    """Everything that a refused act must leave alone."""
    events: int


def look(session: Session) -> Now:
    found = session.scalars(select(Visit).order_by(Visit.id)).all()
    routes = session.scalars(select(Route).order_by(Route.id)).all()
    tables = [Visit.__table__, Route.__table__, Stop.__table__]
    return Now(
        visits={visit.id: {name: getattr(visit, name) for name in COLUMNS} for visit in found},
        places={visit.id: (visit.stop.route_id, visit.stop.route.day) if visit.stop else None for visit in found},
        routes={
            route.id: snapshot.route_of(route, [stop.visit for stop in route.stops], lock=TERMS.lock)
            for route in routes
        },
        broken={route.id: visits.violations(session, route, TRAVEL) for route in routes},
        rows=tuple(repr(row) for table in tables for row in session.execute(select(table))),
        events=len(session.scalars(select(Event.id)).all()),
    )


class Planning(RuleBasedStateMachine):
    """Customers, dispatchers and technicians at work on one SQLite database."""

    @initialize(
        where=st.lists(st.tuples(AROUND, AROUND, st.integers(15, 90)), min_size=6, max_size=8),
        plan=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), min_size=8, max_size=8),
        lock=st.sampled_from([None, Lock.NONE, Lock.TIME]),
        pause=st.booleans(),
        capacity=st.sampled_from([None, 4]),
        hour=st.sampled_from([0, 23, 31]),
    )
    def draw(
        self,
        where: list[tuple[int, int, int]],
        plan: list[tuple[int, int]],
        lock: Lock | None,
        pause: bool,
        capacity: int | None,
        hour: int,
    ) -> None:
        """Two technicians, two days, of which the first may have begun; some visits have no window or no place."""
        self.clock = SetClock(MONDAY + timedelta(hours=hour))
        self.replaced = clock.replaced(self.clock)
        self.replaced.__enter__()
        snapshot.forget()
        self.engine = db.prepare(create_engine("sqlite://"))
        db.Base.metadata.create_all(self.engine)
        with db.transaction(self.engine) as session:
            location = make_location(session)
            routes = [(make_technician(session, location, capacity=capacity), day) for _ in "ab" for day in DAYS]
            stops: list[list[Visit]] = [[], [], [], []]
            for (north, east, duration), (route, slot) in zip(where, plan, strict=False):
                visit = make_visit(session, location, north=north, east=east, duration=duration, load=1, lock=lock)
                if slot < 5:
                    stops[route].append(visit)
                if slot < 4:
                    hours = TERMS.slots[slot]
                    visit.window = wall.window(routes[route][1], hours.start, hours.end, location.zone)
            rest: dict[str, Any] = (
                {"break_start": time(11), "break_end": time(14), "break_minutes": 30} if pause else {}
            )
            for (technician, day), visits_of_day in zip(routes, stops, strict=True):
                visits_of_day.sort(key=lambda visit: visit.window_start or MONDAY)
                make_route(session, technician, day, visits_of_day, **rest)
            self.ids = session.scalars(select(Visit.id)).all()
            self.seen = look(session)

    def teardown(self) -> None:
        """The clock and the database go."""
        with suppress(AttributeError):
            self.replaced.__exit__(None, None, None)
            self.engine.dispose()

    @rule(who=WHO, old=st.booleans())
    def confirm(self, who: int, old: bool) -> None:
        self.act(who, ANA, lambda s, v: visits.confirm(s, v, seen=v.generation - old, actor=ANA))

    @rule(who=WHO)
    def undo_confirm(self, who: int) -> None:
        self.act(who, ANA, lambda s, v: visits.undo_confirm(s, v, seen=v.generation, terms=TERMS, actor=ANA))

    @rule(who=WHO)
    def notify(self, who: int) -> None:
        self.act(who, DANA, lambda s, v: visits.notify(s, v, terms=TERMS, invitation_id=1, actor=DANA))

    @rule(who=WHO, nth=st.integers(0, 15))
    def hold(self, who: int, nth: int) -> None:
        def keep(session: Session, visit: Visit) -> None:
            slots.may_reschedule(visit, question := ask(visit))
            if chosen := pick(session, visit, question, nth):
                slots.hold(session, [visit], chosen, question)

        self.act(who, ANA, keep)

    @rule(who=WHO, nth=st.integers(0, 15))
    def move_by_link(self, who: int, nth: int) -> None:
        self.take(who, nth, ANA, CUSTOMER, Confirmation.RESCHEDULED)

    @rule(who=WHO, nth=st.integers(0, 15))
    def move_by_hand(self, who: int, nth: int) -> None:
        self.take(who, nth, DANA, STAFF, Confirmation.NONE)

    @rule(who=WHO)
    def undo_move(self, who: int) -> None:
        def back(session: Session, visit: Visit) -> None:
            question, seen = ask(visit), {visit.id: visit.generation}
            found = slots.seek_back(session, [visit], question)
            slots.accept(session, [visit], found, question, seen=seen, actor=ANA, becomes=Confirmation.NOTIFIED)

        self.act(who, ANA, back)

    @rule(who=WHO, to=st.sampled_from(VisitStatus))
    def report(self, who: int, to: VisitStatus) -> None:
        """A fact may make others late; to leave the planning can't."""
        self.act(who, DANA, lambda s, v: visits.move(s, v, to, travel=TRAVEL, actor=DANA), fact=to in BEGUN)

    @rule(who=WHO, duration=st.integers(5, 500))
    def edit(self, who: int, duration: int) -> None:
        self.act(who, DANA, lambda s, v: visits.edit(s, v, {"duration": duration}, travel=TRAVEL, actor=DANA))

    @rule(minutes=st.integers(1, 20 * 60))
    def wait(self, minutes: int) -> None:
        self.clock.advance(minutes=minutes)

    @invariant()
    def what_is_remembered_is_what_is_there(self) -> None:
        """The arrays kept between questions give the answers that fresh ones give."""
        with Session(self.engine) as session:
            visit = session.get_one(Visit, self.ids[0])
            if visit.status in BEGUN:
                return
            kept = slots.offer(session, [visit], question := ask(visit, STAFF))
            snapshot.forget()
            assert slots.offer(session, [visit], question) == kept

    def take(self, who: int, nth: int, actor: Actor, limits: Limits, becomes: Confirmation) -> None:
        """An offer just made can be had, and begins when it said, unless it said so because of a hold before it."""

        def accept(session: Session, visit: Visit) -> None:
            question, seen = ask(visit, limits), {visit.id: visit.generation}
            slots.may_reschedule(visit, question)
            chosen = pick(session, visit, question, nth)
            if chosen is None or (
                visit.stop and (visit.window, visit.stop.route_id) == (chosen.window, chosen.route_id)
            ):
                return
            others = session.scalars(select(Hold).where(Hold.route_id == chosen.route_id, Hold.key != question.own))
            try:
                slots.accept(session, [visit], chosen, question, seen=seen, actor=actor, becomes=becomes)
            except SlotTaken as error:
                raise AssertionError(chosen) from error
            assert visit.stop
            assert others.first() or visit.stop.planned_start == chosen.start

        self.act(who, actor, accept)

    def act(self, who: int, actor: Actor, act: Act, *, fact: bool = False) -> None:
        """Do it in a transaction of its own and hold what came of it against what was there."""
        before, refused = self.seen, False
        try:
            with db.transaction(self.engine) as session:
                act(session, session.get_one(Visit, self.ids[who % len(self.ids)]))
        except SchedulingError:
            refused = True
        with Session(self.engine) as session:
            self.seen = after = look(session)
            told = session.scalars(select(Event).where(Event.id > before.events)).all()
        if refused:
            assert (after.rows, after.events) == (before.rows, before.events)
        if not fact:
            promises_hold(before, after)
        each_in_one_place(after)
        versions_rise(before, after)
        generations_rise(before, after)
        told_once(before, after, told, actor)


def ask(visit: Visit, limits: Limits = CUSTOMER) -> Question:
    return Question(TERMS, TRAVEL, limits, days=(DAYS[0], DAYS[1]), own=f"customer:{visit.id}", budget=None)


def pick(session: Session, visit: Visit, question: Question, nth: int) -> SlotOffer | None:
    found = slots.offer(session, [visit], question).offers
    return found[nth % len(found)] if found else None


def promises_hold(before: Now, after: Now) -> None:
    """I5: a route that kept its promises keeps them."""
    assert not {id_ for id_, broken in after.broken.items() if broken and not before.broken[id_]}


def each_in_one_place(now: Now) -> None:
    """I6: a visit that is on a route has one place in one route, and no other has any."""
    served = Counter(job.id for route in now.routes.values() for job in route.jobs)
    assert served == Counter(id_ for id_, visit in now.visits.items() if visit["status"] in ON_ROUTE)
    for id_, visit in now.visits.items():
        place, start = now.places[id_], visit["window_start"]
        assert place is None or start is None or start.date() == place[1]


def versions_rise(before: Now, after: Now) -> None:
    """The version of a route rises with whatever the solver reads of it, and never falls."""
    for id_, route in after.routes.items():
        was = before.routes[id_]
        assert route.version >= was.version
        assert route.version > was.version or route == was
    assert all(after.visits[id_]["version"] >= visit["version"] for id_, visit in before.visits.items())


def generations_rise(before: Now, after: Now) -> None:
    """The generation rises, by one, with day, window, place or customer, or when it is cancelled or unplanned."""
    for id_, visit in after.visits.items():
        was = before.visits[id_]
        left = visit["status"] in LEFT and visit["status"] is not was["status"]
        changed = left or promise(after, id_) != promise(before, id_)
        assert visit["generation"] - was["generation"] == changed, (was, visit)


def promise(now: Now, id_: int) -> tuple[Any, ...]:
    visit, place = now.visits[id_], now.places[id_]
    return place and place[1], visit["window_start"], visit["window_end"], visit["site_id"], visit["customer_id"]


def told_once(before: Now, after: Now, told: Sequence[Event], actor: Actor) -> None:
    """I10: each changed visit has one event with the actor, as has each link; a start that shifts has none."""
    changed = {
        id_
        for id_, visit in after.visits.items()
        if any(visit[name] != was for name, was in before.visits[id_].items() if name != "version")
        or (after.places[id_] or (0,))[0] != (before.places[id_] or (0,))[0]
    }
    about = Counter(event.visit_id for event in told if event.kind != RouteResequenced.kind)
    linked = {event.visit_id for event in told if event.kind == VisitNotified.kind}
    assert about == Counter(changed | linked)
    assert all((event.origin, event.actor) == (actor.origin, actor.name) for event in told)


TestPlanning = Planning.TestCase
TestPlanning.settings = settings(max_examples=20, stateful_step_count=12, deadline=None, derandomize=True)
