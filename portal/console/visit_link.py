"""The customer's link of a visit: made, copied, sent by a template, revoked."""

from flask import Blueprint, abort, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from notifications import invite, sendings
from notifications.errors import NobodyToNotify
from notifications.models import Template
from notifications.reasons import SENTENCES
from portal import auth
from portal.console.visits import by_ref
from portal.engine import work
from portal.models import Role
from portal.transaction import transaction
from scheduling import settings
from scheduling.models import Visit
from scheduling.terms import LinkTerms

blueprint = Blueprint("visit_link", __name__)


@blueprint.post("/visits/<path:ref>/link")
@auth.requires(Role.DISPATCHER)
def make(ref: str) -> ResponseReturnValue:
    """A fresh link, to be copied."""
    with transaction() as session:
        visit = by_ref(session, ref)
        invite.invite(session, visit.customer, [visit], terms=settings.load(session, LinkTerms), actor=auth.actor())
    flash("A new link is made. Copy it below; nothing was sent.")
    return redirect(url_for("visits.show", ref=ref))


@blueprint.post("/visits/<path:ref>/link/revoke")
@auth.requires(Role.DISPATCHER)
def revoke(ref: str) -> ResponseReturnValue:
    """The link opens nothing any more."""
    with transaction() as session:
        found = invite.latest(session, by_ref(session, ref).id)
        if found is None:
            abort(404)
        invite.revoke(session, found)
    flash("The link is revoked. What was promised stands.")
    return redirect(url_for("visits.show", ref=ref))


@blueprint.post("/visits/<path:ref>/link/send")
@auth.requires(Role.DISPATCHER)
def send(ref: str) -> ResponseReturnValue:
    """Send the customer a text, with a fresh link where it holds one."""
    with transaction() as session:
        visit, template = by_ref(session, ref), session.get(Template, request.form.get("template", 0, type=int))
        if template is None or not template.enabled:
            abort(404)
        trouble = _send(session, visit, template)
    flash(trouble or "The message is on its way.", "problem" if trouble else "message")
    return redirect(url_for("visits.show", ref=ref))


def _send(session: Session, visit: Visit, template: Template) -> str:
    """Why the customer can't be told; empty where the message is on its way."""
    terms, context = settings.load(session, LinkTerms), work.context(current_app.config["PORTAL"])
    key = f"visit:{visit.id}:{request.form.get('key', '')[:32]}"
    try:
        sendings.notify(session, [visit.id], [template], key=key, actor=auth.actor(), terms=terms, context=context)
    except NobodyToNotify:
        found = sendings.prepare(session, [visit.id], [template], terms=terms, context=context).rows
        return next((SENTENCES[why] for row in found for why in row.obstacles.values()), "There is nobody to tell.")
    return ""
