"""Every variable a template may use: what it means, what it looks like, and where its value comes from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from notifications import wording
from notifications.contacts import EMAIL
from notifications.scene import Scene, promised
from scheduling.wall import Window

Value = str | datetime | None
Reader = Callable[[Scene], Value]


class Kind(StrEnum):
    """How a value is treated before it is written."""

    TEXT = "text"
    """From people outside: made one harmless line."""
    OWN = "own"
    """Our own words, or an address that must stay whole."""
    MOMENT = "moment"
    """An instant: the filters `date`, `time` and `relative_day` say which part is written."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A name in a template."""

    path: str
    meaning: str
    kind: Kind
    sample: str | datetime
    read: Reader


def _start(window: Window | None) -> datetime | None:
    return window.start if window else None


def _end(window: Window | None) -> datetime | None:
    return window.end if window else None


def _hours(scene: Scene, window: Window | None) -> str:
    return wording.hours(window, scene.zone, scene.locale) if window else ""


def _appointment(scene: Scene, window: Window | None) -> str:
    return wording.appointment(window, scene.zone, scene.locale) if window else ""


def _appointments(scene: Scene) -> str:
    lines = [_appointment(scene, promised(visit, scene.terms)) for visit in scene.visits]
    return "; ".join(dict.fromkeys(line for line in lines if line))


def _type(scene: Scene) -> str:
    kind = scene.visit.type
    if kind is None:
        return ""
    return str(kind.names.get(scene.locale) or kind.names.get(scene.locale[:2]) or kind.name)


def _price(scene: Scene) -> str:
    return "" if scene.visit.price is None else f"{scene.visit.price:.2f}"


def _wishes(scene: Scene) -> str:
    wishes = scene.task.wishes if scene.task else []
    return "; ".join(" ".join(str(part) for part in wish.values()) for wish in wishes if isinstance(wish, dict))


def _email(scene: Scene) -> str:
    address = scene.visit.customer.email or ""
    return address if EMAIL.fullmatch(address) else ""


def _previous_technician(scene: Scene) -> str:
    return scene.previous_technician.name if scene.previous_technician else ""


def _wish(scene: Scene) -> str:
    return scene.task.kind.replace("_", " ") if scene.task else ""


def _text(path: str, meaning: str, sample: str, read: Reader) -> Variable:
    return Variable(path, meaning, Kind.TEXT, sample, read)


def _own(path: str, meaning: str, sample: str, read: Reader) -> Variable:
    return Variable(path, meaning, Kind.OWN, sample, read)


def _moment(path: str, meaning: str, sample: datetime, read: Reader) -> Variable:
    return Variable(path, meaning, Kind.MOMENT, sample, read)


_START, _END = datetime(2026, 12, 1, 13, 0, tzinfo=UTC), datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
_UNTIL = datetime(2026, 12, 10, 17, 0, tzinfo=UTC)
_LINK = "https://portal.example.com/c/0a1B2c3D4e5F6g7H8i9J0kLm"

_ALL = (
    _own("link", "link to confirm or move the appointment", _LINK, lambda s: s.link),
    _moment("link_until", "until when the link works", _UNTIL, lambda s: s.link_until),
    _own("appointments", "day and times of every visit of the link", "Tuesday, December 1, 8:00-10:00", _appointments),
    _own("visit.number", "number of the visit", "1042", lambda s: str(s.visit.number)),
    _text("visit.ref", "reference of the visit", "V1042", lambda s: s.visit.ref),
    _text("visit.type", "kind of work", "Boiler maintenance", _type),
    _text("visit.description", "description", "Yearly check", lambda s: s.visit.description),
    _text("visit.address", "address of the visit", "12 Oak Street", lambda s: s.visit.site.address),
    _text("visit.contact", "contact on site", "Ms Sample", lambda s: s.visit.contact),
    _own("visit.price", "price", "120.00", _price),
    _own("visit.window", "times promised", "8:00-10:00", lambda s: _hours(s, s.window)),
    _moment("visit.window_start", "start of the promise", _START, lambda s: _start(s.window)),
    _moment("visit.window_end", "end of the promise", _END, lambda s: _end(s.window)),
    _own("visit.old_window", "times promised before the change", "13:00-15:00", lambda s: _hours(s, s.old_window)),
    _moment("visit.old_window_start", "start of the promise before", _START, lambda s: _start(s.old_window)),
    _moment("visit.old_window_end", "end of the promise before", _END, lambda s: _end(s.old_window)),
    _moment("visit.planned_start", "planned start", _START, lambda s: s.stop.planned_start if s.stop else None),
    _moment("visit.planned_end", "planned end", _END, lambda s: s.stop.planned_end if s.stop else None),
    _moment("visit.started", "actual start", _START, lambda s: s.visit.started_at),
    _moment("visit.completed", "actual end", _END, lambda s: s.visit.completed_at),
    _text("customer.name", "name of the customer", "Ana Sample", lambda s: s.visit.customer.name),
    _text("customer.phone", "phone of the customer", "+12025550143", lambda s: s.visit.customer.phone),
    _own("customer.email", "e-mail of the customer", "ana@example.com", _email),
    _text("technician.name", "technician", "Ben Tool", lambda s: s.technician.name if s.technician else ""),
    _text("technician.first_name", "his first name", "Ben", lambda s: s.technician.first_name if s.technician else ""),
    _text("technician.phone", "his phone", "+12025550144", lambda s: s.technician.phone if s.technician else ""),
    _text("previous_technician.name", "technician before the change", "Cleo Spanner", _previous_technician),
    _own("company.name", "name of the company", "Service Company", lambda s: s.company.name),
    _own("company.phone", "phone of the company", "+12025550100", lambda s: s.company.phone or s.visit.location.phone),
    _own("location.name", "name of the location", "Main", lambda s: s.visit.location.name),
    _own("location.phone", "phone of the location", "+12025550100", lambda s: s.visit.location.phone),
    _own("wish.kind", "what the customer asked for", "call back", _wish),
    _text("wish.days", "days the customer wished for", "2026-12-03 morning", _wishes),
    _text("wish.comment", "the customer's own words", "Any Friday", lambda s: s.task.comment if s.task else ""),
)
CATALOGUE: Mapping[str, Variable] = {variable.path: variable for variable in _ALL}
"""By path; the template editor lists them with their samples."""

CUSTOM: Mapping[str, Callable[[Scene], Mapping[str, object]]] = {
    "visit.custom": lambda scene: scene.visit.custom,
    "customer.custom": lambda scene: scene.visit.customer.custom,
    "technician.custom": lambda scene: scene.technician.custom if scene.technician else {},
}
"""Custom fields: any name may follow these; a field that somebody doesn't have is empty."""


def lookup(path: str) -> Variable | None:
    """The variable of a path, custom fields included; None if there is no such."""
    parent, _, name = path.rpartition(".")
    if parent in CUSTOM:
        fields = CUSTOM[parent]
        return Variable(path, f"custom field {name}", Kind.TEXT, name, lambda s: _written(fields(s).get(name)))
    return CATALOGUE.get(path)


def _written(value: object) -> str:
    return "" if value is None else str(value)
