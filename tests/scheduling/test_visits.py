"""What happens to a visit besides moving it to another slot."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import routes, tasks, visits
from scheduling.errors import IllegalMove, NotOpen, PromiseBroken, StaleVisit
from scheduling.events import Actor
from scheduling.models import MOVES, Confirmation, Event, Location, TaskKind, Technician, Visit, VisitStatus
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

TERMS = LinkTerms()
ANA = Actor.customer(1)


@pytest.fixture
def location(session: Session, now: SetClock) -> Location:
    return make_location(session)


@pytest.fixture
def technician(session: Session, location: Location) -> Technician:
    return make_technician(session, location)


@pytest.fixture
def visit(session: Session, location: Location, technician: Technician) -> Visit:
    """Planned on Tuesday morning without a promise."""
    visit = make_visit(session, location, north=3)
    make_route(session, technician, TUESDAY, [visit])
    return visit


def kinds(session: Session, visit: Visit) -> list[str]:
    return list(session.scalars(select(Event.kind).where(Event.visit_id == visit.id).order_by(Event.id)))


def test_notifying_makes_the_promise_of_the_slot_around_the_planned_start(session: Session, visit: Visit) -> None:
    window = visits.notify(session, visit, terms=TERMS, invitation_id=7, actor=SETUP)
    assert window == visit.window == hours(TUESDAY, 8, 10, visit.location)
    assert (visit.confirmation, visit.generation) == (Confirmation.NOTIFIED, 2)
    assert kinds(session, visit)[-1] == "visit.notified"


def test_without_a_fitting_slot_the_shift_is_promised(session: Session, visit: Visit) -> None:
    terms = TERMS.model_copy(update={"slots": TERMS.slots[1:]})
    assert visits.notify(session, visit, terms=terms, invitation_id=7, actor=SETUP) == hours(
        TUESDAY, 8, 17, visit.location
    )


def test_a_promise_that_stands_is_not_made_again(session: Session, visit: Visit) -> None:
    visits.notify(session, visit, terms=TERMS, invitation_id=7, actor=SETUP)
    generation = visit.generation
    visits.confirm(session, visit, seen=generation, actor=ANA)
    visits.notify(session, visit, terms=TERMS, invitation_id=8, actor=SETUP)
    assert (visit.confirmation, visit.generation) == (Confirmation.CONFIRMED, generation)


def test_who_agreed_before_anything_was_promised_is_asked_again(session: Session, visit: Visit) -> None:
    visits.confirm(session, visit, seen=visit.generation, actor=SETUP)
    visits.notify(session, visit, terms=TERMS, invitation_id=7, actor=SETUP)
    assert visit.confirmation is Confirmation.NOTIFIED
    assert visit.agreed_to_older


def test_confirming_twice_is_confirming_once(session: Session, visit: Visit) -> None:
    for _ in range(2):
        visits.confirm(session, visit, seen=visit.generation, actor=ANA)
    assert kinds(session, visit).count("visit.confirmed") == 1
    assert visit.stop
    assert visit.locked_start == visit.stop.planned_start


def test_an_older_page_confirms_nothing(session: Session, visit: Visit) -> None:
    with pytest.raises(StaleVisit):
        visits.confirm(session, visit, seen=visit.generation - 1, actor=ANA)


def test_a_past_or_cancelled_visit_is_not_confirmed(session: Session, visit: Visit, now: SetClock) -> None:
    now.at += timedelta(days=3)
    with pytest.raises(NotOpen, match="past"):
        visits.confirm(session, visit, seen=visit.generation, actor=ANA)
    visits.move(session, visit, VisitStatus.CANCELLED, travel=TRAVEL, actor=SETUP)
    with pytest.raises(NotOpen, match="status"):
        visits.confirm(session, visit, seen=visit.generation, actor=ANA)


def test_a_confirmation_can_be_undone_until_the_cut_off(session: Session, visit: Visit, now: SetClock) -> None:
    visits.notify(session, visit, terms=TERMS, invitation_id=7, actor=SETUP)
    visits.confirm(session, visit, seen=visit.generation, actor=ANA)
    visits.undo_confirm(session, visit, seen=visit.generation, terms=TERMS, actor=ANA)
    assert visit.confirmation is Confirmation.NOTIFIED
    visits.confirm(session, visit, seen=visit.generation, actor=ANA)
    now.at = hours(TUESDAY, 8, 10, visit.location).start - timedelta(hours=11)
    with pytest.raises(NotOpen, match="cut_off"):
        visits.undo_confirm(session, visit, seen=visit.generation, terms=TERMS, actor=ANA)


def test_a_change_by_somebody_else_sets_the_agreement_aside(session: Session, location: Location, visit: Visit) -> None:
    visits.notify(session, visit, terms=TERMS, invitation_id=7, actor=SETUP)
    visits.confirm(session, visit, seen=visit.generation, actor=ANA)
    visits.move(session, visit, VisitStatus.UNPLANNED, travel=TRAVEL, actor=SETUP)
    assert visit.agreed_to_older
    assert (visit.confirmation, visit.window, visit.stop) == (Confirmation.NONE, None, None)


def test_another_customer_lets_go_of_the_agreed_time(session: Session, visit: Visit) -> None:
    visits.notify(session, visit, terms=TERMS, invitation_id=7, actor=SETUP)
    visits.confirm(session, visit, seen=visit.generation, actor=ANA)
    assert visit.stop
    before = visit.stop.route.version
    visits.edit(session, visit, {"customer_id": make_customer(session).id}, travel=TRAVEL, actor=SETUP)
    assert visit.locked_start is None
    assert visit.stop.route.version > before


@pytest.mark.parametrize("to", VisitStatus)
@pytest.mark.parametrize("old", VisitStatus)
def test_status_moves_are_those_of_the_table(session: Session, visit: Visit, old: VisitStatus, to: VisitStatus) -> None:
    visit.status = old
    if to in MOVES[old]:
        visits.move(session, visit, to, travel=TRAVEL, actor=SETUP)
        assert (visit.status, kinds(session, visit)[-1]) == (to, "visit.status_changed")
    else:
        with pytest.raises(IllegalMove):
            visits.move(session, visit, to, travel=TRAVEL, actor=SETUP)


def test_planning_needs_a_place_in_a_route(session: Session, location: Location) -> None:
    with pytest.raises(IllegalMove):
        visits.move(session, make_visit(session, location), VisitStatus.PLANNED, travel=TRAVEL, actor=SETUP)


def test_a_visit_that_begins_goes_to_the_front_of_its_route(
    session: Session, location: Location, technician: Technician, visit: Visit
) -> None:
    second = make_visit(session, location, north=2)
    second.status = VisitStatus.PLANNED
    assert visit.stop
    route = visit.stop.route
    routes.write(session, route, [visit, second], travel=TRAVEL, actor=SETUP)
    visits.move(session, second, VisitStatus.STARTED, travel=TRAVEL, actor=SETUP)
    assert [stop.visit for stop in route.stops] == [second, visit]


def test_an_edit_that_would_break_a_promise_is_refused_unless_wanted(
    session: Session, location: Location, visit: Visit
) -> None:
    tight = make_visit(session, location, north=2, window=hours(TUESDAY, 8, 9, location))
    tight.status = VisitStatus.PLANNED
    assert visit.stop
    routes.write(session, visit.stop.route, [visit, tight], travel=TRAVEL, actor=SETUP)
    session.commit()
    with pytest.raises(PromiseBroken):
        visits.edit(session, visit, {"duration": 120}, travel=TRAVEL, actor=SETUP)
    session.rollback()
    visits.edit(session, visit, {"duration": 120}, travel=TRAVEL, actor=SETUP, anyway=True)
    assert visit.duration == 120


def test_numbers_and_refs_are_never_given_twice(session: Session, location: Location) -> None:
    first = make_visit(session, location)
    make_visit(session, location, ref=f"P{first.number + 2}")
    third = make_visit(session, location)
    assert third.number == first.number + 2
    assert third.ref == f"P{first.number + 2}-1"


def test_a_wish_is_kept_once_and_cancels_nothing(session: Session, visit: Visit) -> None:
    for _ in range(2):
        tasks.express(session, visit, TaskKind.NOT_NEEDED, comment="Sold the boiler", actor=ANA)
    [task] = tasks.open_of(session, visit)
    assert (visit.status, kinds(session, visit).count("visit.wish_expressed")) == (VisitStatus.PLANNED, 1)
    tasks.done(session, task, by="user:1")
    assert tasks.open_of(session, visit) == []


def test_a_draft_promises_nothing_and_a_deleted_one_nothing_new(session: Session, visit: Visit) -> None:
    visits.notify(session, visit, terms=TERMS, invitation_id=7, actor=SETUP)
    visits.move(session, visit, VisitStatus.CANCELLED, travel=TRAVEL, actor=SETUP)
    generation = visit.generation
    visits.move(session, visit, VisitStatus.DRAFT, travel=TRAVEL, actor=SETUP)
    assert (visit.window, visit.generation) == (None, generation + 1)
    visits.move(session, visit, VisitStatus.DELETED, travel=TRAVEL, actor=SETUP)
    assert visit.generation == generation + 1
