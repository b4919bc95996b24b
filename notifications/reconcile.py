"""Asking the provider what became of a message: where the call had no answer, or no callback came."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from notifications import inbound, outbox
from notifications.channels.base import ChannelError, Report, Trace
from notifications.context import Context
from notifications.models import Message, MessageState
from notifications.reasons import Reason
from scheduling import clock
from scheduling.db import Transaction

POLLS = (timedelta(minutes=5), timedelta(hours=1), timedelta(hours=10))
"""After the call."""
OPEN = (MessageState.SENT, MessageState.UNKNOWN)


def due(session: Session, context: Context, limit: int) -> Sequence[Message]:
    """Messages whose next question is due, of channels that can be asked."""
    channels = [name for name, channel in context.channels.items() if channel.traceable]
    now = clock.of(session)
    asked = [and_(Message.polls == polls, Message.started_at <= now - delay) for polls, delay in enumerate(POLLS)]
    query = select(Message).where(Message.state.in_(OPEN), Message.channel.in_(channels), or_(*asked))
    return session.scalars(query.order_by(Message.started_at).limit(limit)).all()


def run(transaction: Transaction, message_id: int, context: Context) -> bool:
    """Ask about one message, if a question is due; each question is asked once, whoever asks."""
    with transaction() as session:
        trace = _take(session, message_id, context)
    if trace is None:
        return False
    channel, question = trace
    try:
        reports = context.channels[channel].find(question)
    except ChannelError:
        return True
    with transaction() as session:
        _learn(session, message_id, reports)
    return True


def _take(session: Session, message_id: int, context: Context) -> tuple[str, Trace] | None:
    message = session.scalar(select(Message).where(Message.id == message_id).with_for_update())
    if message is None or message.state not in OPEN or not _is_due(message, clock.of(session)):
        return None
    if message.channel not in context.channels or not context.channels[message.channel].traceable:
        return None
    message.polls += 1
    session.flush()
    since = message.started_at or message.created_at
    return message.channel, Trace(message.recipient, message.body or "", since, message.provider_id)


def _is_due(message: Message, now: datetime) -> bool:
    started = message.started_at
    return started is not None and message.polls < len(POLLS) and started + POLLS[message.polls] <= now


def _learn(session: Session, message_id: int, reports: Sequence[Report]) -> None:
    """Take the report that is ours; if the provider never heard of the message, it wasn't sent."""
    message = session.scalars(select(Message).where(Message.id == message_id).with_for_update()).one()
    told = next((item for item in reports if _ours(session, message, item)), None)
    if told is not None and told.status in inbound.STATES:
        inbound.climb(session, message, told)
    elif told is None and message.state is MessageState.UNKNOWN and message.polls == len(POLLS):
        outbox.move(session, message, MessageState.FAILED, reason=Reason.NOT_SENT)


def _ours(session: Session, message: Message, told: Report) -> bool:
    """Whether no other message is known to be the one reported."""
    if message.provider_id is not None:
        return message.provider_id == told.provider_id
    other = select(Message.id).where(Message.provider_id == told.provider_id, Message.id != message.id)
    return session.scalar(other) is None
