"""The embedded engine: it pulses by itself, delivers, doesn't queue twice, and ends cleanly."""

import io
import time
from collections.abc import Callable
from datetime import timedelta
from threading import Event

from flask import Flask
from sqlalchemy import Engine, select

from notifications.channels import open_all
from notifications.channels.base import Outgoing, Receipt
from notifications.channels.console import ConsoleChannel
from notifications.context import Context
from notifications.models import Message, MessageState
from portal.config import Config
from portal.engine import Idle, embedded, work
from portal.engine.embedded import Embedded
from portal.engine.work import Work
from scheduling import clock
from scheduling.db import Transaction, transaction
from tests.conftest import SetClock
from tests.fakes import ConstantLinks, RecordingChannel
from tests.notifications.conftest import queue


def wait_for(condition: Callable[[], bool]) -> None:
    """Until it is true; the test fails after ten seconds."""
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_messages_go_by_themselves_and_each_once(transaction: Transaction) -> None:
    channel = RecordingChannel()
    engine = Embedded(Work(transaction, Context(links=ConstantLinks(), channels={"email": channel})), every=0.05)
    engine.start()
    ids = queue(transaction, 20)
    engine.pulse()
    wait_for(lambda: len(channel.taken) >= 20)
    engine.stop()
    assert sorted(outgoing.message_id for outgoing in channel.taken) == ids


def test_a_hanging_lane_delays_no_other_and_isnt_asked_twice(transaction: Transaction) -> None:
    released, calls = Event(), []

    class Hanging(RecordingChannel):
        def send(self, outgoing: Outgoing) -> Receipt:
            calls.append(outgoing.message_id)
            released.wait(10)
            return super().send(outgoing)

    email, sms = RecordingChannel(), Hanging()
    engine = Embedded(
        Work(transaction, Context(links=ConstantLinks(), channels={"email": email, "sms": sms})), every=0.02
    )
    queue(transaction, 3)
    with transaction() as session:
        row = session.get_one(Message, 1)
        row.channel, row.recipient = row.channel.SMS, "+12025550143"
    engine.start()
    wait_for(lambda: len(email.taken) == 2)
    time.sleep(0.1)
    released.set()
    engine.stop()
    assert calls == [1]
    assert [outgoing.message_id for outgoing in sms.taken] == [1], "what had begun is finished before the end"


def test_what_only_queued_stays_ready(transaction: Transaction) -> None:
    begun, released = Event(), Event()

    class Slow(RecordingChannel):
        def send(self, outgoing: Outgoing) -> Receipt:
            begun.set()
            released.wait(10)
            return super().send(outgoing)

    channel = Slow()
    engine = Embedded(Work(transaction, Context(links=ConstantLinks(), channels={"email": channel})), every=0.02)
    queue(transaction, 30)
    engine.start()
    begun.wait(10)
    released.set()
    engine.stop()
    with transaction() as session:
        states = {row.state for row in session.scalars(select(Message))}
    assert states <= {MessageState.SENT, MessageState.READY}


def test_a_failing_pulse_is_survived(transaction: Transaction) -> None:
    failures = []

    class Failing(Work):
        def tick(self) -> dict[str, list[int]]:
            failures.append(1)
            raise ConnectionError("the database is away")

    engine = Embedded(Failing(transaction, Context(links=ConstantLinks())), every=0.01)
    engine.start()
    wait_for(lambda: len(failures) > 3)
    engine.stop()


def test_the_served_process_carries_messages(app: Flask, now: SetClock) -> None:
    ids = queue(lambda: transaction(flask_engine(app)), 2)
    with embedded.running(app):
        assert isinstance(app.extensions["portal_engine"], Embedded)
        wait_for(lambda: states(app) == {MessageState.SENT})
    assert isinstance(app.extensions["portal_engine"], Idle)
    assert len(ids) == 2


def flask_engine(app: Flask) -> Engine:
    from portal.extensions import db

    return db.engine


def states(app: Flask) -> set[MessageState]:
    with transaction(flask_engine(app)) as session:
        return set(session.scalars(select(Message.state)))


def test_a_tick_by_hand_sends_what_is_due_and_is_remembered(app: Flask, now: SetClock) -> None:
    queue(lambda: transaction(flask_engine(app)), 1)
    assert embedded.tick(app) == "1 message handled"
    assert embedded.tick(app) == "0 messages handled"
    with transaction(flask_engine(app)) as session:
        assert work.last_pulse(session) == now.at
    now.advance(seconds=4)
    embedded.tick(app)
    with transaction(flask_engine(app)) as session:
        assert work.last_pulse(session) == now.at - timedelta(seconds=4)


def test_console_shows_and_nothing_leaves() -> None:
    stream = io.StringIO()
    ConsoleChannel("email", stream).send(Outgoing(1, "ana@example.com", "Line\nTwo", clock.now(), subject="Hello"))
    assert stream.getvalue() == "[email to ana@example.com]\n  Hello\n  Line\n  Two\n"


def test_which_channels_are_open(make_config: Callable[..., Config]) -> None:
    assert {name: type(channel) for name, channel in open_all(make_config()).items()} == {
        "sms": ConsoleChannel,
        "email": ConsoleChannel,
    }
    assert open_all(make_config(channels="live")) == {}
    both = make_config(
        channels="live",
        smtp_url="smtp://127.0.0.1:25",
        mail_from="p@example.com",
        twilio_account_sid="AC1",
        twilio_auth_token="t",
        twilio_from="+12025550100",
    )
    assert set(open_all(both)) == {"sms", "email"}
