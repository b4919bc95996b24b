"""Branches of the company: their zone, phone, language, hours, and the days on which they are closed."""

from datetime import date
from zoneinfo import available_timezones

from babel import Locale
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from wtforms import SelectField, StringField, TelField
from wtforms.validators import AnyOf, InputRequired, Length

from portal import audit, auth
from portal.admin import hours
from portal.admin.hours import HoursForm
from portal.admin.periods import Period, PeriodForm
from portal.appearance import LANGUAGES
from portal.audit import Area
from portal.extensions import db
from portal.forms import choices, phone_number, stripped
from portal.models import Role
from portal.transaction import transaction
from scheduling import clock, holidays, routes, wall
from scheduling.models import Location, Route, Stop

blueprint = Blueprint("locations", __name__)

REFUSAL = 422
ZONES = sorted(available_timezones())
TERRITORIES = Locale("en").territories
KEPT = "The location is kept. Days without visits follow its hours and closed days."


class LocationForm(HoursForm):
    """What can be changed of a location; its zone comes with the planning document."""

    name = StringField("Name", [InputRequired("Type the name."), Length(max=200)], [stripped])
    phone = TelField("Phone", [Length(max=32), phone_number], [stripped], description="Stands on customers’ pages.")
    locale = SelectField("Language of customers who have none", choices=choices(LANGUAGES.items()))
    country = SelectField("Public holidays of", validate_choice=False)
    part = SelectField("Part of the country", validate_choice=False)

    def choose_from(self) -> None:
        """Fill the lists of calendars; a part of another country counts as none."""
        named = sorted((TERRITORIES.get(code, code), code) for code in holidays.countries())
        self.country.choices = choices([("", "none: open on all of them"), *((code, name) for name, code in named)])
        parts = holidays.parts(self.country.data or "")
        self.part.choices = choices([("", "the whole country"), *parts.items()])
        if self.part.data not in parts:
            self.part.data = ""

    @property
    def calendar(self) -> str | None:
        """As the location keeps it: "US" or "US-VA"."""
        found = "-".join(filter(None, [self.country.data, self.part.data]))
        return found if found and holidays.is_known(found) else None


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
    found = db.session.scalars(select(Location).order_by(func.lower(Location.name))).all()
    closed = {each.id: next(holidays.coming(each, _today(each)), None) for each in found}
    return render_template(
        "admin/locations.html",
        locations=found,
        languages=LANGUAGES,
        in_words=hours.in_words,
        calendar=calendar_in_words,
        closed=closed,
    )


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
    if _only_arranged(form):
        return _page(form, None)
    if form.validate_on_submit() and db.session.scalar(select(Location.id).where(Location.ref == form.ref.data)):
        form.ref.errors = ["Another location has this reference."]
    if form.errors:
        return _page(form, None), REFUSAL
    with transaction() as session:
        location = Location(ref=form.ref.data, zone_name=form.zone_name.data, closures=[])
        session.add(location)
        _write(form, location)
        audit.created(session, auth.actor(), Area.LOCATION, location)
    flash("The location is kept.")
    return redirect(url_for(".edit", location_id=location.id))


@blueprint.get("/settings/locations/<int:location_id>")
@auth.requires(Role.MANAGER)
def edit(location_id: int) -> ResponseReturnValue:
    """One location."""
    location = _one(db.session(), location_id)
    return _page(_filled(location), location)


@blueprint.post("/settings/locations/<int:location_id>")
@auth.requires(Role.MANAGER)
def save(location_id: int) -> ResponseReturnValue:
    """Keep what was changed; or do what another button says to the form, and keep nothing yet."""
    form = LocationForm()
    if _only_arranged(form):
        return _page(form, _one(db.session(), location_id))
    if not form.validate_on_submit():
        return _page(form, _one(db.session(), location_id)), REFUSAL
    with transaction() as session:
        location = _one(session, location_id)
        with audit.watching(session, auth.actor(), Area.LOCATION, location):
            _write(form, location)
        routes.open_days(session)
    flash(KEPT)
    return redirect(url_for(".edit", location_id=location_id))


@blueprint.post("/settings/locations/<int:location_id>/closures")
@auth.requires(Role.MANAGER)
def close(location_id: int) -> ResponseReturnValue:
    """Close it for some days."""
    form = PeriodForm()
    if not form.validate_on_submit():
        location = _one(db.session(), location_id)
        return _page(_filled(location), location, form), REFUSAL
    with transaction() as session:
        location = _one(session, location_id)
        with audit.watching(session, auth.actor(), Area.LOCATION, location, action="closed"):
            others = [each for each in location.closures or () if each != form.value]
            location.closures = sorted([*others, form.value], key=lambda each: (each["first"], each["last"]))
        routes.open_days(session)
    flash("The closed days are kept. Days without visits are no longer offered; visits already planned stay.")
    return redirect(url_for(".edit", location_id=location_id))


@blueprint.post("/settings/locations/<int:location_id>/closures/remove")
@auth.requires(Role.MANAGER)
def reopen(location_id: int) -> ResponseReturnValue:
    """Forget a closure; once it is gone nothing more happens."""
    span = request.form.get("first"), request.form.get("last")
    with transaction() as session:
        location = _one(session, location_id)
        with audit.watching(session, auth.actor(), Area.LOCATION, location, action="reopened"):
            location.closures = [each for each in location.closures or () if (each["first"], each["last"]) != span]
        routes.open_days(session)
    flash("The days are open again.")
    return redirect(url_for(".edit", location_id=location_id))


def calendar_in_words(calendar: str | None) -> str:
    """`Virginia, United States`; empty where there is none."""
    country, _, part = (calendar or "").partition("-")
    names = [holidays.parts(country).get(part, part) if part else "", TERRITORIES.get(country, country)]
    return ", ".join(filter(None, names))


def _filled(location: Location) -> LocationForm:
    country, _, part = (location.holidays or "").partition("-")
    return LocationForm(
        formdata=None, obj=location, data={**hours.typed(location.hours), "country": country, "part": part}
    )


def _only_arranged(form: LocationForm) -> bool:
    """Whether a button was pressed that keeps nothing: it copies hours, or shows the parts of the country."""
    act = request.form.get("act")
    if act == "spread":
        form.spread()
    return act in {"spread", "parts"}


def _write(form: LocationForm, location: Location) -> None:
    form.choose_from()
    location.name, location.phone, location.locale = form.name.data, form.phone.data, form.locale.data
    location.hours, location.holidays = form.hours, form.calendar


def _one(session: Session, location_id: int) -> Location:
    return session.get(Location, location_id) or abort(404)


def _today(location: Location) -> date:
    return wall.day_of(clock.now(), location.zone)


def _page(form: LocationForm, location: Location | None, closure: PeriodForm | None = None) -> str:
    form.choose_from()
    coming = list(holidays.coming(location, _today(location))) if location else []
    return render_template(
        "admin/location.html",
        form=form,
        location=location,
        zones=ZONES,
        closure=closure or PeriodForm(formdata=None),
        closures=[Period.of(each) for each in (location.closures or () if location else ())],
        coming=coming,
        planned=_planned(location, [each.day for each in coming]) if location else {},
    )


def _planned(location: Location, days: list[date]) -> dict[date, int]:
    """How many visits are in routes on these days."""
    query = select(Route.day, func.count(Stop.id)).join(Stop).where(Route.location_id == location.id)
    found = db.session.execute(query.where(Route.day.in_(days)).group_by(Route.day)).all()
    return {row[0]: row[1] for row in found}
