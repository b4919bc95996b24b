"""The planning of a week: technicians by days, and the visits that wait for a place."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from notifications import reach
from portal import auth
from portal.console import place, presenter, sieve
from portal.extensions import db
from portal.models import Role
from scheduling import boards, events

blueprint = Blueprint("planning", __name__)
WEEK = timedelta(days=7)
WORKDAYS = 5


@dataclass(frozen=True, slots=True)
class DayColumn:
    """The head of a day's column."""

    day: date
    stops: int


@dataclass(frozen=True, slots=True)
class TechnicianRow:
    """One technician's week: a cell per column, None where there is no route."""

    technician_id: int
    technician: str
    hue: int
    cells: tuple[presenter.RouteView | None, ...]


@dataclass(frozen=True, slots=True)
class WeekView:
    """The planning of one week; `seq` is the newest event it is sure to show."""

    here: place.Here
    monday: date
    days: tuple[DayColumn, ...]
    sieve: sieve.Sieve
    rows: tuple[TechnicianRow, ...]
    technicians: tuple[TechnicianRow, ...]
    """Everybody, whoever is held back."""
    unplanned: tuple[presenter.StopView, ...]
    unplanned_count: int
    figures: tuple[presenter.Figure, ...]
    seq: int

    @property
    def shown(self) -> int:
        """How many stops with a place there are to see."""
        return sum(len(cell.stops) for row in self.rows for cell in row.cells if cell)

    @property
    def arguments(self) -> dict[str, Any]:
        """What keeps the board as it is when it is asked for again."""
        return {"monday": str(self.monday), "location": self.here.location.ref, **self.sieve.arguments}

    @property
    def previous(self) -> date:
        """The Monday before."""
        return self.monday - WEEK

    @property
    def following(self) -> date:
        """The Monday after."""
        return self.monday + WEEK

    @property
    def sunday(self) -> date:
        """The last day of the week."""
        return self.monday + timedelta(days=6)


@blueprint.get("/planning")
@auth.requires(Role.DISPATCHER)
def index() -> ResponseReturnValue:
    """To the week that was typed, else to that of the next day that has stops."""
    here = place.here()
    wanted = request.args.get("date")
    day = place.day(wanted) if wanted else boards.next_day(db.session(), here.location.id, here.today)
    return redirect(url_for(".week", monday=_monday(day or here.today), **sieve.read().arguments))


@blueprint.get("/planning/<monday>")
@auth.requires(Role.DISPATCHER)
def week(monday: str) -> ResponseReturnValue:
    """The week; another day than a Monday leads to its Monday."""
    day = place.day(monday)
    if day != _monday(day):
        return redirect(url_for(".week", monday=_monday(day), **sieve.read().arguments))
    return render_template("console/planning.html", view=_view(day), states=sieve.STATES)


@blueprint.get("/planning/<monday>/board")
@auth.passive
@auth.requires(Role.DISPATCHER)
def board(monday: str) -> ResponseReturnValue:
    """What changes on the page while it is open."""
    return render_template("console/planning_board.html", view=_view(_monday(place.day(monday))))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _view(monday: date) -> WeekView:
    here, asked = place.here(), sieve.read()
    location = here.location
    seq = events.cursor(db.session())
    found = boards.week_board(db.session(), location.id, monday, current_app.extensions["portal_travel"])
    unreachable = reach.unreachable(db.session(), presenter.unanswered(found.routes.values()))
    days = _days(found, monday)
    rows = tuple(
        _row(found, technician, index, days, here, unreachable) for index, technician in enumerate(found.technicians)
    )
    unplanned = [presenter.stop(card, n, location.zone, ()) for n, card in enumerate(found.unplanned, start=1)]
    return WeekView(
        here=here,
        monday=monday,
        days=tuple(DayColumn(day, _stops(found, day)) for day in days),
        sieve=asked,
        rows=tuple(_sifted(row, asked) for row in rows if asked.technician in {None, row.technician_id}),
        technicians=rows,
        unplanned=replace(asked, state="").stops(unplanned),
        unplanned_count=found.unplanned_count,
        figures=tuple(presenter.figures(cell for row in rows for cell in row.cells if cell)),
        seq=seq,
    )


def _sifted(row: TechnicianRow, asked: sieve.Sieve) -> TechnicianRow:
    return replace(row, cells=tuple(cell and replace(cell, stops=asked.stops(cell.stops)) for cell in row.cells))


def _days(found: boards.WeekBoard, monday: date) -> Sequence[date]:
    """Monday to Friday, and the days of the weekend that have routes with stops."""
    week = [monday + timedelta(days=n) for n in range(7)]
    return [day for n, day in enumerate(week) if n < WORKDAYS or _stops(found, day)]


def _stops(found: boards.WeekBoard, day: date) -> int:
    return sum(len(route.stops) for route in found.routes.values() if route.day == day)


def _row(
    found: boards.WeekBoard,
    technician: int,
    index: int,
    days: Sequence[date],
    here: place.Here,
    unreachable: frozenset[int],
) -> TechnicianRow:
    routes = (found.routes.get((technician, day)) for day in days)
    zone = here.location.zone
    cells = tuple(presenter.route(route, index, zone, unreachable) if route else None for route in routes)
    return TechnicianRow(technician, found.technicians[technician], index % presenter.HUES + 1, cells)
