"""What the notify dialog shows: customers with their promises, who can't be reached, and an honest count."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from zoneinfo import ZoneInfo

from babel.dates import format_timedelta

from notifications import reasons
from notifications.audience import Audience, Row
from notifications.models import ChannelName, Template
from portal.console.place import Here
from portal.console.presenter import BY_CONFIRMATION, WORDS, Mark
from portal.console.wish import Wish
from scheduling import clock
from scheduling.models import Confirmation, Visit
from scheduling.wall import Window

WAYS: Mapping[ChannelName, str] = {ChannelName.SMS: "SMS", ChannelName.EMAIL: "e-mail"}


@dataclass(frozen=True, slots=True)
class Promise:
    """What a customer is told about one visit."""

    ref: str
    window: tuple[time, time]
    fresh: bool
    """Whether notifying makes the promise."""
    whole: bool
    """Whether that promise is the whole shift, because no slot holds the planned start."""


@dataclass(frozen=True, slots=True)
class Person:
    """A customer of the day."""

    id: int
    ref: str
    name: str
    ticked: bool
    """A customer who can't be reached may be ticked too: another template may reach him."""
    promises: tuple[Promise, ...]
    mark: Mark
    word: str
    told: str
    """How long ago, in words; empty where nobody told the customer."""
    ways: str
    segments: int
    reason: str
    """Why the customer can't be reached; empty where that isn't so."""


@dataclass(frozen=True, slots=True)
class Dialog:
    """The dialog of one day."""

    here: Here
    day: date
    wish: Wish
    templates: Mapping[ChannelName, Sequence[Template]]
    people: tuple[Person, ...]
    lost: tuple[Person, ...]
    """Those who can't be reached."""
    count: int
    """How many will be notified."""
    segments: int
    cost: float
    offers_days: bool
    trouble: str = ""

    @property
    def total(self) -> int:
        """Everybody of the day."""
        return len(self.people) + len(self.lost)

    @property
    def unticked(self) -> int:
        """Those who could be notified and won't be."""
        return sum(not person.ticked for person in self.people)

    @property
    def ready(self) -> bool:
        """Whether a template is chosen, without which nobody can be reached."""
        return bool(self.wish.sms or self.wish.email)


def ticked(audience: Audience, wish: Wish) -> Collection[int]:
    """The customers who are wished; at first those neither agreed nor told already, by whatever way it may be."""
    if wish.customers is not None:
        return wish.customers
    return {row.customer.id for row in audience.rows if any(map(_untold, row.visits))}


def _untold(visit: Visit) -> bool:
    return visit.confirmation is Confirmation.NONE


def person(row: Row, wanted: Collection[int], zone: ZoneInfo) -> Person:
    """A row of the audience in words and wall times."""
    state = _mark(row)
    return Person(
        id=row.customer.id,
        ref=row.customer.ref,
        name=row.customer.name,
        ticked=row.customer.id in wanted,
        promises=tuple(_promise(visit, window, zone) for visit, window in zip(row.visits, row.windows, strict=True)),
        mark=state,
        word=WORDS[state],
        told=_ago(row),
        ways=" and ".join(WAYS[channel] for channel in row.channels),
        segments=row.segments,
        reason=reasons.sentence(row.reason),
    )


def _mark(row: Row) -> Mark:
    """The state of the least settled visit."""
    order = (Mark.SILENT, Mark.WAITING, Mark.MOVED, Mark.CONFIRMED)
    marks = [BY_CONFIRMATION[visit.confirmation] for visit in row.visits]
    return min(marks, key=order.index, default=Mark.SILENT)


def _promise(visit: Visit, window: Window, zone: ZoneInfo) -> Promise:
    start, end = (at.astimezone(zone).time() for at in (window.start, window.end))
    route = visit.stop.route if visit.stop else None
    fresh = visit.window is None
    whole = fresh and route is not None and (start, end) == (route.shift_start, route.shift_end)
    return Promise(visit.ref, (start, end), fresh, whole)


def _ago(row: Row) -> str:
    if row.notified_at is None:
        return ""
    return format_timedelta(row.notified_at - clock.now(), add_direction=True, locale="en")
