"""Branches of the company: their zone, phone, language and hours."""

from zoneinfo import available_timezones

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import SelectField, StringField, TelField
from wtforms.validators import AnyOf, InputRequired, Length

from portal import auth
from portal.admin import hours
from portal.admin.hours import HoursForm
from portal.appearance import LANGUAGES
from portal.extensions import db
from portal.forms import choices, phone_number, stripped
from portal.models import Role
from portal.transaction import transaction
from scheduling.models import Location

blueprint = Blueprint("locations", __name__)

REFUSAL = 422
ZONES = sorted(available_timezones())


class LocationForm(HoursForm):
    """What can be changed of a location; its zone comes with the planning document."""

    name = StringField("Name", [InputRequired("Type the name."), Length(max=200)], [stripped])
    phone = TelField("Phone", [Length(max=32), phone_number], [stripped], description="Stands on customers’ pages.")
    locale = SelectField("Language of customers who have none", choices=choices(LANGUAGES.items()))


class NewLocationForm(LocationForm):
    """A location that doesn't exist yet."""

    ref = StringField(
        "Reference",
        [InputRequired("Type a reference."), Length(max=64)],
        [stripped],
        description="As planning documents name it; it can’t be changed later.",
    )
    zone_name = StringField(
        "Time zone",
        [AnyOf(ZONES, "This isn't a time zone, such as Europe/Vaduz.")],
        [stripped],
        description="Decides the wall clock of everything planned here, such as Europe/Vaduz.",
    )


@blueprint.get("/settings/locations")
@auth.requires(Role.MANAGER)
def index() -> ResponseReturnValue:
    """All locations."""
    found = db.session.scalars(select(Location).order_by(Location.name)).all()
    return render_template("admin/locations.html", locations=found, languages=LANGUAGES)


@blueprint.get("/settings/locations/new")
@auth.requires(Role.MANAGER)
def new() -> ResponseReturnValue:
    """An empty form."""
    return _page(NewLocationForm(formdata=None), None)


@blueprint.post("/settings/locations/new")
@auth.requires(Role.MANAGER)
def create() -> ResponseReturnValue:
    """Keep a new location."""
    form = NewLocationForm()
    if form.validate_on_submit() and db.session.scalar(select(Location.id).where(Location.ref == form.ref.data)):
        form.ref.errors = ["Another location has this reference."]
    if form.errors:
        return _page(form, None), REFUSAL
    with transaction() as session:
        location = Location(ref=form.ref.data, zone_name=form.zone_name.data)
        session.add(location)
        _write(form, location)
    flash("The location is kept.")
    return redirect(url_for(".index"))


@blueprint.get("/settings/locations/<int:location_id>")
@auth.requires(Role.MANAGER)
def edit(location_id: int) -> ResponseReturnValue:
    """One location."""
    location = _one(db.session(), location_id)
    return _page(LocationForm(formdata=None, obj=location, data=hours.typed(location.hours)), location)


@blueprint.post("/settings/locations/<int:location_id>")
@auth.requires(Role.MANAGER)
def save(location_id: int) -> ResponseReturnValue:
    """Keep what was changed."""
    form = LocationForm()
    if not form.validate_on_submit():
        return _page(form, _one(db.session(), location_id)), REFUSAL
    with transaction() as session:
        _write(form, _one(session, location_id))
    flash("The changes are kept.")
    return redirect(url_for(".index"))


def _write(form: LocationForm, location: Location) -> None:
    location.name, location.phone, location.locale = form.name.data, form.phone.data, form.locale.data
    location.hours = form.hours


def _one(session: Session, location_id: int) -> Location:
    return session.get(Location, location_id) or abort(404)


def _page(form: LocationForm, location: Location | None) -> str:
    return render_template("admin/location.html", form=form, location=location, zones=ZONES)
