"""Mending, inside the notify dialog, what keeps a customer from being told: number, e-mail address, consent."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from notifications.audience import Row
from notifications.contacts import EMAIL
from notifications.models import ChannelName
from notifications.reasons import Reason
from portal import auth
from portal.console.wish import Contact
from scheduling import contacts, customers
from scheduling.errors import StaleWrite
from scheduling.models import ConsentChannel, Customer

Troubles = Mapping[str, str]
"""What is wrong with `phone`, `email` or `consent`, in words."""
ADDRESSES = frozenset(
    {Reason.NO_NUMBER, Reason.BAD_NUMBER, Reason.PREMIUM_NUMBER, Reason.FOREIGN_NUMBER}
    | {Reason.NO_EMAIL, Reason.BAD_EMAIL}
)
MENDABLE = ADDRESSES | {Reason.NO_CONSENT}
"""What a dispatcher can do something about; the rest is the customer's own word, or no fault of his file."""
BAD_NUMBER = "This isn’t a number with its country code, such as +33 6 11 22 33 44."
BAD_EMAIL = "This isn’t an e-mail address, such as ana@example.com."
OTHERWISE = "Somebody changed this customer’s file just now. Look again."
NOTHING = "Nothing was changed. Type or tick what is missing."


def mend(session: Session, customer: Customer, typed: Contact) -> Troubles:
    """Keep what was typed; empty where it is kept, else what is wrong, and nothing is changed."""
    read, troubles = _read(typed)
    changes = {name: value for name, value in read.items() if value != getattr(customer, name)}
    granted = {ConsentChannel(channel): True for channel in typed.consent if not customer.allows(channel)}
    if troubles:
        return troubles
    if not changes and not granted:
        return {"phone" if typed.phone is not None else "email" if typed.email is not None else "consent": NOTHING}
    try:
        customers.edit(session, customer, changes, seen=typed.version, actor=auth.actor())
    except StaleWrite:
        return {"consent": OTHERWISE}
    customers.consent(session, customer, granted, actor=auth.actor())
    return {}


def _read(typed: Contact) -> tuple[Mapping[str, Any], Troubles]:
    """The values of the fields that were there, and what is wrong with some of them."""
    values: dict[str, Any] = {}
    troubles: dict[str, str] = {}
    for name, text, judge, wrong in (
        ("phone", typed.phone, contacts.e164, BAD_NUMBER),
        ("email", typed.email, _email, BAD_EMAIL),
    ):
        if text is None:
            continue
        values[name] = _value(text.strip(), judge)
        if text.strip() and values[name] is None:
            troubles[name] = wrong
    return values, troubles


def _value(text: str, judge: Callable[[str], str | None]) -> str | None:
    return judge(text) if text else None


def _email(text: str) -> str | None:
    return text if len(text) <= 254 and EMAIL.fullmatch(text) else None


def lacks(row: Row, channel: ChannelName) -> frozenset[str]:
    """What has to be mended before the channel can be used: `phone` or `email`, and `consent`."""
    name = "phone" if channel is ChannelName.SMS else "email"
    bad = {name} if row.obstacles.get(channel) in ADDRESSES else set()
    return frozenset(bad | (set() if row.customer.allows(channel) else {"consent"}))
