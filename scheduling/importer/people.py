"""The location, its technicians and the customers, as the document names them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from scheduling import clock, contacts, exporter, routes, wall
from scheduling.document import CustomerRow, TechnicianRow
from scheduling.events import CustomerChanged
from scheduling.importer.merging import Memory
from scheduling.importer.reading import Document
from scheduling.importer.report import Ledger
from scheduling.importer.store import Known
from scheduling.importer.work import Work
from scheduling.models import Consent, ConsentChannel, Customer, Location, Route, Technician

READ_BY_SOLVER = frozenset({"skills", "capacity", "start", "end"})


def location(session: Session, document: Document, known: Known, memory: Memory, ledger: Ledger) -> Location:
    """The location that the document speaks of; a new one is called by its ref until somebody names it."""
    found = known.location
    if document.timezone is None and found:
        return found
    ref, zone = document.location or "main", document.timezone or "UTC"
    changed = bool(found) and memory.take("locations", ref, "timezone", zone, found and found.zone_name)
    ledger.count("locations", ref, created=found is None, changed=changed)
    if found is None:
        found = Location(ref=ref, name=ref, zone_name=zone, locale="en", hours={})
        session.add(found)
    elif changed:
        found.zone_name = zone
    memory.remember("locations", ref, {"timezone": zone})
    return found


def technicians(work: Work) -> None:
    """Make the technicians that are new and merge the others."""
    for ref, entry in work.plan.technicians.items():
        said = _technician_said(entry.row, work.ledger)
        technician = work.known.technicians.get(ref)
        if technician is None:
            work.known.technicians[ref] = _new_technician(work, said)
            continue
        stored = exporter.technician_row(technician)
        taken = [name for name in said if work.memory.take("technicians", ref, name, said[name], stored[name])]
        for name in taken:
            _set_technician(technician, name, said[name])
        if READ_BY_SOLVER.intersection(taken):
            reckon_again(work, Route.technician_id == technician.id)
        work.memory.remember("technicians", ref, said)
        work.ledger.count("technicians", ref, changed=bool(taken))


def _technician_said(row: TechnicianRow, ledger: Ledger) -> dict[str, Any]:
    said = _legible("technicians", row.said(), ledger)
    return {**said, "end": said.get("end") or said["start"]}


def _new_technician(work: Work, said: Mapping[str, Any]) -> Technician:
    technician = Technician(ref=said["ref"], location=work.location, name=said["ref"], skills=[], hours={}, custom={})
    for name, value in said.items():
        _set_technician(technician, name, value)
    work.session.add(technician)
    work.memory.remember("technicians", technician.ref, exporter.technician_row(technician))
    work.ledger.count("technicians", technician.ref, created=True, label=technician.name)
    return technician


def _set_technician(technician: Technician, name: str, value: Any) -> None:
    if name in {"start", "end"}:
        setattr(technician, f"{name}_lat", value["lat"])
        setattr(technician, f"{name}_lon", value["lon"])
    else:
        setattr(technician, name, value)


def reckon_again(work: Work, which: ColumnElement[bool]) -> None:
    """What the solver knew of these routes is wrong now, and so are the planned starts of those to come."""
    work.session.flush()
    today = wall.day_of(clock.now(), work.zone)
    coming = work.session.scalars(select(Route.id).where(which, Route.day >= today)).all()
    for route in routes.lock(work.session, coming).values():
        key = route.day, route.technician.ref
        work.known.routes[key] = route
        work.stale.add(key)


def customers(work: Work) -> None:
    """Make the customers that are new and merge the others."""
    for ref, entry in work.plan.customers.items():
        said = _customer_said(entry.row, work)
        customer = work.known.customers.get(ref)
        if customer is None:
            work.known.customers[ref] = _new_customer(work, {**entry.row.model_dump(mode="json"), **said})
            continue
        stored = exporter.customer_row(customer)
        taken = [name for name in said if work.memory.take("customers", ref, name, said[name], stored[name])]
        for name in taken:
            if name == "consent":
                _consent(work, customer, said[name])
            else:
                setattr(customer, name, said[name])
            changed = CustomerChanged(customer_id=customer.id, field=name, old=stored[name], new=said[name])
            work.facts.append(changed)
        work.memory.remember("customers", ref, said)
        work.ledger.count("customers", ref, changed=bool(taken))


def _customer_said(row: CustomerRow, work: Work) -> dict[str, Any]:
    said = _legible("customers", row.said(), work.ledger)
    if "consent" not in said and work.consent is not None:
        said["consent"] = sorted(work.consent)
    return said


def _new_customer(work: Work, said: Mapping[str, Any]) -> Customer:
    said = {**said, "name": said["name"] or said["ref"]}
    columns = {name: value for name, value in said.items() if name != "consent"}
    customer = Customer(id=work.ids.next(Customer.id), created_at=clock.now(), **columns)
    for name in ("consents", "sites"):
        set_committed_value(customer, name, [])
    work.made[Customer].append(customer)
    _consent(work, customer, said["consent"])
    work.memory.remember("customers", customer.ref, said)
    work.ledger.count("customers", customer.ref, created=True, label=customer.name)
    return customer


def _consent(work: Work, customer: Customer, granted: Sequence[str]) -> None:
    """The channels that the customer allows; a channel that isn't named any more is withdrawn, and that is kept."""
    present = {consent.channel: consent for consent in customer.consents}
    for channel in ConsentChannel:
        consent = present.get(channel)
        if consent is None and channel in granted:
            row = {"channel": channel, "granted": True, "by": "import", "at": clock.now()}
            work.rows[Consent].append({"customer_id": customer.id, **row})
        elif consent and consent.granted != (channel in granted):
            consent.granted, consent.by, consent.at = channel in granted, "import", clock.now()


def _legible(kind: str, said: dict[str, Any], ledger: Ledger) -> dict[str, Any]:
    """A name where none is given, numbers as E.164; what can't be read stays as it was given, with a warning."""
    ref = said["ref"]
    if not said.get("name", ref):
        said["name"] = ref
    if said.get("phone"):
        number = contacts.e164(said["phone"])
        if number is None:
            ledger.warn(kind, ref, "phone", f"{said['phone']} isn't an international number such as +423 232 00 00")
        said["phone"] = number or said["phone"]
    if said.get("email") and not contacts.is_email(said["email"]):
        ledger.warn(kind, ref, "email", f"{said['email']} isn't an e-mail address")
    return {name: None if value == "" and name in {"phone", "email"} else value for name, value in said.items()}
