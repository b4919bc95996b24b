"""Who the company is, and how its pages look."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import ColorField, IntegerField, StringField, TelField
from wtforms.validators import InputRequired

from notifications.company import Company
from portal import auth
from portal.admin import groups
from portal.appearance import DARK, LIGHT, Style, readable
from portal.extensions import db
from portal.forms import Form, phone_number
from portal.models import Role
from portal.transaction import transaction
from scheduling import settings

blueprint = Blueprint("style", __name__)

REFUSAL = 422


class StyleForm(Form):
    """Both groups on one page."""

    name = StringField("Name of the company", [InputRequired("Type the name.")])
    phone = TelField("Phone", [phone_number], description="Stands on every page of customers; empty for none.")
    accent = ColorField("Accent colour", description="Made darker or lighter where it couldn’t be read.")
    radius = IntegerField("Rounding of corners in pixels", [InputRequired("Type a number.")])


@blueprint.get("/settings/style")
@auth.requires(Role.MANAGER)
def edit() -> ResponseReturnValue:
    """As they are set."""
    company, style = settings.load(db.session(), Company), settings.load(db.session(), Style)
    return _page(StyleForm(formdata=None, data={**company.model_dump(), **style.model_dump()}))


@blueprint.post("/settings/style")
@auth.requires(Role.MANAGER)
def save() -> ResponseReturnValue:
    """Keep both."""
    form = StyleForm()
    company, style = groups.read(form, Company), groups.read(form, Style)
    if company is None or style is None:
        return _page(form), REFUSAL
    with transaction() as session:
        settings.save(session, company)
        settings.save(session, style)
    flash("Company and style are kept.")
    if readable(style.accent, LIGHT) != style.accent or readable(style.accent, DARK) != style.accent:
        flash("The colour couldn’t be read everywhere as text; there a darker or lighter shade is used.", "information")
    return redirect(url_for(".edit"))


def _page(form: StyleForm) -> str:
    return render_template("admin/style.html", form=form)
