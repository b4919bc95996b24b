"""The ways out: what is set up, what is stopped and why, and what went wrong last."""

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from notifications import channels, lanes, log
from notifications.models import ChannelName
from portal import auth
from portal.extensions import db
from portal.models import Role
from portal.transaction import transaction

blueprint = Blueprint("channels", __name__)


@blueprint.get("/settings/channels")
@auth.requires(Role.ADMINISTRATOR)
def index() -> ResponseReturnValue:
    """The state of each."""
    config = current_app.config["PORTAL"]
    return render_template(
        "admin/channels.html",
        channels=list(ChannelName),
        opened=channels.open_all(config),
        shown_only=config.channels == "console",
        stopped=lanes.stopped(db.session()),
        errors=log.last_errors(db.session()),
    )


@blueprint.post("/settings/channels/<name>/release")
@auth.requires(Role.ADMINISTRATOR)
def release(name: str) -> ResponseReturnValue:
    """Let messages out again."""
    with transaction() as session:
        lanes.release(session, name)
    flash("Sending is released; what waited goes out now.")
    return redirect(url_for(".index"))
