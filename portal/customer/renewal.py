"""A new link for one that has expired: to the contact on file, never to one that is typed in."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask import current_app, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from notifications import invite, sendings, templates
from notifications.errors import NobodyToNotify
from notifications.invite import Days
from notifications.models import Invitation, Message, Sending, Template, Trigger
from portal.customer.door import Guest, blueprint, enter
from portal.customer.forms import Seal, SealedForm
from portal.engine import work
from portal.transaction import transaction
from scheduling import clock, wall

PER_DAY = 3
ONCE_IN = timedelta(hours=1)
"""A second click within this time is the same click."""
AS_BEFORE = {"rescheduling": True, "choose_days": True}
"""The new link keeps the days of the old one, whatever dispatchers may set by now."""


class TooManyLinks(Exception):
    """The customer had as many new links as he gets in a day."""


@blueprint.post("/c/<token>/renew")
def renew(token: str) -> ResponseReturnValue:
    """Sends a new link where the old one expired; one that was revoked stays closed."""
    with transaction() as session:
        guest = enter(session, token)
        SealedForm(Seal(guest.invitation, 0, "renew", ())).seen()
        if guest.gone == "expired" and not renewed(session, guest.invitation):
            _send(session, guest)
    return redirect(url_for(".show"), 303)


def renewed(session: Session, invitation: Invitation) -> bool:
    """Whether a new link was sent in place of this one a little while ago."""
    query = select(Sending.id).where(
        Sending.key.startswith(_key(invitation)), Sending.created_at > clock.now() - ONCE_IN
    )
    return session.scalar(query.limit(1)) is not None


def _send(session: Session, guest: Guest) -> None:
    """Put in the message. Raises `TooManyLinks`, and `NobodyToNotify` where the customer can't be reached."""
    invitation, name = guest.invitation, guest.actor.name
    today = select(func.count(Sending.id)).where(
        Sending.by == name, Sending.created_at > clock.now() - timedelta(days=1)
    )
    if (session.scalar(today) or 0) >= PER_DAY:
        raise TooManyLinks
    chosen = _templates(session, invitation)
    if not chosen:
        raise NobodyToNotify
    sendings.notify(
        session,
        [item.visit_id for item in invitation.items if guest.owns(item.visit)],
        chosen,
        key=f"{_key(invitation)}{clock.now():%Y%m%d%H%M%S}",
        actor=guest.actor,
        terms=guest.terms.model_copy(update=AS_BEFORE),
        context=work.context(current_app.config["PORTAL"]),
        allowed_days=_days(guest),
    )


def _key(invitation: Invitation) -> str:
    return f"renew:{invitation.id}:"


def _templates(session: Session, invitation: Invitation) -> Sequence[Template]:
    """Those that carried the old link, as far as they are still in use; else every one that a dispatcher could use."""
    used = select(Message.template_id).where(Message.invitation_id == invitation.id)
    usable = [one for one in templates.listed(session, enabled=True) if templates.carries_link(one)]
    same = [one for one in usable if one.id in set(session.scalars(used))]
    return same or [one for one in usable if one.trigger is Trigger.MANUAL]


def _days(guest: Guest) -> Days | None:
    """What is left of the allowed days; today, on which nothing can be had, where nothing is left."""
    allowed = invite.read(guest.invitation.allowed_days)
    if allowed is None:
        return None
    today: date = wall.day_of(clock.now(), guest.invitation.items[0].visit.location.zone)
    return [(first, last) for first, last in allowed if last >= today] or [(today, today)]
