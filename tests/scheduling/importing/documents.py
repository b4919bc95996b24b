"""A small planning around Vaduz, as a document that tests change, and a way to import it."""

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import importer
from scheduling.events import Actor
from scheduling.importer import DocumentRefused, Refusal, Report
from scheduling.models import Route, Visit
from scheduling.terms import LinkTerms
from scheduling.travel import GreatCircle

Document = dict[str, Any]
DAY, NEXT_DAY = "2026-12-01", "2026-12-02"
HOME = {"lat": 47.14, "lon": 9.52}


def planning() -> Document:
    """Two technicians on a Tuesday, one of them on Wednesday too; V1 and V2 are with T1, V3 with T2, V4 nowhere."""
    return {
        "location": "main",
        "timezone": "Europe/Vaduz",
        "technicians": [
            {
                "ref": "T1",
                "name": "Ana Frick",
                "phone": "+423 232 11 11",
                "skills": ["gas"],
                "capacity": 40,
                "start": HOME,
            },
            {"ref": "T2", "name": "Beat Marxer", "skills": ["gas", "water"], "start": HOME},
        ],
        "customers": [
            {"ref": f"C{n}", "name": f"Customer {n}", "phone": f"+423 232 00 0{n}", "consent": ["sms"]}
            for n in range(1, 5)
        ],
        "visits": [
            visit(1, window=window("08:00", "10:00")),
            visit(2, window=window("10:00", "12:00")),
            visit(3),
            visit(4),
        ],
        "routes": [route(DAY, "T1", "V1", "V2"), route(DAY, "T2", "V3"), route(NEXT_DAY, "T1")],
    }


def visit(number: int, **fields: Any) -> Document:
    """A visit V<number> at customer C<number>."""
    place = {"address": f"Städtle {number}, 9490 Vaduz", "lat": 47.138 + number / 1000, "lon": 9.522}
    row = {"ref": f"V{number}", "customer": f"C{number}", "type": "maintenance", "duration_min": 30, "skills": ["gas"]}
    return {**row, **place, **fields}


def window(start: str, end: str, day: str = DAY) -> Document:
    """A promise."""
    return {"start": f"{day}T{start}", "end": f"{day}T{end}"}


def route(day: str, technician: str, *stops: str, **fields: Any) -> Document:
    """A working day from eight to five."""
    return {
        "date": day,
        "technician": technician,
        "shift": {"start": "08:00", "end": "17:00"},
        "stops": list(stops),
        **fields,
    }


def changed(document: Document, kind: str, index: int, **fields: Any) -> Document:
    """The document with some fields of one row replaced."""
    copy = deepcopy(document)
    copy[kind][index].update(fields)
    return copy


def take(session: Session, document: Document | bytes, name: str = "planning.json", **options: Any) -> Report:
    """Import it."""
    payload = document if isinstance(document, bytes) else json.dumps(document).encode()
    return importer.run(
        session, payload, name, travel=GreatCircle(), actor=Actor.document(), terms=LinkTerms(), **options
    )


def refusals(
    session: Session, document: Document | bytes, name: str = "planning.json", **options: Any
) -> Sequence[Refusal]:
    """Import it and expect that it is refused."""
    try:
        take(session, document, name, **options)
    except DocumentRefused as error:
        return error.report.refused
    raise AssertionError("the document was taken")


def the_visit(session: Session, ref: str) -> Visit:
    """A visit as it stands now."""
    return session.scalars(select(Visit).where(Visit.ref == ref)).one()


def plan(session: Session) -> Mapping[tuple[str, str], list[str]]:
    """The stops of every route."""
    routes = session.scalars(select(Route).order_by(Route.day, Route.technician_id))
    return {(str(r.day), r.technician.ref): [stop.visit.ref for stop in r.stops] for r in routes}
