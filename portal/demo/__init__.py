"""The demo: an invented company's planning, its people and the built-in texts and rules, in an empty database."""

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications import seeding
from notifications.company import Company
from portal import staff
from portal.demo import document
from portal.models import Role
from scheduling import clock, importer, routes, settings, wall
from scheduling.events import Actor
from scheduling.models import Technician, VisitType
from scheduling.solver.problem import TravelTimes
from scheduling.terms import LinkTerms

PEOPLE = (("ada@example.com", "Ada Admin", Role.ADMINISTRATOR), ("dana@example.com", "Dana Dispatch", Role.DISPATCHER))
TYPES = {
    "maintenance": {"en": "Boiler maintenance", "fr": "Entretien de chaudière", "de": "Heizungswartung"},
    "repair": {"en": "Repair", "fr": "Réparation", "de": "Reparatur"},
    "installation": {"en": "Installation", "fr": "Installation", "de": "Installation"},
}
COMPANY = Company(name="Northside Heating", phone="+12025550199")
HOURS = {str(weekday): ["08:00", "17:00"] for weekday in range(1, 6)}


def fill(session: Session, travel: TravelTimes) -> None:
    """Put everything in, as of today."""
    plan(session, travel)
    settings.save(session, COMPANY)
    for email, name, role in PEOPLE:
        staff.invite(session, email=email, name=name, role=role)


def plan(session: Session, travel: TravelTimes) -> None:
    """Put the planning in, with what its visits are called and when its technicians work; nobody's sign-in."""
    today = wall.day_of(clock.now(), document.ZONE)
    payload = json.dumps(document.make(today, travel)).encode()
    terms = settings.load(session, LinkTerms)
    importer.run(session, payload, "demo.json", travel=travel, actor=Actor.document(), terms=terms)
    for kind in session.scalars(select(VisitType).where(VisitType.ref.in_(TYPES))):
        kind.name, kind.names = TYPES[kind.ref]["en"], TYPES[kind.ref]
    for technician in session.scalars(select(Technician)):
        technician.hours = HOURS
    session.flush()
    routes.open_days(session)
    seeding.seed(session)
