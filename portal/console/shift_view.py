"""What the page for moving a visit by hand shows: its fields as filled in, and what each place would come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from portal import filters
from portal.console import feed
from scheduling import clock, shifting, wall, weighing
from scheduling.errors import NoSuchWallTime
from scheduling.models import Route, Visit, VisitStatus
from scheduling.terms import LinkTerms
from scheduling.wall import Window
from scheduling.weighing import FIRST, Broken, Outcome, Target

NOTHING, TYPED = "none", "typed"


class Unreadable(Exception):
    """What was typed is no day or no interval; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The fields. `hours` is `NOTHING`, `TYPED` or a slot such as `08:00-10:00`; `route` a technician's ref."""

    day: str
    hours: str
    first: str = ""
    last: str = ""
    agreed: bool = False
    route: str = ""
    chosen: str = ""
    """The place that is ticked: `<route id>` or `<route id>:<place>`."""

    def target(self, zone: ZoneInfo) -> Target:
        """The day and the promise. Raises `Unreadable`."""
        day = _day(self.day, zone)
        return Target(day, self._window(day, zone), self.agreed)

    def _window(self, day: date, zone: ZoneInfo) -> Window | None:
        if self.hours == NOTHING:
            return None
        typed = self.hours == TYPED
        first, last = (self.first, self.last) if typed else self.hours.partition("-")[::2]
        try:
            window = wall.window(day, time.fromisoformat(first), time.fromisoformat(last), zone)
        except (ValueError, NoSuchWallTime):
            raise Unreadable("Type from when to when, such as 8:00 to 10:00.") from None
        if window.start >= window.end:
            raise Unreadable("The time ends before it begins.")
        if window.end < clock.now():
            raise Unreadable("This time has passed. Choose a later one.")
        return window


def _day(text: str, zone: ZoneInfo) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Unreadable("Choose a day.") from None
    today = wall.day_of(clock.now(), zone)
    if day < today:
        raise Unreadable("This day has passed. Choose today or later.")
    if (day - today).days > 3 * 366:
        raise Unreadable("This day is too far ahead.")
    return day


def read(values: MultiDict[str, str], visit: Visit) -> Wish:
    """What was filled in; at first the visit as it is."""
    zone = visit.location.zone
    day = weighing.day_of(visit) or wall.day_of(clock.now(), zone)
    return Wish(
        day=values.get("day", str(max(day, wall.day_of(clock.now(), zone)))),
        hours=values.get("hours", present_hours(visit)),
        first=values.get("from", ""),
        last=values.get("to", ""),
        agreed=values.get("word") == "agreed",
        route=values.get("route", ""),
        chosen=values.get("to_place", ""),
    )


def present_hours(visit: Visit) -> str:
    """The promise as a value of the field."""
    if visit.window is None:
        return NOTHING
    start, end = (at.astimezone(visit.location.zone) for at in (visit.window.start, visit.window.end))
    return f"{start:%H:%M}-{end:%H:%M}"


@dataclass(frozen=True, slots=True)
class Hours:
    """A choice of the promise."""

    value: str
    words: str


def hours(visit: Visit, day: str, terms: LinkTerms) -> Sequence[Hours]:
    """What can be promised: as it is, nothing where nothing is, the slots of the day, anything that is typed."""
    present = present_hours(visit)
    known = {f"{slot.start:%H:%M}-{slot.end:%H:%M}": (slot.start, slot.end) for slot in terms.slots if _held(day, slot)}
    first = Hours(NOTHING, "Nothing promised") if present == NOTHING else Hours(present, f"{_spoken(present)}, as now")
    return [
        first,
        *(Hours(value, filters.between(times)) for value, times in known.items() if value != present),
        Hours(TYPED, "Another time"),
    ]


def _held(day: str, slot: object) -> bool:
    try:
        return bool(slot.holds_on(date.fromisoformat(day)))  # type: ignore[attr-defined]
    except ValueError:
        return True


def _spoken(value: str) -> str:
    first, last = (time.fromisoformat(part) for part in value.split("-"))
    return filters.between((first, last))


@dataclass(frozen=True, slots=True)
class Row:
    """One place that the visit could have."""

    value: str
    name: str
    start: time
    detour_m: int
    fits: bool
    present: bool
    """Whether the visit is there now."""
    reasons: tuple[str, ...]
    """What it would break, a sentence each."""
    standing: tuple[str, ...]
    route: str
    stops: int


@dataclass(frozen=True, slots=True)
class Hidden:
    """What the form carries so that nobody acts on what is no longer so."""

    generation: int
    versions: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class ShiftView:
    """The page."""

    visit: Visit
    wish: Wish
    hours: Sequence[Hours]
    slot_hours: str
    day: date | None
    """None where what was typed can't be read."""
    promise: str
    consequence: str
    rows: Sequence[Row]
    of: str
    """The technician whose places are listed; empty where routes are."""
    saved_m: int
    hidden: Hidden
    error: str = ""
    trouble: str = ""

    @property
    def fitting(self) -> Sequence[Row]:
        """Where the visit may go."""
        return [row for row in self.rows if row.fits]

    @property
    def refused(self) -> Sequence[Row]:
        """Where it may not, and why."""
        return [row for row in self.rows if not row.fits]

    @property
    def chosen(self) -> str:
        """The place that is ticked at first: the one that was, else the best."""
        values = [row.value for row in self.fitting]
        return self.wish.chosen if self.wish.chosen in values else next(iter(values), "")


def routes(visit: Visit, found: Sequence[Outcome]) -> Sequence[Row]:
    """A row for each route; its name is the technician's."""
    return [_row(visit, one, str(one.route.id), one.route.technician.name) for one in found]


def places(visit: Visit, found: Sequence[Outcome], best: Outcome | None) -> Sequence[Row]:
    """A row for each place of a route, the best on top."""
    rows = [_row(visit, one, f"{one.route.id}:{one.after}", _after(one)) for one in found]
    if best is None or not best.fits:
        return rows
    return [_row(visit, best, str(best.route.id), "Where it fits best"), *rows]


def _after(one: Outcome) -> str:
    if one.after == FIRST:
        return "First"
    stop = next(stop for stop in one.route.stops if stop.visit.ref == one.after)
    return f"After {stop.visit.customer.name}"


def before(visit: Visit) -> str:
    """The place that the visit has in its route."""
    stops = visit.stop.route.stops if visit.stop else []
    earlier = [stop.visit.ref for stop in stops if visit.stop and stop.position < visit.stop.position]
    return earlier[-1] if earlier else FIRST


def _row(visit: Visit, one: Outcome, value: str, name: str) -> Row:
    zone = visit.location.zone
    here = visit.stop is not None and visit.stop.route_id == one.route.id
    stays = here and value.partition(":")[2] in {"", before(visit)}
    return Row(
        value=value,
        name=name,
        start=_wall(one.start, zone),
        detour_m=one.detour_m,
        fits=one.fits,
        present=stays,
        reasons=tuple(sentence(broken, one.route, visit) for broken in one.broken),
        standing=tuple(sentence(broken, one.route, visit) for broken in one.standing),
        route=one.route.technician.ref,
        stops=len(one.route.stops) - here,
    )


def sentence(broken: Broken, route: Route, visit: Visit) -> str:
    """What would be broken, whose it is, and by how much."""
    zone = visit.location.zone
    start = filters.clock(_wall(broken.start, zone)) if broken.start else ""
    technician = route.technician.name
    whole = {
        "shift": f"{technician} would be back {_late(broken)} after the shift ends",
        "break": f"{technician} would have no room for the break",
        "capacity": f"The load would be {broken.detail}",
        "held": "A customer is choosing a time here at this moment, and it is held for him",
    }
    if broken.kind in whole:
        return whole[broken.kind]
    who = broken.visit.customer.name if broken.visit else ""
    if broken.kind == "skill":
        return f"{technician} doesn’t have what {who} needs: {broken.detail}"
    if broken.kind == "day" and broken.visit:
        return f"{who} agreed to {filters.long_day(weighing.day_of(broken.visit) or route.day)}"
    if broken.kind == "lock" and broken.visit and broken.visit.locked_start:
        agreed = filters.clock(_wall(broken.visit.locked_start, zone))
        return f"{who} agreed to about {agreed} and would start {start}"
    if broken.kind == "begun":
        return f"The visit of {who} has begun and stays in front"
    window = broken.visit.window if broken.visit and broken.visit is not visit else None
    promised = f" {filters.between((_wall(window.start, zone), _wall(window.end, zone)))}" if window else ""
    return f"{who}{promised} would start {start}"


def _late(broken: Broken) -> str:
    seconds = int("".join(filter(str.isdecimal, broken.detail)) or 0)
    minutes = -(-seconds // 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def consequence(visit: Visit, target: Target, *, knows: bool) -> str:
    """Whether the customer has to be asked or told."""
    name, old = visit.customer.name, feed.spell(visit.window, visit.location.zone) if visit.window else ""
    if not shifting.changes_promise(visit, target) and visit.status is VisitStatus.PLANNED:
        kept = f"The promise stays {old}." if old else "Nothing is promised yet, and the day stays."
        return f"{kept} {name} needn’t be asked or told."
    if target.agreed and target.window:
        return f"It counts as agreed by {name}, who is sent the new time in writing."
    if not knows:
        return f"Nobody has told {name} of a time, so nobody is told now. Notify the customer when the plan stands."
    said = f"{name} agreed to {old}. Ask first" if visit.agreed and old else f"{name} knows of an older time. Ask first"
    return f"{said}, or change it: the new time goes out in writing, with a link to say whether it suits."


def _wall(at: datetime, zone: ZoneInfo) -> time:
    return at.astimezone(zone).time()
