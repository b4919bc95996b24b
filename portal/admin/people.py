"""People of the company who may come in."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import BooleanField, EmailField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from notifications.channels.base import ChannelError
from notifications.reasons import SENTENCES, Reason
from portal import audit, auth, staff
from portal.admin import zone
from portal.audit import Area
from portal.auth import letters, tickets
from portal.extensions import db
from portal.forms import Form, choices, email_address, perhaps, stripped
from portal.models import Role, User
from portal.transaction import transaction
from scheduling.models import Technician

blueprint = Blueprint("people", __name__)

REFUSAL = 422
ROLES = (
    (Role.DISPATCHER, "Dispatcher: plans visits, notifies customers, answers their requests."),
    (Role.MANAGER, "Manager: also sets the link, texts, templates, locations, technicians, and imports the planning."),
    (Role.ADMINISTRATOR, "Administrator: everything, with people, channels and the audit log."),
    (Role.TECHNICIAN, "Technician: sees the route of the day, nothing else."),
)


class PersonForm(Form):
    """What can be changed of a person."""

    name = StringField("Name", [InputRequired("Type the name."), Length(max=200)], [stripped])
    role = RadioField("Role", choices=choices(ROLES), coerce=Role, default=Role.DISPATCHER)
    technician_id = SelectField(
        "Is the technician",
        coerce=perhaps(int),
        description="For technicians: whose route the person sees.",
    )
    told = BooleanField("Is told by e-mail what customers do", default=True)

    def choose_from(self, session: Session) -> None:
        """Fill the list of technicians."""
        found = session.execute(select(Technician.id, Technician.name).order_by(Technician.name))
        self.technician_id.choices = choices([("", "nobody"), *((id_, name) for id_, name in found)])


class InvitationForm(PersonForm):
    """A new person."""

    email = EmailField("E-mail", [InputRequired("Type the address."), Length(max=254), email_address], [stripped])


@blueprint.get("/settings/people")
@auth.requires(Role.ADMINISTRATOR)
def index() -> ResponseReturnValue:
    """Who there is."""
    session = db.session()
    return render_template(
        "admin/people.html", people=staff.everybody(session), me=auth.person().id, zone=zone.here(session)
    )


@blueprint.get("/settings/people/invite")
@auth.requires(Role.ADMINISTRATOR)
def invitation() -> ResponseReturnValue:
    """An empty form."""
    return _page(InvitationForm(formdata=None), None)


@blueprint.post("/settings/people/invite")
@auth.requires(Role.ADMINISTRATOR)
def invite() -> ResponseReturnValue:
    """Add a person and send the link to choose a password."""
    form = InvitationForm()
    form.choose_from(db.session())
    if form.validate_on_submit() and staff.by_email(db.session(), form.email.data):
        form.email.errors = ["Somebody has this address already."]
    if form.errors:
        return _page(form, None), REFUSAL
    with transaction() as session:
        user = staff.invite(
            session,
            email=form.email.data,
            name=form.name.data,
            role=form.role.data,
            technician_id=form.technician_id.data,
            told=form.told.data,
        )
        audit.created(session, auth.actor(), Area.PERSON, user)
    _send(user, letters.invitation(user))
    return redirect(url_for(".edit", user_id=user.id))


@blueprint.get("/settings/people/<int:user_id>")
@auth.requires(Role.ADMINISTRATOR)
def edit(user_id: int) -> ResponseReturnValue:
    """One person."""
    user = _one(db.session(), user_id)
    return _page(PersonForm(formdata=None, obj=user), user)


@blueprint.post("/settings/people/<int:user_id>")
@auth.requires(Role.ADMINISTRATOR)
def save(user_id: int) -> ResponseReturnValue:
    """Keep what was changed."""
    form = PersonForm()
    form.choose_from(db.session())
    if not form.validate_on_submit():
        return _page(form, _one(db.session(), user_id)), REFUSAL
    with transaction() as session:
        user = _one(session, user_id)
        with audit.watching(session, auth.actor(), Area.PERSON, user):
            staff.edit(
                session,
                user,
                name=form.name.data,
                role=form.role.data,
                told=form.told.data,
                technician_id=form.technician_id.data,
            )
    flash("The changes are kept.")
    return redirect(url_for(".index"))


@blueprint.post("/settings/people/<int:user_id>/link")
@auth.requires(Role.ADMINISTRATOR)
def send_link(user_id: int) -> ResponseReturnValue:
    """Send a link to choose a new password."""
    with transaction() as session:
        user = _one(session, user_id)
        audit.record(session, auth.actor(), "sent a link", Area.PERSON, user.name)
    _send(user, letters.invitation(user) if user.invited else letters.reset(user))
    return redirect(url_for(".edit", user_id=user_id))


@blueprint.post("/settings/people/<int:user_id>/disable")
@auth.requires(Role.ADMINISTRATOR)
def disable(user_id: int) -> ResponseReturnValue:
    """Shut out, at once and on every device."""
    with transaction() as session:
        user = _one(session, user_id)
        staff.disable(session, user)
        audit.record(session, auth.actor(), "shut out", Area.PERSON, user.name)
    flash("The person is shut out, on every device.")
    return redirect(url_for(".index"))


@blueprint.post("/settings/people/<int:user_id>/enable")
@auth.requires(Role.ADMINISTRATOR)
def enable(user_id: int) -> ResponseReturnValue:
    """Let in again."""
    with transaction() as session:
        user = _one(session, user_id)
        staff.enable(session, user)
        audit.record(session, auth.actor(), "let in", Area.PERSON, user.name)
    flash("The person may come in again.")
    return redirect(url_for(".index"))


def _one(session: Session, user_id: int) -> User:
    return session.get(User, user_id) or abort(404)


def _send(user: User, letter: letters.Letter) -> None:
    """Send the letter; where none leaves the machine, show the link to be handed over."""
    if not letters.arrive():
        flash(f"Mail isn't set up. Hand this link to {user.name}: {tickets.password_url(user)}", "information")
        return
    try:
        letters.send(letter)
    except ChannelError as error:
        flash(f"The mail couldn't be sent: {SENTENCES[Reason(error.reason)]}", "problem")
    else:
        flash(f"A link to choose a password is on its way to {user.email}.")


def _page(form: PersonForm, user: User | None) -> str:
    form.choose_from(db.session())
    session = db.session()
    return render_template(
        "admin/person.html",
        form=form,
        user=user,
        me=auth.person().id,
        last_administrator=user is not None and staff.is_last_administrator(session, user),
        zone=zone.here(session),
    )
