"""People at their browsers, and a world for them to look at."""

from dataclasses import dataclass

import pytest
from flask import Flask

from portal.transaction import transaction
from scheduling.models import Confirmation
from tests.conftest import SetClock
from tests.factories import TUESDAY, hours, make_customer, make_location, make_route, make_technician, make_visit
from tests.people import People


@pytest.fixture
def people(app: Flask, now: SetClock) -> People:
    """Ana, Boris, Dana, Ada and nobody."""
    return People(app)


@dataclass(frozen=True)
class World:
    """What the small planning is made of: refs and ids, since rows belong to their sessions."""

    visit: str
    """Promised for Tuesday, 8 to 10, its customer notified."""
    waiting: str
    """Unplanned."""
    customer: str
    technician_id: int
    location_id: int


@pytest.fixture
def world(app: Flask, now: SetClock) -> World:
    """A location, a technician with a route on Tuesday and one on Thursday, a planned and an unplanned visit."""
    with transaction() as session:
        location = make_location(session)
        technician = make_technician(session, location, name="Ben Tool")
        ana = make_customer(session, name="Ana Example", phone="+12025550143", email="ana@example.com")
        planned = make_visit(session, location, customer=ana, north=3, window=hours(TUESDAY, 8, 10, location))
        make_route(session, technician, TUESDAY, [planned])
        make_route(session, technician, TUESDAY.replace(day=3))
        planned.confirmation = Confirmation.NOTIFIED
        waiting = make_visit(session, location, north=2)
        return World(planned.ref, waiting.ref, ana.ref, technician.id, location.id)
