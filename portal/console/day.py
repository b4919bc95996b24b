"""What a technician sees who signs in: the own route of a day, to read."""

from datetime import date, timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal import auth
from portal.console import place
from portal.extensions import db
from portal.models import Role
from scheduling import clock, lists, wall
from scheduling.models import Technician

blueprint = Blueprint("day", __name__)


@blueprint.get("/day")
@blueprint.get("/day/<day>")
@auth.requires(Role.TECHNICIAN)
def show(day: str | None = None) -> ResponseReturnValue:
    """The stops of the day in their order."""
    technician = auth.person().technician
    chosen = place.day(day) if day else _today(technician)
    route = lists.route_of(db.session(), technician.id, chosen) if technician else None
    around = (chosen - timedelta(days=1), chosen + timedelta(days=1))
    return render_template("console/day.html", technician=technician, day=chosen, route=route, around=around)


def _today(technician: Technician | None) -> date:
    return wall.day_of(clock.now(), technician.location.zone) if technician else clock.now().date()
