"""Many customers want the last place at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from scheduling import db, slots, visits
from scheduling.choices import STAFF, Question, SlotOffer
from scheduling.errors import SlotTaken, StaleWrite
from scheduling.events import Actor
from scheduling.models import Event, Stop, Visit, VisitStatus
from scheduling.terms import LinkTerms
from tests.conftest import SetClock
from tests.factories import SETUP, TRAVEL, TUESDAY, hours, make_location, make_route, make_technician, make_visit

CUSTOMERS, ROUNDS = 20, 200
ASK = Question(LinkTerms(), TRAVEL, limits=STAFF, days=(TUESDAY, TUESDAY + timedelta(days=1)))


@dataclass(frozen=True)
class Race:
    """Twenty visits, and the one slot with room for one of them."""

    engine: Engine
    offers: dict[int, SlotOffer]
    generations: dict[int, int]


@pytest.fixture
def race(engine: Engine, now: SetClock) -> Race:
    with db.transaction(engine) as session:
        location = make_location(session)
        technician = make_technician(session, location)
        make_route(session, technician, TUESDAY, shift=(8, 10))
        make_route(session, technician, TUESDAY + timedelta(days=1))
        every = [make_visit(session, location, north=2, duration=100) for _ in range(CUSTOMERS)]
        window = hours(TUESDAY, 8, 10, location)
        offers = {visit.id: slots.seek(session, [visit], window, ASK) for visit in every}
        return Race(engine, offers, {visit.id: visit.generation for visit in every})


def attempt(race: Race, visit_id: int, start: Barrier) -> bool:
    """Try to take the place."""
    start.wait()
    try:
        with db.transaction(race.engine) as session:
            visit = session.get_one(Visit, visit_id)
            seen = {visit_id: race.generations[visit_id]}
            slots.accept(
                session, [visit], race.offers[visit_id], ASK, seen=seen, actor=Actor.customer(visit.customer_id)
            )
    except SlotTaken:
        return False
    return True


def fresh_days(race: Race, visit_id: int) -> set[date]:
    """The days that a loser is offered instead."""
    with Session(race.engine) as session:
        return {offer.day for offer in slots.offer(session, [session.get_one(Visit, visit_id)], ASK).offers}


def give_back(race: Race, visit_id: int) -> None:
    """Free the place for the next round."""
    with db.transaction(race.engine) as session:
        visit = session.get_one(Visit, visit_id)
        visits.move(session, visit, VisitStatus.UNPLANNED, travel=TRAVEL, actor=SETUP)
        race.generations[visit_id] = visit.generation


def test_exactly_one_of_twenty_gets_the_last_place_two_hundred_times(race: Race) -> None:
    barrier = Barrier(CUSTOMERS)
    with ThreadPoolExecutor(CUSTOMERS) as pool:
        for _ in range(ROUNDS):
            won = dict(zip(race.offers, pool.map(lambda id_: attempt(race, id_, barrier), race.offers), strict=True))
            winners = [visit_id for visit_id, winner in won.items() if winner]
            with Session(race.engine) as session:
                assert session.scalars(select(Stop.visit_id)).all() == winners
            assert len(winners) == 1
            loser = next(visit_id for visit_id, winner in won.items() if not winner)
            assert fresh_days(race, loser) == {TUESDAY + timedelta(days=1)}
            give_back(race, winners[0])


def test_a_double_click_confirms_once(engine: Engine, now: SetClock) -> None:
    with db.transaction(engine) as session:
        visit = make_visit(session, make_location(session))
        make_route(session, make_technician(session, visit.location), TUESDAY, [visit])
        visits.notify(session, visit, terms=ASK.terms, invitation_id=7, actor=SETUP)
    clicks = Barrier(2)

    def click(_number: int) -> None:
        with db.transaction(engine) as session:
            fresh = session.get_one(Visit, visit.id)
            if engine.dialect.name == "postgresql":  # SQLite lets one writer in at a time
                clicks.wait()
            visits.confirm(session, fresh, seen=visit.generation, actor=SETUP)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(click, range(2)))
    with Session(engine) as session:
        assert session.scalars(select(Event.kind).where(Event.kind == "visit.confirmed")).all() == ["visit.confirmed"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_who_waits_for_each_other_in_vain_has_lost_the_race(engine: Engine, now: SetClock) -> None:
    with db.transaction(engine) as session:
        pair = [make_visit(session, make_location(session)).id]
        pair.append(make_visit(session, session.get_one(Visit, pair[0]).location).id)
    both = Barrier(2)

    def write(order: list[int]) -> bool:
        try:
            with db.transaction(engine) as session:
                session.get_one(Visit, order[0], with_for_update=True)
                both.wait()
                session.get_one(Visit, order[1], with_for_update=True)
        except StaleWrite:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(write, [pair, pair[::-1]])) == [False, True]
