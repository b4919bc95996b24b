"""A sending on its way: what has become of each message, until all have gone."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from notifications import log, sendings
from notifications.models import Message, Sending
from notifications.reasons import sentence
from notifications.sendings import GONE, WAITING, Progress
from portal import auth
from portal.extensions import db
from portal.models import Role
from portal.transaction import transaction

blueprint = Blueprint("sendings", __name__)


@dataclass(frozen=True, slots=True)
class SendingView:
    """A sending with its messages; `shown` where nothing leaves the machine and the texts are to be read here."""

    sending: Sending
    progress: Progress
    messages: Sequence[tuple[Message, str]]
    """Each with the reason why it didn't go, in words."""
    shown: bool

    @property
    def unreached(self) -> int:
        """How many people nothing was sent to and nothing is on the way to."""
        reached = {message.party for message, _ in self.messages if message.state in WAITING | GONE}
        return len({message.party for message, _ in self.messages} - reached)


@blueprint.get("/sendings/<int:sending_id>")
@auth.requires(Role.DISPATCHER)
def show(sending_id: int) -> ResponseReturnValue:
    """How far it has come."""
    return render_template("console/sending.html", view=_view(sending_id))


@blueprint.get("/sendings/<int:sending_id>/board")
@auth.passive
@auth.requires(Role.DISPATCHER)
def board(sending_id: int) -> ResponseReturnValue:
    """What changes on the page while it is open."""
    return render_template("console/sending_board.html", view=_view(sending_id))


@blueprint.post("/sendings/<int:sending_id>/stop")
@auth.requires(Role.DISPATCHER)
def stop(sending_id: int) -> ResponseReturnValue:
    """Cancel what hasn't gone yet."""
    with transaction() as session:
        sendings.stop(session, _found(session, sending_id))
    return redirect(url_for(".show", sending_id=sending_id))


def _found(session: Session, sending_id: int) -> Sending:
    return session.get(Sending, sending_id) or abort(404)


def _view(sending_id: int) -> SendingView:
    session = db.session()
    messages = log.of_sending(session, sending_id)
    return SendingView(
        sending=_found(session, sending_id),
        progress=sendings.progress(session, sending_id),
        messages=[(message, sentence(message.reason)) for message in messages],
        shown=current_app.config["PORTAL"].channels == "console",
    )
