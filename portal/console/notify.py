"""Notify customers of a day: choose texts, people and days, see what it will do, send."""

from collections.abc import Mapping
from datetime import date

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from notifications import sendings, templates
from notifications.errors import DaysRefused, NobodyToNotify
from notifications.models import ChannelName, Sending, Trigger
from portal import auth
from portal.console import dialog, place, wish
from portal.console.dialog import Dialog
from portal.console.wish import Wish
from portal.engine import work
from portal.extensions import db
from portal.models import Role
from portal.transaction import transaction
from scheduling import boards, settings
from scheduling.terms import LinkTerms

blueprint = Blueprint("notify", __name__)

DAYS: Mapping[str, str] = {
    "empty": "Add at least one day, or let customers choose among all days.",
    "past": "Every day or period must end today or later.",
    "order": "A period ends before it begins.",
    "off": "Allowed days are switched off in the link settings.",
    "unreadable": "Write each day as a date.",
}
"""Why the allowed days are refused."""
NOBODY = "Choose a template, and at least one customer who can be reached by it."


@blueprint.get("/notify/<day>")
@auth.requires(Role.DISPATCHER)
def form(day: str) -> ResponseReturnValue:
    """The dialog as it opens."""
    usable = templates.listed(db.session(), trigger=Trigger.MANUAL, enabled=True)
    return _show(place.day(day), wish.first(usable))


@blueprint.post("/notify/<day>")
@auth.requires(Role.DISPATCHER)
def act(day: str) -> ResponseReturnValue:
    """Send; or whatever else was pressed, count again with everything as it was filled in."""
    date_, wanted = place.day(day), wish.read(request.form)
    pressed = request.form.get("act", "count")
    if pressed != "send":
        return _show(date_, wanted.edited(pressed))
    location = place.here().location.id
    try:
        with transaction() as session:
            sending = _send(session, location, date_, wanted)
    except DaysRefused as refused:
        return _show(date_, wanted, DAYS[refused.why]), 422
    except NobodyToNotify:
        return _show(date_, wanted, NOBODY), 422
    return redirect(url_for("sendings.show", sending_id=sending.id))


def _send(session: Session, location_id: int, day: date, wanted: Wish) -> Sending:
    usable = templates.listed(session, trigger=Trigger.MANUAL, enabled=True)
    return sendings.notify(
        session,
        boards.visit_ids(session, location_id, day, wanted.customers),
        wanted.chosen(usable),
        key=wanted.key,
        actor=auth.actor(),
        terms=settings.load(session, LinkTerms),
        context=work.context(current_app.config["PORTAL"]),
        both=wanted.both,
        allowed_days=wanted.periods(),
        day=day,
    )


def _show(day: date, wanted: Wish, trouble: str = "") -> str:
    return render_template("console/notify.html", view=_view(db.session(), day, wanted, trouble))


def _view(session: Session, day: date, wanted: Wish, trouble: str) -> Dialog:
    here = place.here()
    usable = templates.listed(session, trigger=Trigger.MANUAL, enabled=True)
    chosen = wanted.chosen(usable)
    terms = settings.load(session, LinkTerms)
    ids = boards.visit_ids(session, here.location.id, day)
    context = work.context(current_app.config["PORTAL"])
    audience = sendings.prepare(session, ids, chosen, terms=terms, context=context, both=wanted.both)
    ticked = dialog.ticked(audience, wanted)
    told = audience.of(ticked)
    people = [dialog.person(row, ticked, here.location.zone) for row in audience.rows]
    return Dialog(
        here=here,
        day=day,
        wish=wanted,
        templates={channel: [each for each in usable if each.channel is channel] for channel in ChannelName},
        people=tuple(each for each in people if not each.reason),
        lost=tuple(each for each in people if each.reason),
        count=len(told.reachable),
        segments=told.segments,
        cost=told.cost,
        offers_days=terms.rescheduling and terms.choose_days and any(map(templates.carries_link, chosen)),
        trouble=trouble,
    )
