"""What an import refuses, and how it says so."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.scheduling.importing.documents import (
    DAY,
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

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is read and refused doesn't depend on the database."""
pytestmark = [pytest.mark.usefixtures("now"), ONE_DATABASE]


def _visit(**fields: Any) -> Callable[[], Document]:
    """The first visit, which is in a route, with other fields."""
    return lambda: changed(planning(), "visits", 0, **fields)


def _loose(**fields: Any) -> Callable[[], Document]:
    """The last visit, which is in no route, with other fields."""
    return lambda: changed(planning(), "visits", 3, **fields)


def _route(**fields: Any) -> Callable[[], Document]:
    return lambda: changed(planning(), "routes", 0, **fields)


def _customer(**fields: Any) -> Callable[[], Document]:
    return lambda: changed(planning(), "customers", 0, **fields)


def _technician(**fields: Any) -> Callable[[], Document]:
    return lambda: changed(planning(), "technicians", 0, **fields)


def _break(start: str, end: str, minutes: int) -> Callable[[], Document]:
    return _route(**{"break": {"start": start, "end": end, "min": minutes}})


def _more(kind: str, row: Document) -> Callable[[], Document]:
    return lambda: {**planning(), kind: [*planning()[kind], row]}


def _without(kind: str, name: str) -> Callable[[], Document]:
    def document() -> Document:
        copy = planning()
        del copy[kind][0][name]
        return copy

    return document


CASES: list[tuple[Callable[[], Document], str, int, str, str]] = [
    (_without("visits", "ref"), "visits", 1, "ref", "is missing"),
    (_without("visits", "customer"), "visits", 1, "customer", "is missing"),
    (_without("visits", "duration_min"), "visits", 1, "duration_min", "is missing"),
    (_without("technicians", "start"), "technicians", 1, "start", "is missing"),
    (_without("routes", "date"), "routes", 1, "date", "is missing"),
    (_without("routes", "technician"), "routes", 1, "technician", "is missing"),
    (_without("routes", "shift"), "routes", 1, "shift", "is missing"),
    (_loose(address="", lat=None, lon=None), "visits", 4, "", "an address, or lat and lon, is missing"),
    (_loose(lat=None), "visits", 4, "", "lat and lon belong together"),
    (_loose(lat=91), "visits", 4, "lat", "must be at most 90"),
    (_loose(lon=-181), "visits", 4, "lon", "must be at least -180"),
    (_loose(duration_min=0), "visits", 4, "duration_min", "must be at least 1"),
    (_loose(duration_min=-5), "visits", 4, "duration_min", "must be at least 1"),
    (_loose(duration_min=12.5), "visits", 4, "duration_min", "must be a whole number"),
    (_loose(duration_min=True), "visits", 4, "duration_min", "must be a number"),
    (_loose(load=-1), "visits", 4, "load", "must be at least 0"),
    (_loose(skills="gas"), "visits", 4, "skills", "must be a list"),
    (_loose(ref=""), "visits", 4, "ref", "must not be empty"),
    (_loose(ref="V" * 65), "visits", 4, "ref", "must be at most 64 characters long"),
    (_loose(ref=4), "visits", 4, "ref", "must be text"),
    (_loose(description="a\0b"), "visits", 4, "description", "holds a control character"),
    (_loose(custom={"a": ["\0"]}), "visits", 4, "custom", "holds a control character"),
    (_loose(contact="\ud800"), "visits", 4, "contact", "holds a control character"),
    (_loose(confirmed="perhaps"), "visits", 4, "confirmed", "must be true or false"),
    (_loose(customer="C9"), "visits", 4, "customer", "there is no customer C9"),
    (_loose(auxiliaries=["T1", "T9"]), "visits", 4, "auxiliaries", "there is no technician T9"),
    (_loose(window=window("10:00", "08:00")), "visits", 4, "window", "ends before it starts"),
    (_loose(window={"start": f"{DAY}T08:00"}), "visits", 4, "window.end", "is missing"),
    (_loose(window=window("8:00", "10:00")), "visits", 4, "window.start", "must be written like 2026-12-01T08:00"),
    (_loose(window=window("08:00+01:00", "10:00")), "visits", 4, "window.start", "without an offset"),
    (
        _loose(window=window("02:15", "02:45", "2027-03-28")),
        "visits",
        4,
        "window",
        "the clock skips 02:15 on 2027-03-28 in Europe/Vaduz",
    ),
    (
        _loose(window={"start": f"{DAY}T08:00", "end": f"{NEXT_DAY}T08:00"}),
        "visits",
        4,
        "window",
        "must start and end on the same day",
    ),
    (_visit(status="draft"), "visits", 1, "status", "a visit that is draft can't be in a route"),
    (_visit(status="cancelled"), "visits", 1, "status", "a visit that is cancelled can't be in a route"),
    (_visit(status="unplanned"), "visits", 1, "status", "a visit that is unplanned can't be in a route"),
    (_visit(status="deleted"), "visits", 1, "status", "a visit that is deleted can't be in a route"),
    (_visit(status="elsewhere"), "visits", 1, "status", "must be one of"),
    (_visit(window=window("08:00", "10:00", NEXT_DAY)), "visits", 1, "window", "is on another day than the route"),
    (_visit(lat=None, lon=None), "visits", 1, "lat", "no coordinates, and no geocoder is set"),
    (_route(stops=["V1", "V9"]), "routes", 1, "stops[1]", "there is no visit V9"),
    (_route(stops=["V1", "V1"]), "routes", 1, "stops[1]", "the visit V1 is there twice already"),
    (_route(technician="T9"), "routes", 1, "technician", "there is no technician T9"),
    (_route(date="2026-02-30"), "routes", 1, "date", "isn't a day of the calendar"),
    (
        _route(shift={"start": "22:00", "end": "06:00"}),
        "routes",
        1,
        "shift",
        "must end after it starts, on the same day",
    ),
    (_route(shift={"start": "08:00", "end": "24:00"}), "routes", 1, "shift.end", "isn't a time of day"),
    (
        lambda: {**planning(), "routes": [route("2027-03-28", "T1", shift={"start": "02:30", "end": "17:00"})]},
        "routes",
        1,
        "shift",
        "the clock skips 02:30",
    ),
    (_break("18:00", "19:00", 30), "routes", 1, "", "30 minutes of break don't fit"),
    (_break("11:30", "11:45", 30), "routes", 1, "", "30 minutes of break don't fit"),
    (_break("11:30", "13:30", 0), "routes", 1, "break.min", "must be at least 1"),
    (_technician(start={"lat": 95, "lon": 9}), "technicians", 1, "start.lat", "must be at most 90"),
    (_technician(capacity=-1), "technicians", 1, "capacity", "must be at least 0"),
    (_customer(consent=["fax"]), "customers", 1, "consent[0]", "must be one of"),
    (_customer(locale="plain German"), "customers", 1, "locale", "must be a language"),
    (_more("visits", visit(1)), "visits", 5, "ref", "stands in row 1 already"),
    (_more("customers", {"ref": "C1"}), "customers", 5, "ref", "stands in row 1 already"),
    (_more("routes", route(DAY, "T1")), "routes", 4, "date", "stands in row 1 already"),
    (_more("routes", route(NEXT_DAY, "T2", "V1")), "routes", 4, "stops[0]", f"in the route {DAY} T1 already"),
]


@pytest.mark.parametrize(("document", "kind", "row", "field", "reason"), CASES)
def test_a_bad_row_is_refused(
    session: Session, document: Callable[[], Document], kind: str, row: int, field: str, reason: str
) -> None:
    refused = refusals(session, document())

    assert (refused[0].kind, refused[0].row, refused[0].field) == (kind, row, field)
    assert reason in refused[0].reason
    assert str(refused[0]).startswith(f"planning.json: {kind} row {row}")


@pytest.mark.parametrize(
    ("payload", "field", "reason"),
    [
        (b"", "", "isn't JSON"),
        (b'{"timezone": "UTC",\n  "visits": [}', "", "line 2, column 14"),
        (b"[]", "", "must be an object"),
        (b'{"timezone": "UTC", "visits": [NaN]}', "", "NaN is no number"),
        (b"\xff\xfe{", "", "isn't saved as UTF-8"),
        (b"[" * 100_000, "", "nested too deeply"),
        (b'{"visits": []}', "timezone", "is missing"),
        (b'{"timezone": "Europe/Nowhere"}', "timezone", "is no time zone"),
        (b'{"timezone": "../../etc/passwd"}', "timezone", "is no time zone"),
        (b'{"timezone": "UTC", "location": ""}', "location", "must be a text"),
        (b'{"timezone": "UTC", "visits": {}}', "visits", "must be a list"),
        (b'{"timezone": "UTC", "visits": [1]}', "visits", "must be an object"),
    ],
)
def test_a_file_that_is_no_planning_is_refused(session: Session, payload: bytes, field: str, reason: str) -> None:
    for partial in (False, True):
        refused = refusals(session, payload, partial=partial)
        assert [refusal.field for refusal in refused] == [field]
        assert reason in refused[0].reason


def test_a_file_that_is_too_large_is_refused(session: Session) -> None:
    refused = refusals(session, json.dumps(planning()).encode(), max_bytes=1024)

    assert refused[0].reason == "is larger than 0 MB"


def test_every_bad_row_is_named(session: Session) -> None:
    document = changed(planning(), "visits", 0, duration_min=0, load=-1)
    document = changed(document, "routes", 1, stops=["V3", "V8"])

    assert [(refusal.kind, refusal.field) for refusal in refusals(session, document)] == [
        ("visits", "duration_min"),
        ("visits", "load"),
        ("routes", "stops[1]"),
    ]


def test_what_belongs_to_another_location_is_refused(session: Session) -> None:
    take(session, planning())
    refused = refusals(session, {**planning(), "location": "branch"})

    assert refused[0].reason == "belongs to the location main"


def test_partial_leaves_out_what_refers_to_a_refused_row(session: Session) -> None:
    document = changed(planning(), "routes", 0, shift={"start": "22:00", "end": "06:00"})
    report = take(session, changed(document, "customers", 2, locale="?"), partial=True)

    assert {(refusal.kind, refusal.ref) for refusal in report.refused} == {
        ("routes", ""),
        ("customers", "C3"),
        ("visits", "V3"),
    }
    assert plan(session) == {(DAY, "T2"): [], (NEXT_DAY, "T1"): []}
    assert the_visit(session, "V1").status == "unplanned"
