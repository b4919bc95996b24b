"""What happened to a visit, told in order: its events and its messages, each a sentence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from notifications.models import InvitedVisit, Message, Rule
from notifications.reasons import SENTENCES
from portal import filters
from portal.models import User
from scheduling import events, wall
from scheduling.models import Customer, Event, Visit

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened, at a local time; a message carries its row."""

    at: datetime
    who: str
    text: str
    message: Message | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """An event's facts, and the clock its times are told by."""

    facts: Payload
    zone: ZoneInfo

    def window(self, name: str = "window") -> str:
        """`Tue 1 Dec, 8:00 – 10:00`, or that there is none."""
        window = events.window_of(self.facts, name)
        return spell(window, self.zone) if window else "no promised time"

    def word(self, name: str) -> str:
        """A value as text; what is empty gets a dash."""
        value = self.facts.get(name)
        if isinstance(value, list | tuple):
            return ", ".join(map(str, value)) or "–"
        if isinstance(value, bool):
            return "yes" if value else "no"
        return "–" if value in (None, "") else str(value)


def spell(window: wall.Window, zone: ZoneInfo) -> str:
    """A window as the location's wall shows it."""
    start, end = window.start.astimezone(zone), window.end.astimezone(zone)
    return f"{filters.short_day(start.date())}, {filters.between((start.time(), end.time()))}"


def _rescheduled(told: Told) -> str:
    verb = "Moved back" if told.facts.get("undo") else "Moved"
    longer = filters.distance(abs(told.facts["detour_m"]))
    detour = f"{longer} {'longer' if told.facts['detour_m'] >= 0 else 'shorter'}"
    return f"{verb} from {told.window('old_window')} to {told.window()}; the way gets {detour}"


def _field_changed(told: Told) -> str:
    if told.word("field") == "earlier":
        return EARLIER[told.facts["new"]]
    return (
        f"{told.word('field').removesuffix('_id').capitalize()} changed from {told.word('old')} to {told.word('new')}"
    )


EARLIER = {True: "Would come earlier if possible", False: "No longer asks for an earlier time"}
WISHES = {"wish": "wished for another time", "call_back": "asked for a call", "not_needed": "no longer needs the visit"}
TELL: Mapping[str, Callable[[Told], str]] = {
    "visit.created": lambda told: f"Created as {told.word('status')}",
    "visit.status_changed": lambda told: f"From {told.word('old')} to {told.word('new')}",
    "visit.planned": lambda told: f"Planned; {told.window()}",
    "visit.notified": lambda told: (
        f"Link made; promised {told.window()}" if told.facts.get("window") else "Link made to choose a time"
    ),
    "visit.confirmed": lambda told: f"Confirmed for {told.window()}",
    "visit.confirmation_undone": lambda told: f"Confirmation taken back for {told.window()}",
    "visit.rescheduled": _rescheduled,
    "visit.planned_time_changed": lambda told: f"Promise changed from {told.window('old_window')} to {told.window()}",
    "visit.technician_changed": lambda told: (
        f"Technician changed from {told.word('old_technician')} to {told.word('technician')}"
    ),
    "visit.field_changed": _field_changed,
    "visit.wish_expressed": lambda told: f"The customer {WISHES[told.facts['task']]}",
}
"""A sentence for each kind of event about a visit."""


def of(session: Session, visit: Visit) -> Sequence[Entry]:
    """Everything about the visit, oldest first."""
    zone = visit.location.zone
    happened = events.feed(session, visit.id)
    sent = [_message(message, zone) for message in _messages(session, visit)]
    return sorted([*told(session, happened, zone), *sent], key=lambda entry: entry.at)


def told(session: Session, happened: Sequence[Event], zone: ZoneInfo) -> Sequence[Entry]:
    """Events of visits as sentences, in their order."""
    called = names(session, [event.actor for event in happened])
    return [_event(event, called, zone) for event in happened]


def _event(event: Event, names: Mapping[str, str], zone: ZoneInfo) -> Entry:
    text = TELL[event.kind](Told(event.payload, zone))
    return Entry(event.at.astimezone(zone), names.get(event.actor, event.actor), text)


def _message(message: Message, zone: ZoneInfo) -> Entry:
    channel = "SMS" if message.channel == "sms" else "E-mail"
    name = f" “{message.template.name}”" if message.template else ""
    return Entry(
        message.created_at.astimezone(zone),
        "Messages",
        f"{channel}{name} to {filters.phone(message.recipient)}",
        message,
        reason(message),
    )


def reason(message: Message) -> str:
    """Why a message wasn't sent or didn't arrive, in words; empty where there is nothing to say."""
    words = {str(key): sentence for key, sentence in SENTENCES.items()}
    return words.get(message.reason or "", message.detail or "")


def _messages(session: Session, visit: Visit) -> Sequence[Message]:
    shared = select(InvitedVisit.invitation_id).where(InvitedVisit.visit_id == visit.id)
    query = select(Message).where(or_(Message.visit_id == visit.id, Message.invitation_id.in_(shared)))
    return session.scalars(query.order_by(Message.id)).all()


def names(session: Session, actors: Sequence[str]) -> Mapping[str, str]:
    """What people, rules and the import are called."""
    found = {"import": "Import"}
    for prefix, table in (("user", User), ("customer", Customer), ("rule", Rule)):
        ids = {int(actor.removeprefix(f"{prefix}:")) for actor in actors if actor.startswith(f"{prefix}:")}
        rows = session.execute(select(table.id, table.name).where(table.id.in_(ids)))
        found |= {f"{prefix}:{id_}": name for id_, name in rows}
    return found
