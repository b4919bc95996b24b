"""What the notify dialog shows: customers with their promises, who can't be reached, and an honest count."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from babel.dates import format_timedelta

from notifications import reasons
from notifications.audience import Audience, Row
from notifications.models import ChannelName, Template
from portal.console import mending
from portal.console.presenter import BY_CONFIRMATION, WORDS, Mark
from portal.console.preview import Preview
from portal.console.scope import Scope
from portal.console.wish import Contact, Wish
from scheduling import clock
from scheduling.models import Visit
from scheduling.wall import Window

WAYS: Mapping[ChannelName, str] = {ChannelName.SMS: "SMS", ChannelName.EMAIL: "e-mail"}
NOT_CHOSEN: Mapping[Mark, str] = {
    Mark.CONFIRMED: "confirmed",
    Mark.MOVED: "moved",
    Mark.WAITING: "already notified",
    Mark.SILENT: "not chosen",
}
"""Why somebody who can be reached isn't told, as it stands after the number."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What a customer is told about one visit."""

    ref: str
    day: date | None
    window: tuple[time, time] | None
    """None for a visit that isn't planned: its customer is to choose a time."""
    fresh: bool
    """Whether notifying makes the promise."""
    whole: bool
    """Whether that promise is the whole shift, because no slot holds the planned start."""


@dataclass(frozen=True, slots=True)
class Person:
    """A customer who can be told."""

    id: int
    ref: str
    name: str
    ticked: bool
    promises: tuple[Promise, ...]
    mark: Mark
    word: str
    told: str
    """How long ago, in words; empty where nobody told the customer."""
    ways: str
    instead: str
    """Why a way that was chosen isn't taken, in short."""
    segments: int


@dataclass(frozen=True, slots=True)
class Lost:
    """A customer who can't be told, with the fields that would mend it."""

    id: int
    ref: str
    name: str
    ticked: bool
    """Another template may reach him, and then he is told."""
    reason: str
    version: int
    phone: str | None
    email: str | None
    """What is on file or was typed; None where there is nothing to mend."""
    consents: Mapping[ChannelName, bool]
    """The channels he hasn't agreed to, and whether that is ticked."""
    troubles: mending.Troubles = field(default_factory=dict)

    @property
    def mendable(self) -> bool:
        """Whether anything can be done about it here."""
        return self.phone is not None or self.email is not None or bool(self.consents)


@dataclass(frozen=True, slots=True)
class Dialog:
    """The dialog as it stands."""

    scope: Scope
    wish: Wish
    templates: Mapping[ChannelName, Sequence[Template]]
    people: tuple[Person, ...]
    lost: tuple[Lost, ...]
    lost_reasons: str
    """How many can't be reached, by reason."""
    told: Audience
    """Those who will be."""
    offers_days: bool
    preview: Preview | None
    trouble: str = ""
    faults: Mapping[int, str] = field(default_factory=dict)
    """What is wrong with lines of days, in words."""
    tested: str = ""
    """What became of a test message."""

    @property
    def total(self) -> int:
        """Everybody it is about."""
        return len(self.people) + len(self.lost)

    @property
    def count(self) -> int:
        """How many will be notified."""
        return len(self.told.reachable)

    @property
    def why(self) -> str:
        """Why the others aren't: `4 confirmed, 5 no number`; the numbers add up to the total."""
        left = Counter(NOT_CHOSEN[person.mark] for person in self.people if not person.ticked)
        parts = [f"{count} {word}" for word, count in left.most_common()]
        return ", ".join([*parts, *([self.lost_reasons] if self.lost_reasons else [])])

    @property
    def price(self) -> str:
        """`57 segments, 11.40 credits`; empty where nothing is sent by SMS."""
        return price(self.told.segments, self.told.cost)

    @property
    def ready(self) -> bool:
        """Whether a template is chosen, without which nobody can be reached."""
        return bool(self.wish.sms or self.wish.email)

    @property
    def several_days(self) -> bool:
        """Whether rows have to say which day they are about."""
        return len({promise.day for person in self.people for promise in person.promises}) > 1


def price(segments: int, cost: float) -> str:
    """Segments and what they cost."""
    return f"{segments} segment{'' if segments == 1 else 's'}, {cost:.2f} credits" if segments else ""


def ticked(audience: Audience, wish: Wish, scope: Scope) -> Collection[int]:
    """The customers who are wished; at first those neither agreed nor told already, by whatever way it may be.

    In a reminder at first everybody but those who asked for something else.
    """
    if wish.customers is not None:
        return wish.customers
    if scope.sending is not None:
        return {row.customer.id for row in audience.rows} - scope.held
    return {row.customer.id for row in audience.rows if row.untold}


def person(row: Row, wanted: Collection[int], *, both: bool) -> Person:
    """Somebody who can be told, in words and wall times."""
    state = _mark(row)
    missed = [channel for channel in row.obstacles if both or channel is ChannelName.SMS]
    return Person(
        id=row.customer.id,
        ref=row.customer.ref,
        name=row.customer.name,
        ticked=row.customer.id in wanted,
        promises=tuple(_promise(visit, window) for visit, window in zip(row.visits, row.windows, strict=True)),
        mark=state,
        word="" if state is Mark.WAITING and row.notified_at else WORDS[state],
        told=_told(row, state),
        ways=" and ".join(WAYS[channel] for channel in row.channels),
        instead=", ".join(reasons.IN_SHORT[row.obstacles[channel]] for channel in missed),
        segments=row.segments,
    )


def lost(row: Row, wanted: Collection[int], typed: Contact | None, troubles: mending.Troubles) -> Lost:
    """Somebody who can't be told, with what was typed about him or else what is on file."""
    fixable = [channel for channel, reason in row.obstacles.items() if reason in mending.MENDABLE]
    lacking = {channel: mending.lacks(row, channel) for channel in fixable}
    fields = frozenset().union(*lacking.values())
    customer, typed = row.customer, typed or Contact()
    return Lost(
        id=customer.id,
        ref=customer.ref,
        name=customer.name,
        ticked=customer.id in wanted,
        reason=_reason(row),
        version=customer.version,
        phone=(customer.phone or "") if typed.phone is None and "phone" in fields else typed.phone,
        email=(customer.email or "") if typed.email is None and "email" in fields else typed.email,
        consents={channel: channel in typed.consent for channel in lacking if "consent" in lacking[channel]},
        troubles=troubles,
    )


def _reason(row: Row) -> str:
    """A sentence about the one channel, or briefly about each."""
    if len(row.obstacles) == 1:
        return reasons.sentence(row.reason)
    return "; ".join(f"{WAYS[channel]}: {reasons.IN_SHORT[reason]}" for channel, reason in row.obstacles.items())


def counted(audience: Audience) -> str:
    """`5 no number, 2 said STOP`."""
    return ", ".join(f"{count} {reasons.IN_SHORT[reason]}" for reason, count in audience.unreachable.items())


def _mark(row: Row) -> Mark:
    """The state of the least settled visit; who was told in vain counts as not told."""
    order = (Mark.SILENT, Mark.WAITING, Mark.MOVED, Mark.CONFIRMED)
    marks = [BY_CONFIRMATION[visit.confirmation] for visit in row.visits]
    least = min(marks, key=order.index, default=Mark.SILENT)
    return Mark.SILENT if least is Mark.WAITING and row.in_vain else least


def _promise(visit: Visit, window: Window | None) -> Promise:
    if window is None:
        return Promise(visit.ref, None, None, fresh=False, whole=False)
    begin, end = (at.astimezone(visit.location.zone) for at in (window.start, window.end))
    route = visit.stop.route if visit.stop else None
    fresh = visit.window is None
    whole = fresh and route is not None and (begin.time(), end.time()) == (route.shift_start, route.shift_end)
    return Promise(visit.ref, begin.date(), (begin.time(), end.time()), fresh, whole)


def _told(row: Row, state: Mark) -> str:
    if row.in_vain:
        return "nothing reached him so far" if state is Mark.SILENT else ""
    if row.notified_at is None or state not in {Mark.WAITING, Mark.SILENT}:
        return ""
    since = clock.now() - row.notified_at
    ago = format_timedelta(-since, add_direction=True, format="short", locale="en").replace(".", "")
    ago = ago if since >= timedelta(minutes=1) else "just now"
    return f"already notified {ago}" if state is Mark.WAITING else f"last notified {ago}"
