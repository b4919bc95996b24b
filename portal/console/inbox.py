"""What customers asked for and somebody must look at."""

from datetime import date

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import auth
from portal.console import place
from portal.extensions import db
from portal.models import Role
from portal.transaction import transaction
from scheduling import lists, tasks
from scheduling.models import Task

blueprint = Blueprint("inbox", __name__)


@blueprint.get("/requests")
@auth.requires(Role.DISPATCHER)
def index() -> ResponseReturnValue:
    """What waits, and what was seen to last."""
    waiting, done = lists.tasks(db.session()), lists.tasks(db.session(), done=True, limit=20)
    zone = place.here().location.zone
    return render_template("console/inbox.html", waiting=waiting, done=done, zone=zone, day=date.fromisoformat)


@blueprint.post("/requests/<int:task_id>/done")
@auth.requires(Role.DISPATCHER)
def done(task_id: int) -> ResponseReturnValue:
    """Somebody has seen to it."""
    with transaction() as session:
        task = session.get(Task, task_id)
        if task:
            tasks.done(session, task, by=auth.person().name)
    return redirect(url_for(".index"))
