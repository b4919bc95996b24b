"""Every variable a template may use: what it means, what it looks like, and where its value comes from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from notifications import wording
from notifications.contacts import EMAIL
from notifications.scene import Scene, promised
from scheduling.wall import Window, day_of

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
    """A name in a template; `group` is the heading that the editor lists it under."""

    path: str
    meaning: str
    kind: Kind
    group: str
    read: Reader

    @property
    def written(self) -> str:
        """What is typed to use it; a moment is mostly wanted as a date."""
        return f"{{{{ {self.path}{'|date' if self.kind is Kind.MOMENT else ''} }}}}"


def _start(window: Window | None) -> datetime | None:
    return window.start if window else None


def _end(window: Window | None) -> datetime | None:
    return window.end if window else None


def _hours(scene: Scene, window: Window | None) -> str:
    return wording.hours(window, scene.zone, scene.locale) if window else ""


def _day(scene: Scene, window: Window | None) -> str:
    return wording.day(day_of(window.start, scene.zone), scene.locale) if window else ""


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


GROUPS: Mapping[str, tuple[str, ...]] = {
    "Link": ("link", "link_until"),
    "Appointment": ("appointments", "visit.date", "visit.window", "visit.window_start", "visit.window_end"),
    "Visit": ("visit",),
    "Customer": ("customer",),
    "Technician": ("technician",),
    "Company": ("company", "location"),
    "Before the change": ("visit.old_window", "visit.old_window_start", "visit.old_window_end", "previous_technician"),
    "Request": ("wish",),
}
"""What stands under each heading of the editor: paths, and the first parts of paths."""


def _group(path: str) -> str:
    own = {name: group for group, names in GROUPS.items() for name in names}
    return own.get(path) or own[path.partition(".")[0]]


def _text(path: str, meaning: str, read: Reader) -> Variable:
    return Variable(path, meaning, Kind.TEXT, _group(path), read)


def _own(path: str, meaning: str, read: Reader) -> Variable:
    return Variable(path, meaning, Kind.OWN, _group(path), read)


def _moment(path: str, meaning: str, read: Reader) -> Variable:
    return Variable(path, meaning, Kind.MOMENT, _group(path), read)


_ALL = (
    _own("link", "link to confirm or move the appointment", lambda s: s.link),
    _moment("link_until", "until when the link works", lambda s: s.link_until),
    _own("appointments", "day and times of every appointment of the link", _appointments),
    _own("visit.date", "day promised", lambda s: _day(s, s.window)),
    _own("visit.window", "times promised", lambda s: _hours(s, s.window)),
    _moment("visit.window_start", "day or time from which it is promised", lambda s: _start(s.window)),
    _moment("visit.window_end", "day or time until which it is promised", lambda s: _end(s.window)),
    _own("visit.number", "number of the visit", lambda s: str(s.visit.number)),
    _text("visit.ref", "reference of the visit", lambda s: s.visit.ref),
    _text("visit.type", "kind of work", _type),
    _text("visit.description", "description", lambda s: s.visit.description),
    _text("visit.address", "address of the visit", lambda s: s.visit.site.address),
    _text("visit.contact", "contact on site", lambda s: s.visit.contact),
    _own("visit.price", "price", _price),
    _moment("visit.planned_start", "planned start", lambda s: s.stop.planned_start if s.stop else None),
    _moment("visit.planned_end", "planned end", lambda s: s.stop.planned_end if s.stop else None),
    _moment("visit.started", "actual start", lambda s: s.visit.started_at),
    _moment("visit.completed", "actual end", lambda s: s.visit.completed_at),
    _text("customer.name", "name of the customer", lambda s: s.visit.customer.name),
    _text("customer.phone", "phone of the customer", lambda s: s.visit.customer.phone),
    _own("customer.email", "e-mail of the customer", _email),
    _text("technician.name", "name of the technician", lambda s: s.technician.name if s.technician else ""),
    _text("technician.first_name", "first name only", lambda s: s.technician.first_name if s.technician else ""),
    _text("technician.phone", "phone of the technician", lambda s: s.technician.phone if s.technician else ""),
    _own("company.name", "name of the company", lambda s: s.company.name),
    _own("company.phone", "phone of the company", lambda s: s.company.phone or s.visit.location.phone),
    _own("location.name", "name of the location", lambda s: s.visit.location.name),
    _own("location.phone", "phone of the location", lambda s: s.visit.location.phone),
    _own("visit.old_window", "times promised before", lambda s: _hours(s, s.old_window)),
    _moment("visit.old_window_start", "day or time promised before, start", lambda s: _start(s.old_window)),
    _moment("visit.old_window_end", "day or time promised before, end", lambda s: _end(s.old_window)),
    _text("previous_technician.name", "technician before the change", _previous_technician),
    _own("wish.kind", "what the customer asked for", _wish),
    _text("wish.days", "days the customer wished for", _wishes),
    _text("wish.comment", "the customer's own words", lambda s: s.task.comment if s.task else ""),
)
CATALOGUE: Mapping[str, Variable] = {variable.path: variable for variable in _ALL}
"""By path; the template editor lists them in this order."""

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
        return Variable(path, f"custom field {name}", Kind.TEXT, "Custom", lambda s: _written(fields(s).get(name)))
    return CATALOGUE.get(path)


def _written(value: object) -> str:
    return "" if value is None else str(value)
