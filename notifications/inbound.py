"""What providers report: kept as it came, in any order and any number of copies; the state only climbs."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications import opt_out, outbox, upsert
from notifications.channels.base import Report
from notifications.channels.sms import CODES
from notifications.models import MESSAGE_MOVES, Callback, Message, MessageState
from notifications.reasons import Reason
from scheduling import clock

M = MessageState
STATES: Mapping[str, MessageState] = {
    "accepted": M.SENT,
    "scheduled": M.SENT,
    "queued": M.SENT,
    "sending": M.SENT,
    "sent": M.SENT,
    "delivered": M.DELIVERED,
    "read": M.DELIVERED,
    "undelivered": M.UNDELIVERED,
    "failed": M.UNDELIVERED,
    "canceled": M.UNDELIVERED,
}
"""What the provider's words mean: whatever it says of a message, it has taken it."""


def report(session: Session, message_id: int, told: Report) -> None:
    """Keep a report about one of our messages; of another message or in unknown words it is nothing."""
    message = session.scalar(select(Message).where(Message.id == message_id).with_for_update())
    if message is None or told.status not in STATES:
        return
    fact = {
        "message_id": message_id,
        "provider_id": told.provider_id,
        "status": told.status,
        "code": told.code,
        "at": clock.now(),
    }
    session.execute(upsert.insert_or_ignore(session, Callback, fact))
    climb(session, message, told)


def climb(session: Session, message: Message, told: Report) -> None:
    """Move the message to where the report says it is, unless it is beyond that."""
    to = STATES[told.status]
    reason = _reason(told.code) if to is M.UNDELIVERED else None
    if reason is Reason.OPTED_OUT:
        opt_out.add(session, message.channel, message.recipient)
    if to in MESSAGE_MOVES[message.state] and message.started_at is not None:
        known = message.provider_id or told.provider_id
        outbox.move(
            session,
            message,
            to,
            provider_id=known,
            reason=reason,
            detail=told.code if reason else None,
            lease_until=None,
        )


def _reason(code: str | None) -> Reason:
    known = CODES.get(int(code)) if code and code.isdecimal() else None
    return Reason(known[1]) if known else Reason.REFUSED
