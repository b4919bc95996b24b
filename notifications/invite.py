"""Invitations: what one signed link lets one customer do, and the promise that making it makes."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from notifications.models import Invitation, InvitedVisit, Sending
from scheduling import clock, visits
from scheduling.events import Actor
from scheduling.models import Customer, Visit
from scheduling.terms import LinkTerms

KEY_BITS = 40
Days = Sequence[tuple[date, date]]
"""Periods, both ends included."""


def invite(
    session: Session,
    customer: Customer,
    invited: Sequence[Visit],
    *,
    terms: LinkTerms,
    actor: Actor,
    allowed_days: Days | None = None,
    sending: Sending | None = None,
) -> Invitation:
    """Make a link for the customer's visits and, in the same transaction, the promise about each.

    Of an unplanned visit nothing is promised: its customer is to choose. Raises `NotOpen` of any other.
    """
    now = clock.now()
    invitation = Invitation(
        key=secrets.randbits(KEY_BITS),
        customer=customer,
        sending_id=sending.id if sending else None,
        allowed_days=written(allowed_days),
        created_at=now,
        expires_at=now + timedelta(days=terms.validity_days),
    )
    session.add(invitation)
    session.flush()
    for visit in invited:
        window = visits.notify(session, visit, terms=terms, invitation_id=invitation.id, actor=actor)
        start, end = (window.start, window.end) if window else (now, now)
        invitation.items.append(
            InvitedVisit(visit=visit, generation=visit.generation, window_start=start, window_end=end)
        )
    session.flush()
    return invitation


def again(session: Session, visit: Visit, *, terms: LinkTerms, actor: Actor) -> Invitation:
    """A fresh link for a visit whose promise has changed; the days that the customer was allowed stay the same."""
    last = latest(session, visit.id)
    days = read(last.allowed_days) if last else None
    return invite(session, visit.customer, [visit], terms=terms, actor=actor, allowed_days=days)


def latest(session: Session, visit_id: int) -> Invitation | None:
    """The newest link that speaks of the visit, revoked or not."""
    query = select(Invitation).join(InvitedVisit).where(InvitedVisit.visit_id == visit_id)
    return session.scalar(query.order_by(Invitation.id.desc()).limit(1))


def revoke(session: Session, invitation: Invitation) -> None:
    """The link opens nothing from now on; its promises stand."""
    if invitation.revoked_at is None:
        invitation.revoked_at = clock.now()
        session.flush()


def looked_at(session: Session, invitation_id: int) -> None:
    """Somebody looks at the page behind the link; the first time is kept."""
    first = Invitation.id == invitation_id, Invitation.looked_at.is_(None)
    session.execute(update(Invitation).where(*first).values(looked_at=clock.now()))


def written(days: Days | None) -> list[list[str]] | None:
    """Periods as the row keeps them."""
    return None if days is None else [[first.isoformat(), last.isoformat()] for first, last in days]


def read(days: Iterable[Sequence[str]] | None) -> Days | None:
    """Periods as the row kept them."""
    return None if days is None else [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in days]
