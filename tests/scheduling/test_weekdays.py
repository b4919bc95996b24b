"""A slot that isn't valid on a weekday is neither offered, nor taken, nor promised on it."""

from dataclasses import replace
from datetime import time, timedelta

import pytest
from sqlalchemy.orm import Session

from scheduling import slots, visits
from scheduling.choices import STAFF, Question
from scheduling.errors import SlotTaken
from scheduling.events import Actor
from scheduling.models import Confirmation, Location, Visit
from scheduling.terms import LinkTerms, SlotTime
from tests.conftest import SetClock
from tests.factories import TRAVEL, TUESDAY, hours, make_location, make_route, make_technician, make_visit

WEDNESDAY = TUESDAY + timedelta(days=1)
MORNING = SlotTime(start=time(8), end=time(12), weekdays=(3,))
"""On Wednesdays alone."""
WHOLE_DAY = SlotTime(start=time(8), end=time(17))
ASK = Question(LinkTerms(slots=(MORNING,)), TRAVEL)


@pytest.fixture
def location(session: Session, now: SetClock) -> Location:
    return make_location(session)


@pytest.fixture
def visit(session: Session, location: Location) -> Visit:
    """Promised for Tuesday afternoon; there is a route on Tuesday and one on Wednesday."""
    technician = make_technician(session, location)
    visit = make_visit(session, location, north=3, window=hours(TUESDAY, 13, 15, location))
    make_route(session, technician, TUESDAY, [visit])
    make_route(session, technician, WEDNESDAY)
    visit.confirmation = Confirmation.NOTIFIED
    return visit


@pytest.mark.parametrize("question", [ASK, replace(ASK, limits=STAFF)], ids=["customer", "staff"])
def test_it_is_offered_on_its_weekdays_alone(session: Session, visit: Visit, question: Question) -> None:
    answer = slots.offer(session, [visit], question)
    assert [offer.day for offer in answer.offers] == [WEDNESDAY]
    assert {no.day.isoweekday() for no in answer.refused} <= {3}


def test_it_is_not_taken_on_another(session: Session, visit: Visit) -> None:
    with pytest.raises(SlotTaken):
        slots.seek(session, [visit], hours(TUESDAY, 8, 12, visit.location), ASK)
    chosen = slots.seek(session, [visit], hours(WEDNESDAY, 8, 12, visit.location), ASK)
    slots.accept(session, [visit], chosen, ASK, seen={visit.id: visit.generation}, actor=Actor.customer(1))
    assert visit.window == hours(WEDNESDAY, 8, 12, visit.location)


def test_it_is_promised_on_its_weekdays_alone(session: Session, visit: Visit, location: Location) -> None:
    visit.window = None
    afternoon = SlotTime(start=time(13), end=time(15), weekdays=(3,))
    assert visits.promise(visit, LinkTerms(slots=(afternoon, WHOLE_DAY))) == hours(TUESDAY, 8, 17, location)
    on_tuesdays = afternoon.model_copy(update={"weekdays": (2,)})
    assert visits.promise(visit, LinkTerms(slots=(on_tuesdays, WHOLE_DAY))) == hours(TUESDAY, 13, 15, location)
