"""The route map of a day: a list of its routes, and a map that is drawn from the list."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from notifications import reach
from portal import auth
from portal.console import place, presenter
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
    busy: tuple[presenter.RouteView, ...]
    idle: tuple[presenter.RouteView, ...]
    figures: tuple[presenter.Figure, ...]
    seq: int


@blueprint.get("/route-map")
@auth.requires(Role.DISPATCHER)
def index() -> ResponseReturnValue:
    """To the day that was typed, else to the next one that has stops."""
    here = place.here()
    wanted = request.args.get("date")
    day = place.day(wanted) if wanted else boards.next_day(db.session(), here.location.id, here.today)
    return redirect(url_for(".day", day=day or here.today))


@blueprint.get("/route-map/<day>")
@auth.requires(Role.DISPATCHER)
def day(day: str) -> ResponseReturnValue:
    """The day, list and map."""
    tiles = current_app.config["PORTAL"].tile_url
    return render_template("console/route_map.html", view=_view(place.day(day)), tiles=tiles)


@blueprint.get("/route-map/<day>/board")
@auth.passive
@auth.requires(Role.DISPATCHER)
def board(day: str) -> ResponseReturnValue:
    """What changes on the page while it is open."""
    return render_template("console/route_map_board.html", view=_view(place.day(day)))


def _view(day: date) -> DayView:
    here = place.here()
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
        busy=tuple(route for route in routes if route.stops),
        idle=tuple(route for route in routes if not route.stops),
        figures=tuple(presenter.figures(routes)),
        seq=seq,
    )
