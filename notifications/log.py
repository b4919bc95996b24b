"""What was sent and what became of it: lists to read."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from notifications.models import Attempt, ChannelName, Message, MessageState

LAST = 100
"""Messages that a list shows."""
TROUBLE = frozenset({MessageState.FAILED, MessageState.UNDELIVERED, MessageState.UNKNOWN})
"""States of a message that somebody should look at."""


def last(session: Session, channel: ChannelName) -> Sequence[Message]:
    """The newest messages of a channel."""
    return session.scalars(_newest().where(Message.channel == channel)).all()


def failed(session: Session) -> Sequence[Message]:
    """The newest messages that didn't arrive, or of which nobody knows."""
    return session.scalars(_newest().where(Message.state.in_(TROUBLE))).all()


def count_failed(session: Session) -> int:
    """How many there are of those."""
    return session.scalar(select(func.count(Message.id)).where(Message.state.in_(TROUBLE))) or 0


def one(session: Session, message_id: int) -> Message | None:
    """A message with its attempts."""
    return session.get(Message, message_id)


def of_sending(session: Session, sending_id: int) -> Sequence[Message]:
    """Every message of a sending, in the order in which they were put in."""
    query = select(Message).where(Message.sending_id == sending_id).order_by(Message.id)
    return session.scalars(query.options(joinedload(Message.customer))).all()


def _newest() -> Select[Message]:
    shown = (joinedload(Message.customer), joinedload(Message.visit), joinedload(Message.template))
    return select(Message).order_by(Message.id.desc()).limit(LAST).options(*shown)


def last_errors(session: Session, limit: int = 10) -> Sequence[Attempt]:
    """The newest calls of a provider that didn't succeed."""
    failed = select(Attempt).where(Attempt.outcome != "sent").order_by(Attempt.id.desc())
    return session.scalars(failed.limit(limit).options(joinedload(Attempt.message))).all()
