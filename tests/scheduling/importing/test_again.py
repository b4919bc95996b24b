"""Importing again: what the document says anew is taken, what the portal changed stays, and both is a conflict."""

from collections.abc import Sequence
from datetime import date, time

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import routes, visits, wall
from scheduling.events import Actor
from scheduling.models import Confirmation, Conflict, Event, Route, Visit, VisitStatus
from scheduling.terms import LinkTerms
from scheduling.travel import GreatCircle
from tests.scheduling.importing.documents import (
    DAY,
    NEXT_DAY,
    Document,
    changed,
    plan,
    planning,
    route,
    take,
    the_visit,
    visit,
    window,
)

pytestmark = pytest.mark.usefixtures("now")
DANA = Actor.staff(1)
MOVED = window("13:00", "15:00", NEXT_DAY)


def move(session: Session, ref: str, day: str = NEXT_DAY, technician: str = "T1") -> None:
    """A customer moves his visit to the afternoon of another day."""
    moved, travel = the_visit(session, ref), GreatCircle()
    day_ = date.fromisoformat(day)
    routes.leave(session, moved, travel=travel, actor=DANA)
    moved.window = wall.window(day_, time(13), time(15), moved.location.zone)
    visits.renew(moved)
    moved.confirmation = Confirmation.RESCHEDULED
    visits.agree(moved)
    found = session.scalars(select(Route).where(Route.day == day_)).all()
    target = next(route for route in found if route.technician.ref == technician)
    routes.write(session, target, [*[stop.visit for stop in target.stops], moved], travel=travel, actor=DANA)


def put(document: Document, ref: str, key: tuple[str, str], **fields: object) -> Document:
    """The document with a visit at the end of another route, and with other fields."""
    visits_ = [{**row, **fields} if row["ref"] == ref else row for row in document["visits"]]
    rows = []
    for row in document["routes"]:
        stops = [stop for stop in row["stops"] if stop != ref]
        rows.append({**row, "stops": [*stops, ref] if (row["date"], row["technician"]) == key else stops})
    return {**document, "visits": visits_, "routes": rows}


def kinds(session: Session, visit: Visit) -> Sequence[str]:
    """The events of a visit since it was made, without what the portal itself did."""
    query = select(Event.kind).where(Event.visit_id == visit.id, Event.origin == "import").order_by(Event.id)
    return session.scalars(query).all()[1:]


def test_the_same_document_changes_nothing(session: Session) -> None:
    take(session, planning())
    before = session.scalars(select(Event)).all()
    report = take(session, planning())

    assert report.created == report.changed == {}
    assert report.unchanged == {"locations": 1, "technicians": 2, "customers": 4, "visits": 4, "routes": 3}
    assert session.scalars(select(Event)).all() == before


def test_a_move_by_the_customer_outlives_the_same_document(session: Session) -> None:
    take(session, planning())
    move(session, "V1")
    report = take(session, planning())

    assert report.changed == {}
    assert not report.conflicts
    assert plan(session) == {(DAY, "T1"): ["V2"], (DAY, "T2"): ["V3"], (NEXT_DAY, "T1"): ["V1"]}
    assert the_visit(session, "V1").confirmation is Confirmation.RESCHEDULED


def test_a_new_window_is_taken_and_is_a_new_promise(session: Session) -> None:
    take(session, changed(planning(), "visits", 0, confirmed=True))
    versions = {route.id: route.version for route in session.scalars(select(Route))}
    report = take(session, changed(planning(), "visits", 0, window=window("09:00", "11:00"), confirmed=True))

    moved = the_visit(session, "V1")
    assert report.changed == {"visits": 1}
    assert moved.window_start
    assert moved.window_start.hour == 8
    assert (moved.generation, moved.confirmation, moved.locked_start) == (2, Confirmation.NONE, None)
    assert kinds(session, moved) == ["visit.planned", "visit.confirmed", "visit.planned_time_changed"]
    assert moved.stop
    assert moved.stop.planned_start == moved.window_start
    assert moved.stop.route.version == versions[moved.stop.route_id] + 1


def test_a_new_day_without_a_window_of_its_own_drops_the_old_promise(session: Session) -> None:
    take(session, planning())
    document = put(planning(), "V1", (NEXT_DAY, "T1"))
    del document["visits"][0]["window"]
    take(session, document)

    moved = the_visit(session, "V1")
    assert plan(session)[NEXT_DAY, "T1"] == ["V1"]
    assert moved.window is None
    assert moved.generation == 2
    assert kinds(session, moved) == ["visit.planned", "visit.planned_time_changed"]


def test_another_technician_on_the_same_day_is_no_new_promise(session: Session) -> None:
    take(session, planning())
    take(session, put(planning(), "V1", (DAY, "T2")))

    moved = the_visit(session, "V1")
    assert plan(session)[DAY, "T2"] == ["V3", "V1"]
    assert moved.generation == 1
    assert kinds(session, moved) == ["visit.planned", "visit.technician_changed"]


def test_a_new_place_for_a_moved_visit_is_a_conflict(session: Session) -> None:
    take(session, planning())
    move(session, "V1")
    document = put(planning(), "V1", (DAY, "T2"), window=window("10:00", "12:00"))
    report = take(session, document)

    assert [(one.ref, one.field, one.portal, one.document) for one in report.conflicts] == [
        ("V1", "place", [NEXT_DAY, "T1"], [DAY, "T2"]),
        ("V1", "window", MOVED, window("10:00", "12:00")),
    ]
    assert plan(session)[NEXT_DAY, "T1"] == ["V1"]
    assert session.scalars(select(Conflict.field).where(Conflict.resolved_at.is_(None))).all() == ["place", "window"]


def test_theirs_takes_the_documents_side(session: Session) -> None:
    take(session, planning())
    move(session, "V1")
    document = put(planning(), "V1", (DAY, "T2"), window=window("10:00", "12:00"))
    take(session, document)
    report = take(session, document, theirs=True)

    assert not report.conflicts
    assert plan(session)[DAY, "T2"] == ["V3", "V1"]
    moved = the_visit(session, "V1")
    assert moved.window_start
    assert moved.window_start.hour == 9
    assert moved.confirmation is Confirmation.NONE
    assert session.scalars(select(Conflict).where(Conflict.resolved_at.is_(None))).all() == []


def test_a_conflict_lasts_until_it_is_settled_and_is_kept_once(session: Session) -> None:
    take(session, planning())
    the_visit(session, "V4").contact = "Frau Hilti"
    document = changed(planning(), "visits", 3, contact="Herr Hilti")
    first, second = take(session, document), take(session, document)

    assert first.conflicts == second.conflicts
    assert len(session.scalars(select(Conflict)).all()) == 1
    take(session, changed(planning(), "visits", 3, contact="Frau Hilti"))
    assert session.scalars(select(Conflict)).one().resolved_by == "import"


def test_half_of_a_promise_is_never_taken(session: Session) -> None:
    """The portal moved the visit to another day; a new window on the old one doesn't go with that."""
    take(session, changed(planning(), "visits", 0, window=None))
    move(session, "V1")
    the_visit(session, "V1").window = None
    session.flush()
    report = take(session, changed(planning(), "visits", 0, window=window("08:00", "10:00")))

    assert [one.field for one in report.conflicts] == ["window"]
    assert the_visit(session, "V1").window is None


def test_what_a_document_no_longer_names_stays(session: Session) -> None:
    take(session, planning())
    report = take(session, {"timezone": "Europe/Vaduz", "routes": [route(DAY, "T1", "V2")]})

    assert plan(session)[DAY, "T1"] == ["V1", "V2"]
    assert report.changed == {}


def test_a_new_order_is_applied_to_those_that_are_there(session: Session) -> None:
    document = planning()
    document["visits"] += [visit(n, ref=f"V{n + 10}") for n in range(1, 4)]
    document["routes"][1]["stops"] = ["V3", "V11", "V12", "V13"]
    take(session, document)
    move(session, "V12")
    move(session, "V1", DAY, "T2")
    document["routes"][1]["stops"] = ["V13", "V12", "V11", "V3"]
    report = take(session, document)

    assert plan(session)[DAY, "T2"] == ["V13", "V1", "V11", "V3"]
    assert not report.conflicts
    assert report.changed == {"routes": 1}


def test_an_order_changed_on_both_sides_is_a_conflict(session: Session) -> None:
    document = changed(planning(), "visits", 3)
    document["visits"].append(visit(1, ref="V5"))
    document["routes"][1]["stops"] = ["V3", "V4", "V5"]
    take(session, document)
    found = the_visit(session, "V3").stop
    assert found
    order = [the_visit(session, ref) for ref in ("V5", "V3", "V4")]
    routes.write(session, found.route, order, travel=GreatCircle(), actor=DANA)
    document["routes"][1]["stops"] = ["V4", "V3", "V5"]
    report = take(session, document)

    assert [one.field for one in report.conflicts] == ["stops"]
    assert plan(session)[DAY, "T2"] == ["V5", "V3", "V4"]
    take(session, document, theirs=True)
    assert plan(session)[DAY, "T2"] == ["V4", "V3", "V5"]


def test_a_cancelled_visit_leaves_its_route_and_may_come_back(session: Session) -> None:
    take(session, planning())
    document = put(planning(), "V1", ("", ""), status="cancelled")
    take(session, document)

    cancelled = the_visit(session, "V1")
    assert plan(session)[DAY, "T1"] == ["V2"]
    assert (cancelled.status, cancelled.generation) == (VisitStatus.CANCELLED, 2)
    assert kinds(session, cancelled) == ["visit.planned", "visit.status_changed"]
    take(session, changed(planning(), "visits", 0, status="planned"))
    assert plan(session)[DAY, "T1"] == ["V1", "V2"]


def test_a_final_status_stays(session: Session) -> None:
    take(session, changed(planning(), "visits", 0, status="validated"))
    report = take(session, changed(planning(), "visits", 0, status="planned"))

    assert [one.field for one in report.conflicts] == ["status"]
    assert the_visit(session, "V1").status is VisitStatus.VALIDATED


def test_an_unplanned_visit_is_planned(session: Session) -> None:
    take(session, planning())
    report = take(session, put(planning(), "V4", (DAY, "T2")))

    planned = the_visit(session, "V4")
    assert planned.status is VisitStatus.PLANNED
    assert plan(session)[DAY, "T2"] == ["V3", "V4"]
    assert report.changed == {"visits": 1, "routes": 1}
    assert kinds(session, planned) == ["visit.planned"]


def test_a_visit_that_has_begun_stays_where_it_is(session: Session) -> None:
    take(session, planning())
    visits.move(session, the_visit(session, "V1"), VisitStatus.STARTED, travel=GreatCircle(), actor=DANA)
    report = take(session, put(planning(), "V1", (DAY, "T2")))

    assert [one.field for one in report.conflicts] == ["place"]
    assert plan(session)[DAY, "T1"] == ["V1", "V2"]


def test_confirming_by_document_is_the_customers_word(session: Session) -> None:
    take(session, planning())
    take(session, changed(planning(), "visits", 0, confirmed=True))
    confirmed = the_visit(session, "V1")
    assert confirmed.confirmation is Confirmation.CONFIRMED
    assert confirmed.stop
    assert confirmed.locked_start == confirmed.stop.planned_start
    assert kinds(session, confirmed) == ["visit.planned", "visit.confirmed"]

    take(session, changed(planning(), "visits", 0, confirmed=False))
    assert the_visit(session, "V1").confirmation is Confirmation.NONE


def test_an_old_word_about_the_confirmation_changes_nothing(session: Session) -> None:
    document = changed(planning(), "visits", 0, confirmed=False)
    take(session, document)
    confirmed = the_visit(session, "V1")
    visits.notify(session, confirmed, terms=LinkTerms(), invitation_id=1, actor=DANA)
    visits.confirm(session, confirmed, seen=confirmed.generation, actor=Actor.customer(1))
    report = take(session, document)

    assert report.changed == {}
    assert the_visit(session, "V1").confirmation is Confirmation.CONFIRMED


def test_another_customer_lets_go_of_the_agreed_time(session: Session) -> None:
    take(session, changed(planning(), "visits", 0, confirmed=True))
    before = _version(session, "V1")
    take(session, changed(planning(), "visits", 0, confirmed=True, customer="C2"))

    assert the_visit(session, "V1").locked_start is None
    assert _version(session, "V1") > before


def _version(session: Session, ref: str) -> int:
    """What the solver's arrays are kept by."""
    stop = the_visit(session, ref).stop
    assert stop
    return stop.route.version
