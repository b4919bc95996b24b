"""A process dies at each kill point; another one goes on from what the database says. Both databases."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import select

from notifications import inbound
from notifications.channels.base import Outgoing, Receipt, Report
from notifications.context import Context, KillPoint
from notifications.models import Callback, MessageState
from portal.engine.work import Work
from scheduling import events, visits
from scheduling.db import Transaction
from scheduling.events import Actor
from scheduling.models import Event, Visit
from tests.fakes import Died, RecordingChannel
from tests.notifications.conftest import World
from tests.notifications.invariants import Accepted, check


def dying(point: KillPoint) -> Callable[[KillPoint], None]:
    """Die the first time the point is reached."""
    pending = [point]

    def reach(reached: KillPoint) -> None:
        if reached in pending:
            pending.remove(reached)
            raise Died(reached)

    return reach


def drain(transaction: Transaction, context: Context) -> None:
    """A process that works until it dies."""
    try:
        Work(transaction, context).drain()
    except Died:
        return


def ledger(world: World) -> list[Accepted]:
    return [
        Accepted(outgoing.message_id, outgoing.at) for channel in (world.sms, world.email) for outgoing in channel.taken
    ]


@pytest.mark.parametrize(
    ("point", "sent", "state"),
    [
        (KillPoint.K2, 1, MessageState.SENT),
        (KillPoint.K3, 1, MessageState.SENT),
        (KillPoint.K5, 1, MessageState.UNKNOWN),
        (KillPoint.K6, 1, MessageState.SENT),
    ],
)
def test_a_worker_dies_on_the_way(world: World, point: KillPoint, sent: int, state: MessageState) -> None:
    world.notify()
    drain(world.transaction, replace(world.context, reach=dying(point)))
    for _ in range(3):
        world.clock.advance(seconds=61)
        drain(world.transaction, world.context)
    with world.transaction() as session:
        check(session, ledger(world))
    assert (len(world.sms.taken), world.messages()[0].state) == (sent, state)


def test_a_worker_dies_with_the_bytes_written(world: World) -> None:
    """K4: the provider has it, we don't know; the listing says so later."""
    world.notify()
    world.sms.next.append(Died(KillPoint.K4))
    drain(world.transaction, world.context)
    world.clock.advance(seconds=61)
    drain(world.transaction, world.context)
    assert world.messages()[0].state is MessageState.UNKNOWN
    world.sms.known = [Report("SM1", "sent")]
    world.clock.advance(minutes=5)
    drain(world.transaction, world.context)
    with world.transaction() as session:
        check(session, ledger(world))
    assert (len(world.sms.taken), world.messages()[0].state) == (1, MessageState.SENT)


@pytest.mark.parametrize("point", [KillPoint.K0, KillPoint.K1])
def test_the_expander_dies_around_its_commit(world: World, point: KillPoint) -> None:
    world.notify()
    with world.transaction() as session:
        visit = session.get_one(Visit, world.visit_ids[0])
        visits.confirm(session, visit, seen=visit.generation, actor=Actor.customer(1))
    drain(world.transaction, replace(world.context, reach=dying(point)))
    with world.transaction() as session:
        confirmed = session.scalars(select(Event).where(Event.kind == "visit.confirmed")).one()
        assert (confirmed.expanded_at is None) is (point is KillPoint.K0), "nothing is visible before the commit"
    drain(world.transaction, world.context)
    recipients = [outgoing.recipient for outgoing in world.email.taken]
    assert sorted(recipients) == ["dana@example.com", "tom@example.com"]
    with world.transaction() as session:
        check(session, ledger(world))


def test_a_change_that_was_not_committed_leaves_nothing(world: World) -> None:
    """K0 in the request: no visit notified, no link, no message."""
    with suppress(Died), world.transaction() as session:
        visit = session.get_one(Visit, world.visit_ids[0])
        visits.confirm(session, visit, seen=visit.generation, actor=Actor.customer(1))
        events.stamp(session)
        raise Died(KillPoint.K0)
    drain(world.transaction, world.context)
    assert world.messages() == []


def test_the_handler_of_a_callback_dies(world: World) -> None:
    """K7: the report is gone with its transaction; the poll finds it out."""
    world.notify()
    drain(world.transaction, world.context)
    with suppress(Died), world.transaction() as session:
        inbound.report(session, 1, Report("provider-1", "delivered"))
        raise Died(KillPoint.K7)
    assert world.messages()[0].state is MessageState.SENT
    world.sms.known = [Report("provider-1", "delivered")]
    world.clock.advance(minutes=5)
    drain(world.transaction, world.context)
    assert world.messages()[0].state is MessageState.DELIVERED
    with world.transaction() as session:
        assert session.scalars(select(Callback)).all() == []


def test_a_worker_that_overslept_changes_nothing(world: World) -> None:
    """It is paused between claim and check; meanwhile another one sends."""
    world.notify()

    def oversleep(point: KillPoint) -> None:
        if point is KillPoint.K2:
            world.clock.advance(seconds=61)
            Work(world.transaction, world.context).drain()

    drain(world.transaction, replace(world.context, reach=oversleep))
    assert len(world.sms.taken) == 1
    assert world.messages()[0].fence == 2


def test_the_answer_of_a_worker_that_was_given_up_still_counts(world: World) -> None:
    """It is paused during the call, its lease ends, the row is unknown: then its answer comes, and nobody else's."""
    world.notify()

    class Slow(RecordingChannel):
        def send(self, outgoing: Outgoing) -> Receipt:
            world.clock.advance(seconds=61)
            Work(world.transaction, world.context).tick()
            assert world.messages()[0].state is MessageState.UNKNOWN
            return super().send(outgoing)

    slow = Slow(traceable=True)
    Work(world.transaction, replace(world.context, channels={"sms": slow})).drain()
    message = world.messages()[0]
    assert (message.state, message.provider_id) == (MessageState.SENT, "provider-1")
