"""Every component on one page, for people who build pages."""

from flask import Blueprint, render_template
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from portal import auth
from portal.forms import Form, Ticks, choices
from portal.models import Role
from scheduling.models import Confirmation, VisitStatus

blueprint = Blueprint("components", __name__)


class SampleForm(Form):
    """One field of each kind; nothing takes it."""

    name = StringField("Name")
    phone = StringField("Phone", [InputRequired("Type a number with its country code, such as +33 6 11 22 33 44.")])
    note = TextAreaField("Comment")
    part = SelectField("Part of the day", choices=choices([("am", "Morning"), ("pm", "Afternoon")]))
    way = RadioField("Ways", choices=choices([("first", "SMS, or e-mail where SMS can’t be"), ("both", "Both")]))
    agreed = Ticks("Agrees to", choices=choices([("sms", "SMS"), ("email", "E-mail")]))
    enabled = BooleanField("Enabled")


@blueprint.get("/settings/components")
@auth.requires(Role.ADMINISTRATOR)
def show() -> str:
    """Each in every state that it can be in."""
    form = SampleForm(formdata=None, data={"name": "Ana Example", "phone": "555 0100", "way": "first"})
    form.phone.errors = [form.phone.validators[0].message]
    return render_template("admin/components.html", form=form, statuses=VisitStatus, words=Confirmation)
