"""Lanes: a channel's way to its provider, stopped while our credentials are refused or a restore isn't released."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications import upsert
from notifications.models import Lane
from scheduling import clock

ALL = "all"
"""The lane that every message uses: stopped after a restore."""


def stop(session: Session, name: str, reason: str) -> bool:
    """Let nothing more out this way; False if it was stopped already."""
    session.execute(upsert.insert_or_ignore(session, Lane, {"name": name}))
    lane = session.scalars(select(Lane).where(Lane.name == name).with_for_update()).one()
    if lane.stopped_at is not None:
        return False
    lane.stopped_at, lane.reason = clock.now(), reason
    session.flush()
    return True


def release(session: Session, name: str) -> None:
    """Let messages out again; those that waited go with the next pulse."""
    lane = session.get(Lane, name)
    if lane is not None:
        lane.stopped_at = lane.reason = None
        session.flush()


def stopped(session: Session) -> Sequence[Lane]:
    """What is stopped, for the console to show."""
    return session.scalars(select(Lane).where(Lane.stopped_at.is_not(None)).order_by(Lane.name)).all()


def is_open(session: Session, channel: str) -> bool:
    """Whether messages of the channel may go out."""
    return not {ALL, channel} & {lane.name for lane in stopped(session)}
