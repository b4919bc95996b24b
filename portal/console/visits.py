"""Visits: a list to look things up in, the file of each, and what is done to it by hand."""

from datetime import date

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import auth
from portal.console import feed, link_view, moves, place
from portal.extensions import db
from portal.models import Role
from portal.transaction import transaction
from scheduling import lists, slots, visits
from scheduling.errors import StaleWrite
from scheduling.models import Confirmation, Visit, VisitStatus

blueprint = Blueprint("visits", __name__)

PLANNABLE = slots.OUTSIDE | {VisitStatus.PLANNED}
"""Where a time can be found."""


def by_ref(session: Session, ref: str) -> Visit:
    """The visit, or 404."""
    visit = session.scalar(select(Visit).where(Visit.ref == ref))
    if visit is None:
        abort(404)
    return visit


@blueprint.get("/visits")
@auth.requires(Role.DISPATCHER)
def index() -> ResponseReturnValue:
    """The list, filtered and sorted as the address says."""
    here = place.here()
    wanted = _wanted(here)
    found = lists.visits(db.session(), wanted, request.args.get("page", 1, type=int))
    return render_template(
        "console/visits.html",
        page=found,
        wanted=wanted,
        here=here,
        statuses=VisitStatus,
        confirmations=Confirmation,
        technicians=lists.technicians(db.session(), here.location.id),
    )


def _wanted(here: place.Here) -> lists.VisitFilter:
    """What the address asks for; what can't be read doesn't matter. Everywhere, unless it names a location."""
    sort = request.args.get("sort", f"-{lists.Order.NUMBER}")
    column = sort.removeprefix("-")
    return lists.VisitFilter(
        text=request.args.get("q", ""),
        status=request.args.get("status", type=VisitStatus),
        confirmation=request.args.get("confirmation", type=Confirmation),
        location_id=here.location.id if request.args.get("location") else None,
        technician_id=request.args.get("technician", type=int),
        day=request.args.get("day", type=date.fromisoformat),
        order=lists.Order(column) if column in set(lists.Order) else lists.Order.NUMBER,
        down=sort.startswith("-"),
    )


@blueprint.get("/visits/<path:ref>")
@auth.requires(Role.DISPATCHER)
def show(ref: str) -> ResponseReturnValue:
    """All that is known of a visit, and what may be done to it."""
    visit = by_ref(db.session(), ref)
    return render_template(
        "console/visit.html",
        visit=visit,
        entries=feed.of(db.session(), visit),
        moves=moves.offered(visit, auth.person().role),
        may_confirm=visit.status is VisitStatus.PLANNED and not visit.agreed,
        may_plan=visit.status in PLANNABLE,
        link=link_view.of(db.session(), visit),
    )


@blueprint.post("/visits/<path:ref>/status")
@auth.requires(Role.DISPATCHER)
def move(ref: str) -> ResponseReturnValue:
    """Change the status by hand."""
    to = request.form.get("to", type=VisitStatus)
    with transaction() as session:
        visit = by_ref(session, ref)
        if to is None or not moves.may(visit, to, auth.person().role):
            abort(404)
        same_version(visit)
        visits.move(session, visit, to, travel=current_app.extensions["portal_travel"], actor=auth.actor())
    return redirect(url_for(".show", ref=ref))


@blueprint.post("/visits/<path:ref>/confirm")
@auth.requires(Role.DISPATCHER)
def confirm(ref: str) -> ResponseReturnValue:
    """Confirm for the customer, who is on the phone."""
    with transaction() as session:
        visit = by_ref(session, ref)
        visits.confirm(session, visit, seen=request.form.get("generation", 0, type=int), actor=auth.actor())
    flash("Confirmed for the customer.")
    return redirect(url_for(".show", ref=ref))


def same_version(visit: Visit) -> None:
    """Raises `StaleWrite` where the page that was answered showed an older visit."""
    if request.form.get("version", type=int) != visit.version:
        raise StaleWrite
