"""What every engine does: one tick of the pulse, and one message."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import ClassVar

from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from notifications import channels, deliver, lanes, outbox, reconcile, rules
from notifications.context import Context, Party
from notifications.models import Message, MessageState
from portal import uploads
from portal.config import Config
from portal.extensions import db as flask_db
from portal.links import PortalLinks
from portal.models import Role, User
from scheduling import clock, db, events, routes, settings
from scheduling.db import Transaction
from scheduling.settings import Group

PER_PULSE = 100
"""Messages of one lane that a pulse hands on: with a pulse a second, the lane's rate."""
NOTED_EVERY = timedelta(seconds=5)
OPENED_EVERY = timedelta(hours=1)


class Pulse(Group):
    """When the worker was last seen; for `/healthz`."""

    key: ClassVar[str] = "pulse"

    at: datetime | None = None


class OpenedDays(Group):
    """When days without a route last got their empty ones."""

    key: ClassVar[str] = "opened_days"

    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """The database and the world outside, for whoever does the work."""

    transaction: Transaction
    context: Context

    def tick(self) -> Mapping[str, Sequence[int]]:
        """Stamp, expand, sweep; returns the messages that are due, by lane."""
        with self.transaction() as session:
            events.stamp(session)
        rules.expand(self.transaction, self.context)
        with self.transaction() as session:
            outbox.sweep(session)
            _note(session)
            _each_hour(session)
            return due(session, self.context)

    def handle(self, message_id: int) -> bool:
        """Deliver a message that is due, or ask what became of it; False where neither was to be done."""
        return deliver.run(self.transaction, message_id, self.context) or reconcile.run(
            self.transaction, message_id, self.context
        )

    def drain(self) -> int:
        """One tick, and everything it found due, one after the other; returns how many messages were handled."""
        found = self.tick()
        return sum(self.handle(message_id) for ids in found.values() for message_id in ids)


def due(session: Session, context: Context) -> dict[str, list[int]]:
    """Messages to deliver and messages to ask about, of open lanes."""
    found: dict[str, list[int]] = {}
    closed = {lane.name for lane in lanes.stopped(session)}
    if lanes.ALL in closed:
        return found
    for name in context.channels.keys() - closed:
        ready = select(Message.id).where(
            Message.state == MessageState.READY, Message.channel == name, Message.due_at <= clock.of(session)
        )
        found[name] = list(session.scalars(ready.order_by(Message.due_at, Message.id).limit(PER_PULSE)))
    for message in reconcile.due(session, context, PER_PULSE):
        if message.channel not in closed:
            found[message.channel].append(message.id)
    return {name: ids for name, ids in found.items() if ids}


def last_pulse(session: Session) -> datetime | None:
    """When the worker was last seen."""
    return settings.load(session, Pulse).at


def _note(session: Session) -> None:
    """Not with every tick: it would write to the disk each second."""
    before = settings.load(session, Pulse).at
    if before is None or clock.now() - before >= NOTED_EVERY:
        settings.save(session, Pulse(at=clock.now()))


def _each_hour(session: Session) -> None:
    """Let days come within the horizon, as somewhere it is midnight; forget documents that nobody imported."""
    before = settings.load(session, OpenedDays).at
    if before is None or clock.now() - before >= OPENED_EVERY:
        routes.open_days(session)
        uploads.sweep(session)
        settings.save(session, OpenedDays(at=clock.now()))


def of_app(app: Flask) -> Work:
    """The work of an application: its database, its channels, its links, its people."""
    with app.app_context():
        engine = flask_db.engine
    return of_engine(engine, app.config["PORTAL"])


def of_engine(engine: Engine, config: Config) -> Work:
    """The work of a database under some settings."""
    return Work(lambda: db.transaction(engine), context(config))


def context(config: Config) -> Context:
    """The world outside as the settings describe it."""
    return Context(
        links=PortalLinks(config),
        channels=channels.open_all(config),
        dispatchers=_dispatchers,
        administrators=_administrators,
        sender=parseaddr(config.mail_from)[1] or "portal@localhost",
        sms_cost=config.sms_cost,
        max_segments=config.max_segments,
    )


def _dispatchers(session: Session) -> Sequence[Party]:
    """Everybody who dispatches and wants to be told."""
    roles = (Role.ADMINISTRATOR, Role.MANAGER, Role.DISPATCHER)
    return _people(session, User.role.in_(roles), User.told)


def _administrators(session: Session) -> Sequence[Party]:
    return _people(session, User.role == Role.ADMINISTRATOR)


def _people(session: Session, *conditions: object) -> Sequence[Party]:
    query = select(User).where(User.disabled_at.is_(None), *conditions).order_by(User.id)  # type: ignore[arg-type]
    return [Party(f"user:{user.id}", user.name, None, user.phone, user.email) for user in session.scalars(query)]
