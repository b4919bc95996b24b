"""Templates: the texts that messages are made of, per channel and language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from notifications import sample, templates, trial
from notifications.context import Party
from notifications.errors import TemplateInUse
from notifications.models import ChannelName, Message, Template, Trigger
from notifications.reasons import sentence
from notifications.templates import Text, Use
from portal import audit, auth, security
from portal.admin import template_editor, template_form
from portal.admin.template_form import TemplateForm
from portal.appearance import LANGUAGES
from portal.audit import Area
from portal.extensions import db
from portal.models import Role
from portal.transaction import transaction

blueprint = Blueprint("templates", __name__)

REFUSAL = 422
Act = Callable[[TemplateForm, Template | None, str], ResponseReturnValue]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to."""

    q: str = ""
    channel: str = ""
    trigger: str = ""

    def admits(self, template: Template) -> bool:
        """Whether the template is shown."""
        return (
            self.q.lower() in template.name.lower()
            and self.channel in {"", template.channel}
            and self.trigger in {"", template.trigger}
        )


@blueprint.get("/settings/templates")
@auth.requires(Role.MANAGER)
def index() -> ResponseReturnValue:
    """All templates, or those that are looked for."""
    wanted = Wanted(*(request.args.get(name, "").strip() for name in ("q", "channel", "trigger")))
    every = templates.listed(db.session())
    return render_template(
        "admin/templates.html",
        templates=[template for template in every if wanted.admits(template)],
        total=len(every),
        wanted=wanted,
        uses=templates.uses(db.session()),
        unused=Use(),
        languages=template_form.NAMES,
        triggers=Trigger,
    )


@blueprint.get("/settings/templates/new")
@auth.requires(Role.MANAGER)
def new() -> ResponseReturnValue:
    """An empty template."""
    return _page(TemplateForm(formdata=None, channel=request.args.get("channel", ChannelName.SMS)), None)


@blueprint.post("/settings/templates/new")
@auth.requires(Role.MANAGER)
def create() -> ResponseReturnValue:
    """Keep a new template, or do what another button of the editor asks for."""
    return _act(TemplateForm(), None)


@blueprint.get("/settings/templates/<int:template_id>")
@auth.requires(Role.MANAGER)
def edit(template_id: int) -> ResponseReturnValue:
    """One template."""
    template = _one(db.session(), template_id)
    return _page(template_form.of(template), template)


@blueprint.post("/settings/templates/<int:template_id>")
@auth.requires(Role.MANAGER)
def save(template_id: int) -> ResponseReturnValue:
    """Keep what was changed, or do what another button of the editor asks for."""
    template = _one(db.session(), template_id)
    form = TemplateForm()
    form.channel.data = template.channel
    return _act(form, template)


@blueprint.get("/settings/templates/<int:template_id>/letter/<code>")
@auth.requires(Role.MANAGER)
def letter(template_id: int, code: str) -> ResponseReturnValue:
    """The stored e-mail in a language, for a frame of the editor."""
    return _framed(template_form.of(_one(db.session(), template_id)), code)


@blueprint.post("/settings/templates/<int:template_id>/duplicate")
@auth.requires(Role.MANAGER)
def duplicate(template_id: int) -> ResponseReturnValue:
    """Make another one like it, and open that."""
    with transaction() as session:
        copy = templates.duplicate(session, _one(session, template_id))
        audit.created(session, auth.actor(), Area.TEMPLATE, copy, template_form.facts)
        number, name = copy.id, copy.name
    flash(f"“{name}” is made. It stays off until you enable it.")
    return redirect(url_for(".edit", template_id=number))


@blueprint.post("/settings/templates/<int:template_id>/delete")
@auth.requires(Role.MANAGER)
def delete(template_id: int) -> ResponseReturnValue:
    """Take it out if nothing uses it."""
    try:
        with transaction() as session:
            template = _one(session, template_id)
            name = template.name
            audit.deleted(session, auth.actor(), Area.TEMPLATE, template, template_form.facts)
            templates.delete(session, template)
    except TemplateInUse:
        flash("Nothing was deleted: the template is in use. Switch it off instead.", "problem")
        return redirect(url_for(".edit", template_id=template_id))
    flash(f"“{name}” is deleted.")
    return redirect(url_for(".index"))


@blueprint.get("/settings/trials/<int:message_id>")
@auth.requires(Role.MANAGER)
@auth.passive
def trial_state(message_id: int) -> ResponseReturnValue:
    """What became of a test, for a page that waits for it; tests of others don't exist."""
    message = db.session.get(Message, message_id)
    if message is None or message.party != f"user:{auth.person().id}":
        abort(404)
    return render_template("admin/template_trial.html", message=message, reason=sentence(message.reason))


def _one(session: Session, template_id: int) -> Template:
    return session.get(Template, template_id) or abort(404)


def _act(form: TemplateForm, template: Template | None) -> ResponseReturnValue:
    """Do what the pressed button says: `save`, or another verb with what it is about."""
    verb, _, about = request.form.get("act", "save").partition(" ")
    return ACTS.get(verb, _keep)(form, template, about)


def _keep(form: TemplateForm, template: Template | None, _about: str) -> ResponseReturnValue:
    if not form.judge(db.session(), template):
        return _page(form, template), REFUSAL
    with transaction() as session:
        if template:
            kept = _one(session, template.id)
            with audit.watching(session, auth.actor(), Area.TEMPLATE, kept, facts=template_form.facts):
                template_form.write(session, kept, form)
        else:
            kept = templates.create(session, form.name.data, form.by, form.texts)
            template_form.write(session, kept, form)
            audit.created(session, auth.actor(), Area.TEMPLATE, kept, template_form.facts)
    flash(f"The template “{form.name.data}” is kept.")
    for reminder in template_editor.reminders(template_editor.editor(db.session(), form), form.by):
        flash(reminder, "waiting")
    return redirect(url_for(".index"))


def _check(form: TemplateForm, template: Template | None, _about: str) -> ResponseReturnValue:
    form.judge_texts()
    return _page(form, template)


def _meter(form: TemplateForm, template: Template | None, _about: str) -> ResponseReturnValue:
    """What stands under the texts, for the script that puts it there while somebody types."""
    form.judge_texts()
    return render_template(
        "admin/template_checks.html",
        form=form,
        template=template,
        editor=template_editor.editor(db.session(), form),
        email=form.by is ChannelName.EMAIL,
        alone=True,
    )


def _letter(form: TemplateForm, _template: Template | None, code: str) -> ResponseReturnValue:
    return _framed(form, code)


def _copy(form: TemplateForm, template: Template | None, about: str) -> ResponseReturnValue:
    source, _, target = about.partition(" ")
    if source in LANGUAGES and target in LANGUAGES:
        form.copy(source, target)
    return _check(form, template, "")


def _cheapen(form: TemplateForm, template: Template | None, about: str) -> ResponseReturnValue:
    code, _, only = about.partition(" ")
    if code in LANGUAGES:
        form.cheapen(code, only)
    return _check(form, template, "")


def _test(form: TemplateForm, template: Template | None, code: str) -> ResponseReturnValue:
    """Send the text as it stands in the form to whoever is signed in."""
    text = form.texts.get(code)
    usable = form.judge_texts() or (text is not None and not templates.faults(form.by, text))
    to = yourself(form.number.data) if form.number.validate(form) else yourself()
    if form.by is ChannelName.SMS and not to.phone and not form.number.errors:
        form.number.errors = ["Type the number that the test goes to."]
    if form.number.errors or text is None or not usable:
        return _page(form, template), REFUSAL
    with transaction() as session:
        number = send_trial(session, text, form.by, to, code)
    if number is None:
        abort(409)
    return _page(form, template, number)


ACTS: Mapping[str, Act] = {
    "check": _check,
    "meter": _meter,
    "letter": _letter,
    "copy": _copy,
    "plain": _cheapen,
    "test": _test,
}


def yourself(number: str | None = None) -> Party:
    """Who is signed in, as somebody messages can go to; a number where there is none on file."""
    person = auth.person()
    return Party(f"user:{person.id}", person.name, None, person.phone or number, person.email)


def send_trial(session: Session, text: Text, channel: ChannelName, to: Party, code: str) -> int | None:
    """A test with sample values."""
    scene = sample.usual(template_editor.setting(session), code)
    return trial.send(session, text, channel, to=to, locale=code, scene=scene, actor=auth.actor())


def _framed(form: TemplateForm, code: str) -> ResponseReturnValue:
    text = form.texts.get(code) or Text("", "")
    shown = template_editor.written(text, ChannelName.EMAIL, template_editor.setting(db.session()), code)
    return security.letter(shown.html if shown and shown.html and text.body else "")


def _page(form: TemplateForm, template: Template | None, tested: int | None = None) -> str:
    session = db.session()
    often, groups = template_editor.chips(session)
    return render_template(
        "admin/template.html",
        form=form,
        template=template,
        email=form.by is ChannelName.EMAIL,
        editor=template_editor.editor(session, form),
        often=often,
        groups=groups,
        use=templates.uses(session).get(template.id, Use()) if template else Use(),
        to=yourself(form.number.data),
        tested=tested,
    )
