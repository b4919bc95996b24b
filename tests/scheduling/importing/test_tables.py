"""CSV and XLSX with one visit a row."""

import io
import zipfile
from datetime import date, datetime, time
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.db import Base
from scheduling.importer import tables
from scheduling.models import Confirmation, Customer, Technician
from tests.scheduling.importing.documents import DAY, NEXT_DAY, plan, planning, refusals, take, the_visit

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is read and refused doesn't depend on the database."""
pytestmark = [pytest.mark.usefixtures("now"), ONE_DATABASE]
COLUMNS = (
    "ref,type,date,technician,position,window_start,window_end,duration_min,skills,load,status,confirmed,"
    "address,lat,lon,customer,customer_name,phone,email,locale,consent"
)


@pytest.fixture(autouse=True)
def _technicians(session: Session, now: object) -> None:
    """What a table needs: a location with technicians and shifts."""
    take(
        session,
        {**planning(), "visits": [], "customers": [], "routes": [{**r, "stops": []} for r in planning()["routes"]]},
    )


def csv(*rows: str, header: str = COLUMNS) -> bytes:
    return "\n".join([header, *rows, ""]).encode()


def xlsx(*rows: list[Any]) -> bytes:
    workbook = Workbook()
    sheet = workbook.create_sheet(index=0)
    for row in rows:
        sheet.append(row)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


SECOND = (
    f"V2,maintenance,{DAY},T1,2,{DAY}T10:00,{DAY}T12:00,30,gas;water,3,,yes,"
    "Städtle 2,47.14,9.522,C2,Ana,+423 232 00 02,,de,sms;email"
)
FIRST = f"V1,,{DAY},T1,1,08:00,10:00,45,,,,,Städtle 1,47.139,9.522,C1,,,,,"
LOOSE = "V3,,,,,,,20,,,,,Städtle 3,,,C1,Boris,,,,"


def test_rows_are_visits_in_their_places(session: Session) -> None:
    report = take(session, csv(SECOND, FIRST, LOOSE), "visits.csv")

    assert report.created == {"customers": 2, "visits": 3}
    assert plan(session)[DAY, "T1"] == ["V1", "V2"]
    second = the_visit(session, "V2")
    assert (second.duration, second.load, second.skills) == (30, 3, ["gas", "water"])
    assert second.confirmation is Confirmation.CONFIRMED
    customer = second.customer
    assert (customer.name, customer.phone, customer.locale) == ("Ana", "+4232320002", "de")
    assert {consent.channel for consent in customer.consents} == {"sms", "email"}
    first = the_visit(session, "V1")
    assert first.window_start
    assert first.window_start.hour == 7
    assert first.customer.name == "Boris"  # another row of the same customer says so
    assert first.customer.consents == []


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_a_byte_order_mark_and_decimal_commas(session: Session, delimiter: str) -> None:
    rows = csv("V1|30|Städtle 1|47,139|9,522|C1", header="Ref|duration_min|address|LAT|lon|customer")
    payload = b"\xef\xbb\xbf" + rows.replace(b"|", delimiter.encode())
    take(session, payload, "visits.csv")

    assert the_visit(session, "V1").site.lat == 47.139


def test_a_table_merges_like_any_document(session: Session) -> None:
    take(session, csv(FIRST), "visits.csv")
    assert take(session, csv(FIRST), "visits.csv").changed == {}
    report = take(session, csv(FIRST.replace(DAY, NEXT_DAY)), "visits.csv")

    assert report.changed == {"visits": 1}
    assert plan(session)[NEXT_DAY, "T1"] == ["V1"]


def test_a_workbook_with_real_dates(session: Session) -> None:
    header = COLUMNS.split(",")
    cells: dict[str, Any] = {
        "ref": 17,
        "date": date(2026, 12, 1),
        "technician": "T1",
        "window_start": datetime(2026, 12, 1, 8),  # noqa: DTZ001
        "window_end": time(10),
        "duration_min": 30,
        "confirmed": True,
        "address": "Städtle 1",
        "lat": 47.139,
        "lon": 9.522,
        "customer": 4711,
    }
    payload = xlsx(header, [], [cells.get(name) for name in header])
    take(session, payload, "visits.xlsx")

    visit = the_visit(session, "17")
    assert plan(session)[DAY, "T1"] == ["17"]
    assert visit.customer.ref == "4711"
    assert visit.window
    assert (visit.window.start.hour, visit.window.end.hour) == (7, 9)
    assert visit.confirmation is Confirmation.CONFIRMED


def test_a_formula_without_a_result_is_an_empty_cell(session: Session) -> None:
    payload = xlsx(["ref", "customer", "duration_min", "address"], ["V1", "C1", "=20+10", "Städtle 1"])

    assert [(r.row, r.field, r.reason) for r in refusals(session, payload, "visits.xlsx")] == [
        (2, "duration_min", "is missing")
    ]


def test_a_shift_may_come_from_weekly_hours(session: Session) -> None:
    technician = session.scalars(select(Technician).where(Technician.ref == "T2")).one()
    technician.hours = {"3": ["09:00", "12:00"]}
    session.flush()
    take(session, csv(FIRST.replace(DAY, NEXT_DAY).replace("T1", "T2").replace("08:00", "09:00")), "visits.csv")

    assert plan(session)[NEXT_DAY, "T2"] == ["V1"]


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        (FIRST.replace("T1", "T9"), "technician", "there is no technician T9"),
        (FIRST.replace("T1", ""), "technician", "is missing"),
        (FIRST.replace(DAY, "2026-12-24"), "date", "T1 has no shift on 2026-12-24"),
        (FIRST.replace(f"{DAY},", "01.12.2026,"), "date", "must be written like 2026-12-01"),
        (FIRST.replace("10:00", ""), "window_end", "is missing"),
        (FIRST.replace("45", "many"), "duration_min", "must be a whole number"),
        (FIRST.replace("C1", ""), "customer", "is missing"),
        (FIRST.replace("C1,,", "C1,,\0"), "phone", "holds a control character"),
        (FIRST.replace("47.139,9.522", ","), "lat", "a visit in a route needs coordinates"),
    ],
)
def test_a_bad_row_is_named_by_its_line_and_column(session: Session, row: str, field: str, reason: str) -> None:
    refused = refusals(session, csv(LOOSE, row), "visits.csv")

    found = next(refusal for refusal in refused if refusal.field == field)
    assert (found.file, found.row) == ("visits.csv", 3)
    assert reason in found.reason


def test_rows_that_contradict_each_other_about_a_customer_are_refused(session: Session) -> None:
    refused = refusals(session, csv(LOOSE, FIRST.replace("C1,", "C1,Beat")), "visits.csv")

    assert [(r.row, r.field) for r in refused] == [(3, "customer_name")]
    assert session.scalars(select(Customer)).all() == []


@pytest.mark.parametrize(
    ("payload", "name", "reason"),
    [
        (b"", "visits.csv", "has no column ref, customer, duration_min"),
        (b"ref;ref;customer;duration_min\n", "visits.csv", "has the column ref twice"),
        (csv('V1,"open'), "visits.csv", "isn't CSV"),
        (csv(FIRST + ",more"), "visits.csv", "more cells than the header"),
        ("ref,customer,duration_min\nVé".encode("latin-1"), "visits.csv", "isn't saved as UTF-8"),
        (b"hello", "visits.xlsx", "isn't a workbook"),
        (b"PK\x03\x04", "visits.csv", "isn't a workbook"),
    ],
)
def test_a_file_that_is_no_table_is_refused(session: Session, payload: bytes, name: str, reason: str) -> None:
    assert reason in refusals(session, payload, name)[0].reason


def test_a_far_cell_is_refused_before_it_takes_all_memory(session: Session) -> None:
    workbook = Workbook()
    sheet = workbook.create_sheet()
    sheet["XFD1"], sheet["A1048576"] = "far", "away"
    buffer = io.BytesIO()
    workbook.save(buffer)

    assert "far outside" in refusals(session, buffer.getvalue(), "visits.xlsx")[0].reason


def test_a_zip_bomb_is_refused(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "UNPACKED", 1024 * 1024)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * (1024 * 1024 + 1))

    assert "unpacks to more than" in refusals(session, buffer.getvalue(), "visits.xlsx")[0].reason


def test_a_table_needs_a_planning_first(session: Session) -> None:
    for table in reversed(Base.metadata.sorted_tables):
        session.execute(table.delete())
    session.expunge_all()

    assert "import a JSON document first" in refusals(session, csv(LOOSE), "visits.csv")[0].reason
