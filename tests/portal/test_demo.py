"""The demo planning: what a newcomer sees first must show the product at work."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from statistics import median

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from portal import demo
from scheduling import clock, db, settings, slots, visits
from scheduling.choices import Offers, Question
from scheduling.models import ConsentChannel, Route, Visit, VisitStatus
from scheduling.solver import Reason
from scheduling.terms import LinkTerms
from scheduling.travel import GreatCircle
from tests.conftest import MONDAY, SetClock

EVERY_NTH = 5


@pytest.fixture(scope="module")
def planning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """The demo in a database of its own, only to be read."""
    engine = db.prepare(create_engine(f"sqlite:///{tmp_path_factory.mktemp('demo') / 'portal.db'}"))
    db.Base.metadata.create_all(engine)
    with clock.replaced(SetClock(MONDAY)):
        with db.transaction(engine) as session:
            demo.fill(session, GreatCircle())
        with Session(engine) as session:
            yield session
    engine.dispose()


def planned(session: Session) -> Sequence[Visit]:
    return session.scalars(select(Visit).where(Visit.status == VisitStatus.PLANNED).order_by(Visit.id)).all()


def test_it_is_a_full_fortnight_of_four_technicians(planning: Session) -> None:
    routes = [route for route in planning.scalars(select(Route).order_by(Route.day)) if route.stops]
    days = sorted({route.day for route in routes})
    assert len(days) == 10
    assert all(day.isoweekday() <= 5 and later - day <= timedelta(days=3) for day, later in pairwise(days))
    assert 320 <= len(planned(planning)) <= 340
    assert planning.scalars(select(Visit.id).where(Visit.status == VisitStatus.UNPLANNED)).all()


def test_every_route_keeps_every_promise(planning: Session) -> None:
    broken = [
        fault
        for route in planning.scalars(select(Route))
        for fault in visits.violations(planning, route, GreatCircle())
    ]
    assert broken == []


def test_nearly_everybody_has_a_choice_and_a_typical_customer_not_all_of_it(planning: Session) -> None:
    question = Question(settings.load(planning, LinkTerms), GreatCircle())
    answers = [slots.offer(planning, [visit], question) for visit in planned(planning)[::EVERY_NTH]]
    good = [answer for answer in answers if len(answer.offers) >= 3 and len({o.day for o in answer.offers}) >= 2]
    assert len(good) >= 0.95 * len(answers)
    assert 1 / 3 <= median(share(answer) for answer in answers) <= 2 / 3


def share(answer: Offers) -> float:
    """How much of what has a route at all is offered."""
    refused = sum(no.reason is not Reason.NO_ROUTE for no in answer.refused)
    return len(answer.offers) / (len(answer.offers) + refused)


def test_there_is_somebody_for_every_way_of_being_hard_to_reach(planning: Session) -> None:
    customers = {visit.customer for visit in planned(planning)}
    seen = Counter(
        kind
        for customer in customers
        for kind, holds in {
            "no phone": customer.phone is None,
            "no e-mail": customer.email is None,
            "no consent": not customer.allows(ConsentChannel.SMS) and not customer.allows(ConsentChannel.EMAIL),
            "bad number": bool(customer.phone and not customer.phone.startswith("+")),
            "fr": customer.locale == "fr",
            "de": customer.locale == "de",
        }.items()
        if holds
    )
    assert len(seen) == 6
    numbers = Counter(customer.phone for customer in customers if customer.phone and customer.phone.startswith("+"))
    assert set(numbers.values()) == {1}
    days = Counter((visit.customer_id, visit.stop.route.day) for visit in planned(planning) if visit.stop)
    assert max(days.values()) == 2
