"""How each channel is doing: what went out last, what failed and why, what waits, and whether its lane is stopped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from notifications import lanes
from notifications.models import Attempt, ChannelName, Lane, Message, MessageState
from notifications.reasons import SENTENCES, sentence
from scheduling import clock

LATE = timedelta(minutes=5)
"""A message that is due for longer waits for something to be mended."""


class Light(StrEnum):
    """A channel at a glance."""

    WORKS = "works"
    UNTRIED = "untried"
    SHOWN = "shown"
    FAILING = "failing"
    LATE = "late"
    STOPPED = "stopped"
    NOT_SET_UP = "not_set_up"


@dataclass(frozen=True, slots=True)
class Failure:
    """A call of the provider that didn't succeed, in words."""

    at: datetime
    words: str
    message_id: int
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """One channel."""

    channel: ChannelName
    light: Light
    succeeded: datetime | None
    failure: Failure | None
    waiting: int
    oldest: datetime | None
    """Since when the one that waits longest could have gone."""
    stopped: Sequence[Lane]
    """Its own lane, or the one of all, where they are stopped."""


def of(session: Session, channel: ChannelName, *, set_up: bool, shown_only: bool) -> Health:
    """The channel as it stands now."""
    succeeded = session.scalar(
        select(func.max(Attempt.at)).join(Message).where(Message.channel == channel, Attempt.outcome == "sent")
    )
    failure = _failure(session, channel)
    waiting, oldest = _queue(session, channel)
    stopped = [lane for lane in lanes.stopped(session) if lane.name in {lanes.ALL, channel}]
    failing = failure is not None and (succeeded is None or failure.at > succeeded)
    late = oldest is not None and clock.now() - oldest > LATE
    signs = (
        (Light.STOPPED, bool(stopped)),
        (Light.NOT_SET_UP, not set_up),
        (Light.LATE, late),
        (Light.FAILING, failing),
        (Light.SHOWN, shown_only),
        (Light.UNTRIED, succeeded is None),
    )
    light = next((light for light, shines in signs if shines), Light.WORKS)
    return Health(channel, light, succeeded, failure, waiting, oldest, stopped)


def why_stopped(lane: Lane) -> str:
    """What a lane's reason means: a key of the reasons with the provider's code, or words of somebody's."""
    key, _, code = (lane.reason or "").partition(" ")
    if key not in SENTENCES:
        return f"{lane.reason}." if lane.reason else ""
    return sentence(key) + (f" Code {code}." if code else "")


def _failure(session: Session, channel: ChannelName) -> Failure | None:
    query = select(Attempt).join(Message).where(Message.channel == channel, Attempt.outcome != "sent")
    last = session.scalars(query.order_by(Attempt.id.desc()).limit(1).options(joinedload(Attempt.message))).first()
    if last is None:
        return None
    words = sentence(last.message.reason) or last.detail or f"The attempt ended as {last.outcome}."
    return Failure(last.at, words, last.message_id, last.code)


def _queue(session: Session, channel: ChannelName) -> tuple[int, datetime | None]:
    due = select(func.count(), func.min(Message.due_at)).where(
        Message.channel == channel, Message.state == MessageState.READY, Message.due_at <= clock.now()
    )
    count, oldest = session.execute(due).one()
    return count, oldest
