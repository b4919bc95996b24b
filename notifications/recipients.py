"""Whom an action speaks to: each kind of recipient is one function."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications import invite, subjects
from notifications.context import Context, Party
from scheduling.models import Event, Technician, Visit


@dataclass(frozen=True, slots=True)
class Occasion:
    """An event about a visit, and where people are found."""

    session: Session
    event: Event
    visit: Visit
    context: Context


def _customer(occasion: Occasion) -> Sequence[Party]:
    return (subjects.of_customer(occasion.visit.customer),)


def _told_customer(occasion: Occasion) -> Sequence[Party]:
    """The customer, if he was ever told of an appointment for this visit."""
    told = invite.latest(occasion.session, occasion.visit.id) or occasion.visit.agreed_generation
    return _customer(occasion) if told else ()


def _technician(occasion: Occasion) -> Sequence[Party]:
    """Who serves the visit, unless the event gave it to somebody who has passed it on since."""
    technician = _present(occasion)
    named = occasion.event.payload.get("technician")
    return (subjects.of_technician(technician),) if technician and named in {None, technician.ref} else ()


def _present(occasion: Occasion) -> Technician | None:
    stop = occasion.visit.stop
    return stop.route.technician if stop else None


def _previous_technician(occasion: Occasion) -> Sequence[Party]:
    """Who served it before, unless a visit that was taken from him is his again."""
    technician = subjects.previous_technician(occasion.session, occasion.event)
    returned = "old_technician" in occasion.event.payload and technician is _present(occasion)
    return (subjects.of_technician(technician),) if technician and not returned else ()


def _auxiliaries(occasion: Occasion) -> Sequence[Party]:
    refs = [str(ref) for ref in occasion.visit.auxiliaries]
    found = occasion.session.scalars(select(Technician).where(Technician.ref.in_(refs)).order_by(Technician.id))
    return [subjects.of_technician(technician) for technician in found]


def _dispatchers(occasion: Occasion) -> Sequence[Party]:
    """Everybody who dispatches, but for whoever did it."""
    return [party for party in occasion.context.dispatchers(occasion.session) if party.key != occasion.event.actor]


KINDS: Mapping[str, Callable[[Occasion], Sequence[Party]]] = {
    "customer": _customer,
    "told_customer": _told_customer,
    "technician": _technician,
    "previous_technician": _previous_technician,
    "auxiliaries": _auxiliaries,
    "dispatchers": _dispatchers,
}


def resolve(occasion: Occasion, kinds: Sequence[str]) -> Sequence[Party]:
    """The parties of the kinds, each once."""
    found = (party for kind in kinds for party in KINDS[kind](occasion))
    return list({party.key: party for party in found}.values())
