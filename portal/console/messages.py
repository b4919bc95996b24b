"""What was sent: the last messages of each channel, and those that didn't arrive."""

from datetime import timedelta

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from notifications import log
from notifications.models import ChannelName, Message
from portal import auth
from portal.console import feed, place
from portal.extensions import db
from portal.models import Role
from scheduling import clock, lists

blueprint = Blueprint("messages", __name__)

RECENT = 7
"""Days in which a message that failed still asks for somebody."""


@blueprint.get("/messages")
@auth.requires(Role.DISPATCHER)
def index() -> ResponseReturnValue:
    """The last hundred of a channel; or those that failed, in the last `?days=` or ever."""
    channel = request.args.get("channel", type=ChannelName) or ChannelName.SMS
    failed = _failed() if "failed" in request.args else None
    rows = log.last(db.session(), channel) if failed is None else failed.rows
    return render_template(
        "console/messages.html",
        rows=[(message, feed.reason(message)) for message in rows],
        page=failed,
        channel=channel,
        days=_days(),
        recent=RECENT,
        zone=place.here().location.zone,
    )


def _days() -> int | None:
    days = request.args.get("days", type=int)
    return days if days and 0 < days <= 366 else None


def _failed() -> lists.Page[Message]:
    days = _days()
    since = clock.now() - timedelta(days=days) if days else None
    return log.failed(db.session(), since, request.args.get("page", 1, type=int))


@blueprint.get("/messages/<int:message_id>")
@auth.requires(Role.DISPATCHER)
def show(message_id: int) -> ResponseReturnValue:
    """One message: its text and what became of it."""
    message = log.one(db.session(), message_id) or abort(404)
    return render_template(
        "console/message.html", message=message, reason=feed.reason(message), zone=place.here().location.zone
    )
