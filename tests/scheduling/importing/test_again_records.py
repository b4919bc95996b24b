"""Importing again: sites, customers, technicians and shifts."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.models import Customer, Event
from tests.scheduling.importing.documents import changed, planning, take, the_visit, visit

pytestmark = pytest.mark.usefixtures("now")


def test_another_address_is_another_site_and_another_promise(session: Session) -> None:
    document = planning()
    document["visits"].append(visit(1, ref="V5"))
    take(session, document)
    old = the_visit(session, "V1").site_id
    document = changed(document, "visits", 0, address="Äulestrasse 2, 9490 Vaduz", lat=47.14, lon=9.52)
    take(session, document)

    assert the_visit(session, "V1").site_id != old
    assert the_visit(session, "V5").site_id == old
    assert the_visit(session, "V1").generation == 2
    assert the_visit(session, "V1").site.customer.ref == "C1"


def test_coordinates_found_for_an_address_are_no_new_promise(session: Session) -> None:
    take(session, changed(planning(), "visits", 3, lat=None, lon=None))
    assert not the_visit(session, "V4").site.located
    take(session, planning())

    assert the_visit(session, "V4").site.located
    assert the_visit(session, "V4").generation == 1


def test_a_customer_changes_field_by_field(session: Session) -> None:
    take(session, planning())
    customer = session.scalars(select(Customer).where(Customer.ref == "C1")).one()
    customer.phone = "+4232329999"
    session.flush()
    report = take(
        session, changed(planning(), "customers", 0, phone="+423 232 55 55", name="Ana Beck", email="ana@example.org")
    )

    assert [(one.field, one.portal, one.document) for one in report.conflicts] == [
        ("phone", "+4232329999", "+4232325555")
    ]
    assert (customer.name, customer.email, customer.phone) == ("Ana Beck", "ana@example.org", "+4232329999")
    changes = session.scalars(select(Event).where(Event.kind == "customer.changed")).all()
    assert {change.payload["field"] for change in changes} == {"name", "email"}


def test_a_technician_who_moves_house_has_other_routes(session: Session) -> None:
    take(session, planning())
    before = the_visit(session, "V3").stop
    assert before
    start, version = before.planned_start, before.route.version
    take(session, changed(planning(), "technicians", 1, start={"lat": 47.2, "lon": 9.5}))

    after = the_visit(session, "V3").stop
    assert after
    assert after.planned_start > start
    assert after.route.version == version + 1


def test_a_shorter_shift_is_taken_with_its_warnings(session: Session) -> None:
    take(session, planning())
    report = take(session, changed(planning(), "routes", 0, shift={"start": "08:00", "end": "09:00"}))

    assert report.changed == {"routes": 1}
    assert {notice.field for notice in report.warnings} == {"shift"}
