"""What was sent: the last messages of each channel, and those that didn't arrive."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from notifications import log
from notifications.models import ChannelName
from portal import auth
from portal.console import feed, place
from portal.extensions import db
from portal.models import Role

blueprint = Blueprint("messages", __name__)


@blueprint.get("/messages")
@auth.requires(Role.DISPATCHER)
def index() -> ResponseReturnValue:
    """The last hundred of a channel, or of those that failed."""
    channel = request.args.get("channel", type=ChannelName)
    failed = "failed" in request.args
    rows = log.failed(db.session()) if failed else log.last(db.session(), channel or ChannelName.SMS)
    return render_template(
        "console/messages.html",
        rows=[(message, feed.reason(message)) for message in rows],
        channel=channel or ChannelName.SMS,
        failed=failed,
        zone=place.here().location.zone,
    )


@blueprint.get("/messages/<int:message_id>")
@auth.requires(Role.DISPATCHER)
def show(message_id: int) -> ResponseReturnValue:
    """One message: its text and what became of it."""
    message = log.one(db.session(), message_id) or abort(404)
    return render_template(
        "console/message.html", message=message, reason=feed.reason(message), zone=place.here().location.zone
    )
