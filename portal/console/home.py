"""Where a dispatcher begins: what waits, each number leading to the rows it counts."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications import lanes, log, reach, rules
from notifications.models import Lane
from portal import auth
from portal.console import feed, messages, place, presenter, sieve
from portal.console.presenter import OPEN, Mark
from portal.extensions import db
from portal.models import Role
from scheduling import boards, clock, waiting
from scheduling.models import Confirmation, Location, TaskKind, Visit

blueprint = Blueprint("home", __name__)


@dataclass(frozen=True, slots=True)
class Number:
    """How many of something, and where they are; zero is quiet."""

    count: int
    words: str
    url: str
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class DayAhead:
    """A day with routes: how many stops have been agreed to, told of, and neither."""

    day: date
    routes: int
    stops: int
    agreed: int
    told: int

    @property
    def silent(self) -> int:
        """Stops whose customers nobody has told."""
        return self.stops - self.agreed - self.told


@dataclass(frozen=True, slots=True)
class HomeView:
    """All that the page shows."""

    here: place.Here
    next: date | None
    stops: int
    of_next: Sequence[Number]
    asked: Sequence[Number]
    to_mend: Sequence[Number]
    ahead: Sequence[DayAhead]
    lately: Sequence[tuple[feed.Entry, Visit]]
    stopped: Sequence[Lane]
    set_aside: int


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """To the page that one's work begins with."""
    return redirect(auth.home())


@blueprint.get("/start")
@auth.requires(Role.DISPATCHER)
def start() -> ResponseReturnValue:
    """What waits; before there is any planning, how to bring one."""
    if db.session.scalar(select(Location.id).limit(1)) is None:
        return render_template("console/first_start.html")
    return render_template("console/start.html", view=_view(db.session(), place.here()))


def _view(session: Session, here: place.Here) -> HomeView:
    location = here.location
    ahead = [_day_ahead(day) for day in waiting.ahead(session, location, here.today)]
    following = next((each for each in ahead if each.day > here.today), None)
    lately = waiting.lately(session, location)
    told = feed.told(session, [event for event, _ in lately], location.zone)
    return HomeView(
        here=here,
        next=following.day if following else None,
        stops=following.stops if following else 0,
        of_next=tuple(_of_day(session, location, following.day)) if following else (),
        asked=tuple(_asked(session)),
        to_mend=tuple(_to_mend(session, location)),
        ahead=ahead,
        lately=[(entry, visit) for entry, (_, visit) in zip(told, lately, strict=True)],
        stopped=lanes.stopped(session),
        set_aside=len(rules.set_aside(session)),
    )


def _day_ahead(found: waiting.Ahead) -> DayAhead:
    agreed = sum(found.said.get(word, 0) for word in boards.AGREED)
    return DayAhead(found.day, found.routes, found.stops, agreed, found.said.get(Confirmation.NOTIFIED, 0))


def _of_day(session: Session, location: Location, day: date) -> Iterator[Number]:
    """Reckoned from what the route map shows, so that the numbers are those of its rows."""
    cards = boards.day_board(session, location.id, day, None)
    unreachable = reach.unreachable(session, presenter.unanswered(cards))
    marks = Counter(presenter.mark(stop, unreachable) for card in cards for stop in card.stops)

    def to(state: str) -> str:
        return url_for("route_map.day", day=day, state=state, location=location.ref)

    yield Number(sum(marks[mark] for mark in OPEN), "not confirmed", to(sieve.UNCONFIRMED))
    yield Number(marks[Mark.SILENT], "not yet notified", to(Mark.SILENT), Mark.SILENT)
    yield Number(marks[Mark.WAITING], "waiting for an answer", to(Mark.WAITING), Mark.WAITING)
    yield Number(marks[Mark.PROBLEM], "can’t be reached", to(Mark.PROBLEM), Mark.PROBLEM)


def _asked(session: Session) -> Iterator[Number]:
    counts = waiting.tasks(session)
    for kind, one, several in (
        (TaskKind.CALL_BACK, "customer asks for a call", "customers ask for a call"),
        (TaskKind.WISH, "wish for another time", "wishes for another time"),
        (TaskKind.NOT_NEEDED, "visit no longer needed", "visits no longer needed"),
    ):
        count = counts.get(kind, 0)
        yield Number(count, one if count == 1 else several, url_for("inbox.index", kind=kind))


def _to_mend(session: Session, location: Location) -> Iterator[Number]:
    since = clock.now() - timedelta(days=messages.RECENT)
    failed, unplanned = log.count_failed(session, since), waiting.unplanned(session, location)
    yield Number(
        failed,
        f"{'message' if failed == 1 else 'messages'} didn’t arrive in {messages.RECENT} days",
        url_for("messages.index", failed=1, days=messages.RECENT),
    )
    yield Number(
        unplanned,
        f"{'visit' if unplanned == 1 else 'visits'} without a time",
        url_for("visits.index", status="unplanned", location=location.ref),
    )
    if auth.allowed("imports.index"):
        conflicts = waiting.conflicts(session)
        yield Number(
            conflicts,
            f"import {'conflict' if conflicts == 1 else 'conflicts'} to decide",
            url_for("imports.index", _anchor="conflicts"),
        )
