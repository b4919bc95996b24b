"""The outbox: keys, claims, fences, sweeps and legal moves."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from notifications import lanes, outbox
from notifications.context import Context
from notifications.errors import IllegalMessageMove
from notifications.models import MESSAGE_MOVES, ChannelName, Message, MessageState
from notifications.outbox import Claim
from portal.engine.work import Work, due
from scheduling.db import Transaction
from tests.conftest import SetClock
from tests.fakes import ConstantLinks, RecordingChannel
from tests.notifications.conftest import World, queue


def claim(transaction: Transaction, message_id: int) -> Claim | None:
    with transaction() as session:
        return outbox.claim(session, message_id)


def state(transaction: Transaction, message_id: int) -> MessageState:
    with transaction() as session:
        return session.get_one(Message, message_id).state


def test_a_key_goes_in_once_whoever_tries(transaction: Transaction, now: SetClock) -> None:
    values: dict[str, Any] = {"channel": ChannelName.SMS, "party": "user:1", "recipient": "+1", "locale": "en"}

    def insert(_: int) -> int | None:
        with transaction() as session:
            return outbox.insert(session, key="same", **values)

    with ThreadPoolExecutor(8) as pool:
        ids = [message_id for message_id in pool.map(insert, range(16)) if message_id]
    assert len(ids) == 1


def test_a_claim_is_for_one_and_for_a_lease(transaction: Transaction, now: SetClock) -> None:
    (message_id,) = queue(transaction, 1)
    first = claim(transaction, message_id)
    assert first == Claim(message_id, fence=1)
    assert claim(transaction, message_id) is None
    now.advance(seconds=61)
    with transaction() as session:
        outbox.sweep(session)
    second = claim(transaction, message_id)
    assert second == Claim(message_id, fence=2)
    with transaction() as session:
        assert not outbox.move_claimed(session, first, MessageState.SENDING), "it overslept"
        assert outbox.move_claimed(session, second, MessageState.SENDING)


def test_what_is_not_due_is_not_claimed(transaction: Transaction, now: SetClock) -> None:
    (message_id,) = queue(transaction, 1)
    now.at -= timedelta(seconds=1)
    assert claim(transaction, message_id) is None


def test_an_expired_call_becomes_unknown_never_ready(transaction: Transaction, now: SetClock) -> None:
    (message_id,) = queue(transaction, 1)
    ours = claim(transaction, message_id)
    assert ours is not None
    with transaction() as session:
        outbox.move_claimed(session, ours, MessageState.SENDING, started_at=now.at)
    now.advance(seconds=61)
    with transaction() as session:
        outbox.sweep(session)
    assert state(transaction, message_id) is MessageState.UNKNOWN
    now.advance(hours=24)
    with transaction() as session:
        outbox.sweep(session)
        row = session.get_one(Message, message_id)
        assert (row.state, row.reason, row.settled_at) == (MessageState.UNKNOWN, "never_known", now.at)


def test_a_scheduled_message_becomes_ready_when_due(transaction: Transaction, now: SetClock) -> None:
    with transaction() as session:
        message_id = outbox.insert(
            session,
            key="later",
            state=MessageState.SCHEDULED,
            due_at=now.at + timedelta(hours=1),
            channel=ChannelName.EMAIL,
            party="user:1",
            recipient="a@example.com",
            locale="en",
        )
        assert message_id
        outbox.sweep(session)
    assert state(transaction, message_id) is MessageState.SCHEDULED
    now.advance(hours=1)
    with transaction() as session:
        outbox.sweep(session)
    assert state(transaction, message_id) is MessageState.READY


def test_every_move_outside_the_table_raises(transaction: Transaction, now: SetClock) -> None:
    (message_id,) = queue(transaction, 1)
    for old in MessageState:
        for new in MessageState:
            with transaction() as session:
                row = session.get_one(Message, message_id)
                row.state = old
                session.flush()
                if new in MESSAGE_MOVES[old]:
                    outbox.move(session, row, new)
                    assert row.state is new
                else:
                    with pytest.raises(IllegalMessageMove):
                        outbox.move(session, row, new)
                session.rollback()


def test_eight_workers_over_five_hundred_rows_send_each_once(transaction: Transaction, now: SetClock) -> None:
    channel = RecordingChannel()
    work = Work(transaction, Context(links=ConstantLinks(), channels={"email": channel}))
    ids = queue(transaction, 500)
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(work.handle, [*ids, *reversed(ids)]))
    assert sum(done) == 500
    assert Counter(outgoing.message_id for outgoing in channel.taken) == dict.fromkeys(ids, 1)


def test_workers_that_claim_together_get_different_rows(transaction: Transaction, now: SetClock) -> None:
    ids = queue(transaction, 60)

    def take(_: int) -> list[int]:
        with transaction() as session:
            return [claimed.message_id for claimed in outbox.claim_due(session, 5)]

    with ThreadPoolExecutor(8) as pool:
        taken = [message_id for some in pool.map(take, range(16)) for message_id in some]
    assert sorted(taken) == ids


def test_a_stopped_lane_lets_nothing_out_until_it_is_released(world: World) -> None:
    queue(world.transaction, 2)
    with world.transaction() as session:
        assert lanes.stop(session, lanes.ALL, "restored from a backup")
        assert not lanes.stop(session, lanes.ALL, "again")
    assert not _due(world)
    with world.transaction() as session:
        assert [lane.reason for lane in lanes.stopped(session)] == ["restored from a backup"]
        lanes.release(session, lanes.ALL)
    assert _due(world)


def _due(world: World) -> dict[str, list[int]]:
    with world.transaction() as session:
        return due(session, world.context)


def test_a_claim_that_meets_a_stopped_lane_goes_back(world: World) -> None:
    (message_id,) = queue(world.transaction, 1)
    with world.transaction() as session:
        lanes.stop(session, "email", "credentials")
    Work(world.transaction, world.context).handle(message_id)
    assert state(world.transaction, message_id) is MessageState.READY
    assert world.email.taken == []
