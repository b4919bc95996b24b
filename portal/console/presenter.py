"""What boards show of visits and routes: words, wall times and hues instead of rows."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from portal.filters import clock
from scheduling.boards import RouteCard, VisitCard
from scheduling.models import Confirmation, VisitStatus
from scheduling.solver.problem import Place

HUES = 10
"""As many colours as eyes tell apart; routes beyond that repeat them with a dashed line."""


class Mark(StrEnum):
    """The state of a stop at a glance; each has a shape and a word of its own."""

    CONFIRMED = "confirmed"
    MOVED = "moved"
    WAITING = "waiting"
    SILENT = "silent"
    PROBLEM = "problem"
    UNDER_WAY = "under_way"
    DONE = "done"
    UNPLANNED = "unplanned"


WORDS: Mapping[Mark, str] = {
    Mark.CONFIRMED: "confirmed",
    Mark.MOVED: "moved",
    Mark.WAITING: "waiting",
    Mark.SILENT: "not notified",
    Mark.PROBLEM: "can't be reached",
    Mark.UNDER_WAY: "under way",
    Mark.DONE: "done",
    Mark.UNPLANNED: "unplanned",
}
OPEN = frozenset({Mark.SILENT, Mark.WAITING, Mark.PROBLEM})
"""The states of a visit ahead to which the customer hasn't agreed."""
BY_STATUS: Mapping[VisitStatus, Mark] = {
    VisitStatus.STARTED: Mark.UNDER_WAY,
    VisitStatus.SUSPENDED: Mark.UNDER_WAY,
    VisitStatus.COMPLETED: Mark.DONE,
    VisitStatus.VALIDATED: Mark.DONE,
    VisitStatus.UNPLANNED: Mark.UNPLANNED,
}
BY_CONFIRMATION: Mapping[Confirmation, Mark] = {
    Confirmation.NONE: Mark.SILENT,
    Confirmation.NOTIFIED: Mark.WAITING,
    Confirmation.CONFIRMED: Mark.CONFIRMED,
    Confirmation.RESCHEDULED: Mark.MOVED,
}


@dataclass(frozen=True, slots=True)
class StopView:
    """One stop as it is shown; `number` counts from 1 within its route."""

    visit_id: int
    ref: str
    number: int
    mark: Mark
    word: str
    start: time | None
    window: tuple[time, time] | None
    customer: str
    type: str
    address: str
    place: Place | None
    older: bool
    """Whether the customer agreed to a time that somebody changed since."""
    minutes: int
    visit_number: int
    phone: str
    """As it is stored; empty where there is none."""
    late: bool
    """Whether it is planned to start outside its promise."""


@dataclass(frozen=True, slots=True)
class RouteView:
    """One route as it is shown."""

    route_id: int
    technician_id: int
    technician: str
    hue: int
    dashed: bool
    shift: tuple[time, time]
    start: Place
    end: Place
    metres: int | None
    back: time | None
    """When the technician is back."""
    over: tuple[str, ...]
    """In what the route is more than it should be."""
    way: tuple[Place, ...]
    """Over all the places of the day, whichever stops are shown."""
    stops: tuple[StopView, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number above a board; `mark` is None where it isn't about a state."""

    count: int
    words: str
    mark: Mark | None = None


def unanswered(cards: Iterable[RouteCard]) -> frozenset[int]:
    """The customers who haven't agreed to a visit ahead: those whom it matters to reach."""
    stops = (stop for card in cards for stop in card.stops)
    return frozenset(stop.customer_id for stop in stops if mark(stop, ()) in {Mark.SILENT, Mark.WAITING})


def mark(card: VisitCard, unreachable: Collection[int]) -> Mark:
    """The state of a visit; `unreachable` are the ids of customers whom no message reaches."""
    if card.status in BY_STATUS:
        return BY_STATUS[card.status]
    said = BY_CONFIRMATION[card.confirmation]
    silent = said in {Mark.SILENT, Mark.WAITING}
    return Mark.PROBLEM if silent and card.customer_id in unreachable else said


def stop(card: VisitCard, number: int, zone: ZoneInfo, unreachable: Collection[int]) -> StopView:
    """A visit in wall times of the zone."""
    state = mark(card, unreachable)
    return StopView(
        visit_id=card.visit_id,
        ref=card.ref,
        number=number,
        mark=state,
        word=WORDS[state],
        start=_wall(card.start, zone) if card.start else None,
        window=(_wall(card.window.start, zone), _wall(card.window.end, zone)) if card.window else None,
        customer=card.customer,
        type=card.type,
        address=card.address,
        place=card.place,
        older=card.agreed_to_older,
        minutes=card.duration,
        visit_number=card.number,
        phone=card.phone,
        late=card.late,
    )


def route(card: RouteCard, index: int, zone: ZoneInfo, unreachable: Collection[int]) -> RouteView:
    """A route in the hue of its place on the board."""
    return RouteView(
        route_id=card.route_id,
        technician_id=card.technician_id,
        technician=card.technician,
        hue=index % HUES + 1,
        dashed=index // HUES % 2 == 1,
        shift=(card.shift_start, card.shift_end),
        start=card.start,
        end=card.end,
        metres=card.metres,
        back=_wall(card.back, zone) if card.back else None,
        over=tuple(_over(card, zone)),
        way=tuple(each.place for each in card.stops if each.place),
        stops=tuple(stop(each, number, zone, unreachable) for number, each in enumerate(card.stops, start=1)),
    )


def _over(card: RouteCard, zone: ZoneInfo) -> Iterator[str]:
    """Each in words: a shift that is too short, a load that is too much, promises that the plan breaks."""
    if card.back and (card.back.astimezone(zone).date() > card.day or _wall(card.back, zone) > card.shift_end):
        yield f"back at {clock(_wall(card.back, zone))}, the shift ends at {clock(card.shift_end)}"
    if card.capacity is not None and card.load > card.capacity:
        yield f"load {card.load} of {card.capacity}"
    late = sum(stop.late for stop in card.stops)
    if late:
        yield f"{late} {'stop' if late == 1 else 'stops'} outside the promise"


def figures(shown: Iterable[RouteView]) -> Iterator[Figure]:
    """Routes, stops, and how many are in each state; states that nobody is in are left out."""
    busy = [route for route in shown if route.stops]
    marks = Counter(stop.mark for route in busy for stop in route.stops)
    yield Figure(len(busy), "route" if len(busy) == 1 else "routes")
    yield Figure(marks.total(), "stop" if marks.total() == 1 else "stops")
    yield from (Figure(marks[mark], WORDS[mark], mark) for mark in Mark if marks[mark])


def _wall(at: datetime, zone: ZoneInfo) -> time:
    return at.astimezone(zone).time()
