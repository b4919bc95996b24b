"""Sendings: all of them, and each on its way: what has become of it with every customer, and who hasn't answered."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from notifications import invite, outcomes, sendings
from notifications.models import Sending
from notifications.outcomes import Line, Outcome
from notifications.reasons import sentence
from portal import auth, filters
from portal.console import feed, place
from portal.extensions import db
from portal.models import Role
from portal.transaction import transaction
from scheduling import clock

blueprint = Blueprint("sendings", __name__)

WORDS: Mapping[Outcome, str] = {
    Outcome.WAITING: "on the way",
    Outcome.UNREACHED: "not reached",
    Outcome.FAILED: "failed",
    Outcome.UNKNOWN: "unknown",
    Outcome.STOPPED: "stopped",
    Outcome.SENT: "sent",
    Outcome.DELIVERED: "delivered",
    Outcome.LOOKED: "looked at",
    Outcome.ASKED: "asked for something else",
    Outcome.CONFIRMED: "confirmed",
    Outcome.MOVED: "moved",
    Outcome.OVER: "no longer planned",
}
"""In the order of the filters: what needs somebody first, what is settled last."""


@dataclass(frozen=True, slots=True)
class SendingView:
    """A sending with its customers; `shown` where nothing leaves the machine and the texts are to be read here."""

    sending: Sending
    title: str
    by: str
    at: datetime
    """On the location's wall."""
    lines: Sequence[tuple[Line, str]]
    """Those in the wanted state, each with the reason why nothing reached him, in words."""
    counts: Sequence[tuple[Outcome, str, int]]
    wanted: Outcome | None
    unanswered: int
    """How many customers a reminder would be about."""
    progress: sendings.Progress
    total: int
    allowed_days: invite.Days
    shown: bool

    def count(self, *outcomes: str) -> int:
        """How many customers are in one of the states."""
        return sum(number for outcome, _, number in self.counts if outcome in outcomes)

    @property
    def held(self) -> int:
        """Seconds until the first message goes; 0 where it may go already."""
        begins = self.sending.created_at + sendings.GRACE
        return 0 if self.sending.stopped_at else max(0, round((begins - clock.now()).total_seconds()))


@blueprint.get("/sendings")
@auth.requires(Role.DISPATCHER)
def index() -> ResponseReturnValue:
    """All of them, the newest first."""
    page = outcomes.page(db.session(), request.args.get("page", 1, type=int))
    names = feed.names(db.session(), [row.sending.by for row in page.rows])
    zone = place.here().location.zone
    rows = [(row, title(row.sending, zone), names.get(row.sending.by, row.sending.by)) for row in page.rows]
    return render_template("console/sendings.html", page=page, rows=rows, zone=zone)


@blueprint.get("/sendings/<int:sending_id>")
@auth.requires(Role.DISPATCHER)
def show(sending_id: int) -> ResponseReturnValue:
    """How far it has come, with everybody or with those in one state."""
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


def title(sending: Sending, zone: ZoneInfo) -> str:
    """What it is about, or where that is several days, when it was."""
    when = sending.created_at.astimezone(zone)
    about = f"ustomers of {filters.short_day(sending.day)}" if sending.day else ""
    if sending.reminder_of_id:
        return f"Reminder: c{about}" if about else f"Reminder of {filters.short_day(when.date())}"
    return f"C{about}" if about else f"Sending of {filters.short_day(when.date())}, {filters.clock(when)}"


def _found(session: Session, sending_id: int) -> Sending:
    return session.get(Sending, sending_id) or abort(404)


def _view(sending_id: int) -> SendingView:
    session, zone = db.session(), place.here().location.zone
    sending = _found(session, sending_id)
    lines = outcomes.of(session, sending_id)
    wanted = request.args.get("state", type=Outcome)
    counts = Counter(line.outcome for line in lines)
    waiting = outcomes.unanswered(lines)
    return SendingView(
        sending=sending,
        title=title(sending, zone),
        by=feed.names(session, [sending.by]).get(sending.by, sending.by),
        at=sending.created_at.astimezone(zone),
        lines=[(line, sentence(line.reason)) for line in lines if wanted in {None, line.outcome}],
        counts=[(outcome, word, counts[outcome]) for outcome, word in WORDS.items() if counts[outcome]],
        wanted=wanted,
        unanswered=len({visit.customer_id for visit in waiting}),
        progress=sendings.progress(session, sending_id),
        total=len(lines),
        allowed_days=invite.read(sending.allowed_days) or (),
        shown=current_app.config["PORTAL"].channels == "console",
    )
