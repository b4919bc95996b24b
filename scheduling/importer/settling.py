"""One conflict settled for the document, long after its import: what it last said of the record is taken once more."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import clock, exporter, importer
from scheduling.events import Actor
from scheduling.importer import route_rows
from scheduling.models import Conflict, DocumentRecord, Location, Route, Technician, Visit
from scheduling.solver.problem import TravelTimes
from scheduling.terms import LinkTerms

Fields = dict[str, Any]


@dataclass
class NotSettled(Exception):
    """The document's side can't be taken, in words; nothing was changed."""

    why: str


def keep_ours(conflict: Conflict, *, actor: Actor) -> None:
    """What the portal says stays; the document's side is settled until it says something new."""
    conflict.resolved_at, conflict.resolved_by = clock.now(), actor.name


def take_theirs(
    session: Session, conflict: Conflict, *, travel: TravelTimes, actor: Actor, terms: LinkTerms
) -> importer.Report:
    """Write the document's value as the import would have done. Raises `NotSettled`.

    Everything else that it said of the record is said already, so nothing else changes. Day, technician, window and
    status of a visit go together.
    """
    side = (conflict.kind, conflict.ref, conflict.field)
    payload = json.dumps(_document(session, conflict)).encode()
    try:
        report = importer.run(session, payload, "", theirs={side}, travel=travel, actor=actor, terms=terms)
    except importer.DocumentRefused as error:
        raise NotSettled(error.report.refused[0].reason) from error
    session.refresh(conflict)
    if conflict.resolved_at is None:
        raise NotSettled("the document's value can't follow on how the record stands now")
    conflict.resolved_by = actor.name
    session.flush()
    return report


def _document(session: Session, conflict: Conflict) -> Fields:
    said = _remembered(session, conflict.kind, conflict.ref)
    if said is None:
        raise NotSettled("the document's record isn't known any more")
    location = _location(session, conflict)
    document: Fields = {"location": location.ref, "timezone": location.zone_name}
    if conflict.kind == "locations":
        return {**document, "timezone": said["timezone"]}
    if conflict.kind == "routes":
        return {**document, "routes": [_route(session, conflict.ref, said)]}
    if conflict.kind == "visits":
        return {**document, **_visit(session, conflict.ref, said)}
    return {**document, conflict.kind: [{"ref": conflict.ref, **said}]}


def _remembered(session: Session, kind: str, ref: str) -> Fields | None:
    query = select(DocumentRecord.fields).where(DocumentRecord.kind == kind, DocumentRecord.ref == ref)
    return session.scalar(query)


def _location(session: Session, conflict: Conflict) -> Location:
    """Where the record belongs; a customer belongs to none."""
    day_and_technician = conflict.ref.split(" ", 1)
    queries = {
        "locations": select(Location).where(Location.ref == conflict.ref),
        "technicians": select(Location).join(Technician).where(Technician.ref == conflict.ref),
        "visits": select(Location).join(Visit).where(Visit.ref == conflict.ref),
        "routes": select(Location).join(Technician).where(Technician.ref == day_and_technician[-1]),
        "customers": select(Location).order_by(Location.id),
    }
    found = session.scalars(queries[conflict.kind]).first()
    if found is None:
        raise NotSettled("the record isn't there any more")
    return found


def _visit(session: Session, ref: str, said: Fields) -> Fields:
    """The visit, and the route that gives it its place."""
    address, lat, lon = said.get("site") or ("", None, None)
    place = said.get("place")
    row = {name: value for name, value in said.items() if name not in {"site", "place"} and value is not None}
    row = {**row, "ref": ref, "address": address, **({} if lat is None else {"lat": lat, "lon": lon})}
    if not place:
        return {"visits": [row]}
    name = " ".join(place)
    route = _route(session, name, _remembered(session, "routes", name) or {"stops": [ref]})
    return {"visits": [row], "routes": [route]}


def _route(session: Session, name: str, said: Fields) -> Fields:
    """As it was said; a table says no shift, so there the present one stands."""
    day, technician = name.split(" ", 1)
    present = session.scalars(
        select(Route).join(Technician).where(Route.day == date.fromisoformat(day), Technician.ref == technician)
    ).first()
    if "shift" not in said and present is None:
        raise NotSettled(f"there is no route {route_rows.name_of((date.fromisoformat(day), technician))} any more")
    shift = said.get("shift") or (exporter.route_row(present)["shift"] if present else None)
    return {**said, "date": day, "technician": technician, "shift": shift}
