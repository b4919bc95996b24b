"""What customers asked for and somebody must look at."""

from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import auth
from portal.console import place
from portal.extensions import db
from portal.models import Role
from portal.transaction import transaction
from scheduling import lists, tasks, waiting
from scheduling.models import Task, TaskKind

blueprint = Blueprint("inbox", __name__)


@blueprint.get("/requests")
@auth.requires(Role.DISPATCHER)
def index() -> ResponseReturnValue:
    """What waits, all of it or one kind, and what was seen to last."""
    kind = request.args.get("kind", type=TaskKind)
    return render_template(
        "console/inbox.html",
        page=lists.tasks(db.session(), kind, request.args.get("page", 1, type=int)),
        done=lists.tasks_done(db.session()),
        kind=kind,
        counts=waiting.tasks(db.session()),
        zone=place.here().location.zone,
        day=date.fromisoformat,
    )


@blueprint.post("/requests/<int:task_id>/done")
@auth.requires(Role.DISPATCHER)
def done(task_id: int) -> ResponseReturnValue:
    """Somebody has seen to it."""
    with transaction() as session:
        task = session.get(Task, task_id)
        if task:
            tasks.done(session, task, by=auth.person().name)
    return redirect(url_for(".index"))
