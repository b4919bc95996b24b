"""Ana and her link: a small planning with two appointments of hers, and room on other days."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from notifications import invite
from portal import links
from portal.transaction import transaction
from scheduling import settings
from scheduling.db import Base
from scheduling.models import Visit, VisitType
from scheduling.terms import LinkTerms
from tests.conftest import SetClock
from tests.factories import (
    SETUP,
    TUESDAY,
    hours,
    make_customer,
    make_location,
    make_route,
    make_site,
    make_technician,
    make_visit,
)
from tests.page import Page, Visitor

THURSDAY = date(2026, 12, 3)


@dataclass
class Ana:
    """A customer with a link, and what the tests ask about her appointments."""

    visitor: Visitor
    path: str
    """`/c/<token>`."""
    refs: tuple[str, ...]

    def open(self, status: int = 200, lang: str = "") -> Page:
        """The page behind the link."""
        return self.visitor.get(self.path + (f"?lang={lang}" if lang else ""), status)

    def visit(self, number: int = 1) -> Visit:
        """The appointment as the database has it now."""
        with transaction() as session:
            return _visit(session, self.refs[number - 1])

    def phone(self) -> str | None:
        """The number on file."""
        with transaction() as session:
            return _visit(session, self.refs[0]).customer.phone

    def change(self, change: Callable[[Session, Visit], Any], number: int = 1) -> None:
        """Let somebody else do something to the appointment."""
        with transaction() as session:
            change(session, _visit(session, self.refs[number - 1]))


def _visit(session: Session, ref: str) -> Visit:
    return session.scalars(select(Visit).where(Visit.ref == ref)).one()


@pytest.fixture
def ana(app: Flask, now: SetClock) -> Ana:
    """Ana's link covers one appointment: Tuesday, 8 to 10, boiler maintenance; she reads English."""
    with transaction() as session:
        make_planning(session)
        return invited(app, session, [_visit(session, "V1")])


def make_planning(session: Session) -> None:
    """One technician, Tuesday to Thursday; Ana's two appointments, at two places, and somebody else's."""
    location = make_location(session, phone="+1 202 555 0143")
    ben = make_technician(session, location, name="Ben Tool")
    customer = make_customer(session, name="Ana Example", locale="en")
    kind = VisitType(ref="boiler", name="Boiler maintenance", names={"de": "Heizungswartung"})
    home = make_site(session, customer, north=3, address="1412 Oak Street, Apt 4, Arlington")
    first = make_visit(session, location, ref="V1", customer=customer, site=home, type=kind)
    second = make_visit(session, location, ref="V2", customer=customer, north=-3)
    other = make_visit(session, location, ref="V3", north=1)
    first.window, second.window = hours(TUESDAY, 8, 10, location), hours(TUESDAY, 13, 15, location)
    other.window = hours(THURSDAY, 8, 10, location)
    make_route(session, ben, TUESDAY, [first, second])
    make_route(session, ben, TUESDAY.replace(day=2), shift=(8, 12))
    make_route(session, ben, THURSDAY, [other])


def invited(app: Flask, session: Session, visits: list[Visit], **options: Any) -> Ana:
    """A link for these visits, made as a sending makes it."""
    terms = settings.load(session, LinkTerms)
    invitation = invite.invite(session, visits[0].customer, visits, terms=terms, actor=SETUP, **options)
    session.flush()
    path = f"/c/{links.of_this_portal().token(invitation)}"
    return Ana(Visitor(app.test_client()), path, tuple(visit.ref for visit in visits))


@pytest.fixture
def both(app: Flask, now: SetClock) -> Ana:
    """Ana's link covers both of her appointments."""
    with transaction() as session:
        make_planning(session)
        return invited(app, session, [_visit(session, "V1"), _visit(session, "V2")])


def with_terms(**changes: Any) -> None:
    """Let an administrator change the link settings."""
    with transaction() as session:
        settings.save(session, LinkTerms.model_validate({**settings.load(session, LinkTerms).model_dump(), **changes}))


def everything() -> dict[str, list[Any]]:
    """Every row of every table: what must not change."""
    with transaction() as session:
        tables = inspect(session.get_bind()).get_table_names()
        return {name: sorted(map(repr, session.execute(select(Base.metadata.tables[name])))) for name in tables}
