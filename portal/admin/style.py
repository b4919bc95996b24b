"""Who the company is, and how its pages look."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from sqlalchemy.orm import Session
from wtforms import BooleanField, ColorField, IntegerField, SelectField, StringField, TelField
from wtforms.validators import InputRequired

from notifications.company import Company
from portal import audit, auth, drafts, logo
from portal.admin import groups
from portal.appearance import FONTS, Font, Shade, Style
from portal.audit import Area
from portal.extensions import db
from portal.forms import Form, choices, phone_number
from portal.logo import Drawing, NotAPicture
from portal.models import Role
from portal.transaction import transaction
from scheduling import settings

blueprint = Blueprint("style", __name__)

REFUSAL = 422
FONT_NAMES = {
    Font.SYSTEM: "The device’s own",
    Font.HUMANIST: "Humanist, such as Seravek or Calibri",
    Font.GEOMETRIC: "Geometric, such as Avenir or Montserrat",
    Font.ROUNDED: "Rounded, such as Quicksand",
    Font.SERIF: "Serif, such as Charter or Cambria",
    Font.BOOK: "Book, such as Palatino",
    Font.SLAB: "Slab, such as Rockwell",
}
PARTS = {"look": ("accent", "font", "radius")}
"""The fields whose defaults can be had back together."""


class StyleForm(Form):
    """Company, looks and logo on one page."""

    name = StringField("Name of the company", [InputRequired("Type the name.")])
    phone = TelField("Phone", [phone_number], description="Stands on every page of customers; empty for none.")
    logo = FileField(
        "Logo", description="PNG, JPEG, GIF or WebP up to 2 MB. We draw it anew, at most 480 by 160 pixels."
    )
    remove_logo = BooleanField("Show the name instead of the logo")
    accent = ColorField("Accent colour", description="Buttons, links and what is chosen.")
    font = SelectField(
        "Font",
        choices=choices((font, FONT_NAMES[font]) for font in FONTS),
        description="Nothing is loaded: each device shows the nearest font that it has.",
    )
    radius = IntegerField("Rounding of corners, in pixels", [InputRequired("Type a number.")], description="0 to 24.")


@blueprint.get("/settings/style")
@auth.requires(Role.MANAGER)
def edit() -> ResponseReturnValue:
    """As they are set."""
    company, style = settings.load(db.session(), Company), settings.load(db.session(), Style)
    return _page(StyleForm(formdata=None, data={**company.model_dump(), **style.model_dump()}))


@blueprint.post("/settings/style")
@auth.requires(Role.MANAGER)
def save() -> ResponseReturnValue:
    """Keep all of it; or show it with the defaults of a part, and keep nothing yet."""
    verb, _, part = request.form.get("act", "save").partition(" ")
    if verb != "save":
        return _restored(part)
    form = StyleForm()
    company, style, drawing = groups.read(form, Company), groups.read(form, Style), _uploaded(form)
    if company is None or style is None or form.logo.errors:
        return _page(form, unsaved=True), REFUSAL
    with transaction() as session:
        audit.save(session, company, actor=auth.actor())
        audit.save(session, style, actor=auth.actor())
        _keep_logo(session, drawing, remove=form.remove_logo.data)
    flash("Company and style are kept.")
    return redirect(url_for(".edit"))


def _uploaded(form: StyleForm) -> Drawing | None:
    """The logo as we draw it; what is wrong with the file stands at the field."""
    if not form.logo.data:
        return None
    try:
        return logo.drawn(form.logo.data.stream.read(logo.LARGEST + 1))
    except NotAPicture as error:
        form.logo.errors = [str(error)]
        return None


def _keep_logo(session: Session, drawing: Drawing | None, *, remove: bool) -> None:
    if drawing:
        logo.keep(session, drawing)
        size = [None, f"{drawing.width} × {drawing.height}"]
        audit.record(session, auth.actor(), "changed", Area.STYLE, "logo", {"size": size})
    elif remove and logo.shown(session):
        logo.remove(session)
        audit.record(session, auth.actor(), "deleted", Area.STYLE, "logo")


def _restored(part: str) -> str:
    typed, defaults = request.form.copy(), {**Company().model_dump(mode="json"), **Style().model_dump(mode="json")}
    for name in PARTS.get(part, ()):
        typed[name] = str(defaults[name])
    return _page(StyleForm(formdata=typed), unsaved=True)


def _page(form: StyleForm, *, unsaved: bool = False) -> str:
    shades: Sequence[Shade] = list(_typed(form).shades())
    return render_template(
        "admin/style.html",
        form=form,
        unsaved=unsaved,
        logo=logo.shown(db.session()),
        shades=shades,
    )


def _typed(form: StyleForm) -> Style:
    values = {name: form[name].data for name in Style.model_fields}
    return drafts.overlaid(settings.load(db.session(), Style), values)
