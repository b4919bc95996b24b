"""Link settings: on what terms customers confirm and move their visits."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError
from wtforms import BooleanField, FloatField, IntegerField, SelectField
from wtforms.validators import InputRequired

from portal import auth
from portal.admin import groups
from portal.extensions import db
from portal.forms import Form, choices
from portal.models import Role
from portal.transaction import transaction
from scheduling import routes, settings
from scheduling.models import Lock
from scheduling.terms import LinkTerms, SlotTime

blueprint = Blueprint("link_terms", __name__)

REFUSAL = 422
LOCKS = ((Lock.NONE, "nothing: staff may move it within its promise"), (Lock.DAY, "the day"), (Lock.TIME, "the time"))


def _number(label: str, hint: str) -> IntegerField:
    return IntegerField(label, [InputRequired("Type a number.")], description=hint)


class TermsForm(Form):
    """Everything but the slots, which are rows of their own."""

    validity_days = _number("A link is valid for, in days", "Links already sent keep what was promised with them.")
    rescheduling = BooleanField(
        "Customers may choose another time", description="Without it they can confirm, and ask for a call."
    )
    max_detour_km = FloatField(
        "Longest detour in km",
        [InputRequired("Type a number.")],
        description="How much longer a route may get by a customer’s choice.",
    )
    notice_hours = _number("Notice in hours", "From now to the start of a slot that is offered.")
    cut_off_hours = _number("Cut-off in hours", "From now to the start of the present appointment: later it is fixed.")
    max_reschedules = _number("How often a customer may move an appointment", "0 is never.")
    horizon_days = _number("Horizon in days", "How far ahead slots are offered.")
    hold_minutes = _number("Minutes a slot is held", "While the customer looks at it once more.")
    lock = SelectField(
        "Once a customer has agreed, hold",
        choices=choices(LOCKS),
        coerce=Lock,
        description="What binds dispatchers and solver.",
    )
    choose_days = BooleanField("Dispatchers may limit the days of a sending")
    empty_routes = BooleanField(
        "Offer days without a planned route", description="From the weekly hours of technicians who have some."
    )


@dataclass(frozen=True, slots=True)
class SlotRow:
    """A slot as it is typed: two times, and what is wrong with them."""

    start: str = ""
    end: str = ""
    trouble: str = ""


@blueprint.get("/settings/link")
@auth.requires(Role.MANAGER)
def edit() -> ResponseReturnValue:
    """The terms in force."""
    terms = settings.load(db.session(), LinkTerms)
    rows = [SlotRow(slot.start.isoformat("minutes"), slot.end.isoformat("minutes")) for slot in terms.slots]
    return _page(TermsForm(formdata=None, obj=terms), rows)


@blueprint.post("/settings/link")
@auth.requires(Role.MANAGER)
def save() -> ResponseReturnValue:
    """Keep the terms; or do what another button says to the rows of slots, and keep nothing yet."""
    form, rows = TermsForm(), _typed()
    act = request.form.get("act", "save")
    if act != "save":
        return _page(form, _rearranged(rows, act))
    slots, rows = _slots(rows)
    terms = groups.read(form, LinkTerms, slots=slots)
    if terms is None or any(row.trouble for row in rows):
        return _page(form, rows), REFUSAL
    with transaction() as session:
        settings.save(session, terms)
        routes.open_days(session)
    flash("The link settings are kept. They count from now on; links already sent keep their validity.")
    return redirect(url_for(".edit"))


def _typed() -> list[SlotRow]:
    return [
        SlotRow(start.strip(), end.strip())
        for start, end in zip(request.form.getlist("start"), request.form.getlist("end"), strict=False)
    ]


def _rearranged(rows: list[SlotRow], act: str) -> list[SlotRow]:
    """The rows after `add`, `remove 2`, `up 2` or `down 2`; positions count from 0."""
    verb, _, position = act.partition(" ")
    if verb == "add":
        return [*rows, SlotRow()]
    at = int(position) if position.isdecimal() else len(rows)
    other = at + {"up": -1, "down": 1}.get(verb, 0)
    if not (0 <= at < len(rows) and 0 <= other < len(rows)):
        return rows
    row = rows.pop(at)
    return rows if verb == "remove" else [*rows[:other], row, *rows[other:]]


def _slots(rows: Sequence[SlotRow]) -> tuple[list[SlotTime], list[SlotRow]]:
    """The slots, and the rows with what is wrong with each; empty rows are left out."""
    slots, checked = [], []
    for row in rows:
        if not (row.start or row.end):
            continue
        try:
            slots.append(SlotTime.model_validate({"start": row.start, "end": row.end}))
            checked.append(row)
        except ValidationError:
            checked.append(
                SlotRow(row.start, row.end, "Two times, the second after the first, such as 08:00 and 10:00.")
            )
    return slots, checked or [SlotRow(trouble="At least one slot is needed.")]


def _page(form: TermsForm, rows: Sequence[SlotRow]) -> str:
    return render_template("admin/link.html", form=form, rows=rows)
