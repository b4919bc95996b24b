"""A route taken off because its technician can't come: what would happen to each visit, the act, whom to invite."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from notifications import seeding
from portal import auth, filters
from portal.console.times import WHY
from portal.extensions import db
from portal.models import Role
from portal.transaction import transaction
from scheduling import relief, settings
from scheduling.choices import STAFF, Question
from scheduling.errors import StaleWrite
from scheduling.models import Route, Visit, VisitStatus
from scheduling.relief import Chosen, Left, Placed, Relief
from scheduling.terms import LinkTerms

blueprint = Blueprint("relief", __name__)

STALE = "Somebody changed the planning while the page was open. Nothing was changed; this is the plan as of now."
UNTIL = "Give the last day away as a date, not before the day of the route."


@dataclass(frozen=True, slots=True)
class Line:
    """One visit of the route, and what would happen to it."""

    id: int
    ref: str
    number: int
    customer: str
    promised: str
    agreed: bool
    technician: str
    """Who takes it over; empty where nobody does."""
    start: time | None
    detour_m: int
    invite: bool
    """Whether the dispatcher would rather have the customer choose."""
    why: str
    """Why nobody takes it."""


@dataclass(frozen=True, slots=True)
class ReliefView:
    """The page; `orders` and `versions` go with the form, so that what is shown is what is done."""

    route: Route
    lines: tuple[Line, ...]
    begun: tuple[str, ...]
    orders: Mapping[int, str]
    versions: Mapping[int, int]
    until: str
    reason: str
    trouble: str = ""

    @property
    def placed(self) -> Sequence[Line]:
        """Those whom somebody takes over."""
        return [line for line in self.lines if line.technician]

    @property
    def left(self) -> Sequence[Line]:
        """Those who are to choose a time."""
        return [line for line in self.lines if not line.technician]


@blueprint.get("/routes/<int:route_id>/relief")
@auth.requires(Role.DISPATCHER)
def show(route_id: int) -> ResponseReturnValue:
    """What would happen; `?invite=` names visits whose customers are to choose."""
    return _page(_found(db.session(), route_id), request.args.getlist("invite", type=int))


@blueprint.post("/routes/<int:route_id>/relief")
@auth.requires(Role.DISPATCHER)
def act(route_id: int) -> ResponseReturnValue:
    """Do what was shown, then say whom to invite; or show what stands now."""
    route, invited = _found(db.session(), route_id), request.form.getlist("invite", type=int)
    until = _until(route)
    if until is None:
        return _page(route, invited, UNTIL), 422
    orders = _numbers("order")
    chosen = Chosen(
        orders={id_: tuple(each for each in order if each not in invited) for id_, order in orders.items()},
        versions={id_: version for id_, (version,) in _numbers("version").items()},
        until=until,
        reason=request.form.get("reason", "").strip(),
    )
    try:
        with transaction() as session:
            done = relief.carry_out(session, route_id, chosen, _question(session), actor=auth.actor())
    except StaleWrite:
        db.session().rollback()  # what was read before the refusal is read again
        return _page(_found(db.session(), route_id), invited, STALE), 409
    flash(_said(len(done.placed), len(done.left)))
    return redirect(url_for(".done", route_id=route_id, until=until, visit=done.left))


@blueprint.get("/routes/<int:route_id>/relief/done")
@auth.requires(Role.DISPATCHER)
def done(route_id: int) -> ResponseReturnValue:
    """Whom to invite, and which other days the technician misses; nothing has been sent."""
    session = db.session()
    route, refs = _found(session, route_id), request.args.getlist("visit")
    query = select(Visit).where(Visit.ref.in_(refs), Visit.status == VisitStatus.UNPLANNED).order_by(Visit.number)
    left = session.scalars(query.options(joinedload(Visit.customer))).all()
    until = request.args.get("until", type=date.fromisoformat) or route.day
    return render_template(
        "console/relief_done.html",
        route=route,
        left=left,
        others=relief.also_away(session, route, until),
        templates=(seeding.CHOOSE_SMS, seeding.CHOOSE_EMAIL),
    )


def _found(session: Session, route_id: int) -> Route:
    return session.get(Route, route_id) or abort(404)


def _question(session: Session) -> Question:
    terms = settings.load(session, LinkTerms)
    return Question(terms=terms, travel=current_app.extensions["portal_travel"], limits=STAFF)


def _until(route: Route) -> date | None:
    """The last day away; None where what was typed is none."""
    try:
        until = date.fromisoformat(request.form.get("until", ""))
    except ValueError:
        return None
    return until if route.day <= until and (until - route.day).days <= 366 else None


def _numbers(name: str) -> Mapping[int, tuple[int, ...]]:
    """Fields such as `7:12 15 9`: a route's id, then numbers about it. 400 for anything else."""
    try:
        parts = (text.partition(":") for text in request.form.getlist(name))
        return {int(id_): tuple(map(int, numbers.split())) for id_, _, numbers in parts}
    except ValueError:
        abort(400)


def _said(placed: int, left: int) -> str:
    visits = f"{placed} visit{' is' if placed == 1 else 's are'} taken over"
    return (
        f"The route is off: {visits}, {left} wait{'s' if left == 1 else ''} for a time. Nothing was sent to customers."
    )


def _page(route: Route, invited: Collection[int], trouble: str = "") -> str:
    session = db.session()
    view = None
    if relief.may_relieve(route):
        view = _view(relief.plan(session, route, _question(session), out=invited), invited, trouble)
    return render_template("console/relief.html", route=route, view=view, trouble=trouble)


def _view(found: Relief, invited: Collection[int], trouble: str) -> ReliefView:
    by_id = {one.visit.id: _placed(one) for one in found.placed} | {
        one.visit.id: _left(one, invited) for one in found.left
    }
    return ReliefView(
        route=found.route,
        lines=tuple(by_id[stop.visit_id] for stop in found.route.stops if stop.visit_id in by_id),
        begun=tuple(visit.customer.name for visit in found.begun),
        orders={id_: " ".join(map(str, order)) for id_, order in found.orders.items()},
        versions=found.versions,
        until=request.values.get("until") or str(found.route.day),
        reason=request.values.get("reason", ""),
        trouble=trouble,
    )


def _placed(one: Placed) -> Line:
    return _line(one.visit, technician=one.route.technician.name, start=one.start, detour_m=one.detour_m)


def _left(one: Left, invited: Collection[int]) -> Line:
    why = WHY[one.reason] if one.reason else ""
    return _line(one.visit, invite=one.visit.id in invited, why=why or "the place has no coordinates")


def _line(
    visit: Visit,
    *,
    technician: str = "",
    start: datetime | None = None,
    detour_m: int = 0,
    invite: bool = False,
    why: str = "",
) -> Line:
    zone = visit.location.zone
    hours = (visit.window.start.astimezone(zone), visit.window.end.astimezone(zone)) if visit.window else None
    return Line(
        id=visit.id,
        ref=visit.ref,
        number=visit.number,
        customer=visit.customer.name,
        promised=filters.between(hours) if hours else "",
        agreed=visit.agreed,
        technician=technician,
        start=start.astimezone(zone).time() if start else None,
        detour_m=detour_m,
        invite=invite,
        why="you chose so" if invite else why,
    )
