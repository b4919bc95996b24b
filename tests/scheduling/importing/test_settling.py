"""What an import says record by record, and conflicts that are settled one by one."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import customers
from scheduling.events import Actor
from scheduling.importer import Record, Report, settling
from scheduling.importer.settling import NotSettled
from scheduling.models import Conflict, Customer, Route, Technician
from scheduling.terms import LinkTerms
from scheduling.travel import GreatCircle
from tests.scheduling.importing.documents import (
    DAY,
    NEXT_DAY,
    changed,
    plan,
    planning,
    refusals,
    take,
    the_visit,
    window,
)
from tests.scheduling.importing.test_again import move, put

pytestmark = pytest.mark.usefixtures("now")
ADA = Actor.staff(7)


def record(report: Report, kind: str, ref: str) -> Record:
    [found] = [each for each in report.records if (each.kind, each.ref) == (kind, ref)]
    return found


def conflicts(session: Session) -> list[Conflict]:
    return list(session.scalars(select(Conflict).where(Conflict.resolved_at.is_(None)).order_by(Conflict.id)))


def settle(session: Session, conflict: Conflict) -> Report:
    return settling.take_theirs(session, conflict, travel=GreatCircle(), actor=ADA, terms=LinkTerms())


def the_customer(session: Session, ref: str) -> Customer:
    return session.scalars(select(Customer).where(Customer.ref == ref)).one()


def edit(session: Session, **changes: str) -> None:
    """Change C1 in the portal."""
    customer = the_customer(session, "C1")
    customers.edit(session, customer, changes, seen=customer.version, actor=ADA)


def disputed_phone(session: Session) -> None:
    """The portal and a later document both changed the number and the name of C1."""
    take(session, planning())
    edit(session, phone="+4232320099", name="Ours")
    take(session, changed(planning(), "customers", 0, phone="+423 232 00 55", name="Theirs"))


def test_new_records_are_named(session: Session) -> None:
    report = take(session, planning())
    assert record(report, "customers", "C1") == Record("customers", "C1", "Customer 1", created=True)
    assert record(report, "visits", "V1").label == "Customer 1, Städtle 1, 9490 Vaduz"
    assert record(report, "routes", f"{DAY} T1").label == "2 stops"
    assert "records" not in report.as_dict() or report.as_dict()["records"] == ()


def test_changed_fields_are_named_with_before_and_after(session: Session) -> None:
    take(session, planning())
    again = changed(planning(), "customers", 0, name="Customer One")
    report = take(session, put(again, "V3", (DAY, "T1"), duration_min=45))
    assert record(report, "customers", "C1").fields == {"name": ("Customer 1", "Customer One")}
    assert record(report, "visits", "V3").fields == {
        "duration_min": (30, 45),
        "place": ([DAY, "T2"], [DAY, "T1"]),
    }
    assert record(report, "routes", f"{DAY} T1").fields == {"stops": (["V1", "V2"], ["V1", "V2", "V3"])}


def test_the_same_document_names_nothing(session: Session) -> None:
    take(session, planning())
    assert take(session, planning()).records == ()


def test_sides_are_taken_field_by_field(session: Session) -> None:
    take(session, planning())
    edit(session, phone="+4232320099", name="Ours")
    document = changed(planning(), "customers", 0, phone="+423 232 00 55", name="Theirs")
    report = take(session, document, theirs={("customers", "C1", "phone")})
    assert (the_customer(session, "C1").phone, the_customer(session, "C1").name) == ("+4232320055", "Ours")
    assert [each.field for each in report.conflicts] == ["name"]


def test_one_conflict_is_settled_for_the_document_later(session: Session) -> None:
    disputed_phone(session)
    phone = next(each for each in conflicts(session) if each.field == "phone")
    report = settle(session, phone)
    assert (the_customer(session, "C1").phone, the_customer(session, "C1").name) == ("+4232320055", "Ours")
    assert record(report, "customers", "C1").fields == {"phone": ("+4232320099", "+4232320055")}
    assert phone.resolved_by == "user:7"
    assert [each.field for each in conflicts(session)] == ["name"]


def test_a_visit_goes_where_the_document_says_with_its_window(session: Session) -> None:
    take(session, planning())
    move(session, "V1")
    moved = window("10:00", "12:00", DAY)
    take(session, put(planning(), "V1", (DAY, "T2"), window=moved))
    place = next(each for each in conflicts(session) if each.field == "place")
    settle(session, place)
    assert plan(session)[DAY, "T2"] == ["V3", "V1"]
    assert plan(session)[NEXT_DAY, "T1"] == []
    visit = the_visit(session, "V1")
    assert visit.window
    assert visit.window.start.astimezone(visit.location.zone).isoformat().startswith(moved["start"])
    assert conflicts(session) == []


def test_a_technician_and_the_hours_of_a_route_are_settled(session: Session) -> None:
    take(session, planning())
    technician = session.scalars(select(Technician).where(Technician.ref == "T1")).one()
    technician.capacity = 10
    session.flush()
    take(session, changed(planning(), "technicians", 0, capacity=20))
    [conflict] = conflicts(session)
    settle(session, conflict)
    assert technician.capacity == 20


def test_what_is_gone_cannot_be_settled(session: Session) -> None:
    disputed_phone(session)
    phone = conflicts(session)[0]
    phone.ref = "C99"
    session.flush()
    with pytest.raises(NotSettled, match="isn't known any more"):
        settle(session, phone)


def test_ours_is_kept_until_the_document_says_something_new(session: Session) -> None:
    disputed_phone(session)
    for each in conflicts(session):
        settling.keep_ours(each, actor=ADA)
    session.flush()
    again = changed(planning(), "customers", 0, phone="+423 232 00 55", name="Theirs")
    assert take(session, again).conflicts == ()
    assert the_customer(session, "C1").name == "Ours"


@pytest.mark.parametrize(
    ("payload", "name", "words"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "logo.png", "is a picture"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "planning.csv", "is a picture"),
        (b"%PDF-1.7 \xe2\xe3", "offer.pdf", "is a PDF"),
        (b"\xd0\xcf\x11\xe0" + bytes(40), "visits.xls", "save it as XLSX first"),
        (b"\x7fELF\x02\x01\x01" + bytes(40), "portal", "a file of another kind"),
    ],
)
def test_what_is_no_document_is_named_kindly(session: Session, payload: bytes, name: str, words: str) -> None:
    [refusal] = refusals(session, payload, name)
    assert words in refusal.reason
    assert "JSON, CSV or XLSX" in refusal.reason
    assert session.scalars(select(Route)).all() == []
