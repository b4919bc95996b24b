"""The door: signing in, by password or by a link; choosing a password; signing out."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import audit, passwords, staff
from portal.audit import Area
from portal.auth import letters, paths, sessions, tickets
from portal.auth.forms import ChangeForm, ForgottenForm, PasswordForm, SignInForm
from portal.auth.guard import home, person, requires
from portal.extensions import db, limiter
from portal.models import User
from portal.transaction import transaction
from scheduling import clock
from scheduling.events import Actor

blueprint = Blueprint("auth", __name__)

REFUSED = "This e-mail address and password don't belong together."
REFUSAL = 422


def _account() -> str:
    return f"account:{request.form.get('email', '').strip().lower()[:254]}"


def _refused(response: Response) -> bool:
    return response.status_code == REFUSAL


@blueprint.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Ask for e-mail and password."""
    if current_user.is_authenticated:
        return redirect(home())
    return render_template("auth/sign_in.html", form=SignInForm())


@blueprint.post("/sign-in")
@limiter.limit("30 per 15 minutes", deduct_when=_refused)
@limiter.limit("10 per 15 minutes", key_func=_account, deduct_when=_refused)
def enter() -> ResponseReturnValue:
    """Check them; says the same whether the person or the password is unknown."""
    form = SignInForm()
    user = staff.by_email(db.session(), form.email.data or "") if form.validate_on_submit() else None
    known = user if user and user.is_active else None
    if form.errors or not passwords.matches(known.password_hash if known else None, form.password.data) or not known:
        refusal = None if form.errors else REFUSED
        if refusal:
            _note_refusal(user)
        return render_template("auth/sign_in.html", form=form, refusal=refusal), REFUSAL
    _admit(known, "password")
    return redirect(paths.local(request.args.get("next")) or home())


@blueprint.get("/sign-in/<token>")
@limiter.limit("30 per 15 minutes", deduct_when=lambda response: response.status_code == 404)
def by_link(token: str) -> ResponseReturnValue:
    """Let in who brings a sign-in link; it works once."""
    user = tickets.sign_in_bearer(db.session(), token)
    if user is None:
        return render_template("auth/dead_link.html"), 404
    _admit(user, "link")
    return redirect(home())


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Leave."""
    sessions.end()
    flash("You are signed out.")
    return redirect(url_for(".sign_in"))


@blueprint.get("/password")
def forgotten() -> ResponseReturnValue:
    """Ask whose password is forgotten."""
    return render_template("auth/forgotten.html", form=ForgottenForm())


@blueprint.post("/password")
@limiter.limit("10 per hour")
@limiter.limit("3 per hour", key_func=_account)
def remind() -> ResponseReturnValue:
    """Send a link if the person is known, and say the same if not."""
    form = ForgottenForm()
    if not form.validate_on_submit():
        return render_template("auth/forgotten.html", form=form), REFUSAL
    user = staff.by_email(db.session(), form.email.data)
    if user and user.is_active:
        letters.send_later(letters.reset(user))
    return render_template("auth/reminded.html", email=form.email.data)


@blueprint.get("/password/<token>")
def choose_password(token: str) -> ResponseReturnValue:
    """Ask the bearer of an invitation or of a reset link for a new password."""
    user = tickets.password_bearer(db.session(), token)
    if user is None:
        return render_template("auth/dead_link.html"), 404
    return render_template("auth/choose_password.html", form=PasswordForm(), user=user)


@blueprint.post("/password/<token>")
@limiter.limit("30 per 15 minutes")
def set_password(token: str) -> ResponseReturnValue:
    """Store it and let the person in."""
    form = PasswordForm()
    with transaction() as session:
        user = tickets.password_bearer(session, token)
        if user is None:
            return render_template("auth/dead_link.html"), 404
        if not form.validate_on_submit():
            return render_template("auth/choose_password.html", form=form, user=user), REFUSAL
        staff.set_password(session, user, form.password.data)
        user.signed_in_at = clock.now()
        audit.record(session, Actor.staff(user.id), "chose a password", Area.ACCESS, user.name)
    sessions.begin(user)
    return redirect(home())


@blueprint.get("/account")
@requires()
def account() -> ResponseReturnValue:
    """Who is signed in, and a form to change the password."""
    return render_template("auth/account.html", form=ChangeForm(), user=person())


@blueprint.post("/account")
@requires()
@limiter.limit("10 per 15 minutes", deduct_when=_refused)
def change_password() -> ResponseReturnValue:
    """Store another password; only this device stays signed in."""
    form, user = ChangeForm(), person()
    if (
        form.validate_on_submit()
        and user.password_hash
        and not passwords.matches(user.password_hash, form.present.data)
    ):
        form.present.errors = ["This isn't your present password."]
    if form.errors:
        return render_template("auth/account.html", form=form, user=user), REFUSAL
    with transaction() as session:
        changed = session.get_one(User, user.id)
        staff.set_password(session, changed, form.password.data)
        audit.record(session, Actor.staff(changed.id), "changed the password", Area.ACCESS, changed.name)
    sessions.begin(changed)
    flash("Your password is changed.")
    return redirect(url_for(".account"))


def _admit(user: User, by: str) -> None:
    with transaction() as session:
        session.get_one(User, user.id).signed_in_at = clock.now()
        audit.record(session, Actor.staff(user.id), f"signed in by {by}", Area.ACCESS, user.name)
    sessions.begin(user)


def _note_refusal(user: User | None) -> None:
    """Whose sign-in failed, where somebody is known by the address; what was typed may be a password."""
    with transaction() as session:
        audit.record(
            session, Actor.system("sign-in"), "was refused", Area.ACCESS, user.name if user else "nobody known"
        )
