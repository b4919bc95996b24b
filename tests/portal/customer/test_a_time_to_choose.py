"""An appointment without a time: its customer is invited to choose one, and does."""

import pytest
from flask import Flask
from sqlalchemy import select

from notifications import invite, seeding, sendings
from notifications.context import Context
from notifications.models import Template
from portal.engine import work
from portal.transaction import transaction
from scheduling import settings, visits
from scheduling.errors import NotOpen
from scheduling.models import Confirmation, Event, Visit, VisitStatus
from scheduling.terms import LinkTerms
from tests.factories import SETUP, TRAVEL
from tests.portal.customer.conftest import Ana, invited, with_terms


@pytest.fixture
def asked(app: Flask, ana: Ana) -> Ana:
    """Ana's visit was taken out of its route, and she got a link to choose."""
    ana.change(lambda session, visit: visits.move(session, visit, VisitStatus.UNPLANNED, travel=TRAVEL, actor=SETUP))
    with transaction() as session:
        return invited(app, session, [session.scalars(select(Visit).where(Visit.ref == "V1")).one()])


def test_she_chooses_a_time_and_has_an_appointment(asked: Ana) -> None:
    page = asked.open()
    assert "This appointment has no time yet." in page.text
    choices = asked.visitor.get(page.link("Choose a time"))
    assert choices.h1 == "Choose a time"
    slot = choices.root.all("input", type="radio")[0].attributes["value"]
    review = asked.visitor.press(choices, "Continue", slot=slot)
    assert "Take this time?" in review.text
    done = asked.visitor.press(review, "Take this time")
    assert "See you on" in done.text
    visit = asked.visit()
    assert (visit.status, visit.confirmation) == (VisitStatus.PLANNED, Confirmation.RESCHEDULED)
    assert visit.reschedules == 0
    with transaction() as session:
        last = session.scalars(select(Event).where(Event.visit_id == visit.id).order_by(Event.id.desc())).first()
        assert last
        assert (last.kind, last.payload["old_window"]) == ("visit.rescheduled", None)


def test_a_link_from_before_chooses_nothing_until_she_is_invited(ana: Ana) -> None:
    ana.change(lambda session, visit: visits.move(session, visit, VisitStatus.UNPLANNED, travel=TRAVEL, actor=SETUP))
    page = ana.open()
    assert "We are planning this appointment anew" in page.text
    ana.visitor.get(f"{ana.path}/1/slots", 409)


def test_where_customers_can_not_choose_nobody_is_asked_to(app: Flask, ana: Ana) -> None:
    with_terms(rescheduling=False)
    ana.change(lambda session, visit: visits.move(session, visit, VisitStatus.UNPLANNED, travel=TRAVEL, actor=SETUP))
    with transaction() as session:
        visit = session.scalars(select(Visit).where(Visit.ref == "V1")).one()
        terms = settings.load(session, LinkTerms)
        with pytest.raises(NotOpen):
            invite.invite(session, visit.customer, [visit], terms=terms, actor=SETUP)


def test_the_dialog_reaches_her_with_the_text_that_asks(app: Flask, ana: Ana) -> None:
    ana.change(lambda session, visit: visits.move(session, visit, VisitStatus.UNPLANNED, travel=TRAVEL, actor=SETUP))
    with transaction() as session:
        seeding.seed(session)
        text = session.scalars(select(Template).where(Template.name == seeding.CHOOSE_SMS)).one()
        visit = session.scalars(select(Visit).where(Visit.ref == "V1")).one()
        terms, context = settings.load(session, LinkTerms), _context(app)
        sending = sendings.notify(session, [visit.id], [text], key="k", actor=SETUP, terms=terms, context=context)
        assert visit.choosing
        assert sendings.progress(session, sending.id).waiting == 1


def _context(app: Flask) -> Context:
    return work.context(app.config["PORTAL"])
