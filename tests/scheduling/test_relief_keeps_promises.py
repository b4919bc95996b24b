"""Taking a route off breaks no promise: on small days by chance, and while a customer moves."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session

from scheduling import db, relief, slots, snapshot, visits
from scheduling.choices import STAFF, Question
from scheduling.errors import SlotTaken, StaleVisit, StaleWrite
from scheduling.events import Actor
from scheduling.models import (
    Location,
    Lock,
    Route,
    Stop,
    Technician,
    Visit,
)
from scheduling.relief import Chosen
from scheduling.solver import check
from scheduling.terms import LinkTerms
from tests.conftest import SetClock
from tests.factories import (
    SETUP,
    TRAVEL,
    TUESDAY,
    hours,
    make_customer,
    make_location,
    make_route,
    make_technician,
    make_visit,
)

ASK = Question(LinkTerms(), TRAVEL, limits=STAFF)
DANA = Actor.staff(1)

# --- small days by chance ---

visit = st.fixed_dictionaries(
    {
        "north": st.integers(-20, 20),
        "duration": st.integers(15, 150),
        "window": st.none() | st.tuples(st.integers(8, 15), st.integers(1, 4)),
        "skills": st.sampled_from([(), ("gas",)]),
        "load": st.integers(0, 3),
        "agreed": st.booleans(),
        "lock": st.sampled_from([None, *Lock]),
    }
)
technician = st.fixed_dictionaries(
    {"skills": st.sampled_from([(), ("gas",)]), "capacity": st.none() | st.integers(0, 8), "shift": st.integers(10, 18)}
)


@examples(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ill=st.lists(visit, min_size=1, max_size=5),
    others=st.lists(st.tuples(technician, st.lists(visit, max_size=3)), max_size=3),
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # what is written doesn't depend on the database
def test_no_plan_ever_breaks_a_promise(
    engine: Engine, now: SetClock, ill: list[dict[str, Any]], others: list[tuple[dict[str, Any], list[dict[str, Any]]]]
) -> None:
    snapshot.forget()
    memory = db.prepare(create_engine("sqlite://"))
    db.Base.metadata.create_all(memory)
    with Session(memory) as session:
        location = make_location(session)
        customer = make_customer(session)
        ben = make_technician(session, location, skills=["gas"])
        route = make_route(session, ben, TUESDAY, [_some(session, location, customer, one) for one in ill])
        for values, stops in others:
            shift = (8, values.pop("shift"))
            person = make_technician(session, location, **{**values, "skills": list(values["skills"])})
            make_route(
                session, person, TUESDAY, [_some(session, location, customer, one) for one in stops], shift=shift
            )
        _agree(session)
        before = {each.id: _broken(each) for each in session.scalars(select(Route))}
        shown = relief.plan(session, route, ASK)
        assert {each.id: _broken(each) for each in session.scalars(select(Route))} == before
        done = relief.carry_out(session, route.id, Chosen(shown.orders, shown.versions, TUESDAY), ASK, actor=DANA)
        assert len(done.placed) + len(done.left) == len(ill)
        for written in shown.orders:
            assert _broken(session.get_one(Route, written)) == ()
        assert (
            all(_broken(each) == before[each.id] for each in session.scalars(select(Route)) if each.stops)
            or shown.orders
        )
    memory.dispose()


def _some(session: Session, location: Any, customer: Any, values: dict[str, Any]) -> Visit:
    window = values["window"] and hours(TUESDAY, values["window"][0], sum(values["window"]), location)
    made = make_visit(
        session,
        location,
        customer=customer,
        north=values["north"],
        duration=values["duration"],
        skills=list(values["skills"]),
        load=values["load"],
        lock=values["lock"],
    )
    made.window = window
    made.custom = {"agreed": values["agreed"]}
    return made


def _agree(session: Session) -> None:
    for each in session.scalars(select(Visit)):
        if each.custom["agreed"]:
            visits.confirm(session, each, seen=each.generation, actor=SETUP)


def _broken(route: Route) -> tuple[object, ...]:
    return check(snapshot.route_of(route, [stop.visit for stop in route.stops], lock=ASK.terms.lock), TRAVEL)


# --- at the same moment ---


def test_a_relief_and_a_customers_move_at_once_leave_one_true_planning(engine: Engine, now: SetClock) -> None:
    with db.transaction(engine) as session:
        location_id = make_location(session).id
    for round_ in range(12):
        with db.transaction(engine) as session:
            _race(session, session.get_one(Location, location_id), round_)
        _run(engine, round_)


def _race(session: Session, location: Location, round_: int) -> None:
    """A day of its own for each round: Ben with two visits, and Cleo with none."""
    day = TUESDAY + timedelta(days=round_)
    ben, cleo = (make_technician(session, location, ref=f"{name}{round_}") for name in ("BEN", "CLEO"))
    pair = [make_visit(session, location, ref=f"{n}-{round_}", window=hours(day, 8, 10, location)) for n in "AB"]
    make_route(session, ben, day, pair)
    make_route(session, cleo, day, shift=(8, 12))


def _run(engine: Engine, round_: int) -> None:
    day, both = TUESDAY + timedelta(days=round_), Barrier(2)
    ask = Question(LinkTerms(), TRAVEL, limits=STAFF, days=(day, day))
    with Session(engine) as session:
        route = session.scalars(select(Route).join(Technician).where(Technician.ref == f"BEN{round_}")).one()
        shown = relief.plan(session, route, ask)
        ana = session.scalars(select(Visit).where(Visit.ref == f"A-{round_}")).one()
        chosen = slots.seek(session, [ana], hours(day, 10, 12, ana.location), ask)
        seen, route_id, ana_id = {ana.id: ana.generation}, route.id, ana.id

    def relieve() -> bool:
        both.wait()
        try:
            with db.transaction(engine) as session:
                relief.carry_out(session, route_id, Chosen(shown.orders, shown.versions, day), ask, actor=DANA)
        except StaleWrite:
            return False
        return True

    def accept() -> bool:
        both.wait()
        try:
            with db.transaction(engine) as session:
                slots.accept(session, [session.get_one(Visit, ana_id)], chosen, ask, seen=seen, actor=Actor.customer(1))
        except (SlotTaken, StaleVisit, StaleWrite):
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        relieved, accepted = (each.result() for each in [pool.submit(relieve), pool.submit(accept)])
    assert relieved or accepted
    _consistent(engine, route_id, ana_id, relieved=relieved, accepted=accepted)


def _consistent(engine: Engine, route_id: int, ana_id: int, *, relieved: bool, accepted: bool) -> None:
    with Session(engine) as session:
        route, ana = session.get_one(Route, route_id), session.get_one(Visit, ana_id)
        assert bool(route.technician.absences) is relieved
        if relieved:
            assert not route.stops
        if accepted:
            assert ana.agreed
            assert ana.stop
        for each in session.scalars(select(Route).where(Route.day == route.day)):
            assert _broken(each) == ()
        assert session.scalar(select(func.count()).select_from(Stop).where(Stop.visit_id == ana_id)) == 1
