"""Facts about the planning: their kinds, how they are recorded, stamped and read."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, ClassVar, Self

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from scheduling import clock, db
from scheduling.models import Event, Origin, Visit
from scheduling.wall import Window


@dataclass(frozen=True, slots=True)
class Actor:
    """Who caused a change: an origin, and the person or thing in words that never change (`user:3`)."""

    origin: Origin
    name: str

    @classmethod
    def staff(cls, user_id: int) -> Self:
        """An administrator, manager or dispatcher."""
        return cls(Origin.STAFF, f"user:{user_id}")

    @classmethod
    def customer(cls, customer_id: int) -> Self:
        """A customer with a link."""
        return cls(Origin.CUSTOMER, f"customer:{customer_id}")

    @classmethod
    def document(cls) -> Self:
        """The importer."""
        return cls(Origin.IMPORT, "import")

    @classmethod
    def system(cls, name: str) -> Self:
        """The portal itself, or a command typed on its machine."""
        return cls(Origin.SYSTEM, name)


@dataclass(frozen=True, slots=True)
class Fact:
    """What every event is made of; the class gives the kind: `VisitConfirmed` is `visit.confirmed`."""

    kind: ClassVar[str]

    def __init_subclass__(cls) -> None:
        subject, *verb = re.findall("[A-Z][a-z]+", cls.__name__)
        cls.kind = f"{subject.lower()}.{'_'.join(verb).lower()}"


@dataclass(frozen=True, slots=True)
class VisitCreated(Fact):
    visit_id: int
    status: str


@dataclass(frozen=True, slots=True)
class VisitStatusChanged(Fact):
    """Any move of the status: planned, started, completed, cancelled, unplanned, deleted and so on."""

    visit_id: int
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class VisitPlanned(Fact):
    """The visit got a place in a route while it had none."""

    visit_id: int
    route_id: int
    window: Window | None
    generation: int | None = None
    """Here and below: which promise the window is."""


@dataclass(frozen=True, slots=True)
class VisitNotified(Fact):
    """A link was made for the customer, and with it the promise of the window."""

    visit_id: int
    invitation_id: int
    window: Window | None
    """None where the customer is to choose it."""


@dataclass(frozen=True, slots=True)
class VisitConfirmed(Fact):
    visit_id: int
    window: Window | None
    generation: int | None = None


@dataclass(frozen=True, slots=True)
class VisitConfirmationUndone(Fact):
    visit_id: int
    window: Window | None
    generation: int | None = None


@dataclass(frozen=True, slots=True)
class VisitRescheduled(Fact):
    """The customer, or somebody for him, chose another slot."""

    visit_id: int
    old_window: Window | None
    window: Window | None
    old_route_id: int | None
    route_id: int
    detour_m: int
    undo: bool = False
    generation: int | None = None


@dataclass(frozen=True, slots=True)
class VisitPlannedTimeChanged(Fact):
    """Somebody else than the customer changed the promise: the day or the window."""

    visit_id: int
    old_window: Window | None
    window: Window | None
    old_route_id: int | None
    route_id: int | None
    generation: int | None = None


@dataclass(frozen=True, slots=True)
class VisitTechnicianChanged(Fact):
    visit_id: int
    old_technician: str | None
    technician: str | None


@dataclass(frozen=True, slots=True)
class VisitFieldChanged(Fact):
    visit_id: int
    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class VisitWishExpressed(Fact):
    """The customer wants something the slots can't give; a dispatcher's task says what."""

    visit_id: int
    task_id: int
    task: str


@dataclass(frozen=True, slots=True)
class CustomerChanged(Fact):
    customer_id: int
    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class RouteResequenced(Fact):
    """The order or the planned starts of a route changed, and no promise did."""

    route_id: int
    order: tuple[str, ...]


def record(session: Session, fact: Fact, *, actor: Actor) -> Event:
    """Add the event of a change in the transaction that makes the change."""
    event = Event(**_row(fact, actor))
    session.add(event)
    session.flush()
    return event


def record_all(session: Session, facts: Sequence[Fact], *, actor: Actor) -> None:
    """Add the events of many changes at once."""
    if facts:
        many = insert(Event).execution_options(render_nulls=True)
        session.execute(many, [_row(fact, actor) for fact in facts])


def _row(fact: Fact, actor: Actor) -> dict[str, Any]:
    payload = {field.name: _plain(getattr(fact, field.name)) for field in fields(fact)}
    subjects = {name: payload.pop(name, None) for name in ("visit_id", "route_id", "customer_id")}
    return {
        "kind": fact.kind,
        "origin": actor.origin,
        "actor": actor.name,
        "payload": payload,
        "at": clock.now(),
        "tries": 0,
        **subjects,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Window):
        return {"start": value.start.isoformat(), "end": value.end.isoformat()}
    if isinstance(value, date | datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def window_of(payload: Mapping[str, Any], name: str = "window") -> Window | None:
    """The window that an event's payload carries."""
    value = payload.get(name)
    return Window(datetime.fromisoformat(value["start"]), datetime.fromisoformat(value["end"])) if value else None


def outdated(event: Event, visit: Visit) -> bool:
    """Whether the promise that the event speaks of has changed again since.

    Windows alone don't tell: a visit may be moved there, away, and there again. Older events carry no generation.
    """
    told, generation = window_of(event.payload), event.payload.get("generation")
    return told is not None and (told != visit.window or generation not in {None, visit.generation})


def stamp(session: Session) -> int:
    """Give committed events their place in the cursor feed, one stamper at a time; returns how many."""
    waiting = select(Event).where(Event.seq.is_(None)).order_by(Event.id)
    if session.scalar(select(Event.id).where(Event.seq.is_(None)).limit(1)) is None:
        return 0
    db.exclusive(session, "event.seq")
    last = session.scalar(select(func.max(Event.seq))) or 0
    events = session.scalars(waiting.limit(10_000)).all()
    for seq, event in enumerate(events, start=last + 1):
        event.seq = seq
    session.flush()
    return len(events)


def cursor(session: Session) -> int:
    """The seq of the newest stamped event."""
    return session.scalar(select(func.max(Event.seq))) or 0


def feed(session: Session, visit_id: int) -> Sequence[Event]:
    """What happened to a visit, oldest first."""
    return session.scalars(select(Event).where(Event.visit_id == visit_id).order_by(Event.id)).all()
