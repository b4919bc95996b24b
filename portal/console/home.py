"""Where a dispatcher begins: what waits, each number leading to where it is dealt with."""

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from notifications import log
from portal import auth
from portal.console import place
from portal.extensions import db
from portal.models import Role
from scheduling import waiting
from scheduling.models import Location

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """To the page that one's work begins with."""
    return redirect(auth.home())


@blueprint.get("/start")
@auth.requires(Role.DISPATCHER)
def start() -> ResponseReturnValue:
    """What waits today; before there is any planning, how to bring one."""
    if db.session.scalar(select(Location.id).limit(1)) is None:
        return render_template("console/first_start.html")
    here = place.here()
    found = waiting.overview(db.session(), here.location, here.today)
    return render_template("console/start.html", here=here, waiting=found, failed=log.count_failed(db.session()))
