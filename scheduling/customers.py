"""What is known of customers: their file, their word on each channel, their places."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduling import clock, db, events
from scheduling.errors import StaleWrite
from scheduling.events import Actor, CustomerChanged
from scheduling.models import Consent, ConsentChannel, Customer, Site

EDITABLE = frozenset({"name", "phone", "email", "locale", "custom"})


def create(session: Session, *, name: str, actor: Actor, **values: Any) -> Customer:
    """A new customer with a ref of his own; `values` are columns."""
    db.exclusive(session, "customer.ref")
    customer = Customer(ref=_free_ref(session), name=name, created_at=clock.now(), **values)
    session.add(customer)
    session.flush()
    changed = CustomerChanged(customer_id=customer.id, field="name", old=None, new=name)
    events.record(session, changed, actor=actor)
    return customer


def _free_ref(session: Session) -> str:
    """Unlike any that a document brought."""
    number = (session.scalar(select(func.max(Customer.id))) or 0) + 1
    taken = set(session.scalars(select(Customer.ref).where(Customer.ref.startswith("K"))))
    while f"K{number}" in taken:
        number += 1
    return f"K{number}"


def edit(session: Session, customer: Customer, changes: Mapping[str, Any], *, seen: int, actor: Actor) -> None:
    """Set fields of the customer (those in `EDITABLE`). Raises `StaleWrite` where the version isn't the one `seen`."""
    if customer.version != seen:
        raise StaleWrite
    for name in sorted(changes.keys() & EDITABLE):
        old, new = getattr(customer, name), changes[name]
        if old != new:
            setattr(customer, name, new)
            changed = CustomerChanged(customer_id=customer.id, field=name, old=old, new=new)
            events.record(session, changed, actor=actor)
    session.flush()


def consent(session: Session, customer: Customer, granted: Mapping[ConsentChannel, bool], *, actor: Actor) -> None:
    """Keep the customer's word per channel; one that says the same as before keeps who recorded it and when."""
    present = {consent.channel: consent for consent in customer.consents}
    for channel, given in granted.items():
        old = present.get(channel)
        if given == (old is not None and old.granted):
            continue
        if old is None:
            customer.consents.append(Consent(channel=channel, granted=given, by=actor.name, at=clock.now()))
        else:
            old.granted, old.by, old.at = given, actor.name, clock.now()
        changed = CustomerChanged(customer_id=customer.id, field=f"consent.{channel}", old=not given, new=given)
        events.record(session, changed, actor=actor)
    session.flush()


def add_site(session: Session, customer: Customer, *, address: str, lat: float | None, lon: float | None) -> Site:
    """Another place of the customer."""
    site = Site(customer=customer, address=address, lat=lat, lon=lon)
    session.add(site)
    session.flush()
    return site
