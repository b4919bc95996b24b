"""Offers over real routes, and what accepting one does."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from scheduling import db, slots, visits
from scheduling.choices import STAFF, UNBOUND, Question
from scheduling.errors import NoCoordinates, NotOpen, SlotTaken, StaleVisit
from scheduling.events import Actor
from scheduling.models import Confirmation, Event, Hold, Location, Lock, Route, Stop, Technician, Visit, VisitStatus
from scheduling.solver import Reason
from scheduling.terms import LinkTerms, SlotTime
from tests.conftest import SetClock
from tests.factories import TRAVEL, TUESDAY, hours, make_location, make_route, make_technician, make_visit

TERMS = LinkTerms()
ASK = Question(TERMS, TRAVEL)
ANA = Actor.customer(1)
THURSDAY = TUESDAY + timedelta(days=2)


@pytest.fixture
def location(session: Session, now: SetClock) -> Location:
    return make_location(session)


@pytest.fixture
def technician(session: Session, location: Location) -> Technician:
    return make_technician(session, location)


@pytest.fixture
def visit(session: Session, location: Location, technician: Technician) -> Visit:
    """Promised for Thursday morning, with an empty route on Friday."""
    visit = make_visit(session, location, north=3, window=hours(THURSDAY, 8, 10, location))
    make_route(session, technician, THURSDAY, [visit])
    make_route(session, technician, THURSDAY + timedelta(days=1))
    visit.confirmation = Confirmation.NOTIFIED
    return visit


def accept(session: Session, visit: Visit, day: date, first: int, last: int, question: Question = ASK) -> None:
    found = slots.seek(session, [visit], hours(day, first, last, visit.location), question)
    slots.accept(session, [visit], found, question, seen={visit.id: visit.generation}, actor=ANA)


def test_offers_come_by_date_and_then_in_the_order_of_the_slots(session: Session, visit: Visit) -> None:
    terms = TERMS.model_copy(update={"slots": TERMS.slots[::-1]})
    found = slots.offer(session, [visit], replace(ASK, terms=terms)).offers
    assert [(offer.day.day, offer.slot.start.hour) for offer in found] == [
        (day, hour) for day in (3, 4) for hour in (15, 13, 10, 8)
    ]


def test_a_day_without_a_route_is_refused_with_that_reason(session: Session, visit: Visit) -> None:
    refused = slots.offer(session, [visit], ASK).refused
    assert {no.reason for no in refused} == {Reason.NO_ROUTE}


def test_a_customer_is_bound_by_notice_and_horizon_and_a_dispatcher_is_not(
    session: Session, visit: Visit, technician: Technician
) -> None:
    soon, far = TUESDAY - timedelta(days=1), TUESDAY + timedelta(days=30)
    make_route(session, technician, soon)
    make_route(session, technician, far)
    days = (soon, far)
    assert {offer.day for offer in slots.offer(session, [visit], replace(ASK, days=days)).offers}.isdisjoint(days)
    staff = slots.offer(session, [visit], replace(ASK, days=days, limits=STAFF)).offers
    assert {offer.day for offer in staff} >= set(days)


def test_only_allowed_days_are_asked(session: Session, visit: Visit) -> None:
    friday = THURSDAY + timedelta(days=1)
    answer = slots.offer(session, [visit], replace(ASK, allowed=[(friday, friday)]))
    assert answer.days == (friday,)
    assert {offer.day for offer in answer.offers} == {friday}


def test_a_visit_nobody_can_place_is_refused_by_name(session: Session, visit: Visit) -> None:
    visit.site.lat = None
    with pytest.raises(NoCoordinates):
        slots.offer(session, [visit], ASK)


def test_accepting_moves_visit_and_routes_and_tells_it_once(session: Session, visit: Visit) -> None:
    old, friday = visit.stop.route if visit.stop else None, THURSDAY + timedelta(days=1)
    assert old
    version, generation = old.version, visit.generation
    accept(session, visit, friday, 13, 15)
    assert visit.stop
    assert (visit.stop.route.day, visit.window) == (friday, hours(friday, 13, 15, visit.location))
    assert (visit.confirmation, visit.generation, visit.reschedules) == (Confirmation.RESCHEDULED, generation + 1, 1)
    assert (old.stops, old.version) == ([], version + 1)
    assert session.scalar(select(func.count()).where(Event.kind == "visit.rescheduled")) == 1


def test_accepting_twice_is_accepting_once(session: Session, visit: Visit) -> None:
    seen = {visit.id: visit.generation}
    found = slots.seek(session, [visit], hours(THURSDAY, 13, 15, visit.location), ASK)
    for _ in range(2):
        slots.accept(session, [visit], found, ASK, seen=seen, actor=ANA)
    assert visit.reschedules == 1
    assert session.scalar(select(func.count()).select_from(Stop)) == 1


def test_a_page_from_before_a_move_cannot_act(session: Session, visit: Visit) -> None:
    found = slots.seek(session, [visit], hours(THURSDAY, 13, 15, visit.location), ASK)
    with pytest.raises(StaleVisit):
        slots.accept(session, [visit], found, ASK, seen={visit.id: visit.generation - 1}, actor=ANA)


def test_the_last_place_goes_to_the_first(
    session: Session, location: Location, technician: Technician, visit: Visit
) -> None:
    other = make_visit(session, location, north=3, duration=110, window=hours(THURSDAY, 8, 10, location))
    make_route(session, make_technician(session, location, skills=["other"]), THURSDAY, [other])
    other.skills = []
    visit.duration = 110
    friday = THURSDAY + timedelta(days=1)
    terms = TERMS.model_copy(update={"slots": (SlotTime(start=time(15), end=time(15, 10)),)})
    question = replace(ASK, terms=terms)
    window = hours(friday, 15, 15, location)
    window = replace(window, end=window.end + timedelta(minutes=10))
    late = slots.seek(session, [other], window, question)
    first = slots.seek(session, [visit], window, question)
    slots.accept(session, [visit], first, question, seen={visit.id: visit.generation}, actor=ANA)
    with pytest.raises(SlotTaken):
        slots.accept(session, [other], late, question, seen={other.id: other.generation}, actor=ANA)


def test_a_hold_keeps_others_out_until_it_expires(
    session: Session, location: Location, technician: Technician, visit: Visit, now: SetClock
) -> None:
    friday = THURSDAY + timedelta(days=1)
    other = make_visit(session, location, north=3, duration=500)
    visit.duration = 500
    window = hours(friday, 8, 10, location)
    mine = replace(ASK, own="mine")
    slots.hold(session, [visit], slots.seek(session, [visit], window, mine), mine)
    assert slots.seek(session, [visit], window, mine)
    staff = replace(ASK, limits=STAFF)
    with pytest.raises(SlotTaken):
        slots.seek(session, [other], window, staff)
    assert slots.seek(session, [other], window, replace(ASK, limits=UNBOUND))
    now.advance(minutes=5, seconds=1)
    assert slots.seek(session, [other], window, staff)


def test_accepting_lets_go_of_the_hold(session: Session, visit: Visit) -> None:
    mine = replace(ASK, own="mine")
    found = slots.seek(session, [visit], hours(THURSDAY, 13, 15, visit.location), mine)
    slots.hold(session, [visit], found, mine)
    slots.accept(session, [visit], found, mine, seen={visit.id: visit.generation}, actor=ANA)
    assert session.scalar(select(func.count()).select_from(Hold)) == 0


def test_the_limits_of_a_customer(session: Session, visit: Visit, now: SetClock) -> None:
    confirm_only = TERMS.model_copy(update={"rescheduling": False})
    with pytest.raises(NotOpen, match="off"):
        slots.may_reschedule(visit, replace(ASK, terms=confirm_only))
    visit.reschedules = 2
    with pytest.raises(NotOpen, match="count"):
        slots.may_reschedule(visit, ASK)
    visit.reschedules = 0
    now.at = hours(THURSDAY, 8, 10, visit.location).start - timedelta(hours=11)
    with pytest.raises(NotOpen, match="cut_off"):
        slots.may_reschedule(visit, ASK)
    slots.may_reschedule(visit, replace(ASK, limits=STAFF))


def test_undoing_a_move_goes_back_and_is_not_counted(session: Session, visit: Visit) -> None:
    old = visit.window
    accept(session, visit, THURSDAY + timedelta(days=1), 13, 15)
    back = slots.seek_back(session, [visit], ASK)
    slots.accept(
        session,
        [visit],
        back,
        ASK,
        seen={visit.id: visit.generation},
        actor=ANA,
        becomes=Confirmation.NOTIFIED,
    )
    assert (visit.window, visit.reschedules, visit.confirmation) == (old, 0, Confirmation.NOTIFIED)
    assert slots.moved_from(session, visit) is None


def test_visits_at_one_site_in_one_route_move_as_one_block(
    session: Session, location: Location, technician: Technician, visit: Visit
) -> None:
    second = make_visit(session, location, customer=visit.customer, site=visit.site, window=visit.window)
    assert visit.stop
    second.status = VisitStatus.PLANNED
    from scheduling.routes import write

    write(session, visit.stop.route, [visit, second], travel=TRAVEL, actor=ANA)
    [block] = slots.blocks([visit, second])
    friday = THURSDAY + timedelta(days=1)
    found = slots.seek(session, block, hours(friday, 8, 10, location), ASK)
    assert found.order == (visit.ref, second.ref)
    slots.accept(session, block, found, ASK, seen={v.id: v.generation for v in block}, actor=ANA)
    assert [stop.visit.ref for stop in visit.stop.route.stops] == [visit.ref, second.ref]
    assert visit.stop.route.day == friday


def test_planning_a_visit_for_nobody_in_particular_is_no_agreement(
    session: Session, location: Location, visit: Visit
) -> None:
    fresh = make_visit(session, location, north=2)
    staff = replace(ASK, limits=STAFF)
    found = slots.seek(session, [fresh], hours(THURSDAY, 10, 12, location), staff)
    slots.accept(session, [fresh], found, staff, seen={fresh.id: 1}, actor=Actor.staff(1), becomes=Confirmation.NONE)
    assert (fresh.status, fresh.confirmation) == (VisitStatus.PLANNED, Confirmation.NONE)
    assert not visits.violations(session, fresh.stop.route, TRAVEL) if fresh.stop else False


def test_another_technician_in_the_same_window_is_the_same_promise(
    session: Session, visit: Visit, location: Location
) -> None:
    other = make_technician(session, location, start_lat=visit.site.lat, start_lon=visit.site.lon)
    make_route(session, other, THURSDAY)
    visits.confirm(session, visit, seen=visit.generation, actor=ANA)
    generation, told = visit.generation, session.scalar(select(func.max(Event.id)))
    accept(session, visit, THURSDAY, 8, 10, replace(ASK, limits=STAFF))
    assert visit.stop is not None
    assert visit.stop.route.technician is other
    assert (visit.generation, visit.confirmation, visit.reschedules) == (generation, Confirmation.CONFIRMED, 0)
    event = session.scalars(select(Event).where(Event.id > told, Event.visit_id == visit.id)).one()
    assert (event.kind, event.payload["technician"]) == ("visit.technician_changed", other.ref)


def test_to_choose_the_present_slot_changes_nothing(session: Session, visit: Visit) -> None:
    generation, told = visit.generation, session.scalar(select(func.max(Event.id)))
    accept(session, visit, THURSDAY, 8, 10)
    assert (visit.generation, visit.reschedules) == (generation, 0)
    assert session.scalar(select(func.max(Event.id))) == told


def test_a_lock_on_the_time_binds_a_change_of_technician(
    session: Session, visit: Visit, location: Location, technician: Technician
) -> None:
    """Ana agreed to a visit planned for soon after eight; another technician, who lives near, begins at nine."""
    visit.lock = Lock.TIME
    visits.confirm(session, visit, seen=visit.generation, actor=ANA)
    near = make_technician(session, location, start_lat=visit.site.lat, start_lon=visit.site.lon)
    make_route(session, near, THURSDAY, shift=(9, 17))
    question = replace(ASK, limits=STAFF, days=(THURSDAY, THURSDAY))
    found = slots.seek(session, [visit], hours(THURSDAY, 8, 10, location), question)
    assert found.technician == technician.ref


def test_a_route_with_the_id_of_a_deleted_one_is_not_taken_for_it(engine: Engine, now: SetClock) -> None:
    friday = THURSDAY + timedelta(days=1)
    with db.transaction(engine) as session:
        location = make_location(session)
        make_visit(session, location, north=2)
        make_route(session, make_technician(session, location), friday)
    for day in (friday, THURSDAY):
        with Session(engine) as session:
            visit = session.scalars(select(Visit)).one()
            answer = slots.offer(session, [visit], replace(ASK, limits=STAFF))
            assert {offer.day for offer in answer.offers} == {day}
        with db.transaction(engine) as session:
            route = session.scalars(select(Route)).one()
            session.delete(route)
            session.flush()
            make_route(session, route.technician, THURSDAY)


def test_undoing_what_staff_moved_gives_the_customer_no_move(session: Session, visit: Visit) -> None:
    visit.reschedules = 1
    staff, friday = replace(ASK, limits=STAFF), THURSDAY + timedelta(days=1)
    found = slots.seek(session, [visit], hours(friday, 13, 15, visit.location), staff)
    slots.accept(session, [visit], found, staff, seen={visit.id: visit.generation}, actor=Actor.staff(1))
    back = slots.seek_back(session, [visit], ASK)
    seen = {visit.id: visit.generation}
    slots.accept(session, [visit], back, ASK, seen=seen, actor=ANA, becomes=Confirmation.NOTIFIED)
    assert visit.reschedules == 1


def test_a_visit_that_has_begun_is_not_moved_back(session: Session, visit: Visit) -> None:
    accept(session, visit, THURSDAY + timedelta(days=1), 13, 15)
    back, seen = slots.seek_back(session, [visit], ASK), {visit.id: visit.generation}
    visits.move(session, visit, VisitStatus.STARTED, travel=TRAVEL, actor=Actor.staff(1))
    with pytest.raises(NotOpen, match="status"):
        slots.accept(session, [visit], back, ASK, seen=seen, actor=ANA, becomes=Confirmation.NOTIFIED)


def test_on_a_day_that_has_begun_nothing_is_planned_before_now(session: Session, visit: Visit, now: SetClock) -> None:
    now.at = hours(THURSDAY, 11, 12, visit.location).start
    visits.move(session, visit, VisitStatus.UNPLANNED, travel=TRAVEL, actor=ANA)
    accept(session, visit, THURSDAY, 10, 12, replace(ASK, limits=STAFF))
    assert visit.stop is not None
    assert visit.stop.planned_start == now.at
