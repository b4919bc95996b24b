"""What an import leaves in the portal."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import exporter
from scheduling.db import Base
from scheduling.models import (
    Confirmation,
    Customer,
    Event,
    Location,
    Lock,
    Origin,
    Route,
    RouteOrigin,
    Technician,
    VisitStatus,
)
from tests.conftest import SetClock
from tests.scheduling.importing.documents import (
    DAY,
    HOME,
    NEXT_DAY,
    Document,
    changed,
    plan,
    planning,
    refusals,
    route,
    take,
    the_visit,
    visit,
    window,
)

pytestmark = pytest.mark.usefixtures("now")


def test_a_planning_comes_in(session: Session) -> None:
    report = take(session, planning())

    assert report.created == {"locations": 1, "technicians": 2, "customers": 4, "visits": 4, "routes": 3}
    assert not report.warnings
    assert plan(session) == {(DAY, "T1"): ["V1", "V2"], (DAY, "T2"): ["V3"], (NEXT_DAY, "T1"): []}
    first = the_visit(session, "V1")
    assert first.status is VisitStatus.PLANNED
    assert first.window_start == datetime(2026, 12, 1, 7, tzinfo=UTC)
    assert first.site.address == "Städtle 1, 9490 Vaduz"
    assert first.type is not None
    assert (first.generation, first.confirmation, first.lock) == (1, Confirmation.NONE, None)
    assert the_visit(session, "V4").status is VisitStatus.UNPLANNED
    assert session.scalars(select(Location)).one().zone_name == "Europe/Vaduz"


def test_stops_are_planned_as_early_as_promises_allow(session: Session) -> None:
    take(session, planning())

    stops = [the_visit(session, ref).stop for ref in ("V1", "V2")]
    first, second = [stop for stop in stops if stop]
    assert first.planned_start > datetime(2026, 12, 1, 7, tzinfo=UTC)  # the way from home takes time
    assert second.planned_start == datetime(2026, 12, 1, 9, tzinfo=UTC)  # waits for its window
    assert second.planned_end - second.planned_start == timedelta(minutes=30)


def test_defaults(session: Session) -> None:
    document = planning()
    document["technicians"].append({"ref": "T3", "start": HOME})
    document["customers"].append({"ref": "C9"})
    del document["location"]
    take(session, document)

    technician = session.scalars(select(Technician).where(Technician.ref == "T3")).one()
    assert (technician.name, technician.capacity, technician.skills) == ("T3", None, [])
    assert (technician.end_lat, technician.end_lon) == (47.14, 9.52)
    customer = session.scalars(select(Customer).where(Customer.ref == "C9")).one()
    assert (customer.name, customer.phone, customer.consents) == ("C9", None, [])


def test_numbers_are_kept_as_e164_and_unreadable_ones_with_a_warning(session: Session) -> None:
    document = changed(planning(), "customers", 0, phone="00423 232 00 01")
    document = changed(document, "customers", 1, phone="232 00 02", email="nobody")
    report = take(session, document)

    phones = {customer.ref: customer.phone for customer in session.scalars(select(Customer))}
    assert phones["C1"] == "+4232320001"
    assert phones["C2"] == "232 00 02"
    assert [(notice.ref, notice.field) for notice in report.warnings] == [("C2", "phone"), ("C2", "email")]


def test_consent_of_the_file_counts_where_a_row_says_nothing(session: Session) -> None:
    document = planning()
    del document["customers"][0]["consent"]
    document["customers"][1]["consent"] = []
    take(session, document, consent=["email", "sms"])

    consents = {customer.ref: customer.consents for customer in session.scalars(select(Customer))}
    assert {consent.channel for consent in consents["C1"]} == {"sms", "email"}
    assert {consent.by for consent in consents["C1"]} == {"import"}
    assert consents["C2"] == []


def test_a_withdrawn_consent_is_kept_as_withdrawn(session: Session) -> None:
    take(session, planning())
    take(session, changed(planning(), "customers", 0, consent=[]))

    customer = session.scalars(select(Customer).where(Customer.ref == "C1")).one()
    assert [(consent.channel, consent.granted) for consent in customer.consents] == [("sms", False)]


def test_a_confirmed_visit_is_locked_where_it_is_planned(session: Session) -> None:
    take(session, changed(planning(), "visits", 0, confirmed=True, lock="time"))

    confirmed = the_visit(session, "V1")
    assert confirmed.confirmation is Confirmation.CONFIRMED
    assert confirmed.lock is Lock.TIME
    assert confirmed.stop
    assert confirmed.locked_start == confirmed.stop.planned_start
    assert confirmed.agreed_generation == confirmed.generation


def test_every_change_has_its_event(session: Session) -> None:
    take(session, changed(planning(), "visits", 0, confirmed=True))

    events = session.scalars(select(Event).order_by(Event.id)).all()
    assert {event.origin for event in events} == {Origin.IMPORT}
    kinds = [event.kind for event in events if event.visit_id == the_visit(session, "V1").id]
    assert kinds == ["visit.created", "visit.planned", "visit.confirmed"]
    assert [event.kind for event in events if event.visit_id == the_visit(session, "V4").id] == ["visit.created"]


def test_a_plan_that_breaks_promises_is_taken_with_a_warning_each(session: Session) -> None:
    document = changed(planning(), "visits", 1, window=window("08:00", "08:20"), skills=["water"])
    report = take(session, document)

    assert {(notice.ref, notice.field) for notice in report.warnings} == {
        (f"{DAY} T1", "skill"),
        (f"{DAY} T1", "window"),
    }
    assert all("V2" in notice.reason for notice in report.warnings)


def test_an_imported_route_takes_the_place_of_an_empty_one(session: Session) -> None:
    document = planning()
    take(session, {**document, "routes": []})
    technician = session.scalars(select(Technician).where(Technician.ref == "T1")).one()
    shift = {"shift_start": datetime(2026, 1, 1, 7).time(), "shift_end": datetime(2026, 1, 1, 12).time()}  # noqa: DTZ001
    day = datetime(2026, 12, 1).date()  # noqa: DTZ001
    session.add(
        Route(
            location=technician.location, technician=technician, day=day, origin=RouteOrigin.HOURS, version=1, **shift
        )
    )
    session.flush()
    take(session, document)

    found = session.scalars(select(Route).where(Route.day == day, Route.technician == technician)).one()
    assert found.origin is RouteOrigin.PLANNING
    assert found.shift_end.hour == 17
    assert found.version == 2
    assert len(found.stops) == 2


def test_two_visits_of_a_customer_at_one_address_share_a_site(session: Session) -> None:
    document = planning()
    document["visits"].append({**visit(1), "ref": "V5"})
    take(session, document)

    assert the_visit(session, "V1").site_id == the_visit(session, "V5").site_id


def test_unknown_fields_are_passed_over_with_a_warning(session: Session) -> None:
    report = take(session, {**changed(planning(), "visits", 0, colour="red"), "version": 3})

    assert [(notice.kind, notice.field) for notice in report.warnings] == [("file", "version"), ("visits", "colour")]


def test_nothing_is_written_of_a_refused_document(session: Session) -> None:
    assert refusals(session, changed(planning(), "visits", 3, duration_min=0))
    assert not session.new
    assert session.scalars(select(Location)).all() == []


def test_partial_takes_the_good_rows(session: Session) -> None:
    report = take(session, changed(planning(), "visits", 0, duration_min=0), partial=True)

    assert [(refusal.row, refusal.ref, refusal.field) for refusal in report.refused] == [(1, "V1", "duration_min")]
    assert plan(session)[DAY, "T1"] == ["V2"]
    assert report.created["visits"] == 3


def test_a_report_is_json(session: Session) -> None:
    report = take(session, changed(planning(), "visits", 0, duration_min=0), partial=True)

    assert json.loads(json.dumps(report.as_dict()))["refused"] == [
        {
            "file": "planning.json",
            "kind": "visits",
            "row": 1,
            "ref": "V1",
            "field": "duration_min",
            "reason": "must be at least 1",
        }
    ]


def _rich() -> Document:
    document = changed(planning(), "visits", 0, confirmed=True, contact="Frau Hilti", custom={"floor": 3}, load=2)
    document = changed(document, "visits", 2, status="completed", auxiliaries=["T1"])
    document["routes"][0]["break"] = {"start": "11:30", "end": "13:30", "min": 30}
    document["visits"].append(visit(1, ref="V5", status="cancelled", lat=None, lon=None))
    return document


def test_an_export_gives_the_same_plan_in_an_empty_database(session: Session, now: SetClock) -> None:
    take(session, _rich())
    the_visit(session, "V2").confirmation = Confirmation.NOTIFIED
    the_visit(session, "V2").generation = 3
    session.flush()
    planned = exporter.document(session)
    for table in reversed(Base.metadata.sorted_tables):
        session.execute(table.delete())
    session.expunge_all()
    now.advance(hours=1)

    take(session, exporter.as_json(planned).encode())

    assert exporter.document(session) == planned


def test_importing_an_export_changes_nothing(session: Session) -> None:
    take(session, _rich())
    planned = exporter.document(session)
    report = take(session, exporter.as_json(planned).encode())

    assert report.created == {}
    assert report.changed == {}
    assert not report.conflicts
    assert exporter.document(session) == planned


def test_an_export_of_days_holds_their_routes_and_what_they_refer_to(session: Session) -> None:
    take(session, planning())
    day = datetime(2026, 12, 2, tzinfo=UTC).date()
    document = exporter.document(session, day, day)

    assert [route["date"] for route in document["routes"]] == [NEXT_DAY]
    assert document["visits"] == []
    assert document["customers"] == []
    assert route(NEXT_DAY, "T1")["shift"] == document["routes"][0]["shift"]
