"""Technicians: how they are reached, what they can do, when they work, when they are away."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload
from wtforms import EmailField, IntegerField, StringField, TelField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal import audit, auth
from portal.admin import hours
from portal.admin.hours import HoursForm
from portal.admin.periods import PeriodForm
from portal.admin.spots import SpotField
from portal.audit import Area
from portal.extensions import db
from portal.forms import Words, email_address, phone_number, stripped
from portal.models import Role
from portal.transaction import transaction
from scheduling import clock, holidays, routes, wall
from scheduling.models import Absence, Route, Stop, Technician

blueprint = Blueprint("technicians", __name__)

REFUSAL = 422


class TechnicianForm(HoursForm):
    """What can be changed by hand."""

    name = StringField("Name", [InputRequired("Type the name."), Length(max=200)], [stripped])
    phone = TelField("Phone", [Length(max=32), phone_number], [stripped])
    email = EmailField("E-mail", [Length(max=254), email_address], [stripped])
    skills = Words("Skills", description="With commas between, as visits ask for them.")
    capacity = IntegerField(
        "Capacity",
        [Optional(), NumberRange(0, 1_000_000, "A whole number, 0 or more.")],
        description="The most that the loads of one route may sum to. Empty is unlimited.",
    )
    start = SpotField("Routes start at", [InputRequired("Type where.")])
    end = SpotField("Routes end at", [InputRequired("Type where.")])


@dataclass(frozen=True, slots=True)
class DayOff:
    """Visits that stand in a route on a day on which the technician doesn't work."""

    day: date
    visits: int
    why: str


@blueprint.get("/settings/technicians")
@auth.requires(Role.MANAGER)
def index() -> ResponseReturnValue:
    """All technicians."""
    query = select(Technician).options(joinedload(Technician.location)).order_by(func.lower(Technician.name))
    return render_template(
        "admin/technicians.html", technicians=db.session.scalars(query).all(), in_words=hours.in_words
    )


@blueprint.get("/settings/technicians/<int:technician_id>")
@auth.requires(Role.MANAGER)
def edit(technician_id: int) -> ResponseReturnValue:
    """One technician."""
    technician = _one(db.session(), technician_id)
    return _page(_filled(technician), PeriodForm(formdata=None), technician)


@blueprint.post("/settings/technicians/<int:technician_id>")
@auth.requires(Role.MANAGER)
def save(technician_id: int) -> ResponseReturnValue:
    """Keep what was changed; days ahead without visits follow the hours."""
    form = TechnicianForm()
    if request.form.get("act") == "spread":
        form.spread()
        return _page(form, PeriodForm(formdata=None), _one(db.session(), technician_id))
    if not form.validate_on_submit():
        return _page(form, PeriodForm(formdata=None), _one(db.session(), technician_id)), REFUSAL
    with transaction() as session:
        technician = _one(session, technician_id)
        with audit.watching(session, auth.actor(), Area.TECHNICIAN, technician):
            _write(session, form, technician)
        followed = routes.open_days(session)
    flash(f"The technician is kept.{_followed(followed)}")
    return redirect(url_for(".edit", technician_id=technician_id))


@blueprint.post("/settings/technicians/<int:technician_id>/absences")
@auth.requires(Role.MANAGER)
def add_absence(technician_id: int) -> ResponseReturnValue:
    """Keep days away."""
    form = PeriodForm()
    technician = _one(db.session(), technician_id)
    if not form.validate_on_submit():
        return _page(_filled(technician), form, technician), REFUSAL
    with transaction() as session:
        technician = _one(session, technician_id)
        absence = Absence(first=form.first.data, last=form.last.data, reason=form.reason.data)
        technician.absences.append(absence)
        audit.record(session, auth.actor(), "away", Area.TECHNICIAN, technician.name, {"away": [None, _span(absence)]})
        routes.open_days(session)
    flash("The absence is kept. Stops already planned on these days stay until somebody moves them.")
    return redirect(url_for(".edit", technician_id=technician_id))


@blueprint.post("/settings/technicians/<int:technician_id>/absences/<int:absence_id>/remove")
@auth.requires(Role.MANAGER)
def remove_absence(technician_id: int, absence_id: int) -> ResponseReturnValue:
    """Forget days away."""
    with transaction() as session:
        technician = _one(session, technician_id)
        for absence in [each for each in technician.absences if each.id == absence_id]:
            technician.absences.remove(absence)
            changes = {"away": [_span(absence), None]}
            audit.record(session, auth.actor(), "back", Area.TECHNICIAN, technician.name, changes)
        routes.open_days(session)
    flash("The absence is removed. Days without visits follow the weekly hours again.")
    return redirect(url_for(".edit", technician_id=technician_id))


def _write(session: Session, form: TechnicianForm, technician: Technician) -> None:
    """What the solver reads makes the routes be reckoned anew; where they start or end moves the planned starts."""
    technician.name, technician.phone, technician.email = form.name.data, form.phone.data, form.email.data
    technician.hours = form.hours
    if set(technician.skills) != set(form.skills.data) or technician.capacity != form.capacity.data:
        technician.skills, technician.capacity = form.skills.data, form.capacity.data
        routes.touch_technician(session, technician)
    places = (*form.start.data, *form.end.data)
    if places != (technician.start_lat, technician.start_lon, technician.end_lat, technician.end_lon):
        technician.start_lat, technician.start_lon, technician.end_lat, technician.end_lon = places
        routes.touch_technician(session, technician)
        for route in _coming(session, technician):
            routes.replan_starts(session, route, travel=current_app.extensions["portal_travel"], actor=auth.actor())


def _followed(count: int) -> str:
    days = "day" if count == 1 else "days"
    return f" {count} {days} without visits now follow the hours; routes with visits keep theirs." if count else ""


def _span(absence: Absence) -> str:
    days = f"{absence.first.isoformat()} – {absence.last.isoformat()}"
    return f"{days}, {absence.reason}" if absence.reason else days


def _filled(technician: Technician) -> TechnicianForm:
    places = {
        "start": (technician.start_lat, technician.start_lon),
        "end": (technician.end_lat, technician.end_lon),
    }
    return TechnicianForm(formdata=None, obj=technician, data={**hours.typed(technician.hours), **places})


def _one(session: Session, technician_id: int) -> Technician:
    return session.get(Technician, technician_id) or abort(404)


def _today(technician: Technician) -> date:
    return wall.day_of(clock.now(), technician.location.zone)


def _coming(session: Session, technician: Technician) -> Sequence[Route]:
    """The routes from today on that have visits."""
    query = select(Route).where(
        Route.technician_id == technician.id, Route.day >= _today(technician), Route.stops.any()
    )
    return session.scalars(query.order_by(Route.day).options(selectinload(Route.stops).joinedload(Stop.visit))).all()


def _days_off(session: Session, technician: Technician) -> Iterator[DayOff]:
    """Where the planning and the calendar disagree."""
    for route in _coming(session, technician):
        if routes.is_away(technician, route.day):
            yield DayOff(route.day, len(route.stops), "away")
        elif closed := holidays.closed(technician.location, route.day):
            yield DayOff(route.day, len(route.stops), closed.reason)


def _page(form: TechnicianForm, absence: PeriodForm, technician: Technician) -> str:
    closed = holidays.coming(technician.location, _today(technician), 60)
    return render_template(
        "admin/technician.html",
        form=form,
        absence=absence,
        technician=technician,
        days_off=list(_days_off(db.session(), technician)),
        closed=list(closed),
        geocoder=bool(current_app.config["PORTAL"].geocoder),
    )
