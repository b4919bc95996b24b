"""Who can't be reached at all: what a map marks before anybody thinks of a template."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from notifications import opt_out, subjects
from notifications.company import SmsLimits
from notifications.contacts import obstacle
from notifications.models import ChannelName
from scheduling import settings
from scheduling.models import Customer


def unreachable(session: Session, customer_ids: Collection[int]) -> frozenset[int]:
    """Those of the customers to whom every channel is closed, for the reasons that a sending would give."""
    limits = settings.load(session, SmsLimits)
    parties = [subjects.of_customer(customer) for customer in _customers(session, customer_ids)]
    out = {
        channel: opt_out.among(session, channel, [party.address(channel) for party in parties])
        for channel in ChannelName
    }
    return frozenset(
        party.customer.id
        for party in parties
        if party.customer
        and all(obstacle(party, channel, opted_out=out[channel], limits=limits) for channel in ChannelName)
    )


def _customers(session: Session, ids: Collection[int]) -> Sequence[Customer]:
    if not ids:
        return ()
    query = select(Customer).where(Customer.id.in_(ids)).options(selectinload(Customer.consents))
    return session.scalars(query).all()
