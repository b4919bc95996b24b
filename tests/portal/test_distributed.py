"""The distributed engine: real workers in processes of their own, behind RabbitMQ and Redis, on both databases."""

import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from notifications.models import Attempt, Message, MessageState
from portal import database
from portal.config import Config
from portal.extensions import db
from scheduling.db import Transaction
from tests.notifications.conftest import queue

BROKERS = {
    "rabbitmq": os.environ.get("PORTAL_TEST_RABBITMQ", "amqp://guest:guest@127.0.0.1:5672//"),
    "redis": os.environ.get("PORTAL_TEST_REDIS", "redis://127.0.0.1:6379/15"),
}
PATIENCE = 180
"""Seconds; two processes begin meanwhile, on a machine that others use too."""


@pytest.fixture
def broker(request: pytest.FixtureRequest) -> str:
    """A broker that answers; its tests are not run where it doesn't."""
    url = BROKERS[request.param]
    place = urlsplit(url)
    try:
        socket.create_connection((place.hostname, place.port), timeout=3).close()
    except OSError:
        pytest.skip(f"not run: {request.param} doesn't answer")
    return url


@pytest.fixture
def config(make_config: Callable[..., Config], broker: str) -> Config:
    """The settings of a distributed portal."""
    return make_config(broker_url=broker)


@contextmanager
def worker(config: Config) -> Iterator[subprocess.Popen[bytes]]:
    """`portal worker` in a process of its own."""
    settings = {
        "PORTAL_DATABASE_URL": config.database_url,
        "PORTAL_BROKER_URL": config.broker_url,
        "PORTAL_SECRET_KEYS": ",".join(config.secret_keys),
        "PORTAL_CHANNELS": "console",
    }
    command = [sys.executable, "-c", "from portal.cli import main; main()", "worker"]
    process = subprocess.Popen(command, env={**os.environ, **settings}, stdout=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=PATIENCE)


def wait_for(transaction: Transaction, condition: Callable[[list[Message]], bool]) -> list[Message]:
    """The messages, once they are as expected."""
    end = time.monotonic() + PATIENCE
    while True:
        with transaction() as session:
            messages = list(session.scalars(select(Message)))
        if condition(messages):
            return messages
        assert time.monotonic() < end, [message.state for message in messages]
        time.sleep(0.1)


def sent(messages: list[Message]) -> bool:
    return all(message.state is MessageState.SENT for message in messages)


def begin(app: Flask) -> None:
    """The command refuses a database that isn't at the newest migration."""
    with app.app_context():
        database.stamp(db.engine)


@pytest.mark.parametrize(
    ("database_url", "broker"),
    [("postgresql", "rabbitmq"), ("postgresql", "redis"), ("sqlite", "redis")],
    indirect=True,
)
def test_workers_carry_every_message_once(app: Flask, transaction: Transaction, config: Config) -> None:
    begin(app)
    ids = queue(transaction, 60)
    with ExitStack() as workers:
        for _ in range(2):
            workers.enter_context(worker(config))
        wait_for(transaction, sent)
        more = [*ids, *queue(transaction, 20, key="while they run")]
        wait_for(transaction, sent)
    with transaction() as session:
        assert Counter(session.scalars(select(Attempt.message_id))) == Counter(more)
