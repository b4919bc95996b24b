"""Technicians: how they are reached, what they can do, when they work, when they are away."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from wtforms import DateField, EmailField, StringField, TelField, ValidationError
from wtforms.validators import InputRequired, Length

from portal import auth
from portal.admin import hours
from portal.admin.hours import HoursForm
from portal.extensions import db
from portal.forms import Form, Words, email_address, phone_number, plain, stripped
from portal.models import Role
from portal.transaction import transaction
from scheduling import routes
from scheduling.models import Absence, Technician

blueprint = Blueprint("technicians", __name__)

REFUSAL = 422


class TechnicianForm(HoursForm):
    """What can be changed by hand; capacity and places come with planning documents."""

    name = StringField("Name", [InputRequired("Type the name."), Length(max=200)], [stripped])
    phone = TelField("Phone", [Length(max=32), phone_number], [stripped])
    email = EmailField("E-mail", [Length(max=254), email_address], [stripped])
    skills = Words("Skills", description="With commas between, as visits ask for them.")


class AbsenceForm(Form):
    """Days away."""

    first = DateField("First day", [InputRequired("Which day?")])
    last = DateField("Last day", [InputRequired("Which day?")])
    reason = StringField("Reason", [Length(max=200)], [plain])

    def validate_last(self, field: DateField) -> None:
        """Not before the first."""
        if self.first.data and field.data and field.data < self.first.data:
            raise ValidationError("The last day comes before the first.")


@blueprint.get("/settings/technicians")
@auth.requires(Role.MANAGER)
def index() -> ResponseReturnValue:
    """All technicians."""
    query = select(Technician).options(joinedload(Technician.location)).order_by(Technician.name)
    return render_template("admin/technicians.html", technicians=db.session.scalars(query).all())


@blueprint.get("/settings/technicians/<int:technician_id>")
@auth.requires(Role.MANAGER)
def edit(technician_id: int) -> ResponseReturnValue:
    """One technician."""
    technician = _one(db.session(), technician_id)
    form = TechnicianForm(formdata=None, obj=technician, data=hours.typed(technician.hours))
    return _page(form, AbsenceForm(formdata=None), technician)


@blueprint.post("/settings/technicians/<int:technician_id>")
@auth.requires(Role.MANAGER)
def save(technician_id: int) -> ResponseReturnValue:
    """Keep what was changed; days ahead without a route get one from the hours."""
    form = TechnicianForm()
    if not form.validate_on_submit():
        return _page(form, AbsenceForm(formdata=None), _one(db.session(), technician_id)), REFUSAL
    with transaction() as session:
        technician = _one(session, technician_id)
        technician.name, technician.phone, technician.email = form.name.data, form.phone.data, form.email.data
        technician.hours = form.hours
        if set(technician.skills) != set(form.skills.data):
            technician.skills = form.skills.data
            routes.touch_technician(session, technician)
        routes.open_days(session)
    flash("The changes are kept.")
    return redirect(url_for(".index"))


@blueprint.post("/settings/technicians/<int:technician_id>/absences")
@auth.requires(Role.MANAGER)
def add_absence(technician_id: int) -> ResponseReturnValue:
    """Keep days away."""
    form = AbsenceForm()
    technician = _one(db.session(), technician_id)
    if not form.validate_on_submit():
        kept = TechnicianForm(formdata=None, obj=technician, data=hours.typed(technician.hours))
        return _page(kept, form, technician), REFUSAL
    with transaction() as session:
        technician = _one(session, technician_id)
        technician.absences.append(Absence(first=form.first.data, last=form.last.data, reason=form.reason.data))
        routes.open_days(session)
    flash("The absence is kept. Stops already planned on these days stay until somebody moves them.")
    return redirect(url_for(".edit", technician_id=technician_id))


@blueprint.post("/settings/technicians/<int:technician_id>/absences/<int:absence_id>/remove")
@auth.requires(Role.MANAGER)
def remove_absence(technician_id: int, absence_id: int) -> ResponseReturnValue:
    """Forget days away."""
    with transaction() as session:
        technician = _one(session, technician_id)
        technician.absences = [absence for absence in technician.absences if absence.id != absence_id]
        routes.open_days(session)
    return redirect(url_for(".edit", technician_id=technician_id))


def _one(session: Session, technician_id: int) -> Technician:
    return session.get(Technician, technician_id) or abort(404)


def _page(form: TechnicianForm, absence: AbsenceForm, technician: Technician) -> str:
    return render_template("admin/technician.html", form=form, absence=absence, technician=technician)
