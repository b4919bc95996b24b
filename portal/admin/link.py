"""Link settings: on what terms customers confirm and move their visits, and what their pages say."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, FloatField, FormField, IntegerField, SelectField
from wtforms.validators import InputRequired

from portal import audit, auth, drafts, slot_rows
from portal.admin import effects, groups, texts
from portal.appearance import LANGUAGES, LinkTexts
from portal.extensions import db
from portal.forms import Form, choices
from portal.models import Role
from portal.slot_rows import SlotRow
from portal.transaction import transaction
from scheduling import clock, routes, settings
from scheduling.models import Location, Lock
from scheduling.terms import LinkTerms

blueprint = Blueprint("link_terms", __name__)

REFUSAL = 422
LOCKS = ((Lock.NONE, "nothing"), (Lock.DAY, "the day"), (Lock.TIME, "the time"))
GROUPS: Mapping[str, Sequence[str]] = {
    "link": ("rescheduling", "validity_days", "cut_off_hours", "show_technician"),
    "texts": tuple(LANGUAGES),
    "slots": (),
    "offers": ("max_detour_km", "notice_hours", "horizon_days", "max_reschedules", "hold_minutes", "empty_routes"),
    "staff": ("lock", "choose_days"),
}
"""The fields of each part of the page, whose defaults can be had back one part at a time."""


class TermsForm(Form):
    """Everything but the slots, which are rows of their own."""

    rescheduling = BooleanField("Customers may choose another time")
    validity_days = IntegerField("A link is valid for, in days", [InputRequired("Type a number.")])
    cut_off_hours = IntegerField("Cut-off before the appointment, in hours", [InputRequired("Type a number.")])
    show_technician = BooleanField("Tell customers who comes")
    en = FormField(texts.LanguageForm, LANGUAGES["en"])
    fr = FormField(texts.LanguageForm, LANGUAGES["fr"])
    de = FormField(texts.LanguageForm, LANGUAGES["de"])
    max_detour_km = FloatField("Longest detour, in km", [InputRequired("Type a number.")])
    notice_hours = IntegerField("Notice before a slot, in hours", [InputRequired("Type a number.")])
    horizon_days = IntegerField("Horizon, in days", [InputRequired("Type a number.")])
    max_reschedules = IntegerField(
        "How often a customer may move an appointment", [InputRequired("Type a number; 0 is never.")]
    )
    hold_minutes = IntegerField("A chosen slot is held for, in minutes", [InputRequired("Type a number.")])
    empty_routes = BooleanField("Offer days without a planned route")
    lock = SelectField("Once a customer has agreed, hold", choices=choices(LOCKS), coerce=Lock)
    choose_days = BooleanField("Dispatchers may limit the days of a sending")


@blueprint.get("/settings/link")
@auth.requires(Role.MANAGER)
def edit() -> ResponseReturnValue:
    """The terms and texts in force."""
    terms, said = settings.load(db.session(), LinkTerms), settings.load(db.session(), LinkTexts)
    form = TermsForm(formdata=None, data={**terms.model_dump(), **texts.data(said)})
    return _page(form, [SlotRow.of(slot) for slot in terms.slots], request.form)


@blueprint.post("/settings/link")
@auth.requires(Role.MANAGER)
def save() -> ResponseReturnValue:
    """Keep the terms and texts; or do what another button says to the form, and keep nothing yet."""
    form, rows = TermsForm(), slot_rows.typed(request.form)
    verb, _, part = request.form.get("act", "save").partition(" ")
    if verb == "restore":
        return _restored(rows, part)
    if verb != "save":
        return _page(form, slot_rows.rearranged(rows, request.form["act"]), request.form, unsaved=True)
    slots, rows = slot_rows.checked(rows)
    terms = groups.read(form, LinkTerms, slots=slots)
    if terms is None or any(row.trouble for row in rows):
        return _page(form, rows, request.form, unsaved=True), REFUSAL
    with transaction() as session:
        audit.save(session, terms, actor=auth.actor())
        audit.save(session, texts.read(form), actor=auth.actor())
        routes.open_days(session)
    flash("The link settings are kept. They count from now on; links already sent keep their validity.")
    return redirect(url_for(".edit"))


def _restored(rows: list[SlotRow], part: str) -> str:
    """The form with the defaults in one of its parts, not kept yet."""
    typed, defaults = request.form.copy(), LinkTerms().model_dump(mode="json")
    for name in GROUPS.get(part, ()):
        for key in [key for key in typed if key == name or key.startswith(f"{name}-")]:
            typed.pop(key)
        if defaults.get(name) not in (None, False):
            typed[name] = str(defaults[name])
    if part == "slots":
        rows = [SlotRow.of(slot) for slot in LinkTerms().slots]
    return _page(TermsForm(formdata=typed), rows, typed, unsaved=True)


def _page(form: TermsForm, rows: Sequence[SlotRow], typed: MultiDict[str, str], *, unsaved: bool = False) -> str:
    session = db.session()
    stored = settings.load(session, LinkTerms), settings.load(session, LinkTexts)
    terms = drafts.terms(typed, stored[0])
    fallbacks = texts.branch_languages(session)
    return render_template(
        "admin/link.html",
        form=form,
        rows=rows,
        unsaved=unsaved,
        overlaps=slot_rows.overlaps(slot_rows.checked(rows)[0]),
        weekdays=list(enumerate(slot_rows.WEEKDAYS, start=1)),
        effects=effects.of(terms, _now()),
        languages=LANGUAGES,
        standing_in=texts.standing_in(drafts.texts(typed, stored[1]), fallbacks[0]),
        falls_back={code: texts.said_of(code, fallbacks) for code in LANGUAGES},
        language=_shown(form),
    )


def _shown(form: TermsForm) -> str:
    """The language whose texts are open: one with something wrong, else the one that was chosen."""
    wrong = [code for code in LANGUAGES if form[code].errors]
    asked = request.form.get("language", "en")
    return wrong[0] if wrong else asked if asked in LANGUAGES else "en"


def _now() -> datetime:
    """The present time on the wall of the first branch."""
    zone = db.session().scalar(select(Location.zone_name).order_by(Location.id).limit(1))
    return clock.now().astimezone(ZoneInfo(zone or "UTC"))
