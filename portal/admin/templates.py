"""Templates: the texts that messages are made of, per channel and language."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import BooleanField, FormField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from notifications import sms_text, templates
from notifications.catalogue import CATALOGUE
from notifications.errors import TemplateInvalid
from notifications.models import ChannelName, Template, Trigger
from notifications.templates import Text
from portal import auth
from portal.appearance import LANGUAGES
from portal.extensions import db
from portal.forms import Form, Part, choices, plain, stripped
from portal.models import Role
from portal.transaction import transaction

blueprint = Blueprint("templates", __name__)

REFUSAL = 422


class TextForm(Part):
    """The text in one language."""

    subject = StringField("Subject", [Length(max=250)], [plain])
    body = TextAreaField("Text", [Length(max=10_000)], [plain])


class TemplateForm(Form):
    """A template with all its texts."""

    name = StringField("Name", [InputRequired("Give it a name."), Length(max=100)], [stripped])
    channel = SelectField(
        "Channel", choices=choices([(ChannelName.SMS, "SMS"), (ChannelName.EMAIL, "E-mail")]), coerce=ChannelName
    )
    enabled = BooleanField("May be used", default=True)
    attach_appointment = BooleanField("Attach the appointment as a calendar file (e-mail)")
    en = FormField(TextForm)
    fr = FormField(TextForm)
    de = FormField(TextForm)

    @property
    def texts(self) -> dict[str, Text]:
        """The texts by language; empty languages are left out."""
        typed = {code: self[code] for code in LANGUAGES}
        return {
            code: Text(each.body.data, each.subject.data)
            for code, each in typed.items()
            if each.body.data or each.subject.data
        }


@dataclass(frozen=True, slots=True)
class Sample:
    """A text filled with sample values, and how large an SMS of it would be."""

    text: Text
    size: sms_text.Size | None


@blueprint.get("/settings/templates")
@auth.requires(Role.MANAGER)
def index() -> ResponseReturnValue:
    """All templates."""
    return render_template("admin/templates.html", templates=templates.listed(db.session()), triggers=Trigger)


@blueprint.get("/settings/templates/new")
@auth.requires(Role.MANAGER)
def new() -> ResponseReturnValue:
    """An empty template."""
    return _page(TemplateForm(formdata=None, channel=request.args.get("channel", ChannelName.SMS)), None)


@blueprint.post("/settings/templates/new")
@auth.requires(Role.MANAGER)
def create() -> ResponseReturnValue:
    """Keep a new template, or show what it would look like."""
    return _keep(TemplateForm(), None)


@blueprint.get("/settings/templates/<int:template_id>")
@auth.requires(Role.MANAGER)
def edit(template_id: int) -> ResponseReturnValue:
    """One template."""
    template = _one(db.session(), template_id)
    texts = {text.locale: {"subject": text.subject, "body": text.body} for text in template.texts}
    return _page(TemplateForm(formdata=None, obj=_Plain(template), data=texts), template)


@blueprint.post("/settings/templates/<int:template_id>")
@auth.requires(Role.MANAGER)
def save(template_id: int) -> ResponseReturnValue:
    """Keep what was changed, or show what it would look like."""
    return _keep(TemplateForm(), _one(db.session(), template_id))


class _Plain:
    """A template's own fields, without its texts, which the form has by language."""

    def __init__(self, template: Template) -> None:
        self.name, self.channel, self.enabled = template.name, template.channel, template.enabled
        self.attach_appointment = template.attach_appointment


def _one(session: Session, template_id: int) -> Template:
    return session.get(Template, template_id) or abort(404)


def _keep(form: TemplateForm, template: Template | None) -> ResponseReturnValue:
    if template:
        form.channel.data = template.channel
    valid = form.validate_on_submit() and _free_name(form, template)
    trouble = _trouble(form)
    if request.form.get("act") == "preview":
        return _page(form, template, trouble)
    if trouble or not valid:
        return _page(form, template, trouble), REFUSAL
    with transaction() as session:
        kept = _one(session, template.id) if template else _created(session, form)
        kept.name, kept.enabled, kept.attach_appointment = (
            form.name.data,
            form.enabled.data,
            form.attach_appointment.data,
        )
        _write(session, kept, form.texts)
    flash(f"The template “{form.name.data}” is kept.")
    return redirect(url_for(".index"))


def _created(session: Session, form: TemplateForm) -> Template:
    return templates.create(session, form.name.data, form.channel.data, form.texts)


def _write(session: Session, template: Template, typed: Mapping[str, Text]) -> None:
    """Replace what the page shows; a text in HTML stays where its plain text does, and goes where that changes."""
    old = {text.locale: text for text in template.texts}
    html = {code: old[code].html for code, text in typed.items() if code in old and old[code].body == text.body}
    others = {code: Text(text.body, text.subject, text.html) for code, text in old.items() if code not in LANGUAGES}
    texts = {code: Text(text.body, text.subject, html.get(code)) for code, text in typed.items()}
    templates.write(session, template, {**others, **texts})


def _free_name(form: TemplateForm, template: Template | None) -> bool:
    taken = db.session.scalar(select(Template.id).where(Template.name == form.name.data))
    if taken is None or (template and taken == template.id):
        return True
    form.name.errors = ["Another template has this name."]
    return False


def _trouble(form: TemplateForm) -> str:
    """What is wrong with the texts, as a sentence."""
    try:
        templates.check(form.channel.data, form.texts)
    except TemplateInvalid as error:
        code, _, reason = error.reason.partition(": ")
        return f"{LANGUAGES[code]}: {reason}" if code in LANGUAGES else error.reason
    return ""


def _page(form: TemplateForm, template: Template | None, trouble: str = "") -> str:
    return render_template(
        "admin/template.html",
        form=form,
        template=template,
        languages=LANGUAGES,
        catalogue=CATALOGUE.values(),
        samples={} if trouble else _samples(form),
        trouble=trouble,
        opened=request.form.get("act") == "preview",
    )


def _samples(form: TemplateForm) -> dict[str, Sample]:
    """Each text as a customer would get it."""
    sms = form.channel.data == ChannelName.SMS
    filled = {code: templates.preview(text, code) for code, text in form.texts.items()}
    return {code: Sample(text, sms_text.measure(text.body) if sms else None) for code, text in filled.items()}
