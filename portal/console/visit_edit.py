"""Making a visit and changing its file."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from portal import auth
from portal.console import customers
from portal.console.forms import NewVisitForm, VisitForm
from portal.console.visits import by_ref
from portal.extensions import db
from portal.models import Role
from portal.transaction import transaction
from scheduling import visits
from scheduling.errors import PromiseBroken, StaleWrite
from scheduling.models import Customer, Location, Site, VisitStatus, VisitType

blueprint = Blueprint("visit_edit", __name__)

REFUSAL = 422
USUAL_MINUTES = 30
"""Of a visit without a type."""
BROKEN = "Saved like this, other appointments on the route couldn't be kept. Nothing was changed."


@blueprint.get("/visits/new")
@auth.requires(Role.DISPATCHER)
def new() -> ResponseReturnValue:
    """An empty file for the customer that the address names; without one, customers to choose from."""
    if "customer" not in request.args:
        return redirect(url_for("customers.index"))
    customer = customers.by_ref(db.session(), request.args["customer"])
    return _new_page(NewVisitForm(formdata=None), customer)


@blueprint.post("/visits/new")
@auth.requires(Role.DISPATCHER)
def create() -> ResponseReturnValue:
    """Keep a new visit."""
    customer = customers.by_ref(db.session(), request.args.get("customer"))
    form = NewVisitForm()
    _choose(form, customer)
    if not form.validate_on_submit():
        return _new_page(form, customer), REFUSAL
    with transaction() as session:
        values = _usual(form.fields, session.get(VisitType, form.type_id.data or 0))
        visit = visits.create(
            session,
            customer=session.get_one(Customer, customer.id),
            site=session.get_one(Site, values.pop("site_id")),
            location=session.get_one(Location, form.location_id.data),
            status=VisitStatus(form.status.data),
            actor=auth.actor(),
            **values,
        )
    flash(f"Visit {visit.number} is kept. Find a time for it next.")
    return redirect(url_for("visits.show", ref=visit.ref))


@blueprint.get("/visits/<path:ref>/edit")
@auth.requires(Role.DISPATCHER)
def edit(ref: str) -> ResponseReturnValue:
    """The file, to be changed."""
    return _edit_page(ref, VisitForm(formdata=None, obj=by_ref(db.session(), ref)))


@blueprint.post("/visits/<path:ref>/edit")
@auth.requires(Role.DISPATCHER)
def save(ref: str) -> ResponseReturnValue:
    """Keep what was changed, unless it breaks promises on the route."""
    form = VisitForm()
    _choose(form, by_ref(db.session(), ref).customer)
    if not form.validate_on_submit():
        return _edit_page(ref, form), REFUSAL
    try:
        _save(ref, form)
    except PromiseBroken:
        return _edit_page(ref, form, trouble=BROKEN), 409
    flash("The changes are kept.")
    return redirect(url_for("visits.show", ref=ref))


def _usual(fields: dict[str, Any], kind: VisitType | None) -> dict[str, Any]:
    """What the type usually takes and needs, where nothing was typed."""
    duration, skills = (kind.duration, list(kind.skills)) if kind else (USUAL_MINUTES, [])
    return {**fields, "duration": fields["duration"] or duration, "skills": fields["skills"] or skills}


def _save(ref: str, form: VisitForm) -> None:
    with transaction() as session:
        visit = by_ref(session, ref)
        if form.version.data != visit.version:
            raise StaleWrite
        travel = current_app.extensions["portal_travel"]
        visits.edit(session, visit, form.fields, travel=travel, actor=auth.actor())


def _choose(form: VisitForm, customer: Customer) -> None:
    form.choose_from(customer, db.session.scalars(select(VisitType).order_by(VisitType.name)).all())
    if isinstance(form, NewVisitForm):
        form.choose_location(db.session.scalars(select(Location).order_by(Location.name)).all())


def _new_page(form: NewVisitForm, customer: Customer) -> str:
    _choose(form, customer)
    return render_template("console/visit_form.html", form=form, customer=customer, visit=None)


def _edit_page(ref: str, form: VisitForm, trouble: str = "") -> str:
    visit = by_ref(db.session(), ref)
    _choose(form, visit.customer)
    return render_template("console/visit_form.html", form=form, customer=visit.customer, visit=visit, trouble=trouble)
