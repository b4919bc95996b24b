"""The route map of a day: a list of its routes, and a map that is drawn from the list."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from notifications import reach
from portal import auth
from portal.console import place, presenter, sieve, towns
from portal.extensions import db
from portal.models import Role
from scheduling import boards, events

blueprint = Blueprint("route_map", __name__)


@dataclass(frozen=True, slots=True)
class DayView:
    """The route map of one day; `seq` is the newest event it is sure to show."""

    here: place.Here
    day: date
    previous: date
    following: date
    sieve: sieve.Sieve
    busy: tuple[presenter.RouteView, ...]
    idle: tuple[presenter.RouteView, ...]
    technicians: tuple[presenter.RouteView, ...]
    """The day's routes with stops, whatever is held back."""
    figures: tuple[presenter.Figure, ...]
    labels: tuple[towns.Label, ...]
    seq: int

    @property
    def shown(self) -> int:
        """How many stops there are to see."""
        return sum(len(route.stops) for route in self.busy)

    @property
    def arguments(self) -> dict[str, Any]:
        """What keeps the board as it is when it is asked for again."""
        return {"day": str(self.day), "location": self.here.location.ref, **self.sieve.arguments}


@blueprint.get("/route-map")
@auth.requires(Role.DISPATCHER)
def index() -> ResponseReturnValue:
    """To the day that was typed, else to the next one that has stops."""
    here = place.here()
    wanted = request.args.get("date")
    day = place.day(wanted) if wanted else boards.next_day(db.session(), here.location.id, here.today)
    return redirect(url_for(".day", day=day or here.today, **sieve.read().arguments))


@blueprint.get("/route-map/<day>")
@auth.requires(Role.DISPATCHER)
def day(day: str) -> ResponseReturnValue:
    """The day, list and map."""
    tiles = current_app.config["PORTAL"].tile_url
    return render_template("console/route_map.html", view=_view(place.day(day)), tiles=tiles, states=sieve.STATES)


@blueprint.get("/route-map/<day>/board")
@auth.passive
@auth.requires(Role.DISPATCHER)
def board(day: str) -> ResponseReturnValue:
    """What changes on the page while it is open."""
    return render_template("console/route_map_board.html", view=_view(place.day(day)))


def _view(day: date) -> DayView:
    here, asked = place.here(), sieve.read()
    location = here.location
    seq = events.cursor(db.session())
    before, after = boards.neighbours(db.session(), location.id, day)
    cards = boards.day_board(db.session(), location.id, day, current_app.extensions["portal_travel"])
    unreachable = reach.unreachable(db.session(), presenter.unanswered(cards))
    routes = [presenter.route(card, index, location.zone, unreachable) for index, card in enumerate(cards)]
    return DayView(
        here=here,
        day=day,
        previous=before or day - timedelta(days=1),
        following=after or day + timedelta(days=1),
        sieve=asked,
        busy=tuple(route for route in asked.routes(routes) if route.stops),
        idle=() if asked.active else tuple(route for route in routes if not route.stops),
        technicians=tuple(route for route in routes if route.stops),
        figures=tuple(presenter.figures(routes)),
        labels=towns.labels((stop.address, stop.place) for route in routes for stop in route.stops if stop.place),
        seq=seq,
    )
