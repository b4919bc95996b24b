"""Moving a visit by hand: what each route of a day would come to, then the move in one step."""

from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from notifications import invite
from portal import auth
from portal.console import feed, shift_view
from portal.console.shift_view import Hidden, ShiftView, Unreadable, Wish
from portal.console.visits import by_ref
from portal.extensions import db
from portal.models import Role
from portal.transaction import transaction
from scheduling import settings, shifting
from scheduling.choices import STAFF, Question
from scheduling.errors import PromiseBroken, StaleVisit, StaleWrite
from scheduling.models import Visit
from scheduling.shifting import Seen
from scheduling.terms import LinkTerms
from scheduling.weighing import Outcome, Target

blueprint = Blueprint("shift", __name__)

STALE = "Somebody changed the planning while the page was open. Nothing was moved; this is how it stands now."
BROKEN = "The move would break a promise by now. Nothing was moved; this is how it stands."
NO_PLACE = "Choose where the visit is to go."


@blueprint.get("/visits/<path:ref>/shift")
@auth.requires(Role.DISPATCHER)
def show(ref: str) -> ResponseReturnValue:
    """The routes of a day, or the places of one of them, each with what it costs or breaks."""
    visit = by_ref(db.session(), ref)
    shifting.may_shift(visit)
    return _page(visit, shift_view.read(request.args, visit))


@blueprint.post("/visits/<path:ref>/shift")
@auth.requires(Role.DISPATCHER)
def act(ref: str) -> ResponseReturnValue:
    """Move the visit; where it can't be any more, what stands now with everything as it was filled in."""
    visit = by_ref(db.session(), ref)
    wish = shift_view.read(request.form, visit)
    back = _way_back(visit)
    try:
        target = wish.target(visit.location.zone)
        if not wish.chosen:
            return _page(visit, wish, NO_PLACE), 422
        with transaction() as session:
            moved = by_ref(session, ref)
            _shift(session, moved, target, wish)
            said = _said(moved)
    except Unreadable:
        return _page(visit, wish), 422
    except (StaleVisit, StaleWrite):
        return _again(ref, wish, STALE)
    except PromiseBroken:
        return _again(ref, wish, BROKEN)
    flash(Markup('{} <a href="{}">Move it back</a>').format(said, back) if back else said)
    return redirect(url_for("visits.show", ref=ref))


def _again(ref: str, wish: Wish, trouble: str) -> ResponseReturnValue:
    db.session().rollback()  # what was read before the refusal is read again
    visit = by_ref(db.session(), ref)
    shifting.may_shift(visit)
    return _page(visit, wish, trouble), 409


def _shift(session: Session, visit: Visit, target: Target, wish: Wish) -> None:
    route_id, _, after = wish.chosen.partition(":")
    if not route_id.isdecimal():
        abort(400)
    shifting.shift(
        session,
        visit,
        target,
        int(route_id),
        _question(session),
        seen=_seen(),
        actor=auth.actor(),
        after=after or None,
    )


def _seen() -> Seen:
    shown = (text.partition(":") for text in request.form.getlist("version"))
    versions = {int(id_): int(version) for id_, _, version in shown if id_.isdecimal() and version.isdecimal()}
    return Seen(request.form.get("generation", 0, type=int), versions)


def _said(visit: Visit) -> str:
    zone, stop = visit.location.zone, visit.stop
    name = stop.route.technician.name if stop else ""
    when = feed.spell(visit.window, zone) if visit.window else "nothing promised"
    return f"Visit {visit.number} is with {name} now: {when}."


def _way_back(visit: Visit) -> str:
    """The page that would move the visit to where it is now; it asks and checks like any other move."""
    if visit.stop is None:
        return ""
    route, hours = visit.stop.route, shift_view.present_hours(visit)
    place = f"{route.id}:{shift_view.before(visit)}"
    return url_for("shift.show", ref=visit.ref, day=route.day, hours=hours, route=route.technician.ref, to_place=place)


def _question(session: Session) -> Question:
    terms = settings.load(session, LinkTerms)
    return Question(terms=terms, travel=current_app.extensions["portal_travel"], limits=STAFF)


def _page(visit: Visit, wish: Wish, trouble: str = "") -> str:
    view = _view(visit, wish, trouble) if visit.site.located else None
    return render_template("console/shift.html", visit=visit, view=view)


def _view(visit: Visit, wish: Wish, trouble: str) -> ShiftView:
    session = db.session()
    question = _question(session)
    blank = ShiftView(
        visit=visit,
        wish=wish,
        hours=shift_view.hours(visit, wish.day, question.terms),
        slot_hours=shift_view.TYPED,
        day=None,
        promise="",
        consequence="",
        rows=(),
        of="",
        saved_m=shifting.saved(visit, question),
        hidden=Hidden(visit.generation, {}),
        trouble=trouble,
    )
    try:
        target = wish.target(visit.location.zone)
    except Unreadable as error:
        return replace(blank, error=str(error))
    found = shifting.outcomes(session, visit, target, question)
    one = next((each for each in found if each.route.technician.ref == wish.route), None)
    knows = invite.latest(session, visit.id) is not None or visit.agreed_generation is not None
    zone = visit.location.zone
    return replace(
        blank,
        day=target.day,
        promise=feed.spell(target.window, zone) if target.window else "nothing promised",
        consequence=shift_view.consequence(visit, target, knows=knows),
        rows=_places(session, visit, one, target, question) if one else shift_view.routes(visit, found),
        of=one.route.technician.name if one else "",
        hidden=_hidden(visit, found),
    )


def _places(session: Session, visit: Visit, best: Outcome, target: Target, question: Question) -> list[shift_view.Row]:
    found = shifting.positions(session, visit, best.route, target, question)
    return list(shift_view.places(visit, found, best))


def _hidden(visit: Visit, found: Sequence[Outcome]) -> Hidden:
    routes = [one.route for one in found] + ([visit.stop.route] if visit.stop else [])
    return Hidden(visit.generation, {route.id: route.version for route in routes})
