"""What was sent and what became of it: lists to read."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload

from notifications.models import Attempt, ChannelName, Message, MessageState
from scheduling import lists

LAST = 100
"""Messages that a list shows."""
TROUBLE = frozenset({MessageState.FAILED, MessageState.UNDELIVERED, MessageState.UNKNOWN})
"""States of a message that somebody should look at."""


def last(session: Session, channel: ChannelName) -> Sequence[Message]:
    """The newest messages of a channel."""
    return session.scalars(_newest().where(Message.channel == channel).limit(LAST)).all()


def failed(session: Session, since: datetime | None = None, number: int = 1) -> lists.Page[Message]:
    """The messages that didn't arrive, or of which nobody knows, made since then or ever; the newest first."""
    conditions = _failed(since)
    return lists.page(session, select(Message).where(*conditions), _newest().where(*conditions), number)


def count_failed(session: Session, since: datetime | None = None) -> int:
    """How many there are of those."""
    return session.scalar(select(func.count(Message.id)).where(*_failed(since))) or 0


def _failed(since: datetime | None) -> Sequence[ColumnElement[bool]]:
    lately = [Message.created_at >= since] if since else []
    return [Message.state.in_(TROUBLE), *lately]


def one(session: Session, message_id: int) -> Message | None:
    """A message with its attempts."""
    return session.get(Message, message_id)


def of_sending(session: Session, sending_id: int) -> Sequence[Message]:
    """Every message of a sending, in the order in which they were put in."""
    query = select(Message).where(Message.sending_id == sending_id).order_by(Message.id)
    return session.scalars(query.options(joinedload(Message.customer))).all()


def _newest() -> Select[Message]:
    shown = (joinedload(Message.customer), joinedload(Message.visit), joinedload(Message.template))
    return select(Message).order_by(Message.id.desc()).options(*shown)


def last_errors(session: Session, limit: int = 10) -> Sequence[Attempt]:
    """The newest calls of a provider that didn't succeed."""
    failed = select(Attempt).where(Attempt.outcome != "sent").order_by(Attempt.id.desc())
    return session.scalars(failed.limit(limit).options(joinedload(Attempt.message))).all()
