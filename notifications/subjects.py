"""What a stored message speaks of, and whom it is for, as things stand now."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications.company import Company
from notifications.context import Links, Party
from notifications.models import ChannelName, Message
from notifications.scene import Scene
from scheduling import settings
from scheduling.models import Customer, Event, Route, Task, Technician, Visit
from scheduling.terms import LinkTerms


def of_customer(customer: Customer) -> Party:
    """The customer as a party: the one kind that consent binds."""
    return Party(
        f"customer:{customer.id}", customer.name, customer.locale, customer.phone, customer.email, customer=customer
    )


def of_technician(technician: Technician) -> Party:
    """The technician as a party."""
    return Party(f"technician:{technician.id}", technician.name, None, technician.phone, technician.email)


def party(message: Message) -> Party:
    """Whom the message is for: a customer as he is on file by now, anybody else as he was when it was made."""
    if message.customer is not None and message.party == f"customer:{message.customer_id}":
        return of_customer(message.customer)
    by_phone = message.channel is ChannelName.SMS
    phone, email = (message.recipient, None) if by_phone else (None, message.recipient)
    return Party(message.party, "", message.locale, phone, email)


def visits(message: Message) -> Sequence[Visit]:
    """The visits whose promise still is the one that the message was made for."""
    if message.invitation is not None:
        return [item.visit for item in message.invitation.items if item.generation == item.visit.generation]
    if message.visit is None or message.generation not in {None, message.visit.generation}:
        return ()
    return (message.visit,)


def scene(session: Session, message: Message, links: Links) -> Scene:
    """What the message's template is filled with."""
    invitation, event = message.invitation, message.event
    return Scene(
        visits=visits(message),
        locale=message.locale,
        company=settings.load(session, Company),
        terms=settings.load(session, LinkTerms),
        link=links.invitation(invitation) if invitation else "",
        link_until=invitation.expires_at if invitation else None,
        event=event,
        previous_technician=previous_technician(session, event) if event else None,
        task=task(session, event) if event else None,
    )


def previous_technician(session: Session, event: Event) -> Technician | None:
    """Who was to serve the visit before the event, which names the route or the technician."""
    route_id, ref = event.payload.get("old_route_id"), event.payload.get("old_technician")
    if route_id:
        route = session.get(Route, route_id)
        return route.technician if route else None
    return session.scalar(select(Technician).where(Technician.ref == ref)) if ref else None


def task(session: Session, event: Event) -> Task | None:
    """The customer's request that the event speaks of."""
    task_id = event.payload.get("task_id")
    return session.get(Task, task_id) if task_id else None
